"""Whether a payment arrived, is shown though paid, was taken twice (intent `ask_payment_status`)."""

from __future__ import annotations

from datetime import datetime

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, entities_of, say, text_of, today
from actions.changes import last_shown, say_changes
from actions.choosing import named_loans
from actions.my_debt import say_if_foreign
from bot import formats
from bot.client.my_debt import LoanPayments
from bot.client.results import Payment

_ROWS_OF_EACH = 3
_ROWS_OF_ONE = 6
_LOANS = 3
# What is said of a payment that goes straight to the form that files it.
_DISPUTED = frozenset({"payment_dispute", "payment_not_by_me", "payment_wrong_amount"})


class ActionShowPayments(BorrowerAction):
    """Shows own bookings with their times and what became of them, and leads to a dispute or a certificate."""

    general_response = "utter_payments_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_payments"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The evidence first; a form follows where something is to be filed."""
        aspects = aspects_of(tracker)
        if "payment_certificate" in aspects:
            return go_on_with("settlement_certificate_form", tracker)
        loans = self.loans_of(tracker)
        if "bill_changes" in aspects:
            # What changed is asked of payments as much as of the bill, and it is one answer.
            say_changes(dispatcher, loans, last_shown(tracker), asked=True)
            return []
        every = loans.loans()
        if not every:
            say(dispatcher, "utter_no_loan")
            return []
        say_if_foreign(dispatcher, entities_of(tracker), [loan for loan in every if loan.is_open])
        found = loans.latest_payments()
        meant = {loan.loan_id for loan in named_loans(entities_of(tracker), every, text_of(tracker))}
        shown = [loan for loan in found.loans if loan.loan_id in meant] or list(found.loans)
        twice = [loan for loan in shown if loan.doubled]
        if "payment_doubled" in aspects and twice:
            _say_doubled(dispatcher, twice[0])
            return go_on_with("payment_dispute_form", tracker)
        if _DISPUTED & set(aspects):
            return go_on_with("payment_dispute_form", tracker)
        if "payment_doubled" in aspects:
            say(dispatcher, "utter_payment_not_doubled", as_of_at=found.as_of)
        for loan in shown[:_LOANS]:
            _say_payments(dispatcher, loan, found.as_of, rows=_ROWS_OF_ONE if len(shown) == 1 else _ROWS_OF_EACH)
            if "payment_still_shown" in aspects:
                _say_why_still_shown(dispatcher, loan)
        say(dispatcher, "utter_payment_dispute")
        return []


def go_on_with(form: str, tracker: Tracker) -> Events:
    """Begins a form after this action; one that is under way already asks again by itself."""
    return [] if (tracker.active_loop or {}).get("name") == form else [FollowupAction(form)]


def _say_payments(dispatcher: CollectingDispatcher, loan: LoanPayments, as_of: datetime, *, rows: int) -> None:
    """The latest payment and what it is, above those before it."""
    if not loan.payments:
        say(dispatcher, "utter_no_payment", product_name=loan.product_name, as_of_at=as_of)
        return
    latest = loan.payments[0]
    say(
        dispatcher,
        "utter_payment_settled" if loan.status == "closed" else f"utter_payment_{latest.status}",
        product_name=loan.product_name,
        payment_fen=latest.amount_fen,
        payments=formats.lines(formats.payment_row(payment, today()) for payment in loan.payments[:rows]),
        outstanding_fen=loan.outstanding_fen,
        closed_date=loan.closed_date,
        as_of_at=as_of,
    )


def _say_why_still_shown(dispatcher: CollectingDispatcher, loan: LoanPayments) -> None:
    """Why something is shown as owed after a payment: on its way, failed, for the instalment before, or not enough."""
    if not loan.payments or loan.status == "closed":
        return
    latest = loan.payments[0]
    numbers = instalments_of(latest)
    values = {
        "product_name": loan.product_name,
        "payment_fen": latest.amount_fen,
        "value_date": latest.value_date,
        "instalment_number": numbers[-1] if numbers else "",
        "next_due_date": loan.next_due_date,
        "next_due_fen": loan.next_due_fen,
    }
    if latest.status != "booked":
        say(dispatcher, f"utter_still_shown_{latest.status}", **values)
    elif loan.status in ("overdue", "in_grace"):
        say(dispatcher, "utter_still_shown_rest", **values)
    elif numbers:
        say(dispatcher, "utter_still_shown_next", **values)


def instalments_of(payment: Payment) -> list[int]:
    """The instalments that a payment went to, in the order in which they got it."""
    return [row.instalment_number for row in payment.allocations if row.instalment_number is not None]


def _say_doubled(dispatcher: CollectingDispatcher, loan: LoanPayments) -> None:
    """The two that look like one taken twice, and where the second went."""
    pair = loan.doubled[0]
    earlier, later = loan.payment(pair.earlier_payment_id), loan.payment(pair.later_payment_id)
    if earlier is None or later is None:
        return
    numbers = instalments_of(later)
    say(
        dispatcher,
        "utter_payment_doubled" if numbers else "utter_payment_doubled_processing",
        product_name=loan.product_name,
        payments=formats.lines(formats.payment_row(payment, today()) for payment in (earlier, later)),
        instalment_number=numbers[0] if numbers else "",
    )
