"""What the requests about rights share: forms that follow an answer, and filings that need no quote."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, NotLoggedIn, say
from actions.forms import Answer
from actions.requests import Asking, FileRequest, RequestForm
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.errors import LoanBackendError
from bot.client.results import FiledRequest
from bot.nlu.aspects import find_aspects
from bot.nlu.clauses import is_question

# What stands in a slot for "asked, and not told".
NOT_SAID = "not_said"
_LONGEST = 1500
# Nobody answers "what happened" with one of these.
_NO_STORY = frozenset({"affirm", "deny", "cancel", "repeat", "ask_why", "greet", "thank", "goodbye"})
# Understood as one of these, a question asks about something else and is no part of a story.
_MAY_BE_TOLD = frozenset({"inform", "nlu_fallback", "out_of_scope"})


class FollowUpForm(RequestForm):
    """A form that follows an action which has answered already.

    It begins only where something is to be filed. To a guest, or while the backend is away, it stays silent: the action has
    said what can be said.

    Attributes:
        asked_again: the question that is put again when the borrower does not confirm; None when a no ends the form.
    """

    wants_loan = False
    asked_again: str | None = None

    def wants_to_begin(self, answer: Answer, tracker: Tracker) -> bool:
        """Whether the message that the form would begin with has something to be filed."""
        return True

    def proceed(self, answer: Answer, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ends at once where nothing is to be filed, else the conversation of every request."""
        if answer.asked is None and not answer.put_again and not self._begins(answer, tracker):
            return self.stop()
        return super().proceed(answer, dispatcher, tracker)

    def _begins(self, answer: Answer, tracker: Tracker) -> bool:
        if not self.wants_to_begin(answer, tracker):
            return False
        try:
            self.loans_of(tracker).borrower()
        except (NotLoggedIn, LoanBackendError):
            return False
        return True

    def is_story(self, answer: Answer) -> bool:
        """Whether a message can be part of what is told: no tap, no yes or no, and no question about something else."""
        if answer.is_tap or not answer.text or answer.intent in _NO_STORY:
            return False
        return answer.intent in self.own_intents | _MAY_BE_TOLD or not is_question(answer.text)

    def told(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """The answer to a question that is answered in free words; what is told at another question is added to the story."""
        answer, aspects = asking.answer, aspects_in(asking.answer)
        optional = [name for name in self.questions if name != self.questions[0]]
        if "rights_enough" in aspects and asking.known.get(self.questions[0]):
            return {name: NOT_SAID for name in optional if asking.known.get(name) is None}
        if question in optional and (NOT_SAID in aspects or "rights_not_said" in aspects or answer.intent == "deny"):
            return {question: NOT_SAID}
        if not self.is_story(answer):
            return {}
        if question in self.free_text:
            return {question: answer.text[:_LONGEST]}
        first = self.questions[0]
        before = asking.known.get(first)
        # Told once more in the same words, after something had failed: the same story, and so the same filing.
        if before and answer.text in str(before):
            return {first: before}
        return {first: f"{before} / {answer.text}"[:_LONGEST] if before else answer.text[:_LONGEST]}

    def _decide(
        self, answer: Answer, known: dict[str, Any], shown: dict[str, Any] | None, dispatcher: CollectingDispatcher
    ) -> Events:
        if answer.intent != "deny" and shown:
            return super()._decide(answer, known, shown, dispatcher)
        say(dispatcher, f"utter_{self.topic}_not_confirmed")
        if self.asked_again is None:
            return self.stop()
        again = {**self._values({**known, self.asked_again: None}), f"{self.topic}_offer": None}
        return self.ask(f"{self.topic}_{self.asked_again}", again)


class PlainFiling(FileRequest):
    """Files what `present` put into the offer, under the key that stands there."""

    wants_loan = False


def aspects_in(answer: Answer) -> set[str]:
    """What a message asks about or tells, by its words; of a tap, what its button carries."""
    if answer.is_tap:
        return {str(answer.entities["aspect"])} if "aspect" in answer.entities else set()
    return {name for name, _, _ in find_aspects(answer.text)}


def offered(loans: BorrowerLoans, kind: str, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The offer for terms that need no quote: the terms, and a key that is the same for a repeat.

    Once a request of the kind was undone or decided, the key is another one: the same can be filed anew.
    """
    over = sum(request.kind == kind and request.status != "pending" for request in loans.requests())
    text = json.dumps([loans.borrower_id, kind, terms, over], sort_keys=True, ensure_ascii=False, default=str)
    key = f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:40]}"
    return {"offer_id": key[-20:], "filing_key": key, "terms": dict(terms)}


def said(value: Any) -> str | None:
    """What was told; None for what was asked and not told."""
    return None if value in (None, NOT_SAID) else str(value)


def day_of(moment: datetime | None) -> date | None:
    """The calendar day of a moment in Shanghai."""
    return moment.astimezone(formats.SHANGHAI).date() if moment else None


def paused_until(filed: FiledRequest) -> date | None:
    """The last day on which nobody calls, as the filing led to it; None where it led to no pause."""
    until = filed.terms.get("outreach_paused_until_at")
    return day_of(datetime.fromisoformat(str(until))) if until else None
