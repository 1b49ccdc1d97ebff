"""All tables of the ledger, wherever they are declared."""

from __future__ import annotations

import importlib
from pathlib import Path

import sqlalchemy as sa

from bot.backend import schema


def load_all_tables() -> sa.MetaData:
    """The ledger's metadata, after every `schema_….py` has put its tables into it."""
    for path in sorted(Path(schema.__file__).parent.glob("schema_*.py")):
        importlib.import_module(f"bot.backend.{path.stem}")
    return schema.metadata
