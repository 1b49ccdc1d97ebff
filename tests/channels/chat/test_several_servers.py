"""Two servers behind one address: an answer reaches the right sockets, and a conversation stays in order."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rasa.core.channels.channel import UserMessage

from tests.support.chat import ScriptedBot, echo, phone, running_chat
from tests.support.pubsub import running_pubsub


def test_an_answer_made_on_one_server_reaches_the_socket_on_the_other_and_nobody_elses(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_pubsub() as redis:
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


def test_a_conversation_on_two_servers_is_answered_in_the_order_in_which_it_was_accepted(tmp_path: Path) -> None:
    async def unsteady(message: UserMessage) -> None:
        await asyncio.sleep(0.03 * (int(message.text) % 3))
        await echo(message)

    async def scene() -> None:
        bot = ScriptedBot(unsteady)
        async with running_pubsub() as redis:
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
