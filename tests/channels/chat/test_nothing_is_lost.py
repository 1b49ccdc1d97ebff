"""What was acknowledged is answered, once and in order, whatever happens to lines, devices and servers in between."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

import pytest
from rasa.core.channels.channel import UserMessage

from tests.support.chat import Phone, ScriptedBot, echo, phone, running_chat


def test_a_reload_brings_the_conversation_back_and_only_what_is_missing(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat:
            async with phone(chat) as before:
                await before.say("一")
                seen = (await before.hears("听到：一"))["id"]
            async with phone(chat) as elsewhere:
                await elsewhere.say("二")
                await elsewhere.hears("听到：二")
            async with phone(chat, after=seen) as back:
                assert back.texts() == ["二", "听到：二"]
            for unknown in (None, "999999999999", "rubbish", "000000000000", "' OR 1=1 --"):
                async with phone(chat, after=unknown) as fresh:
                    assert fresh.texts() == ["一", "听到：一", "二", "听到：二"]

    asyncio.run(scene())


def test_a_long_history_comes_back_with_its_newest_200_messages(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat:
            history = chat.app.blueprints["chat_channel"].ctx.parts.history
            for number in range(250):
                history.add(chat.conversation(), {"text": str(number)})
            async with phone(chat) as fresh:
                assert fresh.texts() == [str(number) for number in range(50, 250)]
            async with phone(chat, after="000000000010") as long_away:
                assert len(long_away.texts()) == 240

    asyncio.run(scene())


def test_an_acknowledgement_comes_before_the_answer_and_typing_shows_in_between(tmp_path: Path) -> None:
    go_on = asyncio.Event()

    async def slow(message: UserMessage) -> None:
        await go_on.wait()
        await echo(message)

    async def scene() -> None:
        async with running_chat(tmp_path, ScriptedBot(slow)) as chat, phone(chat) as hers:
            accepted = await hers.say("等一等")
            assert accepted["ok"] and accepted["message"]["text"] == "等一等" and accepted["message"]["from"] == "borrower"
            await hers.until(lambda: ("typing", {"on": True}) in hers.events)
            async with phone(chat) as late:  # a device that joins while the bot is at work sees that it is
                await late.until(lambda: ("typing", {"on": True}) in late.events)
            assert hers.texts() == []
            go_on.set()
            await hers.until(lambda: ("typing", {"on": False}) in hers.events)
            assert hers.texts() == ["听到：等一等"]

    asyncio.run(scene())


def test_messages_of_one_conversation_run_in_order_and_never_two_at_once(tmp_path: Path) -> None:
    async def unsteady(message: UserMessage) -> None:
        await asyncio.sleep(0.05 if int(message.text) % 3 == 0 else 0)
        await echo(message)

    async def scene() -> None:
        bot = ScriptedBot(unsteady)
        async with running_chat(tmp_path, bot) as chat, phone(chat) as hers, phone(chat) as also_hers:
            said = [str(number) for number in range(12)]
            acks = await asyncio.gather(*(hers.say(text) for text in said))
            await hers.hears("听到：11")
            assert bot.texts == said and bot.most == 1
            assert [ack["message"]["id"] for ack in acks] == sorted(ack["message"]["id"] for ack in acks)
            await also_hers.hears("听到：11")
            answers = [text for text in also_hers.texts() if text.startswith("听到")]
            assert answers == [f"听到：{text}" for text in said]

    asyncio.run(scene())


def test_two_borrowers_do_not_wait_for_each_other(tmp_path: Path) -> None:
    hold = asyncio.Event()

    async def first_waits(message: UserMessage) -> None:
        if message.text == "慢":
            await hold.wait()
        await echo(message)

    async def scene() -> None:
        async with running_chat(tmp_path, ScriptedBot(first_waits)) as chat:
            async with phone(chat, chat.token("B1001")) as one, phone(chat, chat.token("B1002")) as two:
                await one.say("慢")
                await two.say("快")
                await two.hears("听到：快")
                hold.set()
                await one.hears("听到：慢")

    asyncio.run(scene())


def test_the_same_id_again_gets_the_same_acknowledgement_and_runs_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        client_id = str(uuid.uuid4())
        bot = ScriptedBot()
        async with running_chat(tmp_path, bot) as chat, phone(chat) as hers:
            first = await asyncio.gather(*(hers.say("确认", client_id) for _ in range(4)))
            await hers.hears("听到：确认")
            assert all(ack == first[0] for ack in first)
            async with phone(chat) as other:
                assert await other.say("别的话", client_id) == first[0]
        async with running_chat(tmp_path, bot) as restarted, phone(restarted) as hers:
            assert await hers.say("确认", client_id) == first[0]
            await hers.say("后一句")
            await hers.hears("听到：后一句")
            assert bot.texts == ["确认", "后一句"]

    asyncio.run(scene())


def test_two_borrowers_may_use_the_same_id(tmp_path: Path) -> None:
    async def scene() -> None:
        client_id = str(uuid.uuid4())
        async with running_chat(tmp_path) as chat:
            async with phone(chat, chat.token("B1001")) as one, phone(chat, chat.token("B1002")) as two:
                await one.say("甲", client_id)
                await two.say("乙", client_id)
                await two.hears("听到：乙")
                await one.hears("听到：甲")

    asyncio.run(scene())


def test_an_answer_that_comes_while_the_line_is_down_is_there_when_it_is_back(tmp_path: Path) -> None:
    go_on = asyncio.Event()

    async def slow(message: UserMessage) -> None:
        await go_on.wait()
        await echo(message)

    async def scene() -> None:
        async with running_chat(tmp_path, ScriptedBot(slow)) as chat:
            async with phone(chat) as hers:
                accepted = await hers.say("刚说完就断线")
            go_on.set()
            back = Phone(chat)
            await back.connect(after=accepted["message"]["id"])
            await back.hears("听到：刚说完就断线")
            await back.leave()
            assert back.texts() == ["听到：刚说完就断线"]

    asyncio.run(scene())


def test_a_turn_that_fails_ends_in_an_honest_message_and_the_next_one_runs(tmp_path: Path) -> None:
    async def breaks(message: UserMessage) -> None:
        if message.text == "坏":
            raise RuntimeError("the tracker store is away")
        if message.text == "半":
            await message.output_channel.send_response(message.sender_id, {"text": "说了一半"})
            raise RuntimeError("half-way")
        if message.text != "默":
            await echo(message)

    async def scene() -> None:
        async with running_chat(tmp_path, ScriptedBot(breaks)) as chat, phone(chat) as hers:
            for text in ("坏", "半", "默", "好"):
                await hers.say(text)
            await hers.hears("听到：好")
            failed = [message for message in hers.received if "还不知道" in message.get("text", "")]
            assert len(failed) == 3  # the silent one, too
            assert [button["title"] for button in failed[0]["buttons"]] == ["办到哪了", "找人工"]
            await hers.tap("办到哪了")
            await hers.hears("听到：/check_request_status")  # its payload is sealed like any other
            assert "说了一半" in hers.texts()

    asyncio.run(scene())


def test_a_message_that_was_acknowledged_and_not_begun_runs_after_a_restart(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat:
            history = chat.app.blueprints["chat_channel"].ctx.parts.history
            for text in ("一", "二"):
                history.accept(chat.conversation(), str(uuid.uuid4()), {"text": text}, text)
        bot = ScriptedBot()
        async with running_chat(tmp_path, bot) as restarted, phone(restarted) as hers:
            await hers.hears("听到：二")
            assert bot.texts == ["一", "二"]
            assert hers.texts() == ["一", "二", "听到：一", "听到：二"]

    asyncio.run(scene())


def test_a_message_that_was_begun_when_the_server_ended_is_not_begun_again_and_the_borrower_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.chat.channel.ENDING_SECONDS", 0.1)

    async def never_ends(message: UserMessage) -> None:
        await asyncio.sleep(3600)

    async def scene() -> None:
        first, second = ScriptedBot(never_ends), ScriptedBot()
        async with running_chat(tmp_path, first) as chat, phone(chat) as hers:
            await hers.say("确认申请")
            await hers.say("下一句")
            await hers.until(lambda: ("typing", {"on": True}) in hers.events)
        assert first.texts == ["确认申请"]
        async with running_chat(tmp_path, second) as restarted, phone(restarted) as hers:
            await hers.hears("听到：下一句")
            assert second.texts == ["下一句"]
            told = await hers.hears("系统断了一下")
            assert told["id"] < (await hers.hears("听到：下一句"))["id"]
        async with running_chat(tmp_path, second) as again, phone(again) as hers:  # told once
            assert sum("系统断了一下" in text for text in hers.texts()) == 1

    asyncio.run(scene())


def test_a_server_that_is_stopped_lets_a_turn_end_first(tmp_path: Path) -> None:
    async def takes_a_moment(message: UserMessage) -> None:
        await asyncio.sleep(0.3)
        await echo(message)

    async def scene() -> None:
        async with running_chat(tmp_path, ScriptedBot(takes_a_moment)) as chat:
            hers = await Phone(chat).connect()
            await hers.say("快好了")
            await hers.until(lambda: ("typing", {"on": True}) in hers.events)
        async with running_chat(tmp_path) as restarted, phone(restarted) as hers:
            assert hers.texts() == ["快好了", "听到：快好了"]

    asyncio.run(scene())


def test_what_is_read_on_one_device_is_known_on_the_others_and_never_unread_again(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat) as one, phone(chat) as two:
            await one.say("你好")
            answer = await one.hears("听到：你好")
            assert (await one.call("read", {"id": answer["id"]}))["ok"]
            await two.until(lambda: ("read", {"id": answer["id"]}) in two.events)
            for older in ("000000000001", "999999999999", "rubbish", None, 7):
                await one.call("read", {"id": older})
            async with phone(chat) as fresh:
                assert (fresh.hello or {})["read"] == answer["id"]

    asyncio.run(scene())
