"""What is owed and when, whether a payment arrived, and how a request stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, button, entities_of, offer, say, text_of, today
from actions.choosing import foreign_product, named_loans
from bot import formats
from bot.client.results import FiledRequest, Loan

ROWS_ON_A_PHONE = 6


class ActionShowBill(BorrowerAction):
    """Shows what is owed: the next payment first, then the plan (intent `ask_bill`)."""

    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in `domain.yml`."""
        return "action_show_bill"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """One loan with its plan; several in a list, with a button for each."""
        chosen = open_loans_meant(self.loans_of(tracker).plans(), dispatcher, tracker)
        if len(chosen) == 1:
            self._show_plan(dispatcher, chosen[0])
        elif chosen:
            offer(
                dispatcher,
                "utter_bill_of_all_loans",
                buttons=[button(loan.product_name, "ask_bill", loan_id=loan.loan_id) for loan in chosen],
                number_of_loans=len(chosen),
                outstanding_fen=sum(loan.outstanding_fen for loan in chosen),
                loans=formats.lines(formats.loan_row(loan, today()) for loan in chosen),
                as_of_at=chosen[0].as_of,
            )
        return []

    def _show_plan(self, dispatcher: CollectingDispatcher, loan: Loan) -> None:
        say_what_is_due(dispatcher, loan)
        unpaid = [row for row in loan.instalments if row.outstanding_fen > 0]
        if len(unpaid) > 1:
            say(
                dispatcher,
                "utter_plan" if len(unpaid) <= ROWS_ON_A_PHONE else "utter_plan_begin",
                plan=formats.lines(formats.plan_row(row, today()) for row in unpaid[:ROWS_ON_A_PHONE]),
                instalments_left=len(unpaid),
                instalments_more=len(unpaid) - ROWS_ON_A_PHONE,
                last_due_date=unpaid[-1].due_date,
                outstanding_fen=loan.outstanding_fen,
            )


class ActionShowDueDates(BorrowerAction):
    """Shows when the next payment is due (intent `ask_due_date`)."""

    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in `domain.yml`."""
        return "action_show_due_dates"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A sentence for one loan, a line each for several."""
        chosen = open_loans_meant(self.loans_of(tracker).loans(), dispatcher, tracker)
        if len(chosen) == 1:
            say_what_is_due(dispatcher, chosen[0])
            if chosen[0].statement_date:
                say(dispatcher, "utter_statement_day", statement_date=chosen[0].statement_date)
        elif chosen:
            rows = formats.lines(formats.loan_row(loan, today()) for loan in chosen)
            say(dispatcher, "utter_due_dates", loans=rows, as_of_at=chosen[0].as_of)
        return []


class ActionShowPayments(BorrowerAction):
    """Shows whether a payment has arrived (intent `ask_payment_status`)."""

    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in `domain.yml`."""
        return "action_show_payments"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The latest payments of each loan that is meant, with what they are: booked, under way or failed."""
        loans = self.loans_of(tracker)
        every = loans.loans()
        if not every:
            say(dispatcher, "utter_no_loan")
            return []
        for loan in named_loans(entities_of(tracker), every, text_of(tracker)) or every:
            payments = loans.payments(loan.loan_id)
            if not payments:
                say(dispatcher, "utter_no_payment", product_name=loan.product_name, as_of_at=loan.as_of)
                continue
            say(
                dispatcher,
                f"utter_payment_{payments[0].status}",
                product_name=loan.product_name,
                payment_fen=payments[0].amount_fen,
                value_date=payments[0].value_date,
                payments=formats.lines(formats.payment_row(payment, today()) for payment in payments[:3]),
                outstanding_fen=loan.outstanding_fen,
                as_of_at=loan.as_of,
            )
        say(dispatcher, "utter_payment_dispute")
        return []


class ActionShowRequests(BorrowerAction):
    """Shows how filed requests stand (intent `check_request_status`)."""

    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in `domain.yml`."""
        return "action_show_requests"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The latest requests, newest first, each in a sentence that says what comes next."""
        filed = [request for request in self.loans_of(tracker).requests() if request.kind != "ticket"]
        if not filed:
            say(dispatcher, "utter_no_request")
        for request in filed[:3]:
            say_how_it_stands(dispatcher, request)
        return []


def open_loans_meant(loans: Sequence[Loan], dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Loan]:
    """Those of the loans that are open and that the message points at, or all open ones; says so when there are none."""
    found = [loan for loan in loans if loan.is_open]
    if not found:
        say(dispatcher, "utter_no_loan")
    say_if_foreign(dispatcher, entities_of(tracker), found)
    return named_loans(entities_of(tracker), found, text_of(tracker)) or found


def say_if_foreign(dispatcher: CollectingDispatcher, entities: Mapping[str, Any], loans: Sequence[Loan]) -> None:
    """Says that a product is another lender's, before anything is said of this one's loans."""
    product = foreign_product(entities, loans)
    if product is not None and loans:
        names = formats.listed(loan.product_name for loan in loans)
        say(dispatcher, "utter_foreign_product", product=product, product_names=names)


def say_what_is_due(dispatcher: CollectingDispatcher, loan: Loan) -> None:
    """The next payment of a loan, or what is past due."""
    values = {
        "product_name": loan.product_name,
        "next_due_date": loan.next_due_date,
        "next_due_fen": loan.next_due_fen,
        "overdue_fen": loan.overdue_fen,
        "penalty_fen": loan.penalty_fen,
        "minimum_payment_fen": loan.minimum_payment_fen,
        "days_past_due": loan.days_past_due,
        "as_of_at": loan.as_of,
    }
    if loan.next_due_date is None and loan.status != "overdue":
        say(dispatcher, "utter_nothing_due", **values)
    elif loan.status == "overdue":
        say(dispatcher, "utter_overdue", **values)
    elif loan.status == "in_grace":
        say(dispatcher, "utter_in_grace", **values)
    elif loan.minimum_payment_fen:
        say(dispatcher, "utter_next_due_with_minimum", **values)
    else:
        say(dispatcher, "utter_next_due", **values)


def say_how_it_stands(dispatcher: CollectingDispatcher, request: FiledRequest) -> None:
    """One filed request: pending, approved, refused or undone."""
    say(
        dispatcher,
        f"utter_status_{request.status}" if request.kind == "deferral" else f"utter_status_of_other_{request.status}",
        request_id=request.request_id,
        filed_at=request.filed_at,
        decision_due_at=request.decision_due_at,
        decision_reason=request.decision_reason,
        new_due_date=request.terms.get("new_due_date"),
    )
