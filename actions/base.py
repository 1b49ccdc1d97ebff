"""What all actions share: who is speaking, the one door to their loans, and words for whatever goes wrong."""

from __future__ import annotations

import asyncio
import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot import config, formats
from bot.client import LoanClient, default_client
from bot.client.client import BorrowerLoans
from bot.client.errors import BackendUnavailable, LoanBackendError
from bot.identity import NotVerified, speaker_of

log = logging.getLogger(__name__)

Events = list[dict[str, Any]]


class NotLoggedIn(Exception):
    """The conversation speaks for no borrower; only general answers can be given."""


@lru_cache(maxsize=1)
def settings() -> config.Settings:
    """The settings in force, read once a process."""
    return config.load()


def today() -> date:
    """The calendar day in Shanghai, or the fixed one."""
    return date.fromisoformat(settings().today) if settings().today else datetime.now(formats.SHANGHAI).date()


def borrower_of(tracker: Tracker) -> str:
    """The borrower that this conversation was made for by a channel.

    Raises:
        NotLoggedIn: it was made for a guest, or by nobody who may make one.
    """
    try:
        speaker = speaker_of(tracker.sender_id, settings().conversation_secret)
    except NotVerified as error:
        log.warning("a conversation without a seal: %s", error)
        raise NotLoggedIn from error
    if speaker.borrower_id is None:
        raise NotLoggedIn
    return speaker.borrower_id


class BorrowerAction(Action, ABC):
    """An action that may ask the loan backend; `answer` runs on a thread, so it may wait without stopping anybody else.

    Attributes:
        general_response: what somebody hears who is not logged in.
        unavailable_response: what they hear when the loan backend does not answer.
    """

    general_response = "utter_log_in_first"
    unavailable_response = "utter_backend_unavailable"

    def __init__(self, client: LoanClient | None = None) -> None:
        self._client = client

    def loans_of(self, tracker: Tracker) -> BorrowerLoans:
        """The one door: behind it are this borrower's loans and nobody else's.

        Raises:
            NotLoggedIn: the conversation speaks for no borrower.
        """
        return (self._client or default_client()).loans_of(borrower_of(tracker))

    @abstractmethod
    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Says what is to be said and returns the events."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """`answer`, with words for what went wrong."""
        try:
            return await asyncio.to_thread(self.answer, dispatcher, tracker)
        except NotLoggedIn:
            say(dispatcher, self.general_response)
        except LoanBackendError as error:
            log.warning("%s: %s", self.name(), error)
            away = type(error) is BackendUnavailable
            say(dispatcher, self.unavailable_response if away else error.response, **error.details())
        return self.after_failure(tracker)

    def after_failure(self, tracker: Tracker) -> Events:
        """Events after something went wrong and was said."""
        return []


def say(dispatcher: CollectingDispatcher, response: str, **values: Any) -> None:
    """Utters a response of `domain.yml`; values are named with their units and written by `bot.formats`."""
    dispatcher.utter_message(response=response, **formats.shown(values, today()))


def offer(dispatcher: CollectingDispatcher, response: str, buttons: list[dict[str, str]], **values: Any) -> None:
    """Utters a response together with buttons whose titles are data."""
    dispatcher.utter_message(response=response, buttons=buttons, **formats.shown(values, today()))


def show(dispatcher: CollectingDispatcher, card: dict[str, Any]) -> None:
    """Shows a card (`docs/channels.md`) beside the text that says the same; a channel without cards leaves it out.

    Amounts in it are fen (`…_fen`), days and moments `date` and `datetime` objects; they leave as ISO text.
    """
    dispatcher.utter_message(json_message={"card": json.loads(json.dumps(card, default=_iso))})


def _iso(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a card")


def entities_of(tracker: Tracker) -> dict[str, Any]:
    """Values found in the latest message, by entity; the first where there are several.

    An entity with a role (approximate, ambiguous, elapsed, …) is one to ask back about and never one to use as it is; it is
    not among these. See `unclear_time_of`.
    """
    found: dict[str, Any] = {}
    for entity in tracker.latest_message.get("entities") or []:
        if not entity.get("role") or _is_echoed(entity):
            found.setdefault(entity["entity"], entity["value"])
    return found


def _is_echoed(entity: Mapping[str, Any]) -> bool:
    """A day that has passed this month ("8号") is next month's; the bot says that day out loud before anything is filed."""
    return entity["entity"] == "date" and entity.get("reason") == "passed_this_month"


def unclear_time_of(tracker: Tracker) -> str | None:
    """Why a time in the latest message cannot be used ("payday", "approximate", …); None when none is unclear."""
    for entity in tracker.latest_message.get("entities") or []:
        if entity["entity"] == "vague_time":
            return str(entity["value"])
        if entity["entity"] in ("date", "period") and entity.get("role") in ("approximate", "ambiguous"):
            if _is_echoed(entity):
                continue
            return str(entity.get("reason") or entity["role"])
    return None


def aspects_of(tracker: Tracker) -> list[str]:
    """What exactly the latest message asks about, in the order of its words (`data/lexicon/aspects`); empty for a tap."""
    return [str(entity["value"]) for entity in tracker.latest_message.get("entities") or [] if entity["entity"] == "aspect"]


def intent_of(tracker: Tracker) -> str:
    """What the latest message was understood as."""
    return str((tracker.latest_message.get("intent") or {}).get("name"))


def text_of(tracker: Tracker) -> str:
    """What the borrower wrote; a button's payload when they tapped one."""
    return str(tracker.latest_message.get("text") or "")


def button(title: str, intent: str, **entities: str) -> dict[str, str]:
    """A button whose title is data (a loan, a day); titles made of words stand in `domain.yml`."""
    return {"title": title, "payload": f"/{intent}{json.dumps(entities, ensure_ascii=False) if entities else ''}"}
