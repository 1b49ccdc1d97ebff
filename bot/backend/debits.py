"""What auto debit takes next, and taking a payment method away."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.backend import doors, schema
from bot.backend.doors import Account
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.store import Reading, Writing
from bot.backend.wire_paying import Debit, Debits
from bot.loans.auto_debit import DebitHours, next_attempt


def upcoming(reading: Reading, policy: Policy, borrower_id: str) -> Debits:
    """How auto debit draws for this borrower, and the next attempt for each open loan that has something to draw."""
    borrower = doors.borrower(reading, borrower_id)
    rule = policy.lender.file.lender.auto_debit
    accounts = [row for row in doors.accounts(reading, policy, borrower_id) if row.row.closed_date is None]
    fixed = [row.product.name for row in accounts if not row.product.auto_debit_can_be_switched_off]
    debits: list[Debit] = []
    if rule is not None and borrower.auto_debit:
        hours = DebitHours(rule.hours, rule.retry_days)
        found = [_next_debit(reading, account, hours) for account in accounts]
        debits = sorted((debit for debit in found if debit), key=lambda debit: (debit.attempt_at, debit.loan_id))
    return Debits(
        as_of=reading.now,
        auto_debit=borrower.auto_debit and rule is not None,
        hours=[f"{hour:%H:%M}" for hour in rule.hours] if rule else [],
        retry_days=rule.retry_days if rule else 0,
        draws_part=rule.draws_part if rule else False,
        fixed_by_product_names=list(dict.fromkeys(fixed)),
        debits=debits,
    )


def _next_debit(reading: Reading, account: Account, hours: DebitHours) -> Debit | None:
    """The next attempt for one loan: the oldest unpaid day decides when, and all that is due by then is drawn."""
    unpaid = account.unpaid(reading.today)
    if not unpaid:
        return None
    at = next_attempt(unpaid[0].due_date, hours, reading.now)
    if at is None:
        return None
    due_fen = sum(due.outstanding_fen for due in account.unpaid(at.date()) if due.due_date <= at.date())
    amount_fen = due_fen - _being_processed_fen(reading, account.row.loan_id)
    if amount_fen <= 0:
        return None
    return Debit(
        loan_id=account.row.loan_id,
        product_name=account.product.name,
        due_date=unpaid[0].due_date,
        attempt_at=at,
        amount_fen=amount_fen,
    )


def _being_processed_fen(reading: Reading, loan_id: str) -> int:
    table = schema.payments
    query = sa.select(sa.func.sum(table.c.amount_fen)).where(table.c.loan_id == loan_id, table.c.status == "processing")
    return int(reading.connection.execute(query).scalar() or 0)


def remove_method(writing: Writing, policy: Policy, borrower_id: str, payment_method_id: str) -> None:
    """Takes a payment method away; what shows its card shows the first that is left.

    Raises:
        Problem: `borrower-not-found`, `payment-method-not-found`, `last-payment-method`.
    """
    borrower = doors.borrower(writing, borrower_id)
    table = schema.payment_methods
    query = sa.select(table).where(table.c.borrower_id == borrower_id).order_by(table.c.debit_order)
    methods = writing.rows(query)
    removed = next((row for row in methods if row.payment_method_id == payment_method_id), None)
    if removed is None:
        raise Problem("payment-method-not-found", f"No payment method {payment_method_id} of this borrower.")
    left = [row for row in methods if row is not removed]
    has_open_loan = any(row.row.closed_date is None for row in doors.accounts(writing, policy, borrower_id))
    if not left and borrower.auto_debit and has_open_loan:
        raise Problem("last-payment-method", "Add another one first, or switch auto debit off.")
    writing.delete(table, table.c.payment_method_id == payment_method_id)
    for place, row in enumerate(left, start=1):
        writing.update(table, table.c.payment_method_id == row.payment_method_id, debit_order=place)
    _show_another_card(writing, borrower_id, removed, left)
    writing.audit("payment-method.removed", payment_method_id, borrower_id)


def _show_another_card(writing: Writing, borrower_id: str, removed: Any, left: list[Any]) -> None:
    if removed.card_last4 is None or any(row.card_last4 == removed.card_last4 for row in left):
        return
    instead = next((row.card_last4 for row in left if row.card_last4), None)
    table = schema.loans
    writing.update(table, table.c.borrower_id == borrower_id, table.c.card_last4 == removed.card_last4, card_last4=instead)
