"""A person, please: handed over at once with what was said, the hours and the wait, and a call back when nobody is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, NotLoggedIn, aspects_of, button, entities_of, offer, say, today
from actions.conversation import hand_over, summary_of
from bot import formats
from bot.client import LoanClient, default_client
from bot.client.client import BorrowerLoans
from bot.client.errors import BackendUnavailable, CallbackNotPossible, LoanBackendError
from bot.client.people import CallbackTime, Staff
from bot.client.results import FiledRequest

# Questions about reaching a person, which hand nothing over.
_ONLY_ASKED = ("people_phone", "people_hours", "people_wait")
_WANTED_NOW = "people_now"
# A hand-over this fresh is added to and not filed again: who writes "人工" three times wants one call.
_FRESH = timedelta(hours=1)
_AN_HOUR = "callback_"
_PARTS_OF_DAY = {"callback_morning": (0, 12), "callback_afternoon": (12, 18), "callback_evening": (18, 24)}
_BUTTONS = 4
_CALLBACK_OPEN = "callback_open"


class ActionHandOver(BorrowerAction):
    """Hands over to a person (intent `request_human`)."""

    def name(self) -> str:
        """As in the domain."""
        return "action_hand_over"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The telephone number is said whatever happens to the ticket.

        Where something was told before, `hand_over_form` follows and shows first what will be passed on; who asks again while
        it waits for a yes is handed over as it stands.
        """
        staff, aspects = staff_if_known(self._client), aspects_of(tracker)
        if only_asks(aspects):
            say_when(dispatcher, staff)
            return []
        try:
            loans = self.loans_of(tracker)
            ticket = waiting_ticket(loans)
            if ticket is None and not is_looked_at(tracker) and is_to_be_looked_at(tracker, staff):
                return []
            if ticket is None:
                summary = tracker.get_slot("hand_over_text") if is_looked_at(tracker) else None
                summary = summary or summary_of(tracker.events)
                say(dispatcher, "utter_hand_over_summary", summary=summary)
                request_id = hand_over(self, tracker, priority="normal", summary=summary)
                say_handed_over(dispatcher, request_id, staff)
            else:
                request_id = ticket.request_id
                if wanted_time(tracker, staff) is None:
                    self._say_already(dispatcher, request_id, staff)
        except (NotLoggedIn, LoanBackendError):
            say(dispatcher, "utter_hand_over_by_phone")
            return []
        return put_down_callback(dispatcher, tracker, loans, request_id, staff)

    def _say_already(self, dispatcher: CollectingDispatcher, request_id: str, staff: Staff | None) -> None:
        if staff is None:
            say(dispatcher, "utter_hand_over_already", request_id=request_id)
        else:
            response = "utter_hand_over_already_open" if staff.open_now else "utter_hand_over_already_closed"
            say(dispatcher, response, request_id=request_id, **_hours(staff))


class ActionPutDownCallback(BorrowerAction):
    """Puts down when to call back: a bare time, after one was asked for (intent `inform` while `callback_open`)."""

    def name(self) -> str:
        """As in the domain."""
        return "action_put_down_callback"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The time as wished, or the question again when none can be read."""
        loans = self.loans_of(tracker)
        staff = (self._client or default_client()).directory().staff()
        ticket = waiting_ticket(loans)
        if ticket is None:
            say(dispatcher, "utter_callback_nothing_open")
            return [SlotSet(_CALLBACK_OPEN, None)]
        if wanted_time(tracker, staff) is None:
            # Asked back once: the next words are about something else, or a time after all, which is understood as such.
            offer_times(dispatcher, "utter_callback_time_not_clear", staff)
            return [SlotSet(_CALLBACK_OPEN, None)]
        return put_down_callback(dispatcher, tracker, loans, ticket.request_id, staff)

    def after_failure(self, tracker: Tracker) -> Events:
        """The question is no longer open."""
        return [SlotSet(_CALLBACK_OPEN, None)]


def only_asks(aspects: Sequence[str]) -> bool:
    """Whether a message asks about reaching a person, and wants none now."""
    return _WANTED_NOW not in aspects and any(name in aspects for name in _ONLY_ASKED)


def is_looked_at(tracker: Tracker) -> bool:
    """Whether the borrower is being shown what would be passed on."""
    return bool((tracker.active_loop or {}).get("name") == "hand_over_form")


def is_to_be_looked_at(tracker: Tracker, staff: Staff | None) -> bool:
    """Whether the borrower sees first what will be passed on: where something was told before, and no time for a call named."""
    if wanted_time(tracker, staff) is not None:
        return False
    last = max((i for i, event in enumerate(tracker.events) if event.get("event") == "user"), default=0)
    return summary_of(tracker.events[:last]) != "-"


def staff_if_known(client: LoanClient | None) -> Staff | None:
    """When people are there; None while the backend is away."""
    try:
        return (client or default_client()).directory().staff()
    except BackendUnavailable:
        return None


def say_handed_over(dispatcher: CollectingDispatcher, request_id: str, staff: Staff | None) -> None:
    """That it was passed on, its number, and how long it takes."""
    if staff is None:
        say(dispatcher, "utter_hand_over_without_hours", request_id=request_id)
    else:
        response = "utter_hand_over" if staff.open_now else "utter_hand_over_closed"
        say(dispatcher, response, request_id=request_id, **_hours(staff))


def say_when(dispatcher: CollectingDispatcher, staff: Staff | None) -> None:
    """The number, whether somebody is there now, and how long one waits, or when somebody will be there."""
    if staff is None:
        say(dispatcher, "utter_people_by_phone")
    else:
        say(dispatcher, "utter_people_open" if staff.open_now else "utter_people_closed", **_hours(staff))


def _hours(staff: Staff) -> dict[str, Any]:
    return {
        "phone": staff.phone,
        "wait_minutes": staff.wait_minutes,
        "until": formats.clock(staff.open_until_at or staff.as_of),
        "next_open_at": staff.next_open_at,
    }


def waiting_ticket(loans: BorrowerLoans) -> FiledRequest | None:
    """The hand-over that waits for a person since less than an hour; None when there is none."""
    for request in loans.requests():
        fresh = request.as_of - request.filed_at < _FRESH
        if request.kind == "ticket" and request.terms.get("ticket_kind") == "human" and request.status == "pending" and fresh:
            return request
    return None


def put_down_callback(
    dispatcher: CollectingDispatcher, tracker: Tracker, loans: BorrowerLoans, request_id: str, staff: Staff | None
) -> Events:
    """Puts a wished time down; with none wished, and nobody there, the next times are offered."""
    wanted = wanted_time(tracker, staff)
    if wanted is None:
        if staff is None or staff.open_now or not staff.callback_times:
            return [SlotSet(_CALLBACK_OPEN, None)]
        offer_times(dispatcher, "utter_callback_offer", staff)
        return [SlotSet(_CALLBACK_OPEN, True)]
    try:
        loans.ask_for_callback(request_id, wanted)
    except CallbackNotPossible as refusal:
        say(dispatcher, refusal.response, **refusal.details())
        return [SlotSet(_CALLBACK_OPEN, True)]
    except LoanBackendError:
        say(dispatcher, "utter_callback_not_put_down")
        return [SlotSet(_CALLBACK_OPEN, None)]
    say(dispatcher, "utter_callback_put_down", starts_at=wanted, request_id=request_id)
    return [SlotSet(_CALLBACK_OPEN, True)]


def offer_times(dispatcher: CollectingDispatcher, response: str, staff: Staff) -> None:
    """Some hours to tap."""
    times = _spread(staff.callback_times)
    choice = [button(formats.moment(t.starts_at), "request_human", callback_at=t.starts_at.isoformat()) for t in times]
    offer(dispatcher, response, choice)


def wanted_time(tracker: Tracker, staff: Staff | None) -> datetime | None:
    """When the message asks to be called: a tapped hour, or a day, a part of it or an hour in words; None when it names none."""
    entities = entities_of(tracker)
    if "callback_at" in entities:
        return datetime.fromisoformat(str(entities["callback_at"]))
    if staff is None or not staff.callback_times:
        return None
    aspects = aspects_of(tracker)
    hours = [int(name.removeprefix(_AN_HOUR)) for name in aspects if name.removeprefix(_AN_HOUR).isdigit()]
    parts = [_PARTS_OF_DAY[name] for name in aspects if name in _PARTS_OF_DAY]
    day = str(entities["date"]) if "date" in entities else None
    if not hours and not parts and day is None:
        return None
    if hours:
        first = staff.callback_times[0].starts_at
        passed = day is None and first.date() == today() and hours[0] < first.hour
        on = datetime.fromisoformat(day).date() if day else first.date() + timedelta(days=1 if passed else 0)
        return datetime.combine(on, first.timetz()).replace(hour=hours[0], minute=0)
    begins, ends = parts[0] if parts else (0, 24)
    fitting = [t.starts_at for t in staff.callback_times if day in (None, t.starts_at.date().isoformat())]
    return next((at for at in fitting if begins <= at.hour < ends), None)


def _spread(times: tuple[CallbackTime, ...]) -> list[CallbackTime]:
    """As many as fit below one another, from early to late."""
    return list(times[:: max(1, len(times) // _BUTTONS)])[:_BUTTONS]
