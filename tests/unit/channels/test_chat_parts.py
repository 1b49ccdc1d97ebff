"""The pure parts of the chat: limits, addresses, origins, what a widget sends, the transcript."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import payloads
from bot.channels.chat.asked import read_message
from bot.channels.chat.rates import Rates
from bot.channels.chat.transcript import transcript
from bot.channels.chat.visitors import address_of
from bot.channels.chat.words import ChannelWords
from bot.channels.origins import Origins
from bot.channels.problems import ChannelProblem

SECRET = "a secret of the tests"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_a_minutes_worth_at_once_and_then_as_it_drips() -> None:
    clock = Clock()
    rates = Rates(30, clock)
    assert [rates.take("a") for _ in range(30)] == [0] * 30
    assert rates.take("a") == 2
    assert rates.take("b") == 0  # another has a bucket of their own
    clock.now += 1.9
    assert rates.take("a") == 1
    clock.now += 0.2
    assert rates.take("a") == 0
    clock.now += 3600
    assert [rates.take("a") for _ in range(31)] == [0] * 30 + [2]  # an hour of silence saves up no more than a minute


@given(st.lists(st.floats(0, 5), max_size=80))
def test_no_pattern_of_calls_gets_more_than_the_bucket_and_the_drips(pauses: list[float]) -> None:
    clock = Clock()
    rates = Rates(10, clock)
    given_out, began = 0, clock.now
    for pause in pauses:
        clock.now += pause
        given_out += rates.take("a") == 0
    assert given_out <= 10 + (clock.now - began) * 10 / 60 + 1e-6


def test_many_keys_do_not_fill_the_memory_and_a_busy_one_is_not_forgotten() -> None:
    clock = Clock()
    rates = Rates(2, clock, most_keys=100)
    for number in range(1000):
        clock.now += 0.01
        rates.take(str(number))
        rates.take("busy")
    assert len(rates._buckets) <= 101
    assert rates.take("busy") > 0


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        (None, 0, "10.0.0.1"),
        ("1.2.3.4", 0, "10.0.0.1"),  # nobody's word counts when no proxy of ours is there
        ("6.6.6.6, 1.2.3.4", 1, "1.2.3.4"),  # the last is what our proxy saw
        ("6.6.6.6, 1.2.3.4, 10.0.0.2", 2, "1.2.3.4"),
        (None, 1, "10.0.0.1"),
        (" , ", 1, "10.0.0.1"),
    ],
)
def test_an_address_is_what_our_own_proxies_saw(forwarded: str | None, proxies: int, address: str) -> None:
    assert address_of("10.0.0.1", forwarded, proxies) == address


@pytest.mark.parametrize(
    ("origin", "host", "passes"),
    [
        ("https://bank.example", "bot.example", True),
        ("https://bank.example:8443", "bot.example", False),
        ("https://bot.example", "bot.example", True),
        ("http://127.0.0.1:5005", "127.0.0.1:5005", True),
        ("http://127.0.0.1:5006", "127.0.0.1:5005", False),
        ("https://bot.example", None, False),
        ("null", "bot.example", False),
        (None, None, True),
        ("", None, True),
    ],
)
def test_an_origin_is_on_the_list_or_the_bots_own(origin: str | None, host: str | None, passes: bool) -> None:
    assert Origins(["https://bank.example"]).allow(origin, host) is passes


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=30),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "text", "payload", "title", "x"]), inner),
    )
)
def test_whatever_is_sent_is_a_message_or_a_refusal(data: Any) -> None:
    try:
        said = read_message(data, "web.B1.x", SECRET)
    except ChannelProblem as problem:
        assert problem.kind in ("message-malformed", "message-too-long")
    else:
        assert said.turn and not said.turn.startswith("/")


def test_a_sealed_payload_is_what_the_bot_reads_and_its_label_what_is_shown() -> None:
    sealed = payloads.issue("/affirm", "web.B1.x", SECRET)
    said = read_message({"id": "0" * 12, "payload": sealed, "title": "好" * 200}, "web.B1.x", SECRET)
    assert (said.turn, said.shown, said.sealed) == ("/affirm", "好" * 80, sealed)


def test_a_long_payload_that_was_issued_passes_and_a_long_text_in_its_place_does_not() -> None:
    long = '/inform{"reason": "' + "长" * 600 + '"}'
    sealed = payloads.issue(long, "web.B1.x", SECRET)
    assert read_message({"id": "0" * 12, "payload": sealed}, "web.B1.x", SECRET).turn == long
    with pytest.raises(ChannelProblem, match="message-too-long"):
        read_message({"id": "0" * 12, "payload": "x" * 1001}, "web.B1.x", SECRET)


def test_every_payload_in_a_card_is_issued_and_nothing_else_is_touched() -> None:
    card = {
        "payload": "/a",
        "rows": [{"payload": "/b", "amount_fen": 1}, {"payload": None}, {"payload": {"payload": "/c"}}],
        "n": 2.5,
    }
    sealed = payloads.issue_within(card, "web.B1.x", SECRET)
    assert payloads.redeem(sealed["payload"], "web.B1.x", SECRET) == "/a"
    assert payloads.redeem(sealed["rows"][0]["payload"], "web.B1.x", SECRET) == "/b"
    assert sealed["rows"][1] == {"payload": None}
    assert payloads.redeem(sealed["rows"][2]["payload"]["payload"], "web.B1.x", SECRET) == "/c"
    assert (sealed["rows"][0]["amount_fen"], sealed["n"]) == (1, 2.5)
    assert card["payload"] == "/a"  # what was given is as it was


def test_the_channels_own_words_are_in_the_domain_and_know_the_lenders_number() -> None:
    words = ChannelWords()
    assert "400-000-0000" in words.said("utter_turn_failed")["text"]
    for response in ("utter_turn_failed", "utter_turn_interrupted"):
        said = words.said(response)
        assert "{" not in said["text"] and all(button["payload"].startswith("/") for button in said["buttons"])


def test_a_transcript_tells_shanghais_time_and_leaves_cards_to_their_texts() -> None:
    messages = [
        {"id": "1", "at": "2026-11-24T16:30:00.000Z", "from": "borrower", "text": "欠多少"},
        {
            "id": "2",
            "at": "2026-11-24T16:30:01.000Z",
            "from": "bot",
            "text": "一\n二",
            "buttons": [{"title": "好", "payload": "~"}],
        },
        {"id": "3", "at": "2026-11-24T16:30:02.000Z", "from": "bot", "card": {"type": "loan"}},
    ]
    told = transcript(messages, ChannelWords(), datetime(2026, 11, 24, 16, 31, tzinfo=timezone.utc))
    assert told == (
        "和还伴的对话，保存于2026-11-25 00:31\n\n2026-11-25 00:30 我\n欠多少\n\n2026-11-25 00:30 还伴\n一\n二\n［好］\n"
    )
