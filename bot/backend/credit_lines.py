"""A borrower's credit lines as of now, and how one is closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bot.backend import doors, filings, schema, schema_credit_line
from bot.backend.blocks import block_in_force
from bot.backend.doors import Account
from bot.backend.filings import Filed
from bot.backend.line import LineAccount
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.products import CreditLineRules
from bot.backend.store import Reading, Writing
from bot.loans.credit_line import FraudBlock, LineOnFile, LineRules, LineStanding, LineStatus, OpenLoan, line_standing
from bot.loans.protection import NEW_LOANS

# Applications that nobody has refused, paid out or withdrawn yet.
RUNNING = ("reviewing", "paying_out")


def standings(reading: Reading, policy: Policy, borrower_id: str) -> list[LineStanding]:
    """Every line that the borrower has, had or was refused, in the order of the lender's products.

    Raises:
        Problem: `borrower-not-found`.
    """
    accounts = doors.accounts(reading, policy, borrower_id)
    loans = [_open_loan(account, reading) for account in accounts]
    places = {product_id: place for place, product_id in enumerate(policy.products)}
    rows = sorted(_rows(reading, borrower_id), key=lambda row: places.get(row.product_id, len(places)))
    block = fraud_block(reading, borrower_id)
    return [
        line_standing(_on_file(row), loans, _rules(policy.products[row.product_id].credit_line), reading.today, block)
        for row in rows
        if row.product_id in places  # a product that the lender has dropped is nobody's line any more
    ]


def fraud_block(reading: Reading, borrower_id: str) -> FraudBlock | None:
    """The block that keeps the borrower's lines shut; None when there is none."""
    row = block_in_force(reading, borrower_id)
    if row is None or NEW_LOANS not in row.blocked:
        return None
    return FraudBlock(row.blocked_at.date(), row.request_id)


def standing_of(reading: Reading, policy: Policy, borrower_id: str, product_id: str) -> LineStanding:
    """One line.

    Raises:
        Problem: `borrower-not-found`, `credit-line-not-found`.
    """
    found = next((line for line in standings(reading, policy, borrower_id) if line.product_id == product_id), None)
    if found is None:
        raise Problem("credit-line-not-found", f"No credit line of {product_id} for this borrower.")
    return found


def changes_of(reading: Reading, borrower_id: str) -> list[Any]:
    """Changes of the limits of all lines, the latest first."""
    table = schema_credit_line.limit_changes
    query = sa.select(table).where(table.c.borrower_id == borrower_id)
    return reading.rows(query.order_by(table.c.changed_date.desc(), table.c.product_id))


def applications_of(reading: Reading, borrower_id: str) -> list[Any]:
    """Applications, the latest first."""
    table = schema_credit_line.loan_applications
    query = sa.select(table).where(table.c.borrower_id == borrower_id)
    return reading.rows(query.order_by(table.c.filed_date.desc(), table.c.application_id.desc()))


def refunds_of(reading: Reading, borrower_id: str) -> list[Any]:
    """Refunds, the latest asked for first."""
    table = schema_credit_line.refunds
    query = sa.select(table).where(table.c.borrower_id == borrower_id)
    return reading.rows(query.order_by(table.c.requested_date.desc(), table.c.refund_id.desc()))


def pending_closing(reading: Reading, borrower_id: str, product_id: str) -> str | None:
    """Id of the request to close the line that waits for a decision."""
    table = schema.requests
    query = sa.select(table.c.request_id, table.c.terms).where(
        table.c.borrower_id == borrower_id, table.c.kind == "closing", table.c.status == "pending"
    )
    return next((str(row.request_id) for row in reading.rows(query) if row.terms["product_id"] == product_id), None)


def owed_of(accounts: Sequence[Account], product_id: str, reading: Reading) -> list[tuple[Account, int]]:
    """Loans of a product of which something is owed, with how much; by next due date."""
    owed = [(account, _owed_fen(account, reading)) for account in accounts if account.row.product_id == product_id]
    return [(account, fen) for account, fen in owed if fen]


def running_application(reading: Reading, borrower_id: str, product_id: str) -> str | None:
    """Id of an application for the product that is still under way."""
    rows = applications_of(reading, borrower_id)
    return next((str(row.application_id) for row in rows if row.product_id == product_id and row.status in RUNNING), None)


def running_refunds(reading: Reading, borrower_id: str, product_id: str) -> list[Any]:
    """Refunds to loans of the product that have not arrived yet."""
    table = schema.loans
    query = sa.select(table.c.loan_id).where(table.c.borrower_id == borrower_id, table.c.product_id == product_id)
    own = {row.loan_id for row in reading.rows(query)}
    return [
        row for row in refunds_of(reading, borrower_id) if row.loan_id in own and row.status in ("with_merchant", "processing")
    ]


def closing_key(reading: Reading, borrower_id: str, line: LineStanding) -> str:
    """The Idempotency-Key of asking to close this line; another one once that was undone or refused."""
    opened = _row(reading, borrower_id, line.product_id)
    terms = {"product_id": line.product_id, "since_date": opened.since_date.isoformat()}
    return filings.filing_key(reading, borrower_id, "closing", line.product_id, terms)


def file_closing(writing: Writing, policy: Policy, borrower_id: str, product_id: str, key: str) -> Filed:
    """Files the wish to close a line, once; a person decides.

    Raises:
        Problem: `borrower-not-found`, `credit-line-not-found`, `line-not-open`, `line-in-use`, `request-pending`,
            `idempotency-key-reused`.
    """
    line = standing_of(writing, policy, borrower_id, product_id)
    # Only what does not change between a filing and its repeat, or the repeat would be taken for something else.
    terms = {"product_id": product_id, "product_name": policy.products[product_id].name}
    earlier_pending = pending_closing(writing, borrower_id, product_id)
    filed = filings.file_plain(writing, policy, borrower_id, "closing", terms, key, None)
    if not filed.replayed:
        if earlier_pending is not None:
            raise Problem("request-pending", f"{earlier_pending} waits for a decision.", request_id=earlier_pending)
        _refuse_unless_closable(writing, policy, borrower_id, line)
    return filed


def close(writing: Writing, policy: Policy, request: Any) -> None:
    """Carries out an approved closing, in the transaction of the decision.

    Raises:
        Problem: `line-not-open`, `line-in-use`: the borrower has used the line since.
    """
    product_id = request.terms["product_id"]
    line = standing_of(writing, policy, request.borrower_id, product_id)
    _refuse_unless_closable(writing, policy, request.borrower_id, line)
    table = schema_credit_line.credit_lines
    where = (table.c.borrower_id == request.borrower_id, table.c.product_id == product_id)
    closed = {"status": "closed", "since_date": writing.today, "until_date": None, "next_review_date": None}
    writing.update(table, *where, **closed, reason_codes=["own_wish"])
    loans = schema.loans
    lines = [row for row in doors.accounts(writing, policy, request.borrower_id) if isinstance(row, LineAccount)]
    for account in lines:
        if account.row.product_id == product_id:
            writing.update(loans, loans.c.loan_id == account.row.loan_id, closed_date=writing.today, version=loans.c.version + 1)


def _refuse_unless_closable(reading: Reading, policy: Policy, borrower_id: str, line: LineStanding) -> None:
    if not line.status.can_be_closed:
        raise Problem("line-not-open", f"The line is {line.status.value}.", line_status=line.status.value)
    owed = owed_of(doors.accounts(reading, policy, borrower_id), line.product_id, reading)
    application_id = running_application(reading, borrower_id, line.product_id)
    if owed or application_id:
        owed_fen = sum(fen for _, fen in owed)
        raise Problem(
            "line-in-use", "Pay it off first, and let applications end.", outstanding_fen=owed_fen, application_id=application_id
        )


def _rows(reading: Reading, borrower_id: str) -> list[Any]:
    table = schema_credit_line.credit_lines
    return reading.rows(sa.select(table).where(table.c.borrower_id == borrower_id))


def _row(reading: Reading, borrower_id: str, product_id: str) -> Any:
    return next(row for row in _rows(reading, borrower_id) if row.product_id == product_id)


def _on_file(row: Any) -> LineOnFile:
    values = {name: row._mapping[name] for name in LineOnFile.__dataclass_fields__}
    return LineOnFile(**{**values, "status": LineStatus(row.status), "reason_codes": tuple(row.reason_codes)})


def _rules(row: CreditLineRules) -> LineRules:
    return LineRules(row.suspended_from_days_past_due, row.reviewed_every_days)


def _open_loan(account: Account, reading: Reading) -> OpenLoan:
    today = reading.today
    unpaid = account.unpaid(today)
    overdue_fen = (
        account.overdue_fen(today)
        if isinstance(account, LineAccount)
        else sum(due.outstanding_fen for due in account.past_due(today))
    )
    return OpenLoan(
        loan_id=account.row.loan_id,
        product_id=account.row.product_id,
        outstanding_principal_fen=sum(due.principal_fen for due in unpaid),
        overdue_fen=overdue_fen,
        days_past_due=account.days_past_due(today),
        with_agency=bool(account.row.collection_agency),
    )


def _owed_fen(account: Account, reading: Reading) -> int:
    return sum(due.outstanding_fen for due in account.unpaid(reading.today))
