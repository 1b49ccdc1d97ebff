"""A message is dealt with once: however often it is delivered, at whichever process, and whatever happens in between."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from rasa.core.channels.channel import UserMessage

from bot.config import ROOT
from tests.support.chat import ScriptedBot
from tests.support.wechat.account import Account
from tests.support.wechat.running import SHORT, RunningWeChat, Weixin, running_channel, until, weixin_of

HER = "oBorrower"
NO_RIGHT = {"HUANBAN_WECHAT_SERVICE_MESSAGES": "off"}
# Only a flag here: there are several processes, and one that starts does not take the others for gone.
SEVERAL = {"HUANBAN_REDIS_URL": "redis://127.0.0.1:1/0"}


def taking(seconds: float) -> ScriptedBot:
    async def script(message: UserMessage) -> None:
        await asyncio.sleep(seconds * SHORT)
        await message.output_channel.send_response(message.sender_id, {"text": f"听到：{message.text}"})

    return ScriptedBot(script)


@contextlib.asynccontextmanager
async def two_processes(folder: Path, weixin: Weixin, bot: ScriptedBot, **env: str) -> AsyncIterator[list[RunningWeChat]]:
    """Two channels over one database, as two processes have it: they share nothing else but the scripted bot that counts."""
    async with running_channel(folder, weixin, bot, **env, **SEVERAL) as one:
        async with running_channel(folder, weixin, bot, **env, **SEVERAL) as other:
            yield [one, other]


def test_three_deliveries_to_two_processes_are_one_turn_and_one_answer(tmp_path: Path) -> None:
    async def scene() -> None:
        bot = taking(8)
        async with weixin_of(Account(may_send=False)) as weixin:
            async with two_processes(tmp_path, weixin, bot, **NO_RIGHT) as (one, other):
                person = weixin.account.person(HER)
                fields = {"MsgType": "text", "Content": "办延期"}
                outcome = await weixin.calls.deliver(person, fields, [one.url, other.url, one.url])
                assert [status for status, _ in outcome.tries] == [0, 200]
                assert outcome.text == "听到：办延期"
                assert bot.texts == ["办延期"]

    asyncio.run(scene())


def test_three_deliveries_at_the_same_moment_are_one_turn_and_the_same_answer_three_times(tmp_path: Path) -> None:
    async def scene() -> None:
        bot = taking(1)
        async with weixin_of(Account()) as weixin, two_processes(tmp_path, weixin, bot) as (one, other):
            weixin.calls.hang_up_seconds = 5
            xml = weixin.calls.message(HER, {"MsgType": "text", "Content": "办延期"})
            posts = [weixin.calls.post(url, *weixin.calls.query(xml)) for url in (one.url, other.url, one.url)]
            answers = await asyncio.gather(*posts)
            assert {status for status, _ in answers} == {200}
            assert len({answer.split("<MsgType>")[1] for _, answer in answers}) == 1
            assert bot.texts == ["办延期"]

    asyncio.run(scene())


def test_the_same_call_repeated_to_the_letter_is_a_delivery_too(tmp_path: Path) -> None:
    async def scene() -> None:
        bot = taking(8)
        async with weixin_of(Account(may_send=False), same_nonce=True) as weixin:
            async with running_channel(tmp_path, weixin, bot, **NO_RIGHT) as wechat:
                assert (await wechat.calls.say(HER, "办延期")).text == "听到：办延期"
                assert bot.texts == ["办延期"]

    asyncio.run(scene())


def test_events_are_told_apart_by_sender_time_event_and_key(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin, running_channel(tmp_path, weixin, taking(0)) as wechat:
            now = weixin.account.clock()
            weixin.account.clock = lambda: now
            for openid, key in ((HER, "ask_bill"), (HER, "ask_bill"), (HER, "request_human"), ("oOther", "ask_bill")):
                await wechat.calls.event(openid, "CLICK", key)
            assert wechat.bot.texts == ["/ask_bill", "/request_human", "/ask_bill"]

    asyncio.run(scene())


def test_two_messages_of_the_same_words_are_two_messages(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin, running_channel(tmp_path, weixin, taking(0)) as wechat:
            await wechat.calls.say(HER, "好")
            await wechat.calls.say(HER, "好")
            assert wechat.bot.texts == ["好", "好"]

    asyncio.run(scene())


def test_after_a_restart_an_answer_is_given_again_and_nothing_runs_again(tmp_path: Path) -> None:
    async def scene() -> None:
        bot = taking(0)
        async with weixin_of(Account()) as weixin:
            weixin.calls.hang_up_seconds = 5
            xml = weixin.calls.message(HER, {"MsgType": "text", "Content": "办延期"})
            async with running_channel(tmp_path, weixin, bot) as wechat:
                first = await weixin.calls.post(wechat.url, *weixin.calls.query(xml))
            async with running_channel(tmp_path, weixin, bot) as again:
                assert await weixin.calls.post(again.url, *weixin.calls.query(xml)) == first
            assert bot.texts == ["办延期"]

    asyncio.run(scene())


def test_a_process_that_is_killed_in_the_middle_leaves_what_waits_and_tells_what_is_not_known(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin:
            with killable(tmp_path, weixin) as (process, url):
                person = weixin.account.person(HER)
                weixin.account.grant(person, "message")
                weixin.calls.hang_up_seconds = 0.5
                weixin.calls.tries = 1
                await weixin.calls.deliver(person, {"MsgType": "text", "Content": "卡住"}, [url])
                await weixin.calls.deliver(person, {"MsgType": "text", "Content": "下一句"}, [url])
                await weixin.calls.deliver(person, {"MsgType": "text", "Content": "246810"}, [url])
                await until(lambda: "卡住" in heard(tmp_path))
                process.send_signal(signal.SIGKILL)
                process.wait()
            assert "246810" not in everything_in(tmp_path)
            bot = taking(0)
            async with running_channel(tmp_path, weixin, bot) as again:
                now = again.parts.store.clock
                again.parts.store.clock = lambda: now() + 30  # no call comes for these any more
                await again.sees("我没有再办一次")
                await again.sees("听到：下一句")
            assert bot.texts == ["下一句"]
            assert heard(tmp_path) == ["卡住"]

    asyncio.run(scene())


@contextlib.contextmanager
def killable(folder: Path, weixin: Weixin):  # type: ignore[no-untyped-def]
    """A process of its own with the channel, and its address."""
    command = [sys.executable, "-m", "tests.support.wechat.server", str(folder), weixin.url]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        url = next(line.split()[-1] for line in process.stdout if line.startswith("WeChat on "))
        yield process, url
    finally:
        process.kill()
        process.wait()


def heard(folder: Path) -> list[str]:
    path = folder / "heard"
    return path.read_text(encoding="utf-8").split() if path.exists() else []


def everything_in(folder: Path) -> str:
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in folder.iterdir() if path.is_file())
