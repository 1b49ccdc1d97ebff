"""A complaint about anything but collectors: heard first, then where it goes and by when it is answered, then filed."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, NotLoggedIn, aspects_of, say, show, text_of
from actions.forms import Answer
from actions.requests import Asking
from actions.rights_forms import NOT_SAID, FollowUpForm, PlainFiling, aspects_in, offered, said
from bot.client.client import BorrowerLoans
from bot.client.errors import LoanBackendError
from bot.client.results import FiledRequest
from bot.nlu.clauses import is_question

# What is asked or thrown at us, each with a sentence of its own, in the order in which it is answered.
_ANSWERED = (
    "complaint_robot",
    "complaint_marketing",
    "complaint_where",
    "complaint_how_long",
    "complaint_damages",
    "complaint_merchant",
)
_ASKS = frozenset({"complaint_where", "complaint_how_long", "complaint_again"})
# Answered by a sentence; a complaint is made of it only when asked for.
_NOT_FILED_UNASKED = _ASKS | {"complaint_robot", "complaint_merchant"}
_FILE = "complaint_file"
_QUESTIONS = ("text", "wish")
# Shorter words are anger, and no story that somebody could look into.
_SHORTEST_STORY = 6


class ActionAnswerComplaint(BorrowerAction):
    """The first answer to a complaint (intent `complain_service`)."""

    def name(self) -> str:
        """As in the domain."""
        return "action_answer_complaint"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """One human sentence, what was asked, and what became of an earlier complaint; a guest hears where to go."""
        aspects = aspects_of(tracker)
        answered = [name for name in _ANSWERED if name in aspects]
        if aspects != [_FILE] and not _ASKS & set(aspects) and "complaint_robot" not in aspects:
            say(dispatcher, "utter_complaint_heard")
        for aspect in answered[:2]:
            say(dispatcher, f"utter_{aspect}")
        try:
            loans = self.loans_of(tracker)
            loans.borrower()  # nothing is begun that could not be filed
            if "complaint_again" in aspects:
                self._say_earlier(dispatcher, loans)
        except NotLoggedIn:
            say(dispatcher, "utter_complaint_guest")
            return []
        except LoanBackendError:
            say(dispatcher, "utter_complaint_cannot_file")
            return []
        if answered and not wants_to_file(aspects, text_of(tracker)):
            say(dispatcher, "utter_complaint_can_file")
        return []

    def _say_earlier(self, dispatcher: CollectingDispatcher, loans: BorrowerLoans) -> None:
        complaints = [request for request in loans.requests() if request.kind == "complaint"]
        if not complaints:
            say(dispatcher, "utter_complaint_none_before")
        for complaint in complaints[:2]:
            say(
                dispatcher,
                f"utter_complaint_stands_{complaint.status}",
                request_id=complaint.request_id,
                filed_at=complaint.filed_at,
                decision_due_at=complaint.decision_due_at,
                decision_reason=complaint.decision_reason,
            )
        say(dispatcher, "utter_complaint_further")


class ValidateServiceComplaintForm(FollowUpForm):
    """What happened and what would put it right (after `action_answer_complaint`)."""

    topic = "service_complaint"
    questions = _QUESTIONS
    own_intents = frozenset({"complain_service"})
    free_text = frozenset({"text", "wish"})
    asked_again = "text"

    def wants_to_begin(self, answer: Answer, tracker: Tracker) -> bool:
        """Unless only a question was asked about complaining."""
        return wants_to_file(aspects_of(tracker), answer.text)

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """The story and the wish; bare abuse is no story, and neither are words that only ask to complain."""
        found = self.told(asking, question)
        if question in (None, "text") and "text" in found and not is_told(asking.answer):
            del found["text"]
        if question == "wish" and _FILE in aspects_in(asking.answer):
            return {"wish": NOT_SAID}  # "I want to complain" is no wish beyond that
        return found

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """The complaint in the borrower's own words."""
        text, wish = str(asking.known["text"]), said(asking.known["wish"])
        say(dispatcher, "utter_service_complaint_summary", details=text)
        if wish:
            say(dispatcher, "utter_service_complaint_wish", wish=wish)
        show(dispatcher, {"type": "summary", "kind": "complaint", "rows": [{"name": "complaint_text", "value_text": text}]})
        terms = {"topic": "service", "text": text, **({"wish": wish[:200]} if wish else {})}
        return offered(asking.loans, "complaint", terms)


class ActionFileServiceComplaint(PlainFiling):
    """Files the complaint, once."""

    topic = "service_complaint"
    questions = _QUESTIONS

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """The complaint as it was shown."""
        return loans.file_complaint(offered["terms"], filing_key=offered["filing_key"])


def wants_to_file(aspects: list[str], text: str) -> bool:
    """Whether to go on to the complaint itself."""
    if _FILE in aspects:
        return True
    if "complaint_again" in aspects:
        return not is_question(text) and len(text) > 2 * _SHORTEST_STORY
    return not _NOT_FILED_UNASKED & set(aspects)


def is_told(answer: Answer) -> bool:
    """Whether the words say what happened."""
    aspects = aspects_in(answer)
    if "complaint_about" in aspects:
        return len(answer.text) >= _SHORTEST_STORY
    only_asked = _FILE in aspects and len(answer.text) < 2 * _SHORTEST_STORY
    return len(answer.text) >= _SHORTEST_STORY and not only_asked and "feels_angry" not in aspects
