"""Tables of the ledger that belong to rights: blocks after a fraud, pauses of outreach, who collects since when."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, ForeignKey, String, Table, Text

from bot.backend.schema import Moment, metadata

safety_blocks = Table(
    "safety_blocks",
    metadata,
    Column("safety_block_id", String(64), primary_key=True),
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), nullable=False, index=True),
    Column("request_id", String(64), ForeignKey("requests.request_id"), nullable=False),  # the report that led to it
    Column("blocked", JSON, nullable=False),  # codes, see bot.loans.protection
    Column("blocked_at", Moment, nullable=False),
    Column("lifted_at", Moment),
    Column("lifted_by", String(80)),
    Column("lift_reason", Text),
)

outreach_pauses = Table(
    "outreach_pauses",
    metadata,
    Column("outreach_pause_id", String(64), primary_key=True),
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), nullable=False, index=True),
    # The complaint or ticket that led to it; while that is undone, the pause does not hold.
    Column("request_id", String(64), ForeignKey("requests.request_id")),
    Column("reason_code", String(40), nullable=False),
    Column("paused_from_at", Moment, nullable=False),
    Column("paused_until_date", Date, nullable=False),
)

collection_cases = Table(
    "collection_cases",
    metadata,
    Column("loan_id", String(64), ForeignKey("loans.loan_id"), primary_key=True),
    Column("agency", String(80), nullable=False),
    Column("since_date", Date, nullable=False),
    Column("staff_numbers", JSON, nullable=False),  # those of the agency's people who have this case
)
