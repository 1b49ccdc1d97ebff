"""What becomes of a borrower's data: deletions, readings, and names of proofs that can be sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.backend.schema import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To schema 0004."""
    op.create_table(
        "reads",
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", Moment(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("business_date", "borrower_id", "actor", "what"),
    )
    op.create_table(
        "erasures",
        sa.Column("erasure_id", sa.String(length=64), nullable=False),
        sa.Column("borrower_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrowers.borrower_id"],
        ),
        sa.PrimaryKeyConstraint("erasure_id"),
    )
    op.create_index(
        "erasures_to_do",
        "erasures",
        ["asked_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index("ix_erasures_borrower_id", "erasures", ["borrower_id"], unique=False)

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.alter_column("name", existing_type=sa.VARCHAR(length=200), type_=sa.Text(), existing_nullable=False)

    op.execute("UPDATE schema_version SET version = 4")
