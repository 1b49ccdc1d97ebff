"""Tables of the ledger for accounts of messengers that are bound to borrowers, and for the codes that bind them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from bot.backend.schema import Moment, metadata

# A row goes when it is unbound; that it was there is on the audit trail.
bindings = Table(
    "bindings",
    metadata,
    Column("binding_id", String(64), primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("openid", String(64), nullable=False),  # who, as the channel's platform calls them
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), nullable=False, index=True),
    Column("bound_at", Moment, nullable=False),
    UniqueConstraint("channel", "openid", name="one_binding_an_account"),
)

# One row for each code that was asked for; a day later it is gone.
binding_codes = Table(
    "binding_codes",
    metadata,
    Column("binding_id", String(64), primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("openid", String(64), nullable=False),
    # Null: no borrower has that phone. The caller cannot tell, and no code will ever be right.
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), index=True),
    Column("salt", String(32), nullable=False),
    Column("code_hash", String(64), nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)
Index("binding_codes_of_an_account", binding_codes.c.channel, binding_codes.c.openid, binding_codes.c.created_at)

# What a lender's SMS gateway would be given. A row goes when its code is used, replaced or out of time.
sms_outbox = Table(
    "sms_outbox",
    metadata,
    Column("binding_id", String(64), primary_key=True),
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), nullable=False),
    Column("phone_masked", String(20), nullable=False),
    Column("code", String(6), nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
