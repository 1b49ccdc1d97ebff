"""Tables of the ledger that belong to the credit line: what the lender decided, applications, refunds."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Date, ForeignKey, Integer, String, Table

from bot.backend.schema import metadata

# Whether it is suspended for being late is no column: that follows from the loans, see `bot.loans.credit_line`.
credit_lines = Table(
    "credit_lines",
    metadata,
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), primary_key=True),
    Column("product_id", String(64), primary_key=True),
    Column("status", String(20), nullable=False),
    Column("limit_fen", BigInteger, nullable=False),
    Column("since_date", Date, nullable=False),
    Column("reason_codes", JSON, nullable=False),
    Column("until_date", Date),
    Column("next_review_date", Date),
    Column("temporary_limit_fen", BigInteger, nullable=False, default=0),
    Column("temporary_until_date", Date),
)

limit_changes = Table(
    "limit_changes",
    metadata,
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), primary_key=True),
    Column("product_id", String(64), primary_key=True),
    Column("changed_date", Date, primary_key=True),
    Column("old_limit_fen", BigInteger, nullable=False),
    Column("new_limit_fen", BigInteger, nullable=False),
    Column("reason_code", String(40), nullable=False),
)

loan_applications = Table(
    "loan_applications",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), nullable=False, index=True),
    Column("product_id", String(64), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("term", Integer),
    Column("filed_date", Date, nullable=False),
    Column("status", String(20), nullable=False),
    Column("reason_codes", JSON, nullable=False),
    Column("decision_due_date", Date),
    Column("payout_due_date", Date),
    Column("paid_out_date", Date),
    Column("card_last4", String(4)),
    Column("reapply_from_date", Date),
)

refunds = Table(
    "refunds",
    metadata,
    Column("refund_id", String(64), primary_key=True),
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), nullable=False, index=True),
    Column("loan_id", String(64), ForeignKey("loans.loan_id"), nullable=False),
    Column("merchant", String(60), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("purchase_date", Date, nullable=False),
    Column("requested_date", Date, nullable=False),
    Column("status", String(20), nullable=False),
    Column("destination", String(20), nullable=False),
    Column("card_last4", String(4)),
    Column("expected_date", Date),
    Column("booked_date", Date),
    Column("reason_code", String(40)),
    Column("payment_id", String(64), ForeignKey("payments.payment_id")),
)
