"""The life of a request: filed under a key, undone by the borrower, or decided by a person."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.backend import doors, idempotency, schema
from bot.backend.blocks import refuse_if_blocked
from bot.backend.lender_file import RequestKind
from bot.backend.line import LineAccount
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.store import Reading, Writing
from bot.backend.wire import jsonable
from bot.loans.protection import NEW_LOANS

_PREFIX = {
    "deferral": "DF",
    "restructure": "RS",
    "due_date_change": "DD",
    "complaint": "CP",
    "ticket": "TK",
    "closing": "CL",
    "fraud_report": "FR",
    "privacy_request": "PV",
    "rebuild_credit": "RB",
    "fee_waiver": "FW",
    "assistance": "AS",
    "credit_dispute": "CD",
}


@dataclass(frozen=True)
class Filed:
    """A request, and whether this call filed it or an earlier one with the same key did."""

    row: Any
    replayed: bool


def filing_key(reading: Reading, borrower_id: str, kind: str, loan_id: str, terms: dict[str, Any]) -> str:
    """The Idempotency-Key of filing these terms.

    The same for a repeat; another one once a request with these terms was undone or refused, so that a change of mind
    can still be filed.
    """

    def key(attempt: int) -> str:
        text = json.dumps([borrower_id, kind, loan_id, jsonable(terms), attempt], sort_keys=True, ensure_ascii=False)
        return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:40]}"

    first = key(0)
    table = schema.requests
    done = sa.select(sa.func.count()).where(
        table.c.borrower_id == borrower_id, table.c.filing_key == first, table.c.status.in_(("undone", "refused"))
    )
    attempts = int(reading.connection.execute(done).scalar_one())
    return f"{first}.{attempts}" if attempts else first


def file_quote(
    writing: Writing, policy: Policy, borrower_id: str, loan_id: str, kind: RequestKind, quote_id: str, key: str
) -> Filed:
    """Files what a quote says, once.

    Raises:
        Problem: `quote-not-found`, `quote-expired`, `quote-stale`, `blocked-after-fraud`, `request-pending`,
            `idempotency-key-reused`, or what the doors refuse.
    """
    account = doors.account(writing, policy, borrower_id, loan_id)
    quote = doors.quote_if_any(writing, borrower_id, loan_id, kind, quote_id)
    # The quote's terms, not its id: quoting again after a time-out and filing that is a repeat too.
    asked = idempotency.fingerprint(f"file-{kind}", [loan_id, quote.filing_key if quote else None])
    earlier = idempotency.subject_of(writing, borrower_id, key, asked)
    if earlier:
        return Filed(doors.request(writing, earlier, borrower_id), replayed=True)
    if quote is None:
        raise Problem("quote-not-found", f"No {kind} quote {quote_id} of this loan.")
    if writing.now > quote.expires_at:
        raise Problem("quote-expired", "Quote again.", expires_at=quote.expires_at)
    if account.row.version != quote.loan_version:
        raise Problem("quote-stale", "The loan changed since; quote again.")
    refuse_lending_while_blocked(writing, borrower_id, kind, account)
    # A waiver leaves the dates alone, so it waits for nothing but another waiver.
    waiting = doors.pending_fee_waiver if kind == "fee_waiver" else doors.pending_plan_change
    pending = waiting(writing, [loan_id]).get(loan_id)
    if pending:
        raise Problem("request-pending", f"{pending} waits for a decision.", request_id=pending)
    of_the_quote = {name: quote._mapping[name] for name in ("quote_id", "filing_key", "expires_at")}
    confirmed = {**quote.terms, **jsonable({**of_the_quote, "as_of": quote.quoted_at})}
    row = _insert(writing, policy, borrower_id, kind, confirmed, quote.filing_key, account.row)
    idempotency.remember(writing, borrower_id, key, asked, row.request_id)
    return Filed(row, replayed=False)


def refuse_lending_while_blocked(reading: Reading, borrower_id: str, kind: str, account: doors.Account | None) -> None:
    """Refuses, while a report of fraud blocks the borrower, what would open a loan in her name.

    That is the small credit to rebuild with, and splitting the statement of a line. A new plan or another day for what
    is owed already lends nothing, and stays possible.

    Raises:
        Problem: `blocked-after-fraud`.
    """
    if kind == "rebuild_credit" or (kind == "restructure" and isinstance(account, LineAccount)):
        refuse_if_blocked(reading, borrower_id, NEW_LOANS)


def file_plain(
    writing: Writing,
    policy: Policy,
    borrower_id: str,
    kind: RequestKind,
    terms: dict[str, Any],
    key: str,
    loan_id: str | None,
    *,
    undoable: bool = True,
) -> Filed:
    """Files a complaint, a ticket or a report, once; it changes no loan.

    What is not `undoable` can be decided at once: after a theft nobody waits ten minutes.

    Raises:
        Problem: `idempotency-key-reused`, or what the doors refuse.
    """
    if loan_id is None:
        doors.borrower(writing, borrower_id)
        loan = None
    else:
        loan = doors.account(writing, policy, borrower_id, loan_id).row
    asked = idempotency.fingerprint(f"file-{kind}", [loan_id, jsonable(terms)])
    earlier = idempotency.subject_of(writing, borrower_id, key, asked)
    if earlier:
        return Filed(doors.request(writing, earlier, borrower_id), replayed=True)
    row = _insert(writing, policy, borrower_id, kind, jsonable(terms), key[:64], loan, undoable=undoable)
    idempotency.remember(writing, borrower_id, key, asked, row.request_id)
    return Filed(row, replayed=False)


def _insert(
    writing: Writing,
    policy: Policy,
    borrower_id: str,
    kind: RequestKind,
    terms: dict[str, Any],
    key: str,
    loan: Any | None,
    *,
    undoable: bool = True,
) -> Any:
    request_id = f"{_PREFIX[kind]}{writing.next_number(kind):08d}"
    writing.insert(
        schema.requests,
        request_id=request_id,
        kind=kind,
        borrower_id=borrower_id,
        loan_id=loan.loan_id if loan else None,
        loan_version=loan.version if loan else None,
        status="pending",
        filing_key=key.partition(".")[0],
        filed_at=writing.now,
        undo_until_at=policy.undo_until_at(writing.now) if undoable else writing.now,
        decision_due_at=policy.decision_due_at(kind, writing.now),
        terms=terms,
    )
    writing.audit(f"{kind}.filed", request_id, borrower_id, loan_id=loan.loan_id if loan else None)
    return doors.request(writing, request_id, borrower_id)


def undo(writing: Writing, borrower_id: str, request_id: str) -> Any:
    """Takes a request back, within its minutes and before a decision; undoing twice is the same as once.

    Raises:
        Problem: `request-not-found`, `undo-too-late`.
    """
    doors.borrower(writing, borrower_id)
    row = doors.request(writing, request_id, borrower_id)
    if row.status == "undone":
        return row
    if row.status != "pending" or writing.now > row.undo_until_at:
        raise Problem(
            "undo-too-late",
            f"The request is {row.status}.",
            undo_until_at=row.undo_until_at,
            request_status=row.status,
        )
    _close(writing, row, "undone")
    writing.audit(f"{row.kind}.undone", request_id, borrower_id)
    return doors.request(writing, request_id)


def decide(
    writing: Writing,
    policy: Policy,
    request_id: str,
    decision: str,
    reason: str,
    decided_by: str,
    granted_fen: int | None = None,
) -> Any:
    """Approves or refuses a request; an approved change of plan is carried out in the same transaction.

    `granted_fen` approves a waiver in part.

    Raises:
        Problem: `request-not-found`, `already-decided`, `undo-window-open`, `loan-changed`, `deferral-period-past`,
            `line-not-open`, `line-in-use`, `blocked-after-fraud`, `validation` (a part of what is no waiver, or no part).
    """
    from bot.backend import credit_lines, deferrals, due_days, fee_waivers, restructures  # they file through this module

    # Borrower first, then request: every write locks in this order, so no two wait for each other.
    doors.borrower(writing, doors.borrower_of_request(writing, request_id))
    row = doors.request(writing, request_id)
    if row.status != "pending":
        raise Problem("already-decided", f"The request is {row.status}.", request_status=row.status)
    if writing.now < row.undo_until_at:
        raise Problem("undo-window-open", "The borrower can still undo.", undo_until_at=row.undo_until_at)
    status = "approved" if decision == "approve" else "refused"
    if granted_fen is not None and (status, row.kind) != ("approved", "fee_waiver"):
        detail = "belongs to the approval of a fee waiver"
        raise Problem("validation", detail, errors=[{"pointer": "#/granted_fen", "detail": detail}])
    if status == "approved":
        loan = doors.account(writing, policy, row.borrower_id, row.loan_id) if row.kind == "restructure" else None
        refuse_lending_while_blocked(writing, row.borrower_id, row.kind, loan)
    if status == "approved" and row.kind in schema.PLAN_CHANGES:
        account = doors.account(writing, policy, row.borrower_id, row.loan_id)
        if account.row.version != row.loan_version:
            raise Problem("loan-changed", "Refuse it, and let the borrower ask anew.")
        changes = {"deferral": deferrals.apply, "restructure": restructures.apply, "due_date_change": due_days.apply}
        changes[row.kind](writing, account, row)
    if status == "approved" and row.kind == "fee_waiver":
        fee_waivers.apply(writing, policy, row, granted_fen)
    if status == "approved" and row.kind == "closing":
        credit_lines.close(writing, policy, row)
    _close(writing, row, status, decided_at=writing.now, decided_by=decided_by, decision_reason=reason)
    writing.audit(f"{row.kind}.{status}", request_id, row.borrower_id, reason=reason, decided_by=decided_by)
    return doors.request(writing, request_id)


def _close(writing: Writing, row: Any, status: str, **values: Any) -> None:
    """Ends a pending request; two that end it at once cannot both succeed."""
    table = schema.requests
    where = (table.c.request_id == row.request_id, table.c.status == "pending")
    if not writing.update(table, *where, status=status, **values):
        found = doors.request(writing, row.request_id).status
        raise Problem("already-decided", "Somebody else was faster.", request_status=found)
