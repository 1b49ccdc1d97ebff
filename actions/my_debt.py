"""What is owed (intent `ask_bill`), and what all topics say of a loan: which one is meant, and what is due of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, button, entities_of, offer, say, show, text_of, today
from actions.changes import last_shown, say_changes
from actions.choosing import foreign_product, named_loans
from actions.said import month_said
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.results import Instalment, Loan

ROWS_ON_A_PHONE = 6


class ActionShowBill(BorrowerAction):
    """Shows what is owed: the next payment and the plan, an instalment, a month, what it consists of, what changed."""

    general_response = "utter_bill_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_bill"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """What exactly was asked; when the plan was last shown is remembered, and no amount."""
        loans, aspects = self.loans_of(tracker), aspects_of(tracker)
        if "bill_places" in aspects:
            say(dispatcher, "utter_bill_places", bill_places=formats.lines(loans.bill().bill_places))
            return []
        chosen = open_loans_meant(loans.plans(), dispatcher, tracker)
        if not chosen:
            return []
        number = entities_of(tracker).get("instalment_number")
        month = month_said(text_of(tracker), today(), aspects)
        only_changes = "bill_changes" in aspects
        if number is not None:
            say_instalments(dispatcher, chosen, number)
        elif month is not None and not only_changes:
            _say_month(dispatcher, loans, month)
        elif "bill_parts" in aspects:
            _say_parts(dispatcher, loans, chosen)
        elif not only_changes:
            _say_plans(dispatcher, loans, chosen)
        say_changes(dispatcher, loans, last_shown(tracker), asked=only_changes)
        return [SlotSet("plan_shown_at", chosen[0].as_of.isoformat())]


def _say_plans(dispatcher: CollectingDispatcher, loans: BorrowerLoans, chosen: Sequence[Loan]) -> None:
    """One loan with its plan; several in a list, with a button for each."""
    if len(chosen) == 1:
        _say_plan(dispatcher, chosen[0], loans)
        return
    owed = loans.bill()
    names_all = {loan.loan_id for loan in chosen} == {row.loan_id for row in owed.owed_by_loan}
    offer(
        dispatcher,
        "utter_bill_of_all_loans" if names_all else "utter_bill_of_some_loans",
        buttons=[button(loan.product_name, "ask_bill", loan_id=loan.loan_id) for loan in chosen],
        number_of_loans=len(chosen),
        outstanding_fen=owed.owed.outstanding_fen,
        loans=formats.lines(formats.loan_row(loan, today()) for loan in chosen),
        as_of_at=owed.as_of,
    )
    for loan in chosen[:ROWS_ON_A_PHONE]:
        show(dispatcher, loan_card(loan))


def _say_plan(dispatcher: CollectingDispatcher, loan: Loan, loans: BorrowerLoans) -> None:
    say_what_is_due(dispatcher, loan)
    unpaid = [row for row in loan.instalments if row.outstanding_fen > 0]
    if len(unpaid) > 1:
        say(
            dispatcher,
            "utter_plan" if len(unpaid) <= ROWS_ON_A_PHONE else "utter_plan_begin",
            plan=formats.lines(formats.plan_row(row, today()) for row in unpaid[:ROWS_ON_A_PHONE]),
            parts_of_next=formats.parts(unpaid[0]),
            instalments_left=len(unpaid),
            instalments_more=len(unpaid) - ROWS_ON_A_PHONE,
            last_due_date=unpaid[-1].due_date,
            outstanding_fen=loan.outstanding_fen,
            loan_id=loan.loan_id,
        )
    elif unpaid:
        # Of a statement only what is due with it: what has accrued since is billed with the next one.
        items = loans.bill(unpaid[0].due_date).items
        due = next((item for item in items if item.loan_id == loan.loan_id and item.outstanding_fen), unpaid[0])
        say(dispatcher, "utter_parts_of_the_only_one", parts_of_next=formats.parts(due))
    show(dispatcher, plan_card(loan))


def _say_parts(dispatcher: CollectingDispatcher, loans: BorrowerLoans, chosen: Sequence[Loan]) -> None:
    """What the debt and each coming instalment consist of."""
    bill = loans.bill()
    by_loan = {row.loan_id: row for row in bill.owed_by_loan}
    for loan in chosen[:2]:
        owed = by_loan.get(loan.loan_id)
        unpaid = [row for row in loan.instalments if row.outstanding_fen > 0]
        if owed is None or not unpaid:
            say_what_is_due(dispatcher, loan)
            continue
        say(
            dispatcher,
            "utter_bill_parts",
            product_name=loan.product_name,
            outstanding_fen=owed.outstanding_fen,
            parts=formats.parts(owed),
            plan=formats.lines(formats.parts_row(row, today()) for row in unpaid[:ROWS_ON_A_PHONE]),
            as_of_at=bill.as_of,
        )
        show(dispatcher, plan_card(loan))
    if len(chosen) > 1:
        say(dispatcher, "utter_bill_parts_of_all", outstanding_fen=bill.owed.outstanding_fen, parts=formats.parts(bill.owed))


def _say_month(dispatcher: CollectingDispatcher, loans: BorrowerLoans, month: date) -> None:
    """All that falls due in a month, over all loans."""
    bill = loans.bill(month)
    # What is still to pay comes first; of what was paid, what the screen has room for.
    items = sorted(bill.items, key=lambda item: (not item.outstanding_fen, item.due_date))
    values = {
        "month": month.month,
        "payment_fen": bill.payment_fen,
        "paid_fen": bill.paid_fen,
        "outstanding_fen": bill.outstanding_fen,
        "items": formats.lines(formats.bill_row(item, today()) for item in items[:ROWS_ON_A_PHONE]),
        "as_of_at": bill.as_of,
    }
    if not bill.items:
        say(dispatcher, "utter_bill_of_month_empty", **values)
    elif bill.outstanding_fen and bill.paid_fen:
        say(dispatcher, "utter_bill_of_month", **values)
    elif bill.outstanding_fen:
        say(dispatcher, "utter_bill_of_month_unpaid", **values)
    else:
        say(dispatcher, "utter_bill_of_month_paid", **values)
    if bill.past_due_fen:
        say(dispatcher, "utter_bill_of_month_past_due", past_due_fen=bill.past_due_fen)
    if bill.not_billed_yet:
        say(dispatcher, "utter_bill_not_made_yet", product_names=formats.listed(bill.not_billed_yet))
    if month == today().replace(day=1):
        say(dispatcher, "utter_bill_of_next_month_too")


def say_instalments(dispatcher: CollectingDispatcher, chosen: Sequence[Loan], number: object) -> None:
    """A single instalment of each loan that is meant: by its number, or the last, next, present or previous one."""
    for loan in chosen[:3]:
        row = instalment_asked(loan, number)
        if row is None:
            say(dispatcher, "utter_no_such_instalment", product_name=loan.product_name, term=len(loan.instalments))
            continue
        say(
            dispatcher,
            f"utter_instalment_{'paid' if not row.outstanding_fen else 'overdue' if row.days_past_due else 'to_come'}",
            product_name=loan.product_name,
            instalment_number=row.instalment_number,
            due_date=row.due_date,
            payment_fen=row.payment_fen,
            parts=formats.parts(row),
            outstanding_fen=row.outstanding_fen,
            days_past_due=row.days_past_due,
            as_of_at=loan.as_of,
        )


def instalment_asked(loan: Loan, number: object) -> Instalment | None:
    """The instalment that a borrower names: 3, "last", "next", "current" or "previous"; None when there is no such one."""
    unpaid = [row for row in loan.instalments if row.outstanding_fen]
    paid = [row for row in loan.instalments if not row.outstanding_fen]
    if number == "last":
        return loan.instalments[-1] if loan.instalments else None
    if number == "previous":
        return paid[-1] if paid else None
    if number in ("next", "current"):
        # "This one" and "the next one" are both said of what is to be paid next.
        return unpaid[0] if unpaid else None
    return next((row for row in loan.instalments if str(row.instalment_number) == str(number)), None)


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


def loan_card(loan: Loan) -> dict[str, Any]:
    """The card of a loan as it stands."""
    names = (
        "loan_id",
        "product_name",
        "status",
        "outstanding_fen",
        "overdue_fen",
        "days_past_due",
        "next_due_date",
        "next_due_fen",
    )
    return {"type": "loan", **{name: getattr(loan, name) for name in names}, "as_of_at": loan.as_of}


def plan_card(loan: Loan) -> dict[str, Any]:
    """The card of a loan's plan, every instalment with what it consists of."""
    names = (
        "instalment_number",
        "due_date",
        "principal_fen",
        "interest_fen",
        "fee_fen",
        "penalty_fen",
        "payment_fen",
        "outstanding_fen",
        "status",
    )
    rows = [{name: getattr(row, name) for name in names} for row in loan.instalments]
    return {"type": "plan", "product_name": loan.product_name, "instalments": rows, "as_of_at": loan.as_of}
