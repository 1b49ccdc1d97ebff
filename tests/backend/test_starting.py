"""Starting: settings, a taken port, another schema; one sentence each, and no traceback."""

from __future__ import annotations

import signal
import socket
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.backend import schema, settings
from bot.backend.__main__ import main
from bot.backend.clock import Clock
from bot.backend.store import Store
from bot.config import ConfigurationError
from tests.support.backend import backend_environment, running_backend

TOKENS = {"HUANBAN_SERVICE_TOKEN": "a", "HUANBAN_DESK_TOKEN": "b"}


def test_every_setting_has_a_sentence() -> None:
    for row in settings.SETTINGS:
        assert row.name.startswith("HUANBAN_") and row.help.endswith((".", ")")), row.name


def test_the_defaults_are_the_ones_documented(tmp_path: Path) -> None:
    loaded = settings.load({**TOKENS, "HUANBAN_STATE_DIR": str(tmp_path)})
    assert (loaded.undo_minutes, loaded.quote_minutes, loaded.delay_ms, loaded.port) == (10, 30, 0, 8001)
    assert loaded.fixed_today is None and loaded.lender_file.name == "lender.yml"
    assert loaded.database_url == f"sqlite:///{tmp_path}/ledger.db"
    assert settings.load({**TOKENS, "HUANBAN_TODAY": "2026-11-24"}).fixed_today == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUANBAN_UNDO_MINUTES", "ten"),
        ("HUANBAN_QUOTE_MINUTES", "-1"),
        ("HUANBAN_BACKEND_PORT", "70000"),
        ("HUANBAN_TODAY", "24.11.2026"),
        ("HUANBAN_SERVICE_TOKEN", ""),
        ("HUANBAN_DESK_TOKEN", "a"),  # the same as the service token
    ],
)
def test_a_setting_that_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        settings.load({**TOKENS, name: value})


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, arguments: list[str], **env: object) -> int:
    for name, value in backend_environment(folder, **env).items():
        monkeypatch.setenv(name, value)
    return main(arguments)


def test_a_taken_port_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert run(monkeypatch, tmp_path, ["--port", str(other.getsockname()[1])]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and "cannot be used" in said[0] and "HUANBAN_BACKEND_PORT" in said[0]


@pytest.mark.parametrize(
    "url",
    ["sqlite:////proc/nowhere/ledger.db", "sqlite://", "mysql://x/y", "nonsense", "postgresql://127.0.0.1:1/x"],
)
def test_a_database_that_cannot_be_used_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    assert run(monkeypatch, tmp_path, ["--port", "0"], HUANBAN_BACKEND_DATABASE_URL=url) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and said[0].startswith("huanban backend: "), said


def test_a_file_that_is_no_database_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ledger.db").write_text("not a database" * 100)
    assert run(monkeypatch, tmp_path, ["--port", "0"]) == 2
    assert "file is not a database" in capsys.readouterr().err


@pytest.mark.parametrize(("version", "age"), [(schema.SCHEMA_VERSION + 1, "newer"), (0, "older")])
def test_a_ledger_of_another_schema_is_refused(tmp_path: Path, version: int, age: str) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    store = Store(url, Clock())
    with store.engine.begin() as connection:
        connection.execute(sa.update(schema.schema_version).values(version=version))
    store.close()
    with pytest.raises(ConfigurationError, match=f"schema {version}.*made by an? {age} release"):
        Store(url, Clock())


def test_a_password_in_the_url_is_not_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, tmp_path, ["--port", "0"], HUANBAN_BACKEND_DATABASE_URL="postgresql://me:geheim@127.0.0.1:1/x")
    assert "geheim" not in capsys.readouterr().err


def test_sqlite_runs_as_a_ledger_should(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'ledger.db'}", Clock())
    with store.read() as reading:
        for pragma, value in (("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 5000)):
            assert reading.connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    store.close()


def test_the_tables_can_be_made_on_postgresql() -> None:
    dialect = postgresql.dialect()
    made = [str(CreateTable(table).compile(dialect=dialect)) for table in schema.metadata.sorted_tables]
    made += [str(CreateIndex(row).compile(dialect=dialect)) for table in schema.metadata.sorted_tables for row in table.indexes]
    text = "\n".join(made)
    assert "TIMESTAMP WITH TIME ZONE" in text and "BIGSERIAL" in text
    assert "WHERE status = 'pending'" in text


def test_fresh_throws_the_ledger_away(tmp_path: Path) -> None:
    from bot.backend import store as store_module

    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    store = Store(url, Clock())
    store.write("x", lambda writing: writing.audit("x", "x"))
    store.close()
    store_module.throw_away(url)
    store = Store(url, Clock())
    with store.read() as reading:
        assert reading.rows(sa.select(schema.audit)) == []
    store.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_without_a_traceback(tmp_path: Path, number: signal.Signals) -> None:
    with running_backend(tmp_path) as backend:
        assert backend.process is not None
        backend.process.send_signal(number)
        backend.process.wait(15)
        assert "Traceback" not in backend.log
