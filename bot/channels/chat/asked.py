"""What a widget sends, read strictly: nothing of it is trusted but what a seal or a token proves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.channels import payloads
from bot.channels.guard import MAX_MESSAGE_CHARACTERS, plain_text
from bot.channels.problems import ChannelProblem

_CLIENT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_TITLE_CHARACTERS = 80


@dataclass(frozen=True)
class Said:
    """A borrower's message.

    Attributes:
        client_id: the widget's own id; the same one again is the same message.
        shown: the text as the history shows it; for a button its label.
        turn: what the bot is given to read.
        sealed: the sealed payload, when a button of this conversation was tapped.
    """

    client_id: str
    shown: str
    turn: str
    sealed: str | None = None


def read_message(data: object, conversation_id: str, secret: str) -> Said:
    """The message in `{id, text}` or `{id, payload, title}`.

    A payload that was not issued to this conversation is what somebody typed, and is only text.

    Raises:
        ChannelProblem: `message-malformed`, `message-too-long`.
    """
    given = data if isinstance(data, dict) else {}
    client_id, typed, sealed = given.get("id"), given.get("text"), given.get("payload")
    if not isinstance(client_id, str) or not _CLIENT_ID.fullmatch(client_id):
        raise ChannelProblem("message-malformed", "`id` is a UUID of the widget's own, the same when it sends again.")
    if (typed is None) == (sealed is None) or not isinstance(typed if sealed is None else sealed, str):
        raise ChannelProblem("message-malformed", "Send `text` or `payload`, one of them.")
    if sealed is not None:
        turn = payloads.redeem(sealed, conversation_id, secret)
        if turn is not None:
            title = given.get("title")
            return Said(client_id, plain_text(title)[:_TITLE_CHARACTERS] if isinstance(title, str) else "", turn, sealed)
        typed = sealed
    if len(str(typed)) > MAX_MESSAGE_CHARACTERS:
        raise ChannelProblem("message-too-long", f"A message holds at most {MAX_MESSAGE_CHARACTERS} characters.")
    text = plain_text(str(typed))
    if not text:
        raise ChannelProblem("message-malformed", "There is nothing to read in this message.")
    return Said(client_id, text, text)


def read_rating(data: object) -> tuple[int, str | None]:
    """Score and words of `{score, text?}`.

    Raises:
        ChannelProblem: `message-malformed`.
    """
    given = data if isinstance(data, dict) else {}
    score, text = given.get("score"), given.get("text")
    if type(score) is not int or not 1 <= score <= 5 or not (text is None or isinstance(text, str)):
        raise ChannelProblem("message-malformed", "`score` is a whole number from 1 to 5, `text` words or nothing.")
    return score, plain_text(text) if text else None


def read_switch(data: object) -> bool:
    """The `on` of `{on}`.

    Raises:
        ChannelProblem: `message-malformed`.
    """
    on: Any = data.get("on") if isinstance(data, dict) else None
    if not isinstance(on, bool):
        raise ChannelProblem("message-malformed", "`on` is true or false.")
    return on
