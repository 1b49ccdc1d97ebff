"""Deleting what was said: asked for by a borrower, carried out by the bot, which holds it, and proven here.

The ledger itself (contracts, bills, payments, requests that were filed, the audit trail) is kept as the law wants it; proofs of
requests that were undone go with the conversations. An erasure holds kinds and counts, and no word of what was said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bot.backend import doors, idempotency, protection, schema
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.schema_evidence import evidence
from bot.backend.schema_privacy import erasures
from bot.backend.store import Reading, Writing

# Of the lender's inventory: what an erasure deletes, and what therefore is not among what is kept.
CONVERSATIONS = "conversations"


def ask(writing: Writing, policy: Policy, borrower_id: str, channel: str, key: str) -> tuple[Any, bool]:
    """The erasure as asked for, and whether it had been before; one that is not carried out yet is answered with itself.

    Raises:
        Problem: `borrower-not-found`, `idempotency-key-reused`.
    """
    doors.borrower(writing, borrower_id)
    asked = idempotency.fingerprint("erase-conversations", [channel])
    earlier = idempotency.subject_of(writing, borrower_id, key, asked)
    if earlier is None:
        waiting = sa.select(erasures.c.erasure_id).where(erasures.c.borrower_id == borrower_id, erasures.c.done_at.is_(None))
        row = writing.one(waiting.limit(1))
        earlier = row.erasure_id if row else None
    if earlier is not None:
        return erasure(writing, borrower_id, earlier), True
    erasure_id = f"ER{writing.next_number('erasure'):08d}"
    kept = [
        {"what": row.what, "kept": row.kept}
        for row, may_go in protection.held_data(writing, policy, borrower_id)
        if not may_go and row.item_id != CONVERSATIONS
    ]
    removed = {"proofs_of_undone_requests": _without_undone_proofs(writing, borrower_id)}
    writing.insert(
        erasures,
        erasure_id=erasure_id,
        borrower_id=borrower_id,
        channel=channel,
        asked_at=writing.now,
        removed=removed,
        kept=kept,
    )
    idempotency.remember(writing, borrower_id, key, asked, erasure_id)
    writing.audit("erasure.asked", erasure_id, borrower_id, channel=channel)
    return erasure(writing, borrower_id, erasure_id), False


def carried_out(writing: Writing, borrower_id: str, erasure_id: str, removed: Mapping[str, int]) -> Any:
    """The bot has deleted what it held; told again, it changes nothing.

    Raises:
        Problem: `request-not-found`.
    """
    row = erasure(writing, borrower_id, erasure_id)
    if row.done_at is None:
        counts = {**row.removed, **removed}
        mine = erasures.c.erasure_id == erasure_id
        writing.update(erasures, mine, done_at=writing.now, removed=counts)
        writing.audit("erasure.done", erasure_id, borrower_id, removed=counts, kept=[kept["what"] for kept in row.kept])
    return erasure(writing, borrower_id, erasure_id)


def erasure(reading: Reading, borrower_id: str, erasure_id: str) -> Any:
    """A borrower's erasure.

    Raises:
        Problem: `request-not-found`.
    """
    row = reading.one(sa.select(erasures).where(erasures.c.erasure_id == erasure_id, erasures.c.borrower_id == borrower_id))
    if row is None:
        raise Problem("request-not-found", f"No erasure {erasure_id} of this borrower.")
    return row


def erasures_of(reading: Reading, borrower_id: str) -> list[Any]:
    """A borrower's erasures, the newest first."""
    doors.borrower(reading, borrower_id)
    query = sa.select(erasures).where(erasures.c.borrower_id == borrower_id)
    return reading.rows(query.order_by(erasures.c.asked_at.desc(), erasures.c.erasure_id.desc()))


def to_do(reading: Reading, limit: int) -> list[Any]:
    """Erasures of all borrowers that are not carried out, the oldest first."""
    query = sa.select(erasures).where(erasures.c.done_at.is_(None))
    return reading.rows(query.order_by(erasures.c.asked_at, erasures.c.erasure_id).limit(limit))


def _without_undone_proofs(writing: Writing, borrower_id: str) -> int:
    requests = schema.requests
    undone = sa.select(requests.c.request_id).where(requests.c.borrower_id == borrower_id, requests.c.status == "undone")
    mine = (evidence.c.borrower_id == borrower_id, evidence.c.request_id.in_(undone))
    rows = writing.rows(sa.select(evidence.c.evidence_id, evidence.c.request_id).where(*mine))
    for row in rows:
        writing.delete(evidence, evidence.c.evidence_id == row.evidence_id)
        writing.audit("evidence.deleted", row.evidence_id, borrower_id, request_id=row.request_id)
    return len(rows)
