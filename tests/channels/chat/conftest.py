"""A real Redis for the tests of several servers: the machine's own, or Debian's package where it can be had."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.bench.servers import NotHere, binary, redis
from tests.support.debian import install

HOW = "apt-get install redis-server"
_skipped: list[str] = []


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a Redis server that keeps nothing; the tests are skipped where there is none to be had."""
    try:
        binary("redis-server")
    except NotHere:
        install("redis-server")
    try:
        with redis(tmp_path_factory.mktemp("redis")) as (url, _):
            yield url
    except NotHere as error:
        _skipped.append(str(error))
        pytest.skip(f"{error}: {HOW}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line of the run."""
    if _skipped:
        print(f"The tests of several servers ran against a stand-in only, since {_skipped[0]} → {HOW}")
