"""The paper that says that a loan is paid off: for settled loans; of the others, what is open first."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, say, show
from actions.choosing import named_loans
from actions.forms import Answer
from actions.requests import Asking, FileRequest, RequestForm
from actions.rights_forms import offered
from bot.client.client import BorrowerLoans
from bot.client.results import FiledRequest, Loan

TOPIC = "settlement_certificate"
_LOANS = 3


class ValidateSettlementCertificateForm(RequestForm):
    """Which settled loan, then a yes or no."""

    topic = TOPIC
    own_intents = frozenset({"ask_payment_status"})
    general_response = "utter_certificate_in_general"

    def proceed(self, answer: Answer, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """As any request; it ends at once where nothing is settled, or an open loan is meant, with what is open."""
        if answer.asked is None and not answer.put_again:
            every = self.loans_of(tracker).loans()
            still_open = [loan for loan in every if loan.is_open]
            settled = [loan for loan in every if not loan.is_open]
            named = named_loans(answer.entities, still_open, answer.text)
            if any(loan.product_name == each.product_name for loan in settled for each in named):
                named = []
            for loan in named or ([] if settled else still_open[:_LOANS]):
                say(
                    dispatcher,
                    "utter_loan_not_closed",
                    product_name=loan.product_name,
                    outstanding_fen=loan.outstanding_fen,
                    as_of_at=loan.as_of,
                )
            if named or not settled:
                say(dispatcher, "utter_certificate_when_settled" if every else "utter_no_loan")
                return self.stop()
        return super().proceed(answer, dispatcher, tracker)

    def loans_that_can_be_meant(self, asking: Asking) -> list[Loan]:
        """The settled ones."""
        return [loan for loan in asking.loans.loans() if not loan.is_open]

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """A settled loan, by tap or by the name of its product."""
        answer = asking.answer
        meant = [loan for loan in asking.open_loans if loan.loan_id == answer.entities.get("loan_id")]
        meant = meant or [loan for loan in asking.open_loans if loan.product_name in answer.text]
        return {"loan_id": meant[0].loan_id} if len(meant) == 1 else {}

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """What the paper will say, and how it comes."""
        loan = asking.loan
        assert loan is not None
        found = asking.loans.latest_payments()
        own = next(row for row in found.loans if row.loan_id == loan.loan_id)
        say(
            dispatcher,
            "utter_settlement_certificate_offer",
            product_name=loan.product_name,
            principal_fen=loan.principal_fen,
            outstanding_fen=loan.outstanding_fen,
            closed_date=own.closed_date,
            certificate_arrives=found.certificate_arrives,
            as_of_at=found.as_of,
        )
        sums = (("principal", loan.principal_fen), ("outstanding", loan.outstanding_fen))
        rows = [{"name": name, "value_fen": value} for name, value in sums]
        show(dispatcher, {"type": "summary", "kind": "ticket", "product_name": loan.product_name, "rows": rows})
        return offered(asking.loans, "ticket", {"loan_id": loan.loan_id, "ticket_kind": TOPIC})


class ActionFileSettlementCertificate(FileRequest):
    """Files the request for the paper."""

    topic = TOPIC

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """Under the key that the offer was made with."""
        return loans.request_settlement_certificate(offered["terms"]["loan_id"], idempotency_key=offered["filing_key"])
