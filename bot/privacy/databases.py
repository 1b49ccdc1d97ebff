"""How the stores' databases are opened to delete in them: what is deleted is gone from the file, not only from the tables."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.config import ConfigurationError

BUSY_SECONDS = 30


def engine_of(url: str, setting: str, tables: sa.MetaData) -> Engine:
    """The database with its tables.

    Args:
        url: SQLAlchemy URL.
        setting: names it, for somebody whose database does not open.
        tables: what has to be there.

    Raises:
        ConfigurationError: it cannot be opened.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
            engine = sa.create_engine(
                parsed,
                future=True,
                poolclass=sa.pool.NullPool,
                connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
            )
            _set_up_sqlite(engine)
        else:
            engine = sa.create_engine(parsed, future=True, poolclass=sa.pool.NullPool)
        with engine.connect() as connection:
            there = set(sa.inspect(connection).get_table_names())
        if not {table.name for table in tables.tables.values()} <= there:
            try:
                _create(engine, tables)
            except SQLAlchemyError:
                _create(engine, tables)  # PostgreSQL: another process made them at this very moment
        return engine
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise ConfigurationError(f"The database of {setting} cannot be opened: {reason}.") from error


def _create(engine: Engine, tables: sa.MetaData) -> None:
    with writing(engine) as connection:
        tables.create_all(connection)


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes, from its beginning."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def leave_no_copies(engine: Engine) -> None:
    """SQLite's journal holds what was deleted until it is written into the file and cut; PostgreSQL has its own vacuum."""
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        with contextlib.suppress(Exception):  # somebody reads: the next time will do
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def _set_up_sqlite(engine: Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA secure_delete = ON")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")
