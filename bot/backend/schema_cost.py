"""Tables of the ledger that belong to cost."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, ForeignKey, Integer, String, Table, Text

from bot.backend.schema import metadata

coupons = Table(
    "coupons",
    metadata,
    Column("coupon_id", String(64), primary_key=True),
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), nullable=False, index=True),
    Column("name", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("amount_fen", BigInteger),  # of one that takes something off
    Column("days", Integer),  # of one that frees days of interest
    Column("product_ids", JSON, nullable=False),  # empty: every product
    Column("min_payment_fen", BigInteger, nullable=False, default=0),
    Column("only_when_nothing_is_past_due", Boolean, nullable=False, default=False),
    Column("how_to_use", Text, nullable=False),
    Column("valid_from_date", Date, nullable=False),
    Column("valid_until_date", Date, nullable=False),
    Column("used_date", Date),
    Column("used_loan_id", String(64)),
)
