"""One turn of a conversation at a time, in order, whichever server, and whoever of them is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from rasa.core.lock_store import LockError, LockStore
from rasa.utils.endpoints import EndpointConfig, read_endpoint_config

from bot.bench import servers
from bot.config import ROOT
from bot.shared import locks
from bot.shared.locks import ConversationLocks


async def turns(stores: list[ConversationLocks], count: int, conversation: str = "one") -> tuple[list[int], int]:
    """The order in which turns ran that were asked for in order, over the stores in turn; and how many ever ran at once."""
    order: list[int] = []
    at_once = most = 0

    async def turn(number: int) -> None:
        nonlocal at_once, most
        async with stores[number % len(stores)].lock(conversation):
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.002)
            order.append(number)
            at_once -= 1

    running = []
    for number in range(count):
        running.append(asyncio.create_task(turn(number)))
        await asyncio.sleep(0.004)
    await asyncio.gather(*running)
    return order, most


def test_on_one_server_turns_run_in_order_and_never_two_at_once() -> None:
    order, most = asyncio.run(turns([ConversationLocks(redis_url="")], 20))
    assert (order, most) == (list(range(20)), 1)


def test_on_two_servers_turns_run_in_order_and_never_two_at_once(redis_url: str) -> None:
    two = [ConversationLocks(redis_url=redis_url) for _ in range(2)]
    order, most = asyncio.run(turns(two, 20))
    assert (order, most) == (list(range(20)), 1)


def test_many_servers_that_ask_at_the_same_moment_are_let_in_one_by_one(redis_url: str) -> None:
    async def at_the_same_moment() -> int:
        stores = [ConversationLocks(redis_url=redis_url) for _ in range(8)]
        inside = most = 0

        async def turn(store: ConversationLocks) -> None:
            nonlocal inside, most
            for _ in range(5):
                async with store.lock("crowded"):
                    inside += 1
                    most = max(most, inside)
                    await asyncio.sleep(0)
                    inside -= 1

        await asyncio.gather(*(turn(store) for store in stores))
        return most

    assert asyncio.run(at_the_same_moment()) == 1


def test_conversations_do_not_wait_for_each_other(redis_url: str) -> None:
    async def side_by_side() -> bool:
        store = ConversationLocks(redis_url=redis_url)
        async with store.lock("one"), store.lock("another"):
            return True

    assert asyncio.run(asyncio.wait_for(side_by_side(), 5))


def test_after_a_failed_turn_the_next_one_runs(redis_url: str) -> None:
    async def fail_and_go_on() -> bool:
        store = ConversationLocks(redis_url=redis_url)
        with pytest.raises(ZeroDivisionError):
            async with store.lock("one"):
                raise ZeroDivisionError
        async with store.lock("one"):
            return True

    assert asyncio.run(asyncio.wait_for(fail_and_go_on(), 5))


HOLDER = """
import asyncio
from bot.shared.locks import ConversationLocks
async def hold():
    async with ConversationLocks(redis_url={url!r}, life_seconds=1.0).lock("killed"):
        print("held", flush=True)
        await asyncio.sleep(60)
asyncio.run(hold())
"""


def test_a_killed_servers_turn_is_given_up_and_a_living_ones_is_not(redis_url: str) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", HOLDER.format(url=redis_url)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None and holder.stdout.readline().strip() == "held"

    async def next_one() -> None:
        async with ConversationLocks(redis_url=redis_url, life_seconds=1.0).lock("killed"):
            return

    try:
        with pytest.raises(asyncio.TimeoutError):
            asyncio.run(asyncio.wait_for(next_one(), 2.5))  # alive: longer than a place lasts without renewal
        os.kill(holder.pid, signal.SIGKILL)
        asyncio.run(asyncio.wait_for(next_one(), 10))
    finally:
        holder.kill()
        holder.wait()


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "PATIENCE_SECONDS", 0.05)

    async def stuck() -> None:
        store = ConversationLocks(redis_url="")
        async with store.lock("one"):
            with pytest.raises(LockError):
                async with store.lock("one"):
                    pass

    asyncio.run(stuck())


def test_redis_learns_no_conversation_and_keeps_nothing(redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url)

    async def look() -> list[bytes]:
        async with ConversationLocks(redis_url=redis_url).lock("web:B1001:seal"):
            return list(client.keys("*"))

    client.flushall()
    during = asyncio.run(look())
    assert during and not any(b"B1001" in key for key in during)
    assert client.keys("*") == []


def test_without_redis_a_turn_fails_and_says_so(tmp_path: Path) -> None:
    with servers.redis(tmp_path) as (url, _):
        pass

    async def ask() -> None:
        async with ConversationLocks(redis_url=url).lock("one"):
            pass

    began = time.monotonic()
    with pytest.raises(LockError, match="Redis does not answer"):
        asyncio.run(ask())
    assert time.monotonic() - began < 30


def test_rasa_makes_this_store_from_the_endpoints_file(endpoint_settings: None) -> None:
    endpoint: EndpointConfig = read_endpoint_config(str(ROOT / "endpoints.yml"), "lock_store")
    assert isinstance(LockStore.create(endpoint), ConversationLocks)
