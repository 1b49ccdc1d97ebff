"""Two servers behind one address: an answer reaches the right sockets, and a conversation stays in order.

What passes between them goes through a real Redis where one can be had, and through a stand-in everywhere.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from rasa.core.channels.channel import UserMessage

from bot.channels.chat import history, turns
from tests.support.chat import Phone, ScriptedBot, echo, phone, running_chat
from tests.support.chat_server import chat_process
from tests.support.pubsub import running_pubsub

Between = Callable[[], contextlib.AbstractAsyncContextManager[str]]


@pytest.fixture(params=["a stand-in", "Redis"])
def between(request: pytest.FixtureRequest) -> Between:
    """What the servers share."""
    if request.param == "a stand-in":
        return running_pubsub
    url: str = request.getfixturevalue("redis_url")

    @contextlib.asynccontextmanager
    async def real() -> AsyncIterator[str]:
        yield url

    return real


def test_an_answer_made_on_one_server_reaches_the_socket_on_the_other_and_nobody_elses(tmp_path: Path, between: Between) -> None:
    async def scene() -> None:
        async with between() as redis:
            async with (
                running_chat(tmp_path, HUANBAN_REDIS_URL=redis) as one,
                running_chat(tmp_path, HUANBAN_REDIS_URL=redis) as two,
            ):
                async with phone(one) as hers, phone(two) as her_tablet, phone(two, two.token("B1002")) as his:
                    await hers.say("在哪都听得到")
                    await her_tablet.hears("听到：在哪都听得到")
                    assert her_tablet.texts() == ["在哪都听得到", "听到：在哪都听得到"]
                    assert one.bot.texts == ["在哪都听得到"] and two.bot.texts == []
                    await his.say("只有我")
                    await his.hears("听到：只有我")
                    assert his.texts() == ["听到：只有我"] and "听到：只有我" not in hers.texts()

    asyncio.run(scene())


def test_a_conversation_on_two_servers_is_answered_in_the_order_in_which_it_was_accepted(
    tmp_path: Path, between: Between
) -> None:
    async def unsteady(message: UserMessage) -> None:
        await asyncio.sleep(0.03 * (int(message.text) % 3))
        await echo(message)

    async def scene() -> None:
        bot = ScriptedBot(unsteady)
        async with between() as redis:
            async with (
                running_chat(tmp_path, bot, HUANBAN_REDIS_URL=redis) as one,
                running_chat(tmp_path, bot, HUANBAN_REDIS_URL=redis) as two,
            ):
                async with phone(one) as hers, phone(two) as her_tablet:
                    accepted = []
                    for number in range(12):
                        ack = await (hers if number % 2 else her_tablet).say(str(number))
                        accepted.append((ack["message"]["id"], str(number)))
                    await hers.hears("听到：11")
                    assert bot.texts == [text for _, text in sorted(accepted)]
                    assert bot.most == 1

    asyncio.run(scene())


def test_a_turn_that_outlasts_its_lease_is_left_to_the_server_that_is_at_it(
    tmp_path: Path, between: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (history, turns):
        monkeypatch.setattr(module, "LEASE_SECONDS", 1.5)
    monkeypatch.setattr(turns, "SWEEP_SECONDS", 0.1)

    async def thorough(message: UserMessage) -> None:
        await asyncio.sleep(4.0 if message.text == "慢慢来" else 0)
        await echo(message)

    async def scene() -> None:
        bot = ScriptedBot(thorough)
        async with between() as redis:
            async with (
                running_chat(tmp_path, bot, HUANBAN_REDIS_URL=redis) as one,
                running_chat(tmp_path, bot, HUANBAN_REDIS_URL=redis) as two,
            ):
                async with phone(one) as hers, phone(two) as her_tablet:
                    await hers.say("慢慢来")
                    await her_tablet.say("然后")
                    await hers.hears("听到：然后")
                    assert bot.texts == ["慢慢来", "然后"] and bot.most == 1
                    assert not any("系统断了一下" in text for text in hers.texts())

    asyncio.run(scene())


def test_whoever_wrote_to_a_server_that_died_hears_of_it_within_fifteen_seconds() -> None:
    assert history.LEASE_SECONDS + turns.SWEEP_SECONDS <= 15.0


def test_two_processes_with_redis_are_one_chat_and_one_may_die(tmp_path: Path, redis_url: str) -> None:
    async def before(one: Phone, other: Phone) -> None:
        await one.say("从第一台说")
        await other.hears("听到：从第一台说")
        await other.say("从第二台说")
        await one.hears("听到：从第二台说")
        await other.say("卡住")  # the second server begins it, and dies in the middle

    async def after(one: Phone) -> None:
        ack = await one.say("还在吗")
        assert ack["ok"]
        await one.hears("系统断了一下")  # said by the living server, once the lease of the dead one has run out
        await one.hears("听到：还在吗")
        assert [text for text in one.texts() if text.startswith("听到")] == [
            "听到：从第一台说",
            "听到：从第二台说",
            "听到：还在吗",
        ]

    async def scene() -> None:
        env = {"HUANBAN_REDIS_URL": redis_url}
        with chat_process(tmp_path, LEASE_SECONDS="1", **env) as living:
            one = await Phone(living).connect()
            with chat_process(tmp_path, LEASE_SECONDS="1", **env) as dying:
                other = await Phone(dying).connect()
                await before(one, other)
                while "卡住" not in (tmp_path / "heard").read_text(encoding="utf-8"):
                    await asyncio.sleep(0.05)
            await after(one)
            await one.leave()

    asyncio.run(scene())
    assert (tmp_path / "heard").read_text(encoding="utf-8").split() == ["从第一台说", "从第二台说", "卡住", "还在吗"]
