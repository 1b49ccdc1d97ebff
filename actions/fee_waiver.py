"""Penalty waived (intent `ask_fee_waiver`): whether a programme of the lender fits, how much, and a yes files it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, aspects_of, entities_of, say, show
from actions.choosing import named_loans
from actions.forms import Answer
from actions.my_debt import say_if_foreign
from actions.requests import Asking, FileRequest, RequestForm, offer_upload
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.difficulty import WaiverProgrammes, WaiverQuote
from bot.client.errors import ProblemError
from bot.client.results import FiledRequest, Loan

TOPIC = "fee_waiver"
QUESTIONS = ("words", "reason")
_NOT_SAID = "not_said"
_OTHER = "other"
_LONGEST_WORDS = 200
# What is asked about costs that are no penalty, and the sentence that answers it.
_OTHER_COSTS = {
    "waiver_refunded_purchase": "utter_waiver_refunded_purchase",
    "waiver_merchant": "utter_waiver_merchant",
    "waiver_rate": "utter_waiver_rate",
    "waiver_settle": "utter_waiver_settle",
    "waiver_instalment_fee": "utter_waiver_instalment_fee",
    "waiver_interest": "utter_waiver_interest",
}
_OUT_OF_REACH = frozenset({"used-up", "overdue-too-long"})


class ValidateFeeWaiverForm(RequestForm):
    """Which loan, and why; then what the programme that fits would waive, and a yes or no."""

    topic = TOPIC
    recalled_in_a_sentence = False
    questions = QUESTIONS
    own_intents = frozenset({"ask_fee_waiver", "report_hardship"})
    free_text = frozenset({"reason"})
    general_response = "utter_fee_waiver_in_general"

    def proceed(self, answer: Answer, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """As any request; nothing is asked where no penalty is owed, and another cost than penalty is answered first."""
        if answer.asked is None and not answer.put_again and not self._can_be_asked_for(dispatcher, tracker):
            return self.stop()
        return super().proceed(answer, dispatcher, tracker)

    def _can_be_asked_for(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        loans = [loan for loan in self.loans_of(tracker).loans() if loan.is_open]
        aspects = [] if tracker.latest_message.get("text", "").startswith("/") else aspects_of(tracker)
        say_if_foreign(dispatcher, entities_of(tracker), loans)
        about_others = [_OTHER_COSTS[aspect] for aspect in aspects if aspect in _OTHER_COSTS]
        for response in dict.fromkeys(about_others):
            say(dispatcher, response)
        if not loans:
            say(dispatcher, "utter_no_loan")
            return False
        if any(loan.penalty_fen for loan in loans):
            # A rate or a merchant's fee is no reason to file anything; penalty that is owed besides is only offered.
            if about_others and "waiver_penalty" not in aspects:
                say(dispatcher, "utter_fee_waiver_offer")
                return False
            return True
        if not about_others or "waiver_penalty" in aspects:
            say(dispatcher, "utter_fee_waiver_nothing_owed", as_of_at=loans[0].as_of)
        say(dispatcher, "utter_waiver_other_ways")
        return False

    def loans_that_can_be_meant(self, asking: Asking) -> list[Loan]:
        """Those that owe penalty; the one that is named, whatever it owes."""
        every = super().loans_that_can_be_meant(asking)
        named = named_loans(asking.answer.entities, every, asking.answer.text)
        known = [loan for loan in every if loan.loan_id == asking.known.get("loan_id")]
        return [loan for loan in every if loan.penalty_fen or loan in named or loan in known]

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """Why it became late: a code from a tap or from the words, and the words themselves."""
        answer = asking.answer
        reason = answer.entities.get("deferral_reason") or answer.entities.get("hardship_reason")
        words = None if answer.is_tap else answer.text.strip()[:_LONGEST_WORDS]
        if reason is not None:
            return {"reason": str(reason), "words": words if question == "reason" else None}
        if question != "reason":
            return {}
        if answer.intent == "deny":
            return {"reason": _NOT_SAID}
        return {"reason": _OTHER, "words": words} if words else {}

    def is_asked(self, question: str, asking: Asking) -> bool:
        """The words come with the reason."""
        return question == "reason"

    def before_asking(self, question: str, asking: Asking, dispatcher: CollectingDispatcher) -> None:
        """Before the reason is asked: the programmes there are, and how much each could waive."""
        if asking.loan is not None:
            _say_programmes(dispatcher, asking.loans.fee_waivers(asking.loan.loan_id))

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """The programme that fits best, asked of the backend this very moment."""
        loan, known = asking.loan, asking.known
        assert loan is not None
        reason = known["reason"]
        try:
            quote = asking.loans.fee_waiver_quote(
                loan.loan_id, None if reason in (_NOT_SAID, _OTHER) else reason, known.get("words") or None
            )
        except ProblemError as refusal:
            say(dispatcher, refusal.response, product_name=loan.product_name, **refusal.details())
            return None
        if asking.answer.put_again:
            say(dispatcher, "utter_fee_waiver_quote_again", product_name=loan.product_name, waived_fen=quote.waived_fen)
        else:
            _say_quote(dispatcher, loan, quote)
        return {
            "offer_id": quote.quote_id,
            "quote_id": quote.quote_id,
            "filing_key": quote.filing_key,
            "loan_id": loan.loan_id,
            "asks_for_proof": bool(quote.asks_for),
        }


def _say_programmes(dispatcher: CollectingDispatcher, found: WaiverProgrammes) -> None:
    open_ones = [row for row in found.programmes if row.why_not not in _OUT_OF_REACH]
    if not open_ones:
        return
    say(
        dispatcher,
        "utter_fee_waiver_programmes",
        product_name=found.product_name,
        penalty_fen=found.penalty_fen,
        programmes=formats.lines(formats.waiver_row(row) for row in open_ones),
        as_of_at=found.as_of,
    )


def _say_quote(dispatcher: CollectingDispatcher, loan: Loan, quote: WaiverQuote) -> None:
    values = {
        "product_name": loan.product_name,
        "programme_name": quote.programme_name,
        "penalty_fen": quote.penalty_fen,
        "waived_fen": quote.waived_fen,
        "asks_for": formats.listed(quote.asks_for),
        "decision_due_at": quote.decision_due_at,
        "as_of_at": quote.as_of,
    }
    say(dispatcher, "utter_fee_waiver_quote", **values)
    if quote.asks_for:
        say(dispatcher, "utter_fee_waiver_asks_for", **values)
    rows: Sequence[dict[str, Any]] = [
        {"name": "penalty", "value_fen": quote.penalty_fen},
        {"name": "waived", "value_fen": quote.waived_fen},
        {"name": "decision_due_at", "value_at": quote.decision_due_at},
    ]
    show(dispatcher, {"type": "summary", "kind": TOPIC, "product_name": loan.product_name, "rows": rows})


class ActionFileFeeWaiver(FileRequest):
    """Files the waiver that the borrower has just confirmed."""

    topic = TOPIC
    questions = QUESTIONS

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """Under the quote's key."""
        return loans.request_fee_waiver(offered["loan_id"], offered["quote_id"], filing_key=offered["filing_key"])

    def filed_values(self, filed: FiledRequest) -> dict[str, Any]:
        """How much it would be."""
        return {"waived_fen": filed.terms.get("waived_fen")}

    def say_more(self, filed: FiledRequest, offered: dict[str, Any], dispatcher: CollectingDispatcher) -> None:
        """Where a proof can be put, now or later."""
        if filed.status == "pending" and offered.get("asks_for_proof"):
            offer_upload(dispatcher, filed.request_id)
