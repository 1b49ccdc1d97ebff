"""A borrower says that what is reported of her is wrong: filed, marked on the entry, and answered by a person in time."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from bot.backend import credit_record, doors, filings, schema
from bot.backend.filings import Filed
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.store import Reading, Writing
from bot.backend.wire_overdue import CreditDisputeAsk


def disputed(reading: Reading, borrower_id: str) -> dict[tuple[str, date], str]:
    """Ids of the disputes that wait for an answer, by the entry they are about (loan, first day of lateness)."""
    table = schema.requests
    query = sa.select(table.c.request_id, table.c.loan_id, table.c.terms).where(
        table.c.borrower_id == borrower_id, table.c.kind == "credit_dispute", table.c.status == "pending"
    )
    return {
        (row.loan_id, date.fromisoformat(row.terms["since_date"])): row.request_id
        for row in reading.rows(query)
        if row.terms["since_date"] is not None
    }


def file(writing: Writing, policy: Policy, borrower_id: str, ask: CreditDisputeAsk, key: str) -> Filed:
    """Files a dispute, once; it changes no record, a person does.

    Raises:
        Problem: `credit-entry-not-found`, `request-pending` (the entry is disputed already), `idempotency-key-reused`, or what
            the doors refuse.
    """
    doors.borrower(writing, borrower_id)
    earlier = disputed(writing, borrower_id)
    filed = filings.file_plain(writing, policy, borrower_id, "credit_dispute", ask.dict(exclude={"loan_id"}), key, ask.loan_id)
    if filed.replayed or ask.loan_id is None or ask.since_date is None:
        return filed
    account = doors.account(writing, policy, borrower_id, ask.loan_id)
    if all(found.spell.since_date != ask.since_date for found in credit_record.spells_of(account, writing.today)):
        raise Problem("credit-entry-not-found", f"{ask.loan_id} was not late from {ask.since_date} on.")
    pending = earlier.get((ask.loan_id, ask.since_date))
    if pending is not None:
        raise Problem("request-pending", f"{pending} is about this entry.", request_id=pending)
    return filed
