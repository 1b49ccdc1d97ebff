"""The conversation itself: not understood, say it again, a person please, and words that come before everything else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.base import BorrowerAction, Events, NotLoggedIn, aspects_of, offer, say
from bot.client.errors import LoanBackendError

_NOT_UNDERSTOOD = frozenset({"nlu_fallback", "out_of_scope"})
_TELLS_NOTHING = frozenset({"greet", "thank", "goodbye"})
_OFFERED = 3
_FEELINGS = {"feels_afraid": "utter_afraid", "feels_ashamed": "utter_ashamed", "feels_angry": "utter_angry"}


class ActionClarify(Action):
    """Offers the likeliest meanings of a message that was not understood; the second time running, a person."""

    def name(self) -> str:
        """As in `domain.yml`."""
        return "action_clarify"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Picks from the buttons of `utter_clarify`, one for each intent that can be offered."""
        feeling = next((_FEELINGS[aspect] for aspect in aspects_of(tracker) if aspect in _FEELINGS), None)
        if feeling is not None:
            # Somebody who only says how they feel is not asked what they meant.
            say(dispatcher, feeling)
            say(dispatcher, "utter_how_to_help")
            return []
        if not_understood_running(tracker.events) >= 2:
            say(dispatcher, "utter_offer_person")
            return []
        variant = domain["responses"]["utter_clarify"][0]
        buttons = buttons_by_intent(domain)
        ranking = [row["name"] for row in tracker.latest_message.get("intent_ranking") or []]
        person = variant["buttons"][-1]
        likeliest = [buttons[name] for name in ranking if name in buttons and buttons[name] is not person][:_OFFERED]
        dispatcher.utter_message(text=variant["text"], buttons=[*likeliest, person])
        return []


class ActionOfferSecond(Action):
    """Offers the second thing that a message asked, after the first was answered."""

    def name(self) -> str:
        """As in `domain.yml`."""
        return "action_offer_second"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """One button, in the words of `utter_clarify`; nothing when that has none for the intent."""
        button = buttons_by_intent(domain).get(str(tracker.latest_message.get("second_intent")))
        if button is not None:
            offer(dispatcher, "utter_offer_second", [button], question=button["title"])
        return []


class ActionCrisis(BorrowerAction):
    """Stops every form and calls a person, after `utter_crisis` has been said by the rule itself.

    The words must not wait for this action: they come from the model and need neither this process nor the loan backend.
    """

    def name(self) -> str:
        """As in `domain.yml`."""
        return "action_crisis"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A ticket of the highest priority, if that can be had."""
        try:
            hand_over(self, tracker, priority="urgent")
            say(dispatcher, "utter_crisis_person_informed")
        except (NotLoggedIn, LoanBackendError):
            say(dispatcher, "utter_crisis_person_by_phone")
        return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("in_crisis", True)]


class ActionRepeat(Action):
    """Says the latest answer again (intent `repeat`)."""

    def name(self) -> str:
        """As in `domain.yml`."""
        return "action_repeat"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """What was said between the two latest messages of the borrower; in a form, the form itself asks again."""
        said = [] if tracker.active_loop else latest_answer(tracker.events)
        if not said and not tracker.active_loop:
            dispatcher.utter_message(response="utter_greet")
        for event in said:
            dispatcher.utter_message(text=event["text"], buttons=(event.get("data") or {}).get("buttons") or [])
        if tracker.active_loop:
            dispatcher.utter_message(response="utter_once_more")
        return []


def buttons_by_intent(domain: DomainDict) -> dict[str, dict[str, str]]:
    """What each intent is called in the borrower's own terms, as buttons: those of `utter_clarify`."""
    return {button["payload"].lstrip("/"): button for button in domain["responses"]["utter_clarify"][0]["buttons"]}


def hand_over(action: BorrowerAction, tracker: Tracker, *, priority: str, summary: str | None = None) -> str:
    """The number of the ticket for a person; what they are told is `summary`, else what was written last.

    The same message handed over twice is one ticket.
    """
    message = f"{tracker.sender_id}:{tracker.latest_message.get('message_id')}"
    return (
        action.loans_of(tracker)
        .open_ticket(
            "human",
            summary or summary_of(tracker.events),
            idempotency_key=hashlib.sha256(f"human:{message}".encode()).hexdigest(),
            priority=priority,
        )
        .request_id
    )


def summary_of(events: Sequence[Mapping[str, Any]], messages: int = 5) -> str:
    """What the borrower wrote last, oldest first, for the person who takes over; a greeting tells that person nothing."""
    wrote = [event for event in events if event.get("event") == "user" and event.get("text")]
    texts = [str(event["text"]) for event in wrote if _intent_of_event(event) not in _TELLS_NOTHING]
    return " / ".join(text for text in texts[-messages:] if not text.startswith("/"))[:500] or "-"


def _intent_of_event(event: Mapping[str, Any]) -> str | None:
    """What a message of the borrower's was understood as."""
    name = (event.get("parse_data") or {}).get("intent", {}).get("name")
    return None if name is None else str(name)


def not_understood_running(events: Sequence[Mapping[str, Any]]) -> int:
    """How many of the borrower's latest messages, in a row, were not understood."""
    count = 0
    for event in reversed(events):
        if event.get("event") != "user":
            continue
        if _intent_of_event(event) not in _NOT_UNDERSTOOD:
            break
        count += 1
    return count


def latest_answer(events: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What the bot said before the borrower's latest message."""
    said: list[Mapping[str, Any]] = []
    messages = 0
    for event in reversed(events):
        if event.get("event") == "user":
            messages += 1
            if messages == 2:
                break
        elif event.get("event") == "bot" and messages == 1 and event.get("text"):
            said.append(event)
    return list(reversed(said))
