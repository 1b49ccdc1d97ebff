"""Help from others (intent `ask_assistance`): the city's directory by what is needed, and being put down for it."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, NotLoggedIn, aspects_of, button, entities_of, offer, say, text_of, today
from actions.forms import Answer
from actions.people import wanted_time
from actions.requests import Asking, FileRequest, RequestForm
from bot import formats
from bot.client import default_client
from bot.client.client import BorrowerLoans
from bot.client.directory import Directory, Event, Programme
from bot.client.errors import LoanBackendError
from bot.client.people import Staff
from bot.client.results import FiledRequest

TOPIC = "assistance"
QUESTIONS = ("call_at", "choice")
_CALL = "call"
_JOIN = "join"
_KINDS = ("legal", "money", "mind", "work", "charity", "complaint")
# What a lawyer's help or a named benefit needs to have said with it.
_LIMITS = {
    "help_lawyer": "utter_help_lawyer_limits",
    "help_bankruptcy": "utter_help_bankruptcy",
    "help_agent": "utter_help_agent",
}
_ROWS = 6
_IN_DETAIL = 3
_BUTTONS = 3


class ValidateAssistanceForm(RequestForm):
    """Tells what help there is; with a wish to join, puts down for a lecture or for a call at a time."""

    topic = TOPIC
    questions = QUESTIONS
    wants_loan = False
    own_intents = frozenset({"ask_assistance", "request_human"})
    general_response = "utter_assistance_log_in"
    unavailable_response = "utter_help_without_backend"

    def proceed(self, answer: Answer, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A question is answered and begins nothing; to be put down begins the form."""
        if answer.asked is None and not answer.put_again and not _wants_to_join(answer, aspects_of(tracker)):
            self._tell(dispatcher, tracker)
            return self.stop()
        wanted = wanted_time(tracker, self._staff()) if answer.asked and not answer.put_again else None
        if wanted is not None and "callback_at" not in answer.entities:
            answer = dataclasses.replace(answer, entities={**answer.entities, "callback_at": wanted.isoformat()})
        return super().proceed(answer, dispatcher, tracker)

    def directory(self) -> Directory:
        """What is the same for everybody."""
        return (self._client or default_client()).directory()

    def _staff(self) -> Staff | None:
        try:
            return self.directory().staff()
        except LoanBackendError:
            return None

    def _city(self, tracker: Tracker) -> str | None:
        """The city that is named, else the borrower's; None for a guest who names none."""
        named = entities_of(tracker).get("city")
        if named is not None:
            return str(named)
        try:
            return self.loans_of(tracker).borrower().city
        except NotLoggedIn:
            return None

    def _programmes(self, city: str | None, kind: str | None = None) -> list[Programme]:
        """A city's with the whole country's; the latter alone where no city is known."""
        return [row for row in self.directory().programmes(city, kind) if city is not None or row.city is None]

    def _tell(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        aspects = [] if text_of(tracker).startswith("/") else aspects_of(tracker)
        wish = str(entities_of(tracker).get("assistance", ""))
        kinds = [kind for kind in _KINDS if f"help_{kind}" in aspects or wish == kind]
        city = self._city(tracker)
        for aspect, response in _LIMITS.items():
            if aspect in aspects:
                say(dispatcher, response)
        if kinds:
            for kind in kinds[:2]:
                _tell_kind(dispatcher, self._programmes(city, kind), kind, city)
        else:
            _tell_all(dispatcher, self._programmes(city), city)
        events = [row for row in self.directory().events(city) if not kinds or row.kind in kinds][:_BUTTONS]
        if events and city is not None:
            say(dispatcher, "utter_help_events", events=formats.lines(formats.event_row(row, today()) for row in events))
        say(dispatcher, "utter_help_next")

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """Which lecture, or that somebody shall call, and when."""
        entities = asking.answer.entities
        said: dict[str, Any] = {}
        wish = str(entities.get("assistance", ""))
        if wish == _CALL or wish.startswith("EV-"):
            said["choice"] = wish
        if "callback_at" in entities:
            said.update(choice=_CALL, call_at=str(entities["callback_at"]))
        return said

    def is_asked(self, question: str, asking: Asking) -> bool:
        """The time, only of a call."""
        return question == "choice" or asking.known.get("choice") == _CALL

    def before_asking(self, question: str, asking: Asking, dispatcher: CollectingDispatcher) -> None:
        """The lectures, or the hours, to choose from."""
        if question == "choice":
            events = [row for row in self.directory().events(asking.loans.borrower().city) if row.seats_left][:_BUTTONS]
            offer(
                dispatcher,
                "utter_assistance_choice" if events else "utter_assistance_no_events",
                [
                    button(f"{row.name} {formats.day(row.starts_at.date(), today())}", "inform", assistance=row.event_id)
                    for row in events
                ],
            )
            return
        times = (staff.callback_times if (staff := self._staff()) else ())[::2][:_BUTTONS]
        offer(
            dispatcher,
            "utter_assistance_call_at",
            [button(formats.moment(t.starts_at), "inform", callback_at=t.starts_at.isoformat()) for t in times],
        )

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """What the borrower would be put down for."""
        choice = str(asking.known["choice"])
        # A new key each time it is shown: the same yes files once, and a change of mind later files anew.
        offered = {"offer_id": uuid.uuid4().hex, "choice": choice, "call_at": asking.known.get("call_at")}
        if choice == _CALL:
            at = datetime.fromisoformat(str(asking.known["call_at"]))
            say(dispatcher, "utter_assistance_call_summary", callback_at=at)
            return offered
        event = next((row for row in self.directory().events() if row.event_id == choice), None)
        if event is None:
            say(dispatcher, "utter_event_over")
            return None
        say(dispatcher, "utter_assistance_event_summary", **_event_values(event))
        return offered


def _wants_to_join(answer: Answer, aspects: Sequence[str]) -> bool:
    wish = str(answer.entities.get("assistance", ""))
    return wish in (_JOIN, _CALL) or wish.startswith("EV-") or ("help_join" in aspects and not answer.is_tap)


def _tell_kind(dispatcher: CollectingDispatcher, programmes: list[Programme], kind: str, city: str | None) -> None:
    """The first programmes of a kind, each with who, how and when; what is known of no programme is said so."""
    if not programmes:
        say(dispatcher, "utter_help_none_known")
        return
    say(dispatcher, f"utter_help_{kind}", city=city or "")
    # Where one can simply call comes first.
    for row in sorted(programmes, key=lambda row: row.phone is None)[:_IN_DETAIL]:
        say(
            dispatcher,
            "utter_help_programme_with_hours" if row.when else "utter_help_programme",
            name=row.name,
            who=row.who,
            what=row.what,
            when=row.when or "",
            how=row.how or "",
            source=row.source,
            checked_date=row.checked_date,
        )


def _tell_all(dispatcher: CollectingDispatcher, programmes: list[Programme], city: str | None) -> None:
    own = [row for row in programmes if row.city is not None]
    shown = [*own, *(row for row in programmes if row.city is None)][:_ROWS]
    rows = [f"{number}. {formats.programme_row(row)}" for number, row in enumerate(shown, start=1)]
    say(
        dispatcher,
        "utter_help_in_city" if own else "utter_help_everywhere",
        city=city or "",
        programmes=formats.lines(rows),
        checked_date=min(row.checked_date for row in shown),
    )


def _event_values(event: Event) -> dict[str, Any]:
    return {
        "event_name": event.name,
        "event_date": event.starts_at.date(),
        "begins": formats.clock(event.starts_at),
        "ends": formats.clock(event.ends_at),
        "place": event.place,
        "who": event.who,
        "what": event.what,
    }


class ActionFileAssistance(FileRequest):
    """Puts the borrower down, once."""

    topic = TOPIC
    questions = QUESTIONS
    wants_loan = False

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """Under a key of the yes that was shown."""
        key = f"assistance-{offered['offer_id']}"
        if offered["choice"] == _CALL:
            return loans.request_call(datetime.fromisoformat(offered["call_at"]), None, filing_key=key)
        return loans.request_event(offered["choice"], filing_key=key)
