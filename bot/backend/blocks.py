"""The block after a report of fraud: whether one is in force, and refusing what it stops."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.backend.problems import Problem
from bot.backend.schema_rights import safety_blocks
from bot.backend.store import Reading


def block_in_force(reading: Reading, borrower_id: str) -> Any | None:
    """The borrower's block that no person has lifted; None when there is none."""
    table = safety_blocks
    query = sa.select(table).where(table.c.borrower_id == borrower_id, table.c.lifted_at.is_(None))
    return reading.one(query.order_by(table.c.blocked_at.desc()).limit(1))


def refuse_if_blocked(reading: Reading, borrower_id: str, what: str) -> None:
    """Refuses what a block of the borrower stops; `what` is a code of `bot.loans.protection`.

    Raises:
        Problem: `blocked-after-fraud`.
    """
    block = block_in_force(reading, borrower_id)
    if block is not None and what in block.blocked:
        raise Problem(
            "blocked-after-fraud",
            f"{block.safety_block_id} stops {what}; a person lifts it.",
            request_id=block.request_id,
            blocked_at=block.blocked_at,
        )
