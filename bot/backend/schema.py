"""The tables of the ledger, for SQLite and PostgreSQL alike."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    event,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.backend.clock import SHANGHAI
from bot.sealing import SealedJson

SCHEMA_VERSION = 4

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """An aware datetime; in SQLite as UTC text of fixed width, so that text order is time order."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """`timestamptz` where the database has it."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuses a naive datetime: nobody could say which moment it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value!r}")
        value = value.astimezone(timezone.utc)
        return value if dialect.name == "postgresql" else value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The moment in Shanghai."""
        if isinstance(value, str):
            value = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return None if value is None else value.astimezone(SHANGHAI)


# SQLite counts up only an INTEGER key.
Sequence = BigInteger().with_variant(Integer, "sqlite")


def _fen(name: str, **options: Any) -> Column[Any]:
    return Column(name, BigInteger, nullable=False, default=0, **options)


schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

# Where the data came from: hash of the lender file and the day it was told relative to.
origin = Table("origin", metadata, Column("key", String(40), primary_key=True), Column("value", Text, nullable=False))

counters = Table("counters", metadata, Column("name", String(40), primary_key=True), Column("value", BigInteger, nullable=False))

borrowers = Table(
    "borrowers",
    metadata,
    Column("borrower_id", String(64), primary_key=True),
    Column("name", String(64), nullable=False, unique=True),  # the situation, as in `--as on_time`
    Column("situation", Text, nullable=False),
    Column("display_name", String(40), nullable=False),
    Column("city", String(40), nullable=False),
    Column("district", String(40)),
    Column("care_mode", Boolean, nullable=False, default=False),
    Column("phone_masked", String(20), nullable=False),
    Column("auto_debit", Boolean, nullable=False, default=True),
    Column("flags", JSON, nullable=False),  # what the lender has on record, such as a proven illness
)

loans = Table(
    "loans",
    metadata,
    Column("loan_id", String(64), primary_key=True),
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), nullable=False, index=True),
    Column("product_id", String(64), nullable=False),  # its rules are rows of the lender file
    Column("principal_fen", BigInteger, nullable=False),  # of a revolving line: the credit limit
    Column("disbursed_date", Date, nullable=False),
    Column("terms", JSON, nullable=False),  # the terms in force, see `ledger.terms_from_json`; a restructure replaces them
    Column("card_last4", String(4)),
    Column("collection_agency", String(80)),
    Column("closed_date", Date),
    Column("restructured_date", Date),
    Column("version", Integer, nullable=False, default=1),  # counts every change; a quote holds for one version
)

instalments = Table(
    "instalments",
    metadata,
    Column("loan_id", String(64), ForeignKey("loans.loan_id"), primary_key=True),
    Column("instalment_number", Integer, primary_key=True, autoincrement=False),
    Column("due_date", Date, nullable=False),
    Column("original_due_date", Date, nullable=False),
    _fen("principal_fen"),
    _fen("interest_fen"),
    _fen("fee_fen"),
    # Penalty up to `penalty_from_date` is put down here when a part payment or a deferral changes what it runs on.
    _fen("fixed_penalty_fen"),
    Column("penalty_from_date", Date),
    # Of the interest, what a deferral added, and from when it runs: paid off before, only the days used are charged.
    _fen("deferral_interest_fen"),
    Column("deferral_from_date", Date),
)

# The instalments of a revolving line: one row a statement; `allocations.instalment_number` is its number.
statements = Table(
    "statements",
    metadata,
    Column("loan_id", String(64), ForeignKey("loans.loan_id"), primary_key=True),
    Column("statement_number", Integer, primary_key=True, autoincrement=False),
    Column("statement_date", Date, nullable=False),
    Column("due_date", Date, nullable=False),
    _fen("purchases_fen"),
    _fen("instalments_fen"),
    _fen("fees_fen"),
    _fen("interest_fen"),
    _fen("past_due_fen"),
    _fen("carried_in_fen"),  # how much of it was owed before; interest runs on it from the statement date
    # Interest on the rest and late fee up to `accrued_until_date`, put down when a payment changes what they run on.
    _fen("accrued_interest_fen"),
    _fen("accrued_late_fee_fen"),
    Column("accrued_until_date", Date),
    Column("past_due_since_date", Date),  # the oldest due date whose minimum is still unpaid
    Column("carried_forward", Boolean, nullable=False, default=False),  # what was left is part of the next statement
)

payments = Table(
    "payments",
    metadata,
    Column("payment_id", String(64), primary_key=True),
    Column("loan_id", String(64), ForeignKey("loans.loan_id"), nullable=False, index=True),
    Column("amount_fen", BigInteger, nullable=False),
    Column("booked_at", Moment, nullable=False),
    Column("value_date", Date, nullable=False),
    Column("channel", String(40), nullable=False),
    Column("status", String(20), nullable=False),
    Column("failure_reason", String(40)),
)

allocations = Table(
    "allocations",
    metadata,
    Column("allocation_number", Sequence, primary_key=True),
    Column("payment_id", String(64), ForeignKey("payments.payment_id"), nullable=False, index=True),
    Column("instalment_number", Integer),  # null: principal prepaid beside the plan
    _fen("fee_fen"),
    _fen("interest_fen"),
    _fen("principal_fen"),
    _fen("penalty_fen"),
)

quotes = Table(
    "quotes",
    metadata,
    Column("quote_id", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), nullable=False),
    Column("loan_id", String(64), ForeignKey("loans.loan_id"), nullable=False),
    Column("loan_version", Integer, nullable=False),
    Column("filing_key", String(64), nullable=False),
    Column("quoted_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("asked", JSON, nullable=False),
    Column("terms", JSON, nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("request_id", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), nullable=False, index=True),
    Column("loan_id", String(64), ForeignKey("loans.loan_id")),
    Column("loan_version", Integer),
    Column("status", String(20), nullable=False),
    Column("filing_key", String(64), nullable=False),
    Column("filed_at", Moment, nullable=False),
    Column("undo_until_at", Moment, nullable=False),
    Column("decision_due_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("decided_by", String(80)),
    Column("decision_reason", Text),
    Column("terms", SealedJson("requests.terms"), nullable=False),  # with the borrower's own words
)
# Kinds of requests that change a loan's plan when they are approved.
PLAN_CHANGES = ("deferral", "restructure", "due_date_change")
# The database itself holds that a loan has one change of plan pending at most.
Index(
    "one_plan_change_pending",
    requests.c.loan_id,
    unique=True,
    sqlite_where=(requests.c.status == "pending") & requests.c.kind.in_(PLAN_CHANGES),
    postgresql_where=(requests.c.status == "pending") & requests.c.kind.in_(PLAN_CHANGES),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("idempotency_key", String(128), primary_key=True),
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), nullable=False),
    Column("fingerprint", String(64), nullable=False),  # what was asked under this key, hashed
    Column("subject_id", String(64), nullable=False, index=True),  # the request or payment it led to
    Column("created_at", Moment, nullable=False),
)

payment_methods = Table(
    "payment_methods",
    metadata,
    Column("payment_method_id", String(64), primary_key=True),
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("label", String(40), nullable=False),
    Column("card_last4", String(4)),
    Column("debit_order", Integer, nullable=False),
)

reminder_preferences = Table(
    "reminder_preferences",
    metadata,
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), primary_key=True),
    Column("enabled", Boolean, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("quiet_until_date", Date),
    Column("days_before", JSON, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("granted", Boolean, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("sequence", Sequence, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("business_date", Date, nullable=False),
    Column("actor", String(80), nullable=False),  # "borrower", "desk:<who>", "seed"
    Column("borrower_id", String(64), index=True),
    Column("action", String(40), nullable=False),
    Column("subject_id", String(64), nullable=False),
    Column("trace_id", String(64)),  # the X-Request-Id of the call
    Column("details", JSON, nullable=False),
    sqlite_autoincrement=True,
)

_APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit {when} "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
        for verb, when in (
            ("UPDATE", ""),
            ("DELETE", ""),
            # INSERT OR REPLACE would delete without firing the trigger above.
            ("INSERT", "WHEN EXISTS (SELECT 1 FROM audit WHERE sequence = NEW.sequence)"),
        )
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
        "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
    ],
}
for _dialect, _statements in _APPEND_ONLY.items():
    for _statement in _statements:
        event.listen(audit, "after_create", DDL(_statement).execute_if(dialect=_dialect))
