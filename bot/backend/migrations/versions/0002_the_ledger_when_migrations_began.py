"""The ledger as it was when migrations began."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.backend.schema import Moment

# Rows of the audit trail are never changed and never taken out.
_APPEND_ONLY = {
    "sqlite": [
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit  BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit  BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
        "CREATE TRIGGER audit_no_insert BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE sequence = NEW.sequence) "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
        "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
    ],
}

revision = "0002"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To schema 0002."""
    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("trace_id", sa.String(length=64), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_index("ix_audit_borrower_id", "audit", ["borrower_id"], unique=False)

    op.create_table(
        "borrowers",
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("display_name", sa.String(length=40), nullable=False),
        sa.Column("city", sa.String(length=40), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=True),
        sa.Column("care_mode", sa.Boolean(), nullable=False),
        sa.Column("phone_masked", sa.String(length=20), nullable=False),
        sa.Column("auto_debit", sa.Boolean(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("borrower_id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "origin",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table("schema_version", sa.Column("version", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("version"))
    op.create_table(
        "consents",
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.PrimaryKeyConstraint("borrower_id", "purpose"),
    )
    op.create_table(
        "coupons",
        sa.Column("coupon_id", sa.String(length=64), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("product_ids", sa.JSON(), nullable=False),
        sa.Column("min_payment_fen", sa.BigInteger(), nullable=False),
        sa.Column("only_when_nothing_is_past_due", sa.Boolean(), nullable=False),
        sa.Column("how_to_use", sa.Text(), nullable=False),
        sa.Column("valid_from_date", sa.Date(), nullable=False),
        sa.Column("valid_until_date", sa.Date(), nullable=False),
        sa.Column("used_date", sa.Date(), nullable=True),
        sa.Column("used_loan_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.PrimaryKeyConstraint("coupon_id"),
    )
    op.create_index("ix_coupons_borrower_id", "coupons", ["borrower_id"], unique=False)

    op.create_table(
        "credit_lines",
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("limit_fen", sa.BigInteger(), nullable=False),
        sa.Column("since_date", sa.Date(), nullable=False),
        sa.Column("reason_codes", sa.JSON(), nullable=False),
        sa.Column("until_date", sa.Date(), nullable=True),
        sa.Column("next_review_date", sa.Date(), nullable=True),
        sa.Column("temporary_limit_fen", sa.BigInteger(), nullable=False),
        sa.Column("temporary_until_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.PrimaryKeyConstraint("borrower_id", "product_id"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("idempotency_key", sa.String(length=128), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.PrimaryKeyConstraint("idempotency_key"),
    )
    op.create_index("ix_idempotency_keys_subject_id", "idempotency_keys", ["subject_id"], unique=False)

    op.create_table(
        "limit_changes",
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("changed_date", sa.Date(), nullable=False),
        sa.Column("old_limit_fen", sa.BigInteger(), nullable=False),
        sa.Column("new_limit_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.PrimaryKeyConstraint("borrower_id", "product_id", "changed_date"),
    )
    op.create_table(
        "loan_applications",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("term", sa.Integer(), nullable=True),
        sa.Column("filed_date", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason_codes", sa.JSON(), nullable=False),
        sa.Column("decision_due_date", sa.Date(), nullable=True),
        sa.Column("payout_due_date", sa.Date(), nullable=True),
        sa.Column("paid_out_date", sa.Date(), nullable=True),
        sa.Column("card_last4", sa.String(length=4), nullable=True),
        sa.Column("reapply_from_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.PrimaryKeyConstraint("application_id"),
    )
    op.create_index("ix_loan_applications_borrower_id", "loan_applications", ["borrower_id"], unique=False)

    op.create_table(
        "loans",
        sa.Column("loan_id", sa.String(length=64), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("principal_fen", sa.BigInteger(), nullable=False),
        sa.Column("disbursed_date", sa.Date(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("card_last4", sa.String(length=4), nullable=True),
        sa.Column("collection_agency", sa.String(length=80), nullable=True),
        sa.Column("closed_date", sa.Date(), nullable=True),
        sa.Column("restructured_date", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.PrimaryKeyConstraint("loan_id"),
    )
    op.create_index("ix_loans_borrower_id", "loans", ["borrower_id"], unique=False)

    op.create_table(
        "payment_methods",
        sa.Column("payment_method_id", sa.String(length=64), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("card_last4", sa.String(length=4), nullable=True),
        sa.Column("debit_order", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.PrimaryKeyConstraint("payment_method_id"),
    )
    op.create_index("ix_payment_methods_borrower_id", "payment_methods", ["borrower_id"], unique=False)

    op.create_table(
        "reminder_preferences",
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("quiet_until_date", sa.Date(), nullable=True),
        sa.Column("days_before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.PrimaryKeyConstraint("borrower_id"),
    )
    op.create_table(
        "collection_cases",
        sa.Column("loan_id", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=80), nullable=False),
        sa.Column("since_date", sa.Date(), nullable=False),
        sa.Column("staff_numbers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["loan_id"],
            ["loans.loan_id"],
        ),
        sa.PrimaryKeyConstraint("loan_id"),
    )
    op.create_table(
        "instalments",
        sa.Column("loan_id", sa.String(length=64), nullable=False),
        sa.Column("instalment_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("original_due_date", sa.Date(), nullable=False),
        sa.Column("principal_fen", sa.BigInteger(), nullable=False),
        sa.Column("interest_fen", sa.BigInteger(), nullable=False),
        sa.Column("fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("fixed_penalty_fen", sa.BigInteger(), nullable=False),
        sa.Column("penalty_from_date", sa.Date(), nullable=True),
        sa.Column("deferral_interest_fen", sa.BigInteger(), nullable=False),
        sa.Column("deferral_from_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["loan_id"],
            ["loans.loan_id"],
        ),
        sa.PrimaryKeyConstraint("loan_id", "instalment_number"),
    )
    op.create_table(
        "payments",
        sa.Column("payment_id", sa.String(length=64), nullable=False),
        sa.Column("loan_id", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("booked_at", Moment(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("failure_reason", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["loan_id"],
            ["loans.loan_id"],
        ),
        sa.PrimaryKeyConstraint("payment_id"),
    )
    op.create_index("ix_payments_loan_id", "payments", ["loan_id"], unique=False)

    op.create_table(
        "quotes",
        sa.Column("quote_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("loan_id", sa.String(length=64), nullable=False),
        sa.Column("loan_version", sa.Integer(), nullable=False),
        sa.Column("filing_key", sa.String(length=64), nullable=False),
        sa.Column("quoted_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"],
            ["loans.loan_id"],
        ),
        sa.PrimaryKeyConstraint("quote_id"),
    )
    op.create_table(
        "requests",
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("loan_id", sa.String(length=64), nullable=True),
        sa.Column("loan_version", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("filing_key", sa.String(length=64), nullable=False),
        sa.Column("filed_at", Moment(), nullable=False),
        sa.Column("undo_until_at", Moment(), nullable=False),
        sa.Column("decision_due_at", Moment(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"],
            ["loans.loan_id"],
        ),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_index("ix_requests_borrower_id", "requests", ["borrower_id"], unique=False)
    op.create_index(
        "one_plan_change_pending",
        "requests",
        ["loan_id"],
        unique=True,
        sqlite_where=sa.text("status = 'pending' AND kind IN ('deferral', 'restructure', 'due_date_change')"),
        postgresql_where=sa.text("status = 'pending' AND kind IN ('deferral', 'restructure', 'due_date_change')"),
    )

    op.create_table(
        "statements",
        sa.Column("loan_id", sa.String(length=64), nullable=False),
        sa.Column("statement_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("statement_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("purchases_fen", sa.BigInteger(), nullable=False),
        sa.Column("instalments_fen", sa.BigInteger(), nullable=False),
        sa.Column("fees_fen", sa.BigInteger(), nullable=False),
        sa.Column("interest_fen", sa.BigInteger(), nullable=False),
        sa.Column("past_due_fen", sa.BigInteger(), nullable=False),
        sa.Column("carried_in_fen", sa.BigInteger(), nullable=False),
        sa.Column("accrued_interest_fen", sa.BigInteger(), nullable=False),
        sa.Column("accrued_late_fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("accrued_until_date", sa.Date(), nullable=True),
        sa.Column("past_due_since_date", sa.Date(), nullable=True),
        sa.Column("carried_forward", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["loan_id"],
            ["loans.loan_id"],
        ),
        sa.PrimaryKeyConstraint("loan_id", "statement_number"),
    )
    op.create_table(
        "allocations",
        sa.Column("allocation_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payment_id", sa.String(length=64), nullable=False),
        sa.Column("instalment_number", sa.Integer(), nullable=True),
        sa.Column("fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("interest_fen", sa.BigInteger(), nullable=False),
        sa.Column("principal_fen", sa.BigInteger(), nullable=False),
        sa.Column("penalty_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payments.payment_id"],
        ),
        sa.PrimaryKeyConstraint("allocation_number"),
    )
    op.create_index("ix_allocations_payment_id", "allocations", ["payment_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("evidence_id", sa.String(length=64), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.request_id"],
        ),
        sa.PrimaryKeyConstraint("evidence_id"),
        sa.UniqueConstraint("request_id", "sha256", name="evidence_once"),
    )
    op.create_table(
        "outreach_pauses",
        sa.Column("outreach_pause_id", sa.String(length=64), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("paused_from_at", Moment(), nullable=False),
        sa.Column("paused_until_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.request_id"],
        ),
        sa.PrimaryKeyConstraint("outreach_pause_id"),
    )
    op.create_index("ix_outreach_pauses_borrower_id", "outreach_pauses", ["borrower_id"], unique=False)

    op.create_table(
        "refunds",
        sa.Column("refund_id", sa.String(length=64), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("loan_id", sa.String(length=64), nullable=False),
        sa.Column("merchant", sa.String(length=60), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("purchase_date", sa.Date(), nullable=False),
        sa.Column("requested_date", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("destination", sa.String(length=20), nullable=False),
        sa.Column("card_last4", sa.String(length=4), nullable=True),
        sa.Column("expected_date", sa.Date(), nullable=True),
        sa.Column("booked_date", sa.Date(), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("payment_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"],
            ["loans.loan_id"],
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payments.payment_id"],
        ),
        sa.PrimaryKeyConstraint("refund_id"),
    )
    op.create_index("ix_refunds_borrower_id", "refunds", ["borrower_id"], unique=False)

    op.create_table(
        "safety_blocks",
        sa.Column("safety_block_id", sa.String(length=64), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("blocked", sa.JSON(), nullable=False),
        sa.Column("blocked_at", Moment(), nullable=False),
        sa.Column("lifted_at", Moment(), nullable=True),
        sa.Column("lifted_by", sa.String(length=80), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.request_id"],
        ),
        sa.PrimaryKeyConstraint("safety_block_id"),
    )
    op.create_index("ix_safety_blocks_borrower_id", "safety_blocks", ["borrower_id"], unique=False)

    op.create_table(
        "secure_links",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("loan_id", sa.String(length=64), nullable=True),
        sa.Column("quote_id", sa.String(length=64), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"],
            ["loans.loan_id"],
        ),
        sa.ForeignKeyConstraint(
            ["quote_id"],
            ["quotes.quote_id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.request_id"],
        ),
        sa.PrimaryKeyConstraint("token_sha256"),
    )
    op.create_index("ix_secure_links_borrower_id", "secure_links", ["borrower_id"], unique=False)

    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(sa.text(statement))
    op.execute("INSERT INTO schema_version (version) VALUES (2)")
