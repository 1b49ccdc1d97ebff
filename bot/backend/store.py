"""The database: how it is opened, read in a snapshot, and written in one audited transaction."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from bot import sealing
from bot.backend import migrations, schema
from bot.backend.clock import Clock
from bot.backend.migrations.tables import load_all_tables
from bot.backend.problems import Problem
from bot.config import ConfigurationError

log = logging.getLogger(__name__)
T = TypeVar("T")

BUSY_TIMEOUT_MS = 5000


@dataclass
class Reading:
    """One snapshot of the ledger: all that is read through it is as of the same moment."""

    connection: Connection
    now: datetime
    today: date

    def one(self, query: sa.sql.Select) -> Any | None:
        """The single row, or None."""
        return self.connection.execute(query).one_or_none()

    def rows(self, query: sa.sql.Select) -> list[Any]:
        """All rows, in the order of the query."""
        return list(self.connection.execute(query))


@dataclass
class Writing(Reading):
    """One transaction: everything in it happens, with its audit row, or nothing does."""

    trace_id: str | None = None
    actor: str = "borrower"
    changes: int = field(default=0)
    audited: int = field(default=0)

    def insert(self, table: sa.Table, **values: Any) -> None:
        """Adds one row."""
        self.connection.execute(sa.insert(table).values(**values))
        self.changes += 1

    def update(self, table: sa.Table, *where: Any, **values: Any) -> int:
        """Changes the rows that match and says how many did."""
        self.changes += 1
        return int(self.connection.execute(sa.update(table).where(*where).values(**values)).rowcount)

    def delete(self, table: sa.Table, *where: Any) -> None:
        """Takes out the rows that match."""
        self.changes += 1
        self.connection.execute(sa.delete(table).where(*where))

    def next_number(self, counter: str) -> int:
        """The next number of a counter, from 1, never given twice."""
        table = schema.counters
        if not self.update(table, table.c.name == counter, value=table.c.value + 1):
            self.insert(table, name=counter, value=1)
        return int(self.connection.execute(sa.select(table.c.value).where(table.c.name == counter)).scalar_one())

    def audit(self, action: str, subject_id: str, borrower_id: str | None = None, **details: Any) -> None:
        """Records what this transaction does; every write has at least one such row."""
        self.insert(
            schema.audit,
            at=self.now,
            business_date=self.today,
            actor=self.actor,
            borrower_id=borrower_id,
            action=action,
            subject_id=subject_id,
            trace_id=self.trace_id,
            details=details,
        )
        self.audited += 1


class Store:
    """The ledger's database behind `read` and `write`.

    Args:
        url: SQLAlchemy URL, sqlite:///file or postgresql://….
        clock: the ledger's time; it is held at or after the latest recorded moment.
        fault: for tests, `before-commit:LABEL` or `after-commit:LABEL` kills the process there.

    Raises:
        ConfigurationError: the database cannot be opened, holds another schema, or wants a key that is not there.
    """

    def __init__(self, url: str, clock: Clock, fault: str = "") -> None:
        self.clock = clock
        self._fault = fault
        self.engine = _engine(url)
        try:
            self._prepare()
        except SQLAlchemyError as error:
            raise ConfigurationError(
                f"The ledger {self.engine.url!r} cannot be opened: {_first_line(error)}. "
                "Check HUANBAN_BACKEND_DATABASE_URL, the folder's permissions and the space left on the disk."
            ) from error

    def _prepare(self) -> None:
        """Creates the tables in an empty database, brings an older one up to date, refuses any other schema."""
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            migrations.one_at_a_time(connection)
            sealing.check(connection, "HUANBAN_BACKEND_DATABASE_URL")
            if not sa.inspect(connection).has_table("schema_version"):
                load_all_tables().create_all(connection)
                connection.execute(sa.insert(schema.schema_version).values(version=schema.SCHEMA_VERSION))
                migrations.note(connection, schema.SCHEMA_VERSION)
                return
            version = connection.execute(sa.select(schema.schema_version.c.version)).scalar()
            if version and version < schema.SCHEMA_VERSION and migrations.can_upgrade(version):
                migrations.upgrade(connection, version, schema.SCHEMA_VERSION)
                log.info("the ledger was brought from schema %d to %d", version, schema.SCHEMA_VERSION)
                return
        if version != schema.SCHEMA_VERSION:
            age = "a newer" if version and version > schema.SCHEMA_VERSION else "an older"
            raise ConfigurationError(
                f"The ledger {self.engine.url!r} has schema {version}, this backend speaks {schema.SCHEMA_VERSION}: "
                f"it was made by {age} release. Use that release, or name another database."
            )

    @contextlib.contextmanager
    def read(self) -> Iterator[Reading]:
        """A snapshot to read from; nothing can be written through it by this code's own rule."""
        connect = self.engine.connect()
        if self.engine.dialect.name == "postgresql":  # SQLite's reads are snapshots anyway
            connect = connect.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with _problems_of_the_database(), connect as connection, connection.begin():
            self._observe(connection)
            yield Reading(connection, self.clock.now(), self.clock.today())

    def write(self, label: str, work: Callable[[Writing], T], *, actor: str = "borrower", trace_id: str | None = None) -> T:
        """Carries out `work` in one transaction and says what it said.

        Work that collides with another's (PostgreSQL: the same key inserted twice) is carried out once more, and then
        sees the other's rows.

        Raises:
            Problem: `busy` when the ledger could not be locked in time; whatever `work` refuses. Nothing is changed.
        """
        try:
            return self._write_once(label, work, actor, trace_id)
        except IntegrityError as collision:
            log.info("%s collided, once more: %s", label, _first_line(collision))
            return self._write_once(label, work, actor, trace_id)

    def _write_once(self, label: str, work: Callable[[Writing], T], actor: str, trace_id: str | None) -> T:
        connect = self.engine.connect().execution_options(writes=True)
        with _problems_of_the_database(), connect as connection, connection.begin():
            self._observe(connection)
            writing = Writing(connection, self.clock.now(), self.clock.today(), trace_id, actor)
            result = work(writing)
            if writing.changes and not writing.audited:
                raise RuntimeError(f"{label} wrote without an audit row")
            self._die_if_told(f"before-commit:{label}")
        self._die_if_told(f"after-commit:{label}")
        return result

    def _observe(self, connection: Connection) -> None:
        latest = connection.execute(sa.select(sa.func.max(schema.audit.c.at))).scalar()
        latest_day = connection.execute(
            sa.select(schema.audit.c.business_date).order_by(schema.audit.c.sequence.desc()).limit(1)
        ).scalar()
        self.clock.observe(latest, latest_day)

    def _die_if_told(self, point: str) -> None:
        if self._fault == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def close(self) -> None:
        """Gives back the connections."""
        self.engine.dispose()


def throw_away(url: str) -> None:
    """Empties the database, for a demo to start anew; the audit trail goes with it.

    Raises:
        ConfigurationError: the database cannot be opened.
    """
    engine = _engine(url)
    try:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            load_all_tables().drop_all(connection)
            migrations.forget(connection)
    except SQLAlchemyError as error:
        raise ConfigurationError(f"The ledger {engine.url!r} cannot be thrown away: {_first_line(error)}.") from error
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except SQLAlchemyError as error:
        raise ConfigurationError(f"HUANBAN_BACKEND_DATABASE_URL is not a database URL: {_first_line(error)}") from error
    if parsed.get_backend_name() == "postgresql":
        return sa.create_engine(parsed, future=True, pool_size=20, max_overflow=30, pool_pre_ping=True)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise ConfigurationError("HUANBAN_BACKEND_DATABASE_URL must name a SQLite file or a PostgreSQL database.")
    try:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"The folder of {parsed.database} cannot be made: {error.strerror}.") from error
    engine = sa.create_engine(
        parsed,
        future=True,
        poolclass=QueuePool,
        pool_size=20,
        max_overflow=30,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
    )

    @sa.event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A write takes the lock at its beginning: a lock taken half-way could find the snapshot outdated and fail.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextlib.contextmanager
def _problems_of_the_database() -> Iterator[None]:
    """Words a lock that could not be had, or a database that is away, as the problem `busy`."""
    try:
        yield
    except OperationalError as error:
        log.warning("database: %s", _first_line(error))
        raise Problem("busy", _first_line(error), headers={"Retry-After": "1"}, retry_after_seconds=1) from error


def _first_line(error: BaseException) -> str:
    """The driver's own words, without SQL, parameters and links."""
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0].rstrip(".")
