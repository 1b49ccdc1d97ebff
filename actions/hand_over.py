"""What will be passed on to a person: the borrower sees it first, corrects it or takes it back, and only then it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, NotLoggedIn, aspects_of, intent_of, say, show
from actions.conversation import summary_of
from actions.forms import Answer
from actions.people import is_to_be_looked_at, only_asks, put_down_callback, say_handed_over, staff_if_known, waiting_ticket
from actions.requests import Asking
from actions.rights_forms import FollowUpForm, PlainFiling, aspects_in
from bot.client.client import BorrowerLoans
from bot.client.errors import LoanBackendError
from bot.client.results import FiledRequest

TOPIC = "hand_over"
QUESTIONS = ("text",)
_BEFORE = "hand_over_before"
_REWRITE = "hand_over_rewrite"
_LONGEST = 1500


class ValidateHandOverForm(FollowUpForm):
    """Follows `action_hand_over`, which stays silent where something was told before."""

    topic = TOPIC
    recalled_in_a_sentence = False
    questions = QUESTIONS
    own_intents = frozenset({"request_human"})
    free_text = frozenset({"text"})

    @property
    def slots(self) -> Sequence[str]:  # type: ignore[override]
        """All slots of the form."""
        return [*super().slots, _BEFORE]

    def wants_to_begin(self, answer: Answer, tracker: Tracker) -> bool:
        """Where there is something to look at, and nobody is called already."""
        if only_asks(aspects_of(tracker)) or not is_to_be_looked_at(tracker, staff_if_known(self._client)):
            return False
        try:
            return waiting_ticket(self.loans_of(tracker)) is None
        except (NotLoggedIn, LoanBackendError):
            return False

    def proceed(self, answer: Answer, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """As any form; who asked for a person once more has been handed over by then, which ends it unheard."""
        if answer.put_again and answer.intent == "request_human" and waiting_ticket(self.loans_of(tracker)) is not None:
            return self.stop()
        if answer.asked == "hand_over_text" and _REWRITE in aspects_in(answer):
            say(dispatcher, "utter_hand_over_rewrite")
            return self.ask("hand_over_text", {_BEFORE: None, "hand_over_offer": None})
        return super().proceed(answer, dispatcher, tracker)

    def _said(self, asking: Asking, tracker: Tracker) -> dict[str, Any]:
        if asking.answer.asked is None:
            return {"text": summary_of(tracker.events)}
        # While it is corrected its own slot is empty, since that is what the form waits for.
        corrected = asking.answer.asked == "hand_over_text"
        asking.known["before"] = tracker.get_slot(_BEFORE) if corrected else asking.known.get("text")
        return super()._said(asking, tracker)

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """What is wrong or missing stands behind what was there; a correction may come at the last step, too."""
        if not self.is_story(asking.answer):
            return {}
        before = asking.known.get("before")
        text = f"{before} / {asking.answer.text}" if before else asking.answer.text
        return {"text": text[-_LONGEST:]}

    def _decide(
        self, answer: Answer, known: dict[str, Any], shown: dict[str, Any] | None, dispatcher: CollectingDispatcher
    ) -> Events:
        if answer.intent != "deny" and shown:
            return super()._decide(answer, known, shown, dispatcher)
        say(dispatcher, "utter_hand_over_not_confirmed")
        return self.ask("hand_over_text", {_BEFORE: known.get("text"), "hand_over_offer": None})

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """What the person will read, word for word."""
        text = str(asking.known["text"])
        say(dispatcher, "utter_hand_over_summary", summary=text)
        show(dispatcher, {"type": "summary", "kind": "human", "rows": [{"name": "summary", "value_text": text}]})
        # Until it is sent, the same words are the same ticket; once something was filed, they are another.
        asked = f"{asking.loans.borrower_id}:{text}:{len(asking.loans.requests())}"
        key = hashlib.sha256(f"human:{asked}".encode()).hexdigest()
        return {"offer_id": key[-20:], "filing_key": key, "terms": {"summary": text}}


class ActionFileHandOver(PlainFiling):
    """Sends what was looked at; the telephone number is said where that fails."""

    topic = TOPIC
    questions = QUESTIONS

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """The ticket, once."""
        summary = offered["terms"]["summary"]
        return loans.open_ticket("human", summary, idempotency_key=offered["filing_key"], priority="normal")

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The number, the hours and the wait, and a call back where nobody is there."""
        offered = tracker.get_slot("hand_over_offer")
        forgotten = [*self._forget(everything=True), SlotSet(_BEFORE, None)]
        if intent_of(tracker) != "affirm" or not offered:
            say(dispatcher, "utter_request_gone")
            return forgotten
        staff = staff_if_known(self._client)
        try:
            loans = self.loans_of(tracker)
            request_id = self.file(loans, offered).request_id
        except (NotLoggedIn, LoanBackendError):
            say(dispatcher, "utter_hand_over_by_phone")
            return forgotten
        say_handed_over(dispatcher, request_id, staff)
        return [*forgotten, *put_down_callback(dispatcher, tracker, loans, request_id, staff)]
