"""Short lessons about debt (intent `ask_financial_education`): three screens at most, each with a button to go on."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.base import BorrowerAction, Events, NotLoggedIn, aspects_of, entities_of, say
from bot.client.errors import LoanBackendError
from bot.client.results import Loan

_SCREEN = "utter_lesson_{}"


class ActionTeach(BorrowerAction):
    """Tells the lesson that was asked for, or the one that fits the borrower's situation.

    A lesson is a row of responses in `domain/learning.yml`, `utter_lesson_<name>_1` to `…_3`; a lender adds one there, with its
    button in `utter_lessons` and its words in `data/lexicon/aspects/learning.yml` as `lesson_<name>`.
    """

    def name(self) -> str:
        """As in the domain."""
        return "action_teach"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Remembers which screens the domain has, then answers."""
        self._responses = frozenset(domain["responses"])
        return await super().run(dispatcher, tracker, domain)

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A screen that a button names; else the first screen of a lesson; else the list of lessons."""
        screen = str(entities_of(tracker).get("lesson") or "")
        asked = [aspect.removeprefix("lesson_") for aspect in aspects_of(tracker) if aspect.startswith("lesson_")]
        if not screen and asked:
            screen = f"{asked[0]}_1"
        if _SCREEN.format(screen) in self._responses:
            say(dispatcher, _SCREEN.format(screen))
            return []
        fitting = self._fitting(tracker)
        if fitting:
            say(dispatcher, f"utter_lesson_fits_{fitting}")
        say(dispatcher, "utter_lessons")
        return []

    def _fitting(self, tracker: Tracker) -> str | None:
        """The situation that makes one lesson more useful than the others."""
        try:
            loans = [loan for loan in self.loans_of(tracker).loans() if loan.is_open]
        except (NotLoggedIn, LoanBackendError):
            return None
        return situation_of(loans)


def situation_of(loans: list[Loan]) -> str | None:
    """What stands out: "overdue", "several" or "minimum"; None when nothing does.

    A lesson is never pressed on anybody: it is only named first.
    """
    if any(loan.status in ("overdue", "in_grace") for loan in loans):
        return "overdue"
    if len(loans) > 1:
        return "several"
    if any(loan.minimum_payment_fen for loan in loans):
        return "minimum"
    return None
