"""Accounts of messengers that are bound to borrowers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.backend.schema import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To schema 0003."""
    op.create_table(
        "binding_codes",
        sa.Column("binding_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.PrimaryKeyConstraint("binding_id"),
    )
    op.create_index("binding_codes_of_an_account", "binding_codes", ["channel", "openid", "created_at"], unique=False)
    op.create_index("ix_binding_codes_borrower_id", "binding_codes", ["borrower_id"], unique=False)

    op.create_table(
        "bindings",
        sa.Column("binding_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("bound_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.PrimaryKeyConstraint("binding_id"),
        sa.UniqueConstraint("channel", "openid", name="one_binding_an_account"),
    )
    op.create_index("ix_bindings_borrower_id", "bindings", ["borrower_id"], unique=False)

    op.create_table(
        "sms_outbox",
        sa.Column("binding_id", sa.String(length=64), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("phone_masked", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.PrimaryKeyConstraint("binding_id"),
    )
    op.execute("UPDATE schema_version SET version = 3")
