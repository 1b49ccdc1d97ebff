"""Everything the ledger holds of a borrower, table by table, for one file.

Tables are found by their columns, so a new one is in the file by itself; a test looks that each table is either here or named in
`NOT_OF_A_BORROWER`.
"""

from __future__ import annotations

import base64
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from bot.backend import doors
from bot.backend.migrations.tables import load_all_tables
from bot.backend.schema import allocations, loans, payments
from bot.backend.store import Reading

# Rows of nobody in particular.
NOT_OF_A_BORROWER = frozenset({"schema_version", "origin", "counters"})
# What would open a door, or is of use to the database only.
LEFT_OUT = {
    "binding_codes": {"salt", "code_hash"},
    "sms_outbox": {"code"},
    "secure_links": {"token_sha256"},
    "idempotency_keys": {"idempotency_key", "fingerprint"},
    "requests": {"filing_key"},
    "quotes": {"filing_key"},
    "evidence": {"content"},  # files of their own
}


def held(reading: Reading, borrower_id: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table that are the borrower's, by table; tables without any are empty lists.

    Raises:
        Problem: `borrower-not-found`.
    """
    doors.borrower(reading, borrower_id)
    own_loans = sa.select(loans.c.loan_id).where(loans.c.borrower_id == borrower_id)
    found: dict[str, list[dict[str, Any]]] = {}
    for table in load_all_tables().sorted_tables:
        which = _mine(table, borrower_id, own_loans)
        if which is None:
            continue
        columns = [column for column in table.columns if column.name not in LEFT_OUT.get(table.name, ())]
        query = sa.select(*columns).where(which).order_by(*table.primary_key.columns)
        found[table.name] = [{name: _plain(value) for name, value in row._mapping.items()} for row in reading.rows(query)]
    return found


def _mine(table: sa.Table, borrower_id: str, own_loans: Any) -> Any:
    if "borrower_id" in table.columns:
        return table.c.borrower_id == borrower_id
    if table is allocations:
        return table.c.payment_id.in_(sa.select(payments.c.payment_id).where(payments.c.loan_id.in_(own_loans)))
    return table.c.loan_id.in_(own_loans) if "loan_id" in table.columns else None


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
