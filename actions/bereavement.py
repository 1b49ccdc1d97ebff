"""A borrower has died: condolence first, then what the law says of the debt, then people who take it from here."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, NotLoggedIn, aspects_of, say, show
from actions.conversation import summary_of
from actions.requests import Asking
from actions.rights_forms import FollowUpForm, PlainFiling, aspects_in, day_of, offered, said
from bot import formats
from bot.client import default_client
from bot.client.client import BorrowerLoans
from bot.client.errors import BackendUnavailable
from bot.client.results import FiledRequest

# What a family asks, each with a sentence of its own, in the order in which it is answered.
_ANSWERED = (
    "bereavement_spouse",
    "bereavement_guarantor",
    "bereavement_interest",
    "bereavement_debited",
    "bereavement_insurance",
    "bereavement_record",
    "bereavement_how_much",
)
_PAPERS = "bereavement_papers"
# The story is not asked for: it is what was written so far, in the family's own words.
_QUESTIONS = ("whose", "contact", "story")
_THIS_ACCOUNT, _FAMILY = "this_account", "family"


class ActionAnswerBereavement(BorrowerAction):
    """The first answer to a family (intent `report_bereavement`); it needs no login."""

    def name(self) -> str:
        """As in the domain."""
        return "action_answer_bereavement"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Condolence, the rule on estates, what was asked, and the papers; a guest hears how to reach a person."""
        aspects = aspects_of(tracker)
        say(dispatcher, "utter_bereavement_condolence")
        say(dispatcher, "utter_bereavement_rule")
        for aspect in [name for name in _ANSWERED if name in aspects][:2]:
            say(dispatcher, f"utter_{aspect}")
        try:
            self.loans_of(tracker)
            guest = False
        except NotLoggedIn:
            guest = True
        if guest or _PAPERS in aspects:
            self._say_papers(dispatcher)
        if guest:
            say(dispatcher, "utter_bereavement_guest")
        return []

    def _say_papers(self, dispatcher: CollectingDispatcher) -> None:
        try:
            papers = (self._client or default_client()).directory().bereavement_papers()
        except BackendUnavailable:
            papers = []
        if papers:
            say(dispatcher, "utter_bereavement_papers", papers=formats.lines(papers))
        else:
            say(dispatcher, "utter_bereavement_papers_unknown")


class ValidateBereavementForm(FollowUpForm):
    """Whose loan it is and how to reach the family; then a person is called (after `action_answer_bereavement`)."""

    topic = "bereavement"
    questions = _QUESTIONS
    own_intents = frozenset({"report_bereavement"})
    free_text = frozenset({"contact"})

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """Whose account this is, and when the family can be reached."""
        aspects = aspects_in(asking.answer)
        if question == "whose":
            found = {name for name in (_THIS_ACCOUNT, _FAMILY) if f"bereavement_{name}" in aspects}
            return {"whose": found.pop()} if len(found) == 1 else {}
        return self.told(asking, question) if question == "contact" else {}

    def is_asked(self, question: str, asking: Asking) -> bool:
        """Whoever has no open loan here does not speak of this account's."""
        if question == "whose":
            return any(loan.is_open for loan in asking.loans.loans())
        return question != "story"

    def _said(self, asking: Asking, tracker: Tracker) -> dict[str, Any]:
        found = super()._said(asking, tracker)
        return found if asking.answer.asked else {**found, "story": summary_of(tracker.events)}

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """What is done for the family: the calls stop, where it is this account's, and a person takes it up."""
        mine = asking.known["whose"] == _THIS_ACCOUNT
        pause = asking.loans.outreach_pause()
        if mine:
            until, covers = day_of(pause.bereavement_would_run_until_at), formats.listed(pause.covers)
            say(dispatcher, "utter_bereavement_will_pause", paused_until_date=until, covers=covers)
        else:
            say(dispatcher, "utter_bereavement_will_search")
        told = [str(asking.known["story"] or ""), said(asking.known["contact"])]
        summary = formats.lines(text for text in told if text)
        show(dispatcher, {"type": "summary", "kind": "ticket", "rows": [{"name": "ticket_summary", "value_text": summary}]})
        return offered(asking.loans, "ticket", {"summary": summary or "-", "of_this_borrower": mine})


class ActionFileBereavement(PlainFiling):
    """Calls a person, once; the calls to this borrower stop if it is they who died."""

    topic = "bereavement"
    questions = _QUESTIONS

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """The ticket as it was shown."""
        terms = offered["terms"]
        mine = bool(terms["of_this_borrower"])
        return loans.report_bereavement(terms["summary"], filing_key=offered["filing_key"], of_this_borrower=mine)
