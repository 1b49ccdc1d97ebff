"""Reading loans, plans and payments."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Query

from bot.backend import doors, idempotency, schema
from bot.backend.doors import Account
from bot.backend.problems import responses
from bot.backend.routes.common import BorrowerId, LoanId, TheCall, router, sent
from bot.backend.store import Reading
from bot.backend.wire import KEY_PATTERN
from bot.backend.wire_loans import (
    Loan,
    Loans,
    LoanWithPlan,
    Payment,
    PaymentAllocation,
    Payments,
    Plans,
    instalments_of,
    loan_fields,
)

routes = router("loans")


def deferrals_in_force(reading: Reading, loan_ids: list[str]) -> dict[str, Any]:
    """By loan, the latest approved deferral whose new due date has not passed."""
    return {
        row.loan_id: row
        for row in doors.deferrals_of(reading, loan_ids)
        if row.status == "approved" and row.terms["new_due_date"] >= reading.today.isoformat()
    }


def loan_bodies(reading: Reading, accounts: list[Account]) -> list[dict[str, Any]]:
    """The members of `Loan` for each account, in their order."""
    ids = [account.row.loan_id for account in accounts]
    pending = doors.pending_plan_change(reading, ids)
    in_force = deferrals_in_force(reading, ids)

    def deferral_of(loan_id: str) -> dict[str, Any] | None:
        row = in_force.get(loan_id)
        if row is None:
            return None
        names = ("first_instalment_number", "old_due_date", "new_due_date", "deferred_fen", "extra_interest_fen", "interest_free")
        return {"request_id": row.request_id, **{name: row.terms[name] for name in names}}

    return [
        loan_fields(account, reading.today, reading.now, deferral_of(loan_id), pending.get(loan_id))
        for account, loan_id in zip(accounts, ids, strict=True)
    ]


@routes.get(
    "/borrowers/{borrower_id}/loans",
    operation_id="listLoans",
    response_model=Loans,
    responses=responses("borrower-not-found"),
)
def list_loans(borrower_id: BorrowerId, call: TheCall) -> Any:
    """All loans of the borrower: open ones by next due date, closed ones last."""
    with call.store.read() as reading:
        bodies = loan_bodies(reading, doors.accounts(reading, call.policy, borrower_id))
        return sent(Loans(borrower_id=borrower_id, as_of=reading.now, loans=[Loan(**body) for body in bodies]))


@routes.get(
    "/borrowers/{borrower_id}/plans",
    operation_id="listPlans",
    response_model=Plans,
    responses=responses("borrower-not-found"),
)
def list_plans(borrower_id: BorrowerId, call: TheCall) -> Any:
    """All loans of the borrower with their plans, in one call: a person waits for the answer."""
    with call.store.read() as reading:
        accounts = doors.accounts(reading, call.policy, borrower_id)
        bodies = zip(loan_bodies(reading, accounts), accounts, strict=True)
        plans = [LoanWithPlan(**body, instalments=instalments_of(account, reading.today)) for body, account in bodies]
        return sent(Plans(borrower_id=borrower_id, as_of=reading.now, loans=plans))


@routes.get(
    "/borrowers/{borrower_id}/loans/{loan_id}",
    operation_id="getLoan",
    response_model=LoanWithPlan,
    responses=responses("borrower-not-found", "loan-not-found"),
)
def get_loan(borrower_id: BorrowerId, loan_id: LoanId, call: TheCall) -> Any:
    """One loan with its whole plan."""
    with call.store.read() as reading:
        account = doors.account(reading, call.policy, borrower_id, loan_id)
        (body,) = loan_bodies(reading, [account])
        return sent(LoanWithPlan(**body, instalments=instalments_of(account, reading.today)))


@routes.get(
    "/borrowers/{borrower_id}/loans/{loan_id}/payments",
    operation_id="listPayments",
    response_model=Payments,
    responses=responses("borrower-not-found", "loan-not-found"),
)
def list_payments(
    call: TheCall,
    borrower_id: BorrowerId,
    loan_id: LoanId,
    idempotency_key: Annotated[str | None, Query(regex=KEY_PATTERN, description="Only the one booked under this key.")] = None,
) -> Any:
    """All payments towards the loan, newest first; by key, to read back what a booking led to."""
    with call.store.read() as reading:
        doors.account(reading, call.policy, borrower_id, loan_id)
        table = schema.payments
        query = sa.select(table).where(table.c.loan_id == loan_id)
        if idempotency_key is not None:
            query = query.where(table.c.payment_id == idempotency.subject_for(reading, borrower_id, idempotency_key))
        rows = reading.rows(query.order_by(table.c.booked_at.desc(), table.c.payment_id.desc()))
        return sent(Payments(as_of=reading.now, payments=payment_bodies(reading, rows)))


def payment_bodies(reading: Reading, rows: list[Any]) -> list[Payment]:
    """These payments with where they went."""
    table = schema.allocations
    ids = [row.payment_id for row in rows]
    went: dict[str, list[PaymentAllocation]] = {payment_id: [] for payment_id in ids}
    query = sa.select(table).where(table.c.payment_id.in_(ids)).order_by(table.c.allocation_number)
    for row in reading.rows(query):
        parts = {name: row._mapping[name] for name in PaymentAllocation.__fields__}
        went[row.payment_id].append(PaymentAllocation(**parts))
    names = Payment.__fields__.keys() - {"allocations"}
    return [Payment(**{name: row._mapping[name] for name in names}, allocations=went[row.payment_id]) for row in rows]
