"""A request from the first word to filed: which loan, what else is asked, what it would change, a yes, and the filing.

A topic derives `RequestForm` and `FileRequest` and says what is its own; the conversation they share is here: corrections at any
step, questions in between, an older button, a second thought, and the five outcomes of a filing. Names follow from `topic`:

- slots `<topic>_loan_id` (where a loan is asked for), `<topic>_<question>`, `<topic>_offer`, `<topic>_confirmed`;
- the form `<topic>_form`, its action `validate_<topic>_form`, and `action_file_<topic>`, which a rule lets follow it;
- responses `utter_ask_<slot>` for the questions, `utter_which_loan_<topic>`, `utter_confirm_<topic>`, and `utter_<topic>_…` with
  `not_confirmed`, `stopped`, `filed`, `filed_already` and `not_filed`.
"""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, button, intent_of, offer, say, settings, show, today
from actions.choosing import named_loans
from actions.forms import Answer, FormAction
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.errors import (
    BackendUnavailable,
    FilingInProgress,
    FilingUnknown,
    ProblemError,
    QuoteExpired,
    QuoteNotFound,
    QuoteStale,
)
from bot.client.results import FiledRequest, Loan
from bot.loans.evidence import KINDS
from bot.nlu.clauses import is_question

log = logging.getLogger(__name__)

# Understood as one of these, a message can be the answer to a question; any other intent is a question of its own.
_PLAIN = frozenset({"inform", "affirm", "deny", "nlu_fallback", "out_of_scope"})


@dataclass
class Asking:
    """What a topic's form has at hand while it looks at a message.

    Attributes:
        answer: the message.
        known: what the borrower has said so far, by question (`{"loan_id": …, "reason": …}`).
        loans: the door to the borrower's loans; None for a topic that asks no backend before it files.
        open_loans: the loans that can be meant; empty for a topic without a loan.
        interrupted: what had been shown, when a question of the borrower's came in between; None otherwise.
    """

    answer: Answer
    known: dict[str, Any]
    loans: BorrowerLoans
    open_loans: list[Loan] = field(default_factory=list)
    interrupted: dict[str, Any] | None = None

    @property
    def loan(self) -> Loan | None:
        """The loan that was chosen."""
        return next((loan for loan in self.open_loans if loan.loan_id == self.known.get("loan_id")), None)


class RequestForm(FormAction):
    """The action `validate_<topic>_form`.

    Attributes:
        topic: the name that slots, responses and actions are made of.
        questions: what is asked after the loan, in order, without the topic ("reason", "monthly_amount").
        wants_loan: whether the request is about one loan.
        own_intents: intents whose messages may hold answers to the form's questions.
        free_text: questions whose answer is the message itself, whatever it was understood as.
        recalled_in_a_sentence: whether, after a question in between, `utter_<topic>_again` and the confirmation will do. A topic
            with sums says the most important of them again in `present`.
    """

    topic: str = ""
    questions: Sequence[str] = ()
    wants_loan = True
    own_intents: frozenset[str] = frozenset()
    free_text: frozenset[str] = frozenset()
    recalled_in_a_sentence = True

    def name(self) -> str:
        """As in the domain."""
        return f"validate_{self.topic}_form"

    @property
    def slots(self) -> Sequence[str]:  # type: ignore[override]
        """All slots of the form."""
        return slots_of(self.topic, self.questions, wants_loan=self.wants_loan)

    @property
    def never_kept(self) -> Sequence[str]:  # type: ignore[override]
        """What must not outlive a failure."""
        return (f"{self.topic}_offer", f"{self.topic}_confirmed")

    # What a topic says for itself.

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """What the message tells of the form's questions, by question; {} when it tells nothing.

        `question` is the one that was asked (None when the form begins): only then may a bare yes, no or free text answer it.
        """
        return {}

    def is_an_answer(self, asking: Asking, question: str | None) -> bool:
        """Whether the message plainly answers the form, although it was understood as something else."""
        return False

    def is_asked(self, question: str, asking: Asking) -> bool:
        """Whether a question whose answer is unknown has to be asked; a topic may skip one."""
        return True

    def before_asking(self, question: str, asking: Asking, dispatcher: CollectingDispatcher) -> None:
        """Says or shows something before a question is put, such as the choices it has."""

    @abstractmethod
    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """Shows what would be filed, asked of the backend this very moment.

        Returns:
            what `FileRequest.file` needs, with an `offer_id` that names these terms (a quote's id); None when it cannot be had,
            after saying why, which ends the form. To have a question asked again, raise `AskAgain`.
        """

    # The conversation they share.

    def proceed(self, answer: Answer, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Takes what the message holds for any of the questions, so that earlier answers can be corrected at any step."""
        if answer.intent == "cancel" and not answer.put_again:
            say(dispatcher, f"utter_{self.topic}_stopped")
            return self.stop()
        shown = tracker.get_slot(f"{self.topic}_offer")
        known = {q: tracker.get_slot(f"{self.topic}_{q}") for q in self._asked_for()}
        confirming = answer.asked == f"{self.topic}_confirmed" and not answer.put_again
        older_button = "offer_id" in answer.entities and answer.entities["offer_id"] != (shown or {}).get("offer_id")
        if confirming and answer.is_tap and not older_button and answer.intent in ("affirm", "deny"):
            return self._decide(answer, known, shown, dispatcher)
        if older_button and answer.intent == "affirm":
            # What that button was shown with is known no more (a server died over it, say): it is not passed over in silence.
            say(dispatcher, "utter_request_gone")
        asking = Asking(answer, known, self.loans_of(tracker), interrupted=shown if answer.put_again else None)
        if self.wants_loan:
            asking.open_loans = self.loans_that_can_be_meant(asking)
            if not asking.open_loans:
                say(dispatcher, "utter_no_loan")
                return self.stop()
        said = {} if answer.put_again else self._said(asking, tracker)
        if answer.asked and not answer.put_again and not said and not older_button:
            if not confirming or answer.intent not in ("affirm", "deny"):
                return []
            if answer.intent == "affirm" and is_question(answer.text):
                # "确定吗" asks; only a yes files. What was shown is shown again.
                asking.answer = answer = _put_again(answer)
            else:
                return self._decide(answer, known, shown, dispatcher)
        asking.known.update(said)
        return self._next(asking, dispatcher)

    def loans_that_can_be_meant(self, asking: Asking) -> list[Loan]:
        """The open loans; a topic may look for others."""
        return [loan for loan in asking.loans.loans() if loan.is_open]

    def _said(self, asking: Asking, tracker: Tracker) -> dict[str, Any]:
        answer = asking.answer
        question = answer.asked.removeprefix(f"{self.topic}_") if answer.asked else None
        is_answer = not answer.asked or answer.intent in _PLAIN | self.own_intents or answer.is_tap
        # "不是这笔，是经营贷" names a product and asks nothing about it.
        is_answer = is_answer or (answer.intent == "ask_product_info" and not is_question(answer.text))
        is_answer = is_answer or self.is_an_answer(asking, question)
        said: dict[str, Any] = {}
        if self.wants_loan and (is_answer or question == "loan_id"):
            chosen = named_loans(answer.entities, asking.open_loans, answer.text)
            if len(chosen) == 1:
                said["loan_id"] = chosen[0].loan_id
        if question in self.free_text and not answer.is_tap and answer.intent not in ("affirm", "deny", "ask_why", "repeat"):
            is_answer = True
        return {**said, **self.understand(asking, question)} if is_answer else said

    def _next(self, asking: Asking, dispatcher: CollectingDispatcher) -> Events:
        if self.wants_loan and asking.known.get("loan_id") is None:
            if len(asking.open_loans) > 1:
                choice = [button(formats.loan_row(loan, today()), "inform", loan_id=loan.loan_id) for loan in asking.open_loans]
                offer(dispatcher, f"utter_which_loan_{self.topic}", buttons=choice)
                return self.ask(f"{self.topic}_loan_id", self._values(asking.known))
            asking.known["loan_id"] = asking.open_loans[0].loan_id
        for question in self.questions:
            if asking.known.get(question) is None and self.is_asked(question, asking):
                self.before_asking(question, asking, dispatcher)
                return self.ask(f"{self.topic}_{question}", self._values(asking.known))
        if asking.interrupted and _stands_already(asking.interrupted, asking.loans):
            return self.stop()
        if asking.interrupted and self.recalled_in_a_sentence:
            say(dispatcher, f"utter_{self.topic}_again")
            return self._ask_for_a_yes(asking, asking.interrupted, dispatcher)
        try:
            offered = self.present(asking, dispatcher)
        except AskAgain as again:
            asking.known[again.question] = None
            return self.ask(f"{self.topic}_{again.question}", self._values(asking.known))
        if offered is None:
            return self.stop()
        return self._ask_for_a_yes(asking, offered, dispatcher)

    def _ask_for_a_yes(self, asking: Asking, offered: dict[str, Any], dispatcher: CollectingDispatcher) -> Events:
        say(dispatcher, f"utter_confirm_{self.topic}", offer_id=offered["offer_id"])
        return self.ask(f"{self.topic}_confirmed", {**self._values(asking.known), f"{self.topic}_offer": offered})

    def _decide(
        self, answer: Answer, known: dict[str, Any], shown: dict[str, Any] | None, dispatcher: CollectingDispatcher
    ) -> Events:
        """A yes files what was shown, and nothing else; a no is asked what should be different, or ends the form."""
        if answer.intent == "deny" or not shown:
            say(dispatcher, f"utter_{self.topic}_not_confirmed")
            if not self.questions:
                return self.stop()
            last = self.questions[-1]
            return self.ask(f"{self.topic}_{last}", {**self._values({**known, last: None}), f"{self.topic}_offer": None})
        return self.finish({**self._values(known), f"{self.topic}_offer": shown, f"{self.topic}_confirmed": True})

    def _asked_for(self) -> list[str]:
        return [*(["loan_id"] if self.wants_loan else []), *self.questions]

    def _values(self, known: dict[str, Any]) -> dict[str, Any]:
        return {f"{self.topic}_{name}": known.get(name) for name in self._asked_for()}


class AskAgain(Exception):
    """Raised by `present` when a question has to be asked once more; what is wrong with its answer has been said."""

    def __init__(self, question: str) -> None:
        super().__init__(question)
        self.question = question


class FileRequest(BorrowerAction):
    """The action `action_file_<topic>`: files what the borrower has just confirmed, once, whatever is repeated.

    Attributes:
        topic: as in the form.
        questions: as in the form; forgotten when it is filed.
        wants_loan: as in the form.
    """

    topic: str = ""
    questions: Sequence[str] = ()
    wants_loan = True

    def name(self) -> str:
        """As in the domain."""
        return f"action_file_{self.topic}"

    @abstractmethod
    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """Files it, under a key that is the same for the same terms."""

    def filed_values(self, filed: FiledRequest) -> dict[str, Any]:
        """More values for `utter_<topic>_filed`, named with their units."""
        return {}

    def say_more(self, filed: FiledRequest, offered: dict[str, Any], dispatcher: CollectingDispatcher) -> None:
        """Says or shows more after it was filed, such as where a proof can be put."""

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ends in one of: filed, filed already, being processed, not filed, unknown."""
        offered = tracker.get_slot(f"{self.topic}_offer")
        if intent_of(tracker) != "affirm" or not offered:
            # Nothing is filed but on a yes of this very message, whatever is left in the slots.
            say(dispatcher, "utter_request_gone")
            return self._forget(everything=False)
        try:
            filed = self.file(self.loans_of(tracker), offered)
        except (FilingUnknown, FilingInProgress) as error:
            log.warning("filing %s %s: %s", self.topic, offered["offer_id"], error)
            say(dispatcher, error.response)
            return self._forget(everything=True)
        except BackendUnavailable as error:
            log.warning("filing %s %s: %s", self.topic, offered["offer_id"], error)
            say(dispatcher, f"utter_{self.topic}_not_filed")
            return self._forget(everything=False)
        except ProblemError as refusal:
            log.warning("filing %s %s: %s", self.topic, offered["offer_id"], refusal)
            gone = isinstance(refusal, (QuoteExpired, QuoteStale, QuoteNotFound))
            say(dispatcher, "utter_request_gone" if gone else refusal.response, **refusal.details())
            return self._forget(everything=not gone)
        say(
            dispatcher,
            f"utter_{self.topic}_filed_already" if filed.replayed else f"utter_{self.topic}_filed",
            request_id=filed.request_id,
            decision_due_at=filed.decision_due_at,
            undo_until_at=filed.undo_until_at,
            **self.filed_values(filed),
        )
        show_filed(dispatcher, filed)
        self.say_more(filed, offered, dispatcher)
        return self._forget(everything=True)

    def _forget(self, *, everything: bool) -> Events:
        kept = slots_of(self.topic, self.questions, wants_loan=self.wants_loan)
        return [SlotSet(name, None) for name in (kept if everything else kept[-2:])]


def show_filed(dispatcher: CollectingDispatcher, filed: FiledRequest) -> None:
    """The cards of a filed request: how it stands, and the way back while there is one."""
    names = ("request_id", "kind", "status", "filed_at", "decision_due_at", "decided_at")
    show(dispatcher, {"type": "request_status", **{n: getattr(filed, n) for n in names}, "reason": filed.decision_reason})
    if filed.status == "pending" and filed.undo_until_at and filed.undo_until_at > filed.as_of:
        payload = button("", "undo_request", request_id=filed.request_id)["payload"]
        undo = {"request_id": filed.request_id, "undo_until_at": filed.undo_until_at, "as_of_at": filed.as_of, "payload": payload}
        show(dispatcher, {"type": "undo", **undo})


def offer_upload(dispatcher: CollectingDispatcher, request_id: str) -> None:
    """Where a proof can be put, now or later."""
    say(dispatcher, "utter_proof_can_follow", request_id=request_id)
    limits = {"accepts": list(KINDS), "max_bytes": settings().evidence_max_bytes}
    show(dispatcher, {"type": "upload", "request_id": request_id, **limits})


def slots_of(topic: str, questions: Sequence[str], *, wants_loan: bool) -> list[str]:
    """The slots of a topic's form, the offer and the confirmation last."""
    loan = ["loan_id"] if wants_loan else []
    return [f"{topic}_{name}" for name in (*loan, *questions, "offer", "confirmed")]


def _stands_already(offered: Mapping[str, Any], loans: BorrowerLoans) -> bool:
    """Whether the very words that wait for a yes have been filed: a server died over that turn, and its events are lost.

    Whoever asks how it stands then would hear that it is filed, and be led back to "not filed yet" in the same breath.
    """
    text = (offered.get("terms") or {}).get("text")
    if text is None:
        return False
    return any(filed.status == "pending" and filed.terms.get("text") == text for filed in loans.requests())


def _put_again(answer: Answer) -> Answer:
    return Answer(answer.intent, {}, answer.asked, "", None, put_again=True)
