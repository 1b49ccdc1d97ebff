"""Fraud, phishing, and whether a call or message is genuine: first what not to do, then what can be stopped and checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, NotLoggedIn, aspects_of, say, show, text_of
from actions.conversation import summary_of
from actions.forms import Answer
from actions.own_contacts import Named, handler_of, named_contacts, own_contact
from actions.requests import Asking
from actions.rights_forms import FollowUpForm, PlainFiling, aspects_in, offered
from bot import formats
from bot.client import default_client
from bot.client.client import BorrowerLoans
from bot.client.errors import BackendUnavailable, LoanBackendError
from bot.client.results import FiledRequest
from bot.client.rights import Handler, OwnContact
from bot.nlu.clauses import is_question

# What happened, the gravest first: what it is called at the backend, and by which words it is told.
_HAPPENED = {
    "fraud_money_sent": "money_sent",
    "fraud_account_taken": "account_taken",
    "fraud_not_mine": "not_my_loan",
    "fraud_data_given": "data_given",
}
_SUSPICIOUS = "suspicious"
# Questions within the topic that have a sentence of their own, in the order in which they are answered.
_EXPLAINED = (
    "fraud_code_asked",
    "fraud_advance_fee",
    "fraud_agent",
    "fraud_authority",
    "fraud_private_account",
    "fraud_must_pay",
    "fraud_police_receipt",
)
_EXPLAINED_AT_ONCE = 2
_BLOCK = "fraud_block"


class ActionAnswerFraud(BorrowerAction):
    """The first answer to anything that smells of fraud (intent `report_fraud`); it needs no login."""

    def name(self) -> str:
        """As in the domain."""
        return "action_answer_fraud"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """What not to do and whom to call, then what was asked, then which numbers are the lender's own."""
        aspects = aspects_of(tracker)
        if aspects == [_BLOCK]:
            # They ask for the lock and nothing else: the form that follows has it ready. A guest is told the telephone.
            self._say_to_guest(dispatcher, tracker)
            return []
        what = what_happened(aspects)
        say(dispatcher, f"utter_fraud_{what}")
        for aspect in [name for name in _EXPLAINED if name in aspects][:_EXPLAINED_AT_ONCE]:
            say(dispatcher, f"utter_{aspect}")
        if what == _SUSPICIOUS or "fraud_genuine" in aspects:
            self._check_contacts(dispatcher, tracker, masked="fraud_masked_number" in aspects)
        if not self._say_to_guest(dispatcher, tracker) and not wants_block(aspects, text_of(tracker)):
            say(dispatcher, "utter_fraud_can_block")
        return []

    def _say_to_guest(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        try:
            self.loans_of(tracker)
        except NotLoggedIn:
            say(dispatcher, "utter_fraud_guest")
            return True
        return False

    def _check_contacts(self, dispatcher: CollectingDispatcher, tracker: Tracker, *, masked: bool) -> None:
        """Compares what the message names with the lender's own list, and shows the list."""
        try:
            contacts = (self._client or default_client()).directory().own_contacts()
        except BackendUnavailable:
            say(dispatcher, "utter_own_contacts_unknown")
            return
        named = named_contacts(text_of(tracker))
        handlers = self._handlers(tracker) if named else ()
        for each in named[:2]:
            say_whose(dispatcher, each, contacts, handlers)
        if masked:
            say(dispatcher, "utter_contact_masked")
        if masked or not named:
            rows = [formats.named(contact.purpose, contact.value) for contact in contacts]
            say(dispatcher, "utter_own_contacts", contacts=formats.lines(rows))

    def _handlers(self, tracker: Tracker) -> Sequence[Handler]:
        try:
            return self.loans_of(tracker).collection().loans
        except (NotLoggedIn, LoanBackendError):
            return ()


class ValidateFraudForm(FollowUpForm):
    """The report: a yes blocks what can be blocked and calls a person (after `action_answer_fraud`)."""

    topic = "fraud"
    questions = ("text",)
    own_intents = frozenset({"report_fraud"})
    free_text = frozenset({"text"})

    def wants_to_begin(self, answer: Answer, tracker: Tracker) -> bool:
        """Where something has happened, or a block was asked for; a mere question has a button for it."""
        return wants_block(aspects_of(tracker), answer.text)

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """What happened, in the borrower's words."""
        return self.told(asking, question)

    def _said(self, asking: Asking, tracker: Tracker) -> dict[str, Any]:
        said = super()._said(asking, tracker)
        told = summary_of(tracker.events)
        # A tap on "lock it" follows what was told before; nobody has to tell it twice.
        return {**said, "text": told} if asking.answer.asked is None and told != "-" else said

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """What a block stops for this borrower, and that paying back stays possible."""
        block = asking.loans.safety_block()
        if block.blocked_now:
            say(dispatcher, "utter_fraud_blocked_already", request_id=block.request_id, blocked_at=block.blocked_at)
            return None
        text = str(asking.known["text"])
        what = what_happened(aspects_in(Answer(asking.answer.intent, text=text)))
        stops_line = "line_payments" in block.would_block
        say(dispatcher, "utter_fraud_would_block_line" if stops_line else "utter_fraud_would_block")
        show(dispatcher, {"type": "summary", "kind": "fraud_report", "rows": [{"name": "fraud_text", "value_text": text}]})
        return offered(asking.loans, "fraud_report", {"what": what, "summary": text})


class ActionFileFraud(PlainFiling):
    """Files the report and blocks, once."""

    topic = "fraud"
    questions = ("text",)

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """The report with its block."""
        terms = offered["terms"]
        return loans.report_fraud(terms["what"], terms["summary"], block=True, filing_key=offered["filing_key"])


def what_happened(aspects: Sequence[str] | set[str]) -> str:
    """The gravest thing that a message tells, as the backend calls it."""
    return next((what for aspect, what in _HAPPENED.items() if aspect in aspects), _SUSPICIOUS)


def wants_block(aspects: Sequence[str], text: str) -> bool:
    """Whether to go on to the block: something has happened, or it was asked for by word or tap."""
    if _BLOCK in aspects:
        return True
    only_asks = is_question(text) and "fraud_genuine" in aspects
    return what_happened(aspects) != _SUSPICIOUS and not only_asks


def say_whose(
    dispatcher: CollectingDispatcher, named: Named, contacts: Sequence[OwnContact], handlers: Sequence[Handler]
) -> None:
    """Whether a number, site or staff number is the lender's, an agency's that works for it, or neither."""
    own, handler = own_contact(named, contacts), handler_of(named, handlers)
    if own is not None:
        say(dispatcher, "utter_contact_is_own", contact=named.text, purpose=own.purpose)
    elif handler is not None:
        say(dispatcher, "utter_contact_is_handlers", contact=named.text, handler=handler.name, product_name=handler.product_name)
    else:
        say(dispatcher, "utter_contact_is_not_own", contact=named.text)
