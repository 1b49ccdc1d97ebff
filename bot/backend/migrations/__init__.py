"""The ledger's schema, step by step: Alembic's revisions in `versions/`, one for each `SCHEMA_VERSION`.

A revision is named by the schema version it leads to, four digits wide. `python -m bot.backend --migrate` brings a ledger up to
date; starting the backend does so too. There is no way down: an append-only trail is not made shorter.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

FOLDER = Path(__file__).resolve().parent
_ONE_AT_A_TIME = 7_305_002  # any number: whoever holds it changes the ledger's tables


def configuration(connection: Connection | None = None) -> Any:
    """Alembic's configuration (`alembic.config.Config`), which is all here; there is no alembic.ini."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def known_versions() -> list[int]:
    """The schema versions that revisions lead to, oldest first."""
    from alembic.script import ScriptDirectory

    return sorted(int(revision.revision) for revision in ScriptDirectory.from_config(configuration()).walk_revisions())


def can_upgrade(version: int) -> bool:
    """Whether a ledger of that schema is one that the revisions know."""
    return version in known_versions()


def upgrade(connection: Connection, version: int, to: int) -> None:
    """Brings a ledger of schema `version` to schema `to`, in the connection's transaction: wholly or not at all."""
    from alembic import command

    note(connection, version)  # a ledger from before there were migrations has no note
    command.upgrade(configuration(connection), revision_of(to))


def note(connection: Connection, version: int) -> None:
    """Notes for Alembic which schema a ledger has; changes nothing else, and loads no Alembic for it."""
    connection.execute(
        sa.text(
            "CREATE TABLE IF NOT EXISTS alembic_version "
            "(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(sa.text("DELETE FROM alembic_version"))
    connection.execute(sa.text("INSERT INTO alembic_version (version_num) VALUES (:it)"), {"it": revision_of(version)})


def forget(connection: Connection) -> None:
    """Takes the note away, with a ledger that is thrown away."""
    connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))


def one_at_a_time(connection: Connection) -> None:
    """Backends that start at once change the tables one after the other; in SQLite every write waits for the other anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))


def revision_of(version: int) -> str:
    """The revision that leads to a schema version."""
    return f"{version:04d}"
