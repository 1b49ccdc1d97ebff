"""What happened to a borrower's loans since a moment: what was written down, and the days that have come by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from bot.backend import doors, schema
from bot.backend.clock import SHANGHAI
from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount
from bot.backend.policy import Policy
from bot.backend.store import Reading
from bot.backend.wire_my_debt import Change, ChangeCode, Changes

_MOST = 50
_OF_A_REQUEST = {"filed", "approved", "refused", "undone"}


def changes_since(reading: Reading, policy: Policy, borrower_id: str, since: datetime) -> Changes:
    """Everything a borrower would call a change, newest first, fifty at most.

    Raises:
        Problem: `borrower-not-found`.
    """
    accounts = doors.accounts(reading, policy, borrower_id)
    by_loan = {account.row.loan_id: account for account in accounts}
    found = [*_written_down(reading, borrower_id, by_loan, since)]
    for account in accounts:
        found += _days_come(account, since.astimezone(SHANGHAI).date(), reading.today)
    found.sort(key=lambda change: (change.happened_date, change.happened_at or _midnight(change.happened_date)), reverse=True)
    return Changes(as_of=reading.now, since_at=since, changes=found[:_MOST])


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def _written_down(reading: Reading, borrower_id: str, by_loan: dict[str, Account], since: datetime) -> Iterator[Change]:
    """Payments, requests and loans, from the audit trail."""
    table = schema.audit
    rows = reading.rows(sa.select(table).where(table.c.borrower_id == borrower_id, table.c.at > since))
    reasons = _reasons(reading, [row.subject_id for row in rows if row.action == "payment.failed"])
    loan_of_request, granted = _loans_of_requests(reading, borrower_id), _granted(reading, borrower_id)
    for row in rows:
        kind, _, verb = row.action.partition(".")
        values: dict[str, Any] = {"happened_date": row.at.date(), "happened_at": row.at}
        loan_id = row.details.get("loan_id")
        if kind == "payment":
            code = f"payment_{verb}"
            values.update(amount_fen=row.details["amount_fen"], failure_reason=reasons.get(row.subject_id))
        elif verb in _OF_A_REQUEST:
            code, loan_id = f"request_{verb}", loan_of_request.get(row.subject_id)
            values.update(request_id=row.subject_id, request_kind=kind, amount_fen=granted.get(row.subject_id))
        elif row.action in ("loan.opened", "loan.closed"):
            code, loan_id = row.action.replace(".", "_"), row.subject_id
        else:
            continue
        yield _change(cast(ChangeCode, code), by_loan.get(loan_id or ""), **values)


def _reasons(reading: Reading, payment_ids: list[str]) -> dict[str, str]:
    table = schema.payments
    rows = reading.rows(sa.select(table.c.payment_id, table.c.failure_reason).where(table.c.payment_id.in_(payment_ids)))
    return {row.payment_id: row.failure_reason for row in rows if row.failure_reason}


def _loans_of_requests(reading: Reading, borrower_id: str) -> dict[str, str | None]:
    table = schema.requests
    rows = reading.rows(sa.select(table.c.request_id, table.c.loan_id).where(table.c.borrower_id == borrower_id))
    return {row.request_id: row.loan_id for row in rows}


def _granted(reading: Reading, borrower_id: str) -> dict[str, int]:
    """What approved waivers came to, by request."""
    table = schema.requests
    waivers = sa.select(table.c.request_id, table.c.terms).where(
        table.c.borrower_id == borrower_id, table.c.kind == "fee_waiver", table.c.status == "approved"
    )
    found = {row.request_id: row.terms.get("granted_fen") for row in reading.rows(waivers)}
    return {request_id: int(fen) for request_id, fen in found.items() if fen}


def _days_come(account: Account, since: date, today: date) -> Iterator[Change]:
    """Due days, statement days and first days of penalty after one day and up to another; nobody writes those down."""
    if not isinstance(account, LoanAccount):
        for statement in (made.statement for made in account.statements):
            if since < statement.statement_date <= today:
                yield _change("statement_made", account, happened_date=statement.statement_date)
            if since < statement.due_date <= today:
                yield _change("instalment_due", account, happened_date=statement.due_date)
        return
    for row in account.plan:
        due = account.due_of(row, today)
        if since < row.due_date <= today:
            planned_fen = row.principal_fen + row.interest_fen + row.fee_fen
            values = {"instalment_number": row.instalment_number, "amount_fen": planned_fen}
            yield _change("instalment_due", account, happened_date=row.due_date, **values)
        penalty_from = row.due_date + timedelta(days=account.product.grace_period_days + 1)
        paid_before = not due.outstanding_fen and (row.paid.last_date is None or row.paid.last_date < penalty_from)
        if since < penalty_from <= today and not paid_before and due.penalty_fen + row.paid.penalty_fen:
            yield _change("penalty_started", account, happened_date=penalty_from, instalment_number=row.instalment_number)


def _change(code: ChangeCode, account: Account | None, **values: Any) -> Change:
    empty = dict.fromkeys(Change.__fields__)
    of_loan = {"loan_id": account.row.loan_id, "product_name": account.product.name} if account else {}
    return Change(**{**empty, **of_loan, **values, "code": code})
