"""The revisions and the tables say the same, on SQLite and on PostgreSQL, and a ledger of an older release lives on."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection, Engine

from bot.backend import lender_file, migrations, schema, seed
from bot.backend.__main__ import main
from bot.backend.clock import Clock
from bot.backend.migrations.tables import load_all_tables
from bot.backend.policy import Policy
from bot.backend.store import Store, throw_away
from bot.bench import servers
from bot.config import ConfigurationError
from tests.support.backend import DEMO_LENDER_FILE, TODAY, backend_environment

FIRST = 2  # the schema when migrations began
_numbers = itertools.count()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    try:
        with servers.own_folder() as folder, servers.postgresql(folder / "postgresql") as url:
            yield url
    except servers.NotHere as reason:
        pytest.skip(str(reason))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    url, name = request.getfixturevalue("server"), f"migrated_{next(_numbers)}"
    admin = sa.create_engine(url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield url.rpartition("/")[0] + f"/{name}"


def engine_of(url: str) -> Engine:
    return sa.create_engine(url, future=True, poolclass=sa.pool.NullPool)


def begin_with(url: str, version: int) -> None:
    """A ledger as the release of that schema made it, with something in it."""
    from alembic import command

    with engine_of(url).begin() as connection:
        command.upgrade(migrations.configuration(connection), migrations.revision_of(version))
        connection.execute(sa.text("INSERT INTO counters (name, value) VALUES ('requests', 41)"))
        migrations.forget(connection)  # releases before the first migration left no note


def made_of(connection: Connection) -> set[str]:
    """Every object of the database, as the database itself spells it."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(sa.text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'"))
        # SQLite keeps the very words, in which constraints may stand in another order; a copied table's name has quotes.
        return {" ".join(sorted(re.split(r"[(),\s]+", row[0].lower().replace('"', "")))) for row in rows}
    found = [
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace "
        "AND conrelid <> 0 AND conrelid::regclass::text <> 'alembic_version'",
        "SELECT table_name || column_name || data_type || coalesce(character_maximum_length::text, '') || is_nullable || "
        "coalesce(column_default, '') FROM information_schema.columns WHERE table_schema = 'public' "
        "AND table_name <> 'alembic_version'",
    ]
    return {row[0] for query in found for row in connection.execute(sa.text(query))}


def test_the_revisions_lead_to_exactly_the_tables_that_the_code_declares(empty: str, tmp_path: Path) -> None:
    """It fails when a table was changed without a revision: `python -m bot.backend.migrations "What changes."` writes one."""
    begin_with(empty, FIRST)
    Store(empty, Clock()).close()
    with engine_of(empty).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        different = [row for row in compare_metadata(context, load_all_tables()) if "sqlite_sequence" not in str(row)]
        assert different == []
        upgraded = made_of(connection)
    throw_away(empty)
    Store(empty, Clock()).close()
    with engine_of(empty).connect() as connection:
        assert made_of(connection) == upgraded


def test_every_schema_version_since_the_first_has_its_revision() -> None:
    assert migrations.known_versions() == list(range(FIRST, schema.SCHEMA_VERSION + 1))


def test_a_ledger_of_an_older_release_keeps_its_rows_and_is_served(empty: str) -> None:
    begin_with(empty, FIRST)
    store = Store(empty, Clock(date.fromisoformat(TODAY)))
    with store.read() as reading:
        assert reading.one(sa.select(schema.counters.c.value)).value == 41
        assert reading.one(sa.select(schema.schema_version.c.version)).version == schema.SCHEMA_VERSION
    seed.plant(store, Policy(lender_file.read(DEMO_LENDER_FILE), undo_minutes=10, quote_minutes=30))
    store.close()
    Store(empty, Clock()).close()  # and once more, with nothing left to do


def test_an_upgraded_trail_is_still_append_only(empty: str) -> None:
    begin_with(empty, FIRST)
    store = Store(empty, Clock())
    store.write("x", lambda writing: writing.audit("x", "x"))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), store.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM audit"))
    store.close()


def test_backends_that_start_at_once_upgrade_once(empty: str) -> None:
    begin_with(empty, FIRST)
    with ThreadPoolExecutor(4) as pool:
        for store in pool.map(lambda _: Store(empty, Clock()), range(4)):
            store.close()
    with engine_of(empty).connect() as connection:
        assert connection.execute(sa.text("SELECT count(*), max(version) FROM schema_version")).one() == (
            1,
            schema.SCHEMA_VERSION,
        )
        noted = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all()
    assert noted == [migrations.revision_of(schema.SCHEMA_VERSION)]


def test_an_upgrade_that_fails_changes_nothing(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_with(empty, FIRST)

    def fail(connection: Connection, version: int, to: int) -> None:
        connection.execute(sa.text("CREATE TABLE half_way (x INTEGER)"))
        raise sa.exc.OperationalError("CREATE TABLE", {}, Exception("no space left on device"))

    monkeypatch.setattr(migrations, "upgrade", fail)
    with pytest.raises(ConfigurationError, match="no space left"):
        Store(empty, Clock())
    with engine_of(empty).connect() as connection:
        assert connection.execute(sa.text("SELECT version FROM schema_version")).scalar() == FIRST
        assert not sa.inspect(connection).has_table("half_way")


def test_the_command_migrates_and_serves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    begin_with(url, FIRST)
    for name, value in backend_environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    assert main(["--migrate"]) == 0
    assert f"schema {schema.SCHEMA_VERSION}" in capsys.readouterr().out
    with engine_of(url).connect() as connection:
        assert connection.execute(sa.text("SELECT version FROM schema_version")).scalar() == schema.SCHEMA_VERSION
        assert connection.execute(sa.text("SELECT count(*) FROM borrowers")).scalar() == 0
