"""Run by Alembic: carries revisions out over the connection it is given, and writes new ones in the schema's own types."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from bot.backend import schema
from bot.backend.migrations.tables import load_all_tables

load_all_tables()


def spelled(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """How a type is written in a new revision."""
    if kind == "type" and isinstance(item, schema.Moment):
        autogen.imports.add("from bot.backend.schema import Moment")
        return "Moment()"
    return False


connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Use `python -m bot.backend --migrate`, or bot.backend.migrations from Python.")
context.configure(
    connection=connection,
    target_metadata=schema.metadata,
    render_item=spelled,
    include_name=lambda name, kind, _: kind != "table" or name != "sqlite_sequence",
    compare_type=True,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
