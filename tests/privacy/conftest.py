"""Stores of their own for each test: SQLite always, PostgreSQL where it is installed; and a lender behind them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import config
from bot.bench import servers
from bot.config import Settings
from tests.support.backend import DESK_TOKEN, SERVICE_TOKEN, BackendCalls, backend_in_a_thread

_numbers = itertools.count()
KEY = "a2V5LW9mLTMyLWJ5dGVzLS0tLS0tLS0tLS0tLS0tLS0="
OTHER_KEY = "b3RoZXIta2V5LW9mLTMyLWJ5dGVzLS0tLS0tLS0tLS0="


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is encrypted unless a test says so."""
    monkeypatch.delenv("HUANBAN_DATA_KEYS", raising=False)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    try:
        with servers.own_folder() as folder, servers.postgresql(folder / "postgresql") as url:
            yield url
    except servers.NotHere as reason:
        pytest.skip(str(reason))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str | None:
    """A PostgreSQL of the test's own; None for SQLite files."""
    if request.param == "sqlite":
        return None
    server, name = request.getfixturevalue("postgresql_url"), f"life_{next(_numbers)}"
    engine = sa.create_engine(server, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    return str(server.rpartition("/")[0] + f"/{name}")


@pytest.fixture
def lender(tmp_path: Path, seeded_ledger: Path) -> Iterator[BackendCalls]:
    with backend_in_a_thread(tmp_path / "ledger", template=seeded_ledger) as backend:
        yield backend


@pytest.fixture
def settings(tmp_path: Path, database: str | None, lender: BackendCalls) -> Settings:
    """A bot with every channel, over the lender of the test."""
    environment = {
        "HUANBAN_STATE_DIR": str(tmp_path / "state"),
        "HUANBAN_BACKEND_URL": lender.url,
        "HUANBAN_SERVICE_TOKEN": SERVICE_TOKEN,
        "HUANBAN_DESK_TOKEN": DESK_TOKEN,
        "HUANBAN_WECHAT_APP_ID": "wx1",
        "HUANBAN_WECOM_CORP_ID": "ww1",
        **({"HUANBAN_TRACKER_DB": database} if database else {}),
    }
    return config.load(environment)
