"""Booking payments: fee, then interest with its penalty, then principal, the oldest due date first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from bot.backend import doors, line, schema
from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount, PlanRow
from bot.backend.line import LineAccount
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.store import Writing
from bot.loans.payments import Allocation, AmountDue, allocate


def book(
    writing: Writing,
    policy: Policy,
    account: Account,
    amount_fen: int,
    value_date: date,
    channel: str,
    *,
    booked_at: datetime | None = None,
) -> str:
    """Books a payment and says its id.

    Args:
        writing: the transaction.
        policy: the lender's.
        account: the loan, as loaded in this transaction.
        amount_fen: what was paid.
        value_date: the day it counts from, for interest and penalty.
        channel: how it came.
        booked_at: when it was booked; now by default.

    Raises:
        Problem: `loan-closed`, `payment-exceeds-outstanding`.
    """
    unpaid = account.unpaid(value_date)
    if not unpaid:
        raise Problem("loan-closed", "Nothing is owed.")
    settled = allocate(amount_fen, unpaid)
    if settled.unallocated_fen:
        raise Problem(
            "payment-exceeds-outstanding",
            "Book what is owed at most.",
            outstanding_fen=amount_fen - settled.unallocated_fen,
        )
    payment_id = insert_payment(writing, account.row, amount_fen, value_date, channel, booked_at=booked_at)
    for allocation in settled.allocations:
        insert_allocation(writing, payment_id, allocation)
    if isinstance(account, LoanAccount):
        for allocation in settled.allocations:
            put_down_penalty(writing, account, account.instalment(allocation.instalment_number), value_date)
    else:
        _put_down_accruals(writing, account, value_date)
    loan_changed(writing, account.row)
    close_when_paid(writing, policy, account, value_date)
    return payment_id


def book_principal(writing: Writing, account: LineAccount, amount_fen: int, value_date: date, channel: str) -> str:
    """Books what pays a statement's spending alone; its fees and interest stay owed. Says the payment's id."""
    assert account.current is not None
    payment_id = insert_payment(writing, account.row, amount_fen, value_date, channel)
    insert_allocation(writing, payment_id, Allocation(account.current.statement_number, 0, 0, 0, amount_fen))
    _put_down_accruals(writing, account, value_date)
    loan_changed(writing, account.row)
    return payment_id


def insert_payment(
    writing: Writing,
    loan: Any,
    amount_fen: int,
    value_date: date,
    channel: str,
    *,
    booked_at: datetime | None = None,
    status: str = "booked",
    failure_reason: str | None = None,
) -> str:
    """Writes the payment itself and its audit row, and says its id."""
    payment_id = f"PY{writing.next_number('payment'):08d}"
    writing.insert(
        schema.payments,
        payment_id=payment_id,
        loan_id=loan.loan_id,
        amount_fen=amount_fen,
        booked_at=booked_at or writing.now,
        value_date=value_date,
        channel=channel,
        status=status,
        failure_reason=failure_reason,
    )
    writing.audit(f"payment.{status}", payment_id, loan.borrower_id, loan_id=loan.loan_id, amount_fen=amount_fen)
    return payment_id


def insert_allocation(writing: Writing, payment_id: str, allocation: Allocation, *, beside_the_plan: bool = False) -> None:
    """Writes down where a part of a payment went; what is prepaid lies beside the plan and has no instalment."""
    writing.insert(
        schema.allocations,
        payment_id=payment_id,
        instalment_number=None if beside_the_plan else allocation.instalment_number,
        fee_fen=allocation.fee_fen,
        interest_fen=allocation.interest_fen,
        principal_fen=allocation.principal_fen,
        penalty_fen=allocation.penalty_fen,
    )


def penalty_put_down(account: LoanAccount, row: PlanRow, day: date) -> int:
    """Penalty of an instalment up to a day, paid or not, to be kept as a fixed amount."""
    return account.due_of(row, day).penalty_fen + row.paid.penalty_fen


def put_down_penalty(writing: Writing, account: LoanAccount, row: PlanRow, day: date) -> None:
    """Fixes what has run up to a payment; from then on penalty runs on what is left.

    Not within grace: if grace passes after all, penalty on what is left counts from the due date.
    """
    if (day - row.due_date).days <= account.product.grace_period_days:
        return
    update_instalment(
        writing,
        account,
        row.instalment_number,
        fixed_penalty_fen=penalty_put_down(account, row, day),
        penalty_from_date=day,
    )


def update_instalment(writing: Writing, account: LoanAccount, number: int, **values: Any) -> None:
    """Changes one row of the plan."""
    table = schema.instalments
    where = (table.c.loan_id == account.row.loan_id, table.c.instalment_number == number)
    writing.update(table, *where, **values)


def only_penalty(due: AmountDue) -> AmountDue:
    """The penalty of an instalment alone."""
    return replace(due, principal_fen=0, interest_fen=0, fee_fen=0)


def _put_down_accruals(writing: Writing, account: LineAccount, day: date) -> None:
    """The same for a statement: interest on the rest and late fee up to the payment."""
    assert account.current is not None
    interest_fen, late_fee_fen = account.current.accrued(account.terms, day)
    current = replace(
        account.current,
        accrued_interest_fen=interest_fen,
        accrued_late_fee_fen=late_fee_fen,
        accrued_until_date=max(day, account.current.statement.statement_date),
    )
    line.keep(writing, replace(account, statements=(*account.statements[:-1], current)))


def loan_changed(writing: Writing, loan: Any, **values: Any) -> None:
    """Counts up the loan's version: quotes made before no longer hold."""
    table = schema.loans
    writing.update(table, table.c.loan_id == loan.loan_id, version=table.c.version + 1, **values)


def close_when_paid(writing: Writing, policy: Policy, account: Account, day: date) -> None:
    """Closes an instalment loan of which nothing is left; a line stays open."""
    if isinstance(account, LineAccount):
        return
    after = doors.account(writing, policy, account.row.borrower_id, account.row.loan_id)
    if not after.unpaid(max(day, writing.today)):
        table = schema.loans
        writing.update(table, table.c.loan_id == account.row.loan_id, closed_date=day)
        writing.audit("loan.closed", account.row.loan_id, account.row.borrower_id)


def check_value_date(writing: Writing, account: Account, value_date: date) -> None:
    """Refuses a day that is to come, or that lies before what is booked already.

    Raises:
        Problem: `validation`.
    """
    table = schema.payments
    last = writing.connection.execute(
        sa.select(sa.func.max(table.c.value_date)).where(table.c.loan_id == account.row.loan_id, table.c.status == "booked")
    ).scalar()
    earliest = max(day for day in (account.row.disbursed_date, last) if day)
    if not earliest <= value_date <= writing.today:
        detail = f"must lie from {earliest} (the last booking) to {writing.today} (today)"
        raise Problem("validation", detail, errors=[{"pointer": "#/value_date", "detail": detail}])
