"""Tables of the ledger that show what became of a borrower's data: deletions of conversations, and who read what."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, String, Table

from bot.backend.schema import Moment, metadata

# A deletion of conversations: asked for, carried out by the bot, which holds them, proven by this row. No word of them is in it.
erasures = Table(
    "erasures",
    metadata,
    Column("erasure_id", String(64), primary_key=True),
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), nullable=False, index=True),
    Column("channel", String(20), nullable=False),  # where it was asked for
    Column("asked_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("removed", JSON, nullable=False),  # how many of which kind
    Column("kept", JSON, nullable=False),  # what was not deleted, and how long it is kept
)
Index(
    "erasures_to_do",
    erasures.c.asked_at,
    sqlite_where=erasures.c.done_at.is_(None),
    postgresql_where=erasures.c.done_at.is_(None),
)

# Who read what of a borrower, a row a day: a row each time would be too many. What the desk reads is on the audit trail.
reads = Table(
    "reads",
    metadata,
    Column("business_date", Date, primary_key=True),
    Column("borrower_id", String(64), primary_key=True),
    Column("actor", String(80), primary_key=True),
    Column("what", String(40), primary_key=True),  # the call's name in the contract
    Column("times", Integer, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
)
