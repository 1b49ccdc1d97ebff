"""The one door to a borrower's data: what is not there and what is another's are refused alike."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.backend import ledger, line, schema
from bot.backend.ledger import LoanAccount
from bot.backend.line import LineAccount
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.store import Reading, Writing

Account = LoanAccount | LineAccount


def borrower(reading: Reading, borrower_id: str) -> Any:
    """The borrower's row; a writing locks it, so that one borrower's writes follow one another.

    Raises:
        Problem: `borrower-not-found`.
    """
    query = sa.select(schema.borrowers).where(schema.borrowers.c.borrower_id == borrower_id)
    found = reading.one(query.with_for_update() if isinstance(reading, Writing) else query)
    if found is None:
        raise Problem("borrower-not-found", f"No borrower {borrower_id}.")
    return found


def accounts(reading: Reading, policy: Policy, borrower_id: str) -> list[Account]:
    """All loans of the borrower: open ones by next due date, closed ones last."""
    borrower(reading, borrower_id)
    table = schema.loans
    rows = reading.rows(sa.select(table).where(table.c.borrower_id == borrower_id).order_by(table.c.loan_id))
    found = _load(reading, policy, rows)

    def place(account: Account) -> tuple[bool, bool, str, str]:
        unpaid = account.unpaid(reading.today)
        next_due = unpaid[0].due_date.isoformat() if unpaid else ""
        return account.row.closed_date is not None, not unpaid, next_due, account.row.loan_id

    return sorted(found, key=place)


def account(reading: Reading, policy: Policy, borrower_id: str, loan_id: str) -> Account:
    """One loan of the borrower; a writing locks borrower and loan.

    Raises:
        Problem: `borrower-not-found`, `loan-not-found`.
    """
    borrower(reading, borrower_id)
    table = schema.loans
    query = sa.select(table).where(table.c.borrower_id == borrower_id, table.c.loan_id == loan_id)
    row = reading.one(query.with_for_update() if isinstance(reading, Writing) else query)
    if row is None:
        raise Problem("loan-not-found", f"No loan {loan_id} of this borrower.")
    return _load(reading, policy, [row])[0]


def payment(reading: Reading, loan_id: str, payment_id: str) -> Any:
    """A payment towards this loan.

    Raises:
        Problem: `payment-not-found`.
    """
    table = schema.payments
    row = reading.one(sa.select(table).where(table.c.payment_id == payment_id, table.c.loan_id == loan_id))
    if row is None:
        raise Problem("payment-not-found", f"No payment {payment_id} of this loan.")
    return row


def quote_if_any(reading: Reading, borrower_id: str, loan_id: str, kind: str, quote_id: str) -> Any | None:
    """A quote of that kind for this loan, or None."""
    table = schema.quotes
    return reading.one(
        sa.select(table).where(
            table.c.quote_id == quote_id,
            table.c.borrower_id == borrower_id,
            table.c.loan_id == loan_id,
            table.c.kind == kind,
        )
    )


def quote(reading: Reading, borrower_id: str, loan_id: str, kind: str, quote_id: str) -> Any:
    """A quote of that kind for this loan.

    Raises:
        Problem: `quote-not-found`.
    """
    row = quote_if_any(reading, borrower_id, loan_id, kind, quote_id)
    if row is None:
        raise Problem("quote-not-found", f"No {kind} quote {quote_id} of this loan.")
    return row


def request(reading: Reading, request_id: str, borrower_id: str | None = None) -> Any:
    """A request; the desk, which sees all borrowers', names none.

    Raises:
        Problem: `request-not-found`.
    """
    table = schema.requests
    query = sa.select(table).where(table.c.request_id == request_id)
    if borrower_id is not None:
        query = query.where(table.c.borrower_id == borrower_id)
    row = reading.one(query.with_for_update() if isinstance(reading, Writing) else query)
    if row is None:
        raise Problem("request-not-found", f"No request {request_id}.")
    return row


def borrower_of_request(reading: Reading, request_id: str) -> str:
    """Whose request it is, without a lock.

    Raises:
        Problem: `request-not-found`.
    """
    table = schema.requests
    row = reading.one(sa.select(table.c.borrower_id).where(table.c.request_id == request_id))
    if row is None:
        raise Problem("request-not-found", f"No request {request_id}.")
    return str(row.borrower_id)


def pending_plan_change(reading: Reading, loan_ids: list[str]) -> dict[str, str]:
    """Ids of pending requests that would change a plan, by loan."""
    table = schema.requests
    query = sa.select(table.c.loan_id, table.c.request_id).where(
        table.c.loan_id.in_(loan_ids), table.c.status == "pending", table.c.kind.in_(schema.PLAN_CHANGES)
    )
    return {row.loan_id: row.request_id for row in reading.rows(query)}


def pending_fee_waiver(reading: Reading, loan_ids: list[str]) -> dict[str, str]:
    """Ids of pending waivers of penalty, by loan."""
    table = schema.requests
    query = sa.select(table.c.loan_id, table.c.request_id).where(
        table.c.loan_id.in_(loan_ids), table.c.status == "pending", table.c.kind == "fee_waiver"
    )
    return {row.loan_id: row.request_id for row in reading.rows(query)}


def deferrals_of(reading: Reading, loan_ids: list[str]) -> list[Any]:
    """Requests for deferral of these loans that count: pending or approved, oldest first."""
    table = schema.requests
    query = sa.select(table).where(
        table.c.loan_id.in_(loan_ids), table.c.kind == "deferral", table.c.status.in_(("pending", "approved"))
    )
    return reading.rows(query.order_by(table.c.filed_at))


def _load(reading: Reading, policy: Policy, rows: list[Any]) -> list[Account]:
    products = policy.products
    lines = [row for row in rows if products[row.product_id].kind == "revolving"]
    others = [row for row in rows if products[row.product_id].kind != "revolving"]
    found: list[Account] = []
    if others:
        found += ledger.load(reading, others, products)
    if lines:
        found += line.load(reading, lines, products)
    return found
