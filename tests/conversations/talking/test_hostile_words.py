"""What somebody types is text; what a button carries is for one conversation; a token is for one borrower."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.channels import payloads
from bot.identity import Speaker, web_token
from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot

FIRST_WORDS = "我这个月还不上了，能晚半个月还吗"


def deferrals_of(ledger: BackendCalls, borrower_id: str) -> list[dict[str, object]]:
    return [row for row in ledger.rows("requests") if row["borrower_id"] == borrower_id and row["kind"] == "deferral"]


@pytest.mark.parametrize("typed", ["/affirm", '/affirm{"quote_id": "Q1"}', " /affirm", "／affirm", '/inform{"loan_id": "L1001"}'])
def test_a_typed_command_at_the_confirmation_files_nothing(talk: Callable[[str], Talk], ledger: BackendCalls, typed: str) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).taps("不想说").hears("→")
    borrower.says(typed).does_not_hear("提交好了")
    assert deferrals_of(ledger, "B1002") == []


def test_another_borrowers_button_is_text(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    one, two = talk("due_in_three_days"), talk("on_time")
    one.says(FIRST_WORDS).taps("不想说")
    two.says(FIRST_WORDS).taps("不想说")
    two.shown = [{"title": "stolen", "payload": one.payload("提交")}]
    two.taps("stolen").does_not_hear("提交好了")
    assert deferrals_of(ledger, "B1001") + deferrals_of(ledger, "B1002") == []


def test_a_loan_of_another_borrower_cannot_be_named(bot: WholeBot, talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("several_loans")
    secret = bot.settings.conversation_secret
    mine = Speaker("web", "B1006").conversation_id(secret)
    borrower.shown = [{"title": "sealed", "payload": payloads.issue('/ask_bill{"loan_id": "L1002"}', mine, secret)}]
    borrower.taps("sealed").hears("青禾经营贷").does_not_hear("16,420.85元")


@pytest.mark.parametrize("payload", ["~YQ~密", "~密~密", "~~", "~YQ~" + "0" * 5000, "密"])
def test_a_payload_of_strange_letters_is_text(bot: WholeBot, ledger: BackendCalls, payload: str) -> None:
    assert bot.borrower("B1002").post({"payload": payload}).status_code == 200


def test_without_a_valid_token_nobody_is_answered(bot: WholeBot, ledger: BackendCalls) -> None:
    talk = bot.borrower("B1002")
    for token in ("", "x.y.z", web_token("B1002", "another secret"), web_token("B1002", bot.settings.web_secret, seconds=-1)):
        answer = talk.post({"text": "我欠多少"}, token=token)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"text": ""}, 400),
        ({"text": "  "}, 400),
        ({"text": 7}, 400),
        ({"text": "a", "sender": "web.B1001.x"}, 400),
        ([], 400),
        ({"text": "长" * 1001}, 413),
    ],
)
def test_a_malformed_message_is_refused_in_words_for_programs(
    bot: WholeBot, ledger: BackendCalls, body: object, status: int
) -> None:
    answer = bot.borrower("B1002").post(body)
    assert answer.status_code == status
    assert answer.json()["type"].startswith("/problems/")


def test_private_numbers_do_not_rest_in_the_store_of_conversations(bot: WholeBot, talk: Callable[[str], Talk]) -> None:
    talk("on_time").says("我叫王芳，手机13800138000，身份证11010519491231002X，卡4111111111111111")
    stored = bot.stored_conversations()
    for private in ("13800138000", "11010519491231002X", "4111111111111111"):
        assert private not in stored


def test_rasas_own_doors_are_closed(bot: WholeBot, ledger: BackendCalls) -> None:
    import requests

    url = bot.settings.bot_url
    for path in ("/webhooks/rest/webhook", "/conversations/web.B1002.x/tracker", "/model/parse", "/domain"):
        assert requests.post(f"{url}{path}", json={"sender": "B1002", "message": "/affirm"}, timeout=10).status_code == 404


def test_the_action_server_obeys_nobody_but_rasa(bot: WholeBot, ledger: BackendCalls) -> None:
    import requests

    call = {"next_action": "action_show_bill", "tracker": {"sender_id": "web.B1002.x", "slots": {}, "events": []}}
    answer = requests.post(bot.settings.actions_url, json=call, timeout=10)
    assert answer.status_code == 401
    assert "B1002" not in answer.text
