"""What the ledger does to protect a borrower: blocks after a fraud, pauses of outreach, and what is held of whom."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from bot.backend import doors, filings, schema
from bot.backend.blocks import block_in_force
from bot.backend.clock import SHANGHAI
from bot.backend.filings import Filed
from bot.backend.lender_rights import HeldData
from bot.backend.line import LineAccount
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.schema_rights import collection_cases, outreach_pauses, safety_blocks
from bot.backend.store import Reading, Writing
from bot.loans.protection import applies, blocked_by_a_report, can_be_deleted, pause_runs_until

# A pause holds to the end of its last day.
_END_OF_DAY = time(23, 59, 59)


# Blocks.


def what_a_block_stops(reading: Reading, policy: Policy, borrower_id: str) -> tuple[str, ...]:
    """What would be stopped for this borrower, as codes."""
    accounts = doors.accounts(reading, policy, borrower_id)
    return blocked_by_a_report(any(isinstance(a, LineAccount) and a.row.closed_date is None for a in accounts))


def report_fraud(
    writing: Writing, policy: Policy, borrower_id: str, terms: dict[str, Any], key: str, loan_id: str | None, *, block: bool
) -> Filed:
    """Files a report of fraud and, when asked to, blocks what can be blocked, in one transaction.

    A report cannot be undone and a block is lifted by a person only: who holds the phone may be the thief.

    Raises:
        Problem: `idempotency-key-reused`, or what the doors refuse.
    """
    filed = filings.file_plain(
        writing, policy, borrower_id, "fraud_report", {**terms, "block": block}, key, loan_id, undoable=False
    )
    if filed.replayed or not block:
        return filed
    standing = block_in_force(writing, borrower_id)
    blocked = tuple(standing.blocked) if standing else _block(writing, policy, borrower_id, filed.row.request_id)
    return Filed(with_terms(writing, filed.row, blocked=list(blocked)), replayed=False)


def _block(writing: Writing, policy: Policy, borrower_id: str, request_id: str) -> tuple[str, ...]:
    blocked = what_a_block_stops(writing, policy, borrower_id)
    safety_block_id = f"SB{writing.next_number('safety_block'):08d}"
    writing.insert(
        safety_blocks,
        safety_block_id=safety_block_id,
        borrower_id=borrower_id,
        request_id=request_id,
        blocked=list(blocked),
        blocked_at=writing.now,
    )
    writing.audit("safety-block.set", safety_block_id, borrower_id, request_id=request_id, blocked=list(blocked))
    return blocked


def lift_block(writing: Writing, safety_block_id: str, reason: str, lifted_by: str) -> Any:
    """Lifts a block, by a person; lifting a lifted one changes nothing.

    Raises:
        Problem: `safety-block-not-found`.
    """
    row = block_by_id(writing, safety_block_id)
    if row.lifted_at is None:
        table = safety_blocks
        values = {"lifted_at": writing.now, "lifted_by": lifted_by, "lift_reason": reason}
        writing.update(table, table.c.safety_block_id == safety_block_id, **values)
        writing.audit("safety-block.lifted", safety_block_id, row.borrower_id, reason=reason, lifted_by=lifted_by)
    return block_by_id(writing, safety_block_id)


def block_by_id(reading: Reading, safety_block_id: str) -> Any:
    """A block by its id.

    Raises:
        Problem: `safety-block-not-found`.
    """
    row = reading.one(sa.select(safety_blocks).where(safety_blocks.c.safety_block_id == safety_block_id))
    if row is None:
        raise Problem("safety-block-not-found", f"No block {safety_block_id}.")
    return row


# Pauses of outreach.


def pause_in_force(reading: Reading, borrower_id: str) -> Any | None:
    """The pause that runs longest today; None when nobody holds back. One whose request was undone does not hold."""
    pauses, requests = outreach_pauses, schema.requests
    query = (
        sa.select(pauses)
        .join_from(pauses, requests, pauses.c.request_id == requests.c.request_id, isouter=True)
        .where(
            pauses.c.borrower_id == borrower_id,
            pauses.c.paused_until_date >= reading.today,
            sa.or_(requests.c.status.is_(None), requests.c.status != "undone"),
        )
    )
    return reading.one(query.order_by(pauses.c.paused_until_date.desc(), pauses.c.outreach_pause_id).limit(1))


def would_run_until(reading: Reading, policy: Policy, borrower_id: str, reason_code: str) -> datetime:
    """Until when a pause that is asked for now would run."""
    running = pause_in_force(reading, borrower_id)
    days = getattr(policy.lender.file.rights.outreach_pause.days, reason_code)
    return end_of(pause_runs_until(reading.today, days, running.paused_until_date if running else None))


def end_of(day: Any) -> datetime:
    """The last moment of a day."""
    return datetime.combine(day, _END_OF_DAY, SHANGHAI)


def pause_outreach(writing: Writing, policy: Policy, borrower_id: str, reason_code: str, request_id: str | None = None) -> Any:
    """Stops the calls; a pause that runs as long already is left as it is. Answers the pause in force."""
    running = pause_in_force(writing, borrower_id)
    until = would_run_until(writing, policy, borrower_id, reason_code).date()
    if running is None or running.paused_until_date < until:
        outreach_pause_id = f"OP{writing.next_number('outreach_pause'):08d}"
        writing.insert(
            outreach_pauses,
            outreach_pause_id=outreach_pause_id,
            borrower_id=borrower_id,
            request_id=request_id,
            reason_code=reason_code,
            paused_from_at=writing.now,
            paused_until_date=until,
        )
        writing.audit("outreach.paused", outreach_pause_id, borrower_id, reason_code=reason_code, until=until.isoformat())
    return pause_in_force(writing, borrower_id)


def with_pause(writing: Writing, policy: Policy, filed: Filed, reason_code: str) -> Filed:
    """The same filing, with a pause that holds as long as it is not undone."""
    if filed.replayed:
        return filed
    row = pause_outreach(writing, policy, filed.row.borrower_id, reason_code, filed.row.request_id)
    until = end_of(row.paused_until_date).isoformat()
    return Filed(with_terms(writing, filed.row, outreach_paused_until_at=until), replayed=False)


def with_terms(writing: Writing, row: Any, **values: Any) -> Any:
    """The request, its terms completed by what the filing led to."""
    table = schema.requests
    writing.update(table, table.c.request_id == row.request_id, terms={**row.terms, **values})
    return doors.request(writing, row.request_id)


# Who collects, and what is held.


def cases_of(reading: Reading, borrower_id: str) -> dict[str, Any]:
    """The collection cases of the borrower's loans, by loan."""
    query = sa.select(collection_cases).join_from(
        collection_cases, schema.loans, collection_cases.c.loan_id == schema.loans.c.loan_id
    )
    return {row.loan_id: row for row in reading.rows(query.where(schema.loans.c.borrower_id == borrower_id))}


def situation_of(reading: Reading, policy: Policy, borrower_id: str) -> set[str]:
    """What of a borrower's situation decides which data are held of her, as codes."""
    borrower = doors.borrower(reading, borrower_id)
    found: set[str] = set()
    for account in doors.accounts(reading, policy, borrower_id):
        found.add("has_loan")
        if account.row.closed_date is None and account.unpaid(reading.today):
            found.add("owing")
            if account.unpaid(reading.today)[0].due_date < reading.today:
                found.add("overdue")
            if account.row.collection_agency:
                found.add("with_agency")
    consent = schema.consents
    granted = sa.select(consent).where(
        consent.c.borrower_id == borrower_id, consent.c.purpose == "hardship_evidence", consent.c.granted.is_(True)
    )
    if reading.one(granted) or any(flag.endswith("_on_record") for flag in borrower.flags):
        found.add("hardship_evidence")
    return found


def held_data(reading: Reading, policy: Policy, borrower_id: str) -> list[tuple[HeldData, bool]]:
    """The rows of the lender's inventory that concern the borrower, and whether each may be deleted now."""
    situation = situation_of(reading, policy, borrower_id)
    rows = policy.lender.file.rights.data_inventory
    return [(row, can_be_deleted(row.kept_while, situation)) for row in rows if applies(row.held_of, situation)]


def withdraw_consent(writing: Writing, borrower_id: str, purpose: str) -> None:
    """Takes a consent back at once; it was never given by silence, so a row is written either way."""
    table, values = schema.consents, {"granted": False, "changed_at": writing.now}
    if not writing.update(table, table.c.borrower_id == borrower_id, table.c.purpose == purpose, **values):
        writing.insert(table, borrower_id=borrower_id, purpose=purpose, **values)
    writing.audit("consent.changed", purpose, borrower_id, granted=False)


def waiting_for_a_person(reading: Reading) -> int:
    """How many hand-overs of the last day wait for a person."""
    table = schema.requests
    query = sa.select(table.c.terms).where(
        table.c.kind == "ticket", table.c.status == "pending", table.c.filed_at >= reading.now - timedelta(days=1)
    )
    return sum(row.terms.get("ticket_kind") == "human" for row in reading.rows(query))
