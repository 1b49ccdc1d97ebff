"""Text stays text, and buttons carry only what the server gave to this conversation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import payloads
from bot.channels.guard import MAX_MESSAGE_CHARACTERS, plain_text

SECRET = "a secret of the tests"


@given(st.text(max_size=2000))
def test_no_typed_text_is_a_command(text: str) -> None:
    kept = plain_text(text)
    assert not kept.startswith("/")
    assert len(kept) <= MAX_MESSAGE_CHARACTERS


@pytest.mark.parametrize("typed", ["/affirm", " /affirm", "\u200b/affirm", "\x00/affirm", "\t\n/inform{}"])
def test_what_looks_like_a_command_behind_something_invisible_stays_text(typed: str) -> None:
    assert plain_text(typed).startswith("／")


def test_a_button_of_this_conversation_is_obeyed() -> None:
    sealed = payloads.issue('/affirm{"quote_id": "Q1"}', "web.B1.x", SECRET)
    assert payloads.redeem(sealed, "web.B1.x", SECRET) == '/affirm{"quote_id": "Q1"}'


@pytest.mark.parametrize("change", ["conversation", "secret", "payload", "seal"])
def test_a_button_of_another_conversation_or_an_altered_one_is_text(change: str) -> None:
    sealed = payloads.issue("/affirm", "web.B1.x", SECRET)
    conversation, secret = "web.B1.x", SECRET
    if change == "conversation":
        conversation = "web.B2.y"
    if change == "secret":
        secret = "another"
    if change == "payload":
        sealed = sealed.replace(sealed.split("~")[1], payloads.issue("/deny", "web.B1.x", SECRET).split("~")[1])
    if change == "seal":
        sealed = sealed[:-1] + ("0" if sealed[-1] != "0" else "1")
    assert payloads.redeem(sealed, conversation, secret) is None


@given(st.text(max_size=200))
def test_no_typed_text_passes_for_a_button(text: str) -> None:
    assert payloads.redeem(text, "web.B1.x", SECRET) is None


def test_any_white_space_stays_between_two_numbers() -> None:
    assert plain_text("尾号1234\u30005000元\t好") == "尾号1234 5000元 好"
