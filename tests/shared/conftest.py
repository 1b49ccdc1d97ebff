"""Real servers, one of each for the room; a test that needs one that is not installed is left out, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import config
from bot.bench import servers


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL of the room's own."""
    try:
        with servers.own_folder() as folder, servers.postgresql(folder / "postgresql") as url:
            yield url
    except servers.NotHere as reason:
        pytest.skip(str(reason))


@pytest.fixture
def endpoint_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `endpoints.yml` takes from the environment, as `./huanban` puts it there."""
    for name, value in config.load({"HUANBAN_STATE_DIR": str(tmp_path)}).environment().items():
        monkeypatch.setenv(name, value)
    for name in ("HUANBAN_REDIS_URL", "HUANBAN_EVENTS_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis of the room's own."""
    try:
        with servers.own_folder() as folder, servers.redis(folder / "redis") as (url, _):
            yield url
    except servers.NotHere as reason:
        pytest.skip(str(reason))
