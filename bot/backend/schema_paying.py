"""Tables of the ledger that belong to paying."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table

from bot.backend.schema import Moment, metadata

# A link is told once, to the borrower; the ledger keeps its hash, so that nobody who reads the ledger can open it.
secure_links = Table(
    "secure_links",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), nullable=False, index=True),
    Column("purpose", String(20), nullable=False),
    Column("loan_id", String(64), ForeignKey("loans.loan_id")),
    Column("quote_id", String(64), ForeignKey("quotes.quote_id")),
    Column("request_id", String(64), ForeignKey("requests.request_id")),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
