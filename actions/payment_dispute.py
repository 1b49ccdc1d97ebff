"""A payment that is not as it should be: which one, what is wrong, a yes, and a ticket with its number."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, button, offer, say, show
from actions.choosing import named_loans
from actions.forms import Answer
from actions.requests import Asking, FileRequest, RequestForm
from actions.rights_forms import offered
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.my_debt import LoanPayments
from bot.client.results import FiledRequest, Loan
from bot.nlu.aspects import find_aspects

TOPIC = "payment_dispute"
QUESTIONS = ("problem", "payment", "words")
NOT_LISTED = "not_listed"
_CHOICES = 5
_LONGEST = 1500
_PROBLEM_OF_ASPECT = {
    "payment_doubled": "charged_twice",
    "payment_not_by_me": "not_by_me",
    "payment_wrong_amount": "wrong_amount",
    "payment_still_shown": "not_booked",
    "payment_not_booked": "not_booked",
}


class ValidatePaymentDisputeForm(RequestForm):
    """Which loan, what is wrong, which payment, in own words where that does not say it; then a yes or no."""

    topic = TOPIC
    questions = QUESTIONS
    free_text = frozenset({"words"})
    own_intents = frozenset({"ask_payment_status", "report_repayment_failure", "complain_service"})
    general_response = "utter_payments_in_general"

    def loans_that_can_be_meant(self, asking: Asking) -> list[Loan]:
        """All that were paid towards, closed ones too."""
        asking.known["latest"] = {loan.loan_id: loan for loan in asking.loans.latest_payments().loans}
        return asking.loans.loans()

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """What is wrong by its words, the payment by a tap or its amount; what was taken twice is found by itself."""
        answer = asking.answer
        said = self._loan_said(asking)
        aspects = [] if answer.is_tap else [name for name, _, _ in find_aspects(answer.text)]
        problem = answer.entities.get("payment_problem") or next(
            (_PROBLEM_OF_ASPECT[name] for name in aspects if name in _PROBLEM_OF_ASPECT), None
        )
        if problem:
            said["problem"] = problem
        if question == "words" and answer.text and not answer.is_tap and answer.intent not in ("affirm", "deny"):
            said["words"] = answer.text[:_LONGEST]
            return said
        payment = answer.entities.get("payment_id") or self._payment_by_amount(asking, said)
        if payment:
            said["payment"] = payment
        elif question == "payment" and (answer.intent == "deny" or "payment_not_listed" in aspects):
            said["payment"] = NOT_LISTED
        elif said.get("problem") == "charged_twice" and asking.known.get("payment") is None:
            said.update(self._taken_twice(asking, said))
        return said

    def _loan_said(self, asking: Asking) -> dict[str, Any]:
        """A loan that a button names, a closed one too."""
        loan_id = asking.answer.entities.get("loan_id")
        return {"loan_id": loan_id} if any(loan.loan_id == loan_id for loan in asking.open_loans) else {}

    def _payment_by_amount(self, asking: Asking, said: dict[str, Any]) -> str | None:
        amount_fen = asking.answer.entities.get("amount")
        loan = self._payments(asking, said)
        fitting = [row for row in loan.payments if row.amount_fen == amount_fen] if loan else []
        return fitting[0].payment_id if len(fitting) == 1 else None

    def _taken_twice(self, asking: Asking, said: dict[str, Any]) -> dict[str, Any]:
        """The second of two payments that look like one, where there is one such pair."""
        chosen = said.get("loan_id") or asking.known.get("loan_id")
        named = [loan.loan_id for loan in named_loans(asking.answer.entities, asking.open_loans, asking.answer.text)]
        twice = [
            loan
            for loan in asking.known["latest"].values()
            if loan.doubled and loan.loan_id in ([chosen] if chosen else named or [loan.loan_id])
        ]
        return {"loan_id": twice[0].loan_id, "payment": twice[0].doubled[0].later_payment_id} if len(twice) == 1 else {}

    def _payments(self, asking: Asking, said: dict[str, Any] | None = None) -> LoanPayments | None:
        loan_id = (said or {}).get("loan_id") or asking.known.get("loan_id")
        found: LoanPayments | None = asking.known.get("latest", {}).get(loan_id)
        return found

    def is_asked(self, question: str, asking: Asking) -> bool:
        """Which payment, where there are any; own words, where code and payment do not say it."""
        if question == "payment":
            payments = self._payments(asking)
            return payments is not None and bool(payments.payments)
        return question != "words" or asking.known.get("problem") == "other" or asking.known.get("payment") in (None, NOT_LISTED)

    def before_asking(self, question: str, asking: Asking, dispatcher: CollectingDispatcher) -> None:
        """The latest payments to choose from."""
        payments = self._payments(asking)
        if question != "payment" or payments is None:
            return
        buttons = [button(formats.payment_name(row), "inform", payment_id=row.payment_id) for row in payments.payments[:_CHOICES]]
        offer(dispatcher, "utter_which_payment", buttons, product_name=payments.product_name)

    def _decide(
        self, answer: Answer, known: dict[str, Any], shown: dict[str, Any] | None, dispatcher: CollectingDispatcher
    ) -> Events:
        """A no ends it: the evidence was shown, and nobody is pressed to complain."""
        if answer.intent != "deny":
            return super()._decide(answer, known, shown, dispatcher)
        say(dispatcher, "utter_payment_dispute_not_confirmed")
        return self.stop()

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """What a person would be asked to look into."""
        known, payments = asking.known, self._payments(asking)
        assert payments is not None
        payment = payments.payment(known.get("payment"))
        shown = formats.payment_name(payment) if payment else ""
        problem = str(known["problem"])
        say(
            dispatcher,
            f"utter_payment_dispute_{problem}",
            product_name=payments.product_name,
            payment=shown,
            words=f"\n{known['words']}" if known.get("words") else "",
        )
        rows = [{"name": "product", "value_text": payments.product_name}]
        if payment:
            rows.append({"name": "payment", "value_text": shown})
        show(dispatcher, {"type": "summary", "kind": "ticket", "product_name": payments.product_name, "rows": rows})
        terms = {
            "loan_id": payments.loan_id,
            "dispute_code": problem,
            "payment_id": payment.payment_id if payment else None,
            "summary": known.get("words"),
        }
        return offered(asking.loans, "ticket", terms)


class ActionFilePaymentDispute(FileRequest):
    """Files the dispute that was confirmed."""

    topic = TOPIC
    questions = QUESTIONS

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """Under the key that the offer was made with."""
        return loans.dispute_payment(**offered["terms"], idempotency_key=offered["filing_key"])
