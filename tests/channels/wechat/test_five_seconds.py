"""When an answer comes, and which way: with the call, later by itself, or when the borrower says 「继续」."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rasa.core.channels.channel import UserMessage

from tests.support.chat import ScriptedBot, echo
from tests.support.wechat.account import NO_ANSWER, Account
from tests.support.wechat.running import SHORT, RunningWeChat, running_channel, weixin_of

HER = "oBorrower"


def slow(seconds: float) -> ScriptedBot:
    """A bot that takes so long for 「慢」, and no time for anything else; seconds as on WeChat's side."""

    async def script(message: UserMessage) -> None:
        if message.text == "慢":
            await asyncio.sleep(seconds * SHORT)
        await message.output_channel.send_response(message.sender_id, {"text": f"听到：{message.text}"})

    return ScriptedBot(script)


def test_an_answer_in_time_is_the_passive_reply(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin, running_channel(tmp_path, weixin, slow(0)) as wechat:
            outcome = await wechat.calls.say(HER, "你好")
            assert outcome.text == "听到：你好"
            assert len(outcome.tries) == 1
            assert wechat.person().service_messages == 0

    asyncio.run(scene())


def test_buttons_follow_the_passive_reply_as_a_menu_message(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin, running_channel(tmp_path, weixin, ScriptedBot(echo)) as wechat:
            outcome = await wechat.calls.say(HER, "你好")
            assert outcome.text == "听到：你好"
            row = await wechat.sees("点一下就行")
            assert [title for _, title in row["items"]] == ["好", "不"]

    asyncio.run(scene())


def test_a_late_answer_comes_as_a_customer_service_message_once(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin, running_channel(tmp_path, weixin, slow(7)) as wechat:
            outcome = await wechat.calls.say(HER, "慢")
            assert outcome.tries == [(200, "success")]
            await wechat.sees("听到：慢")
            await asyncio.sleep(4 * SHORT)
            assert wechat.person().texts() == ["听到：慢"]
            assert wechat.bot.texts == ["慢"]

    asyncio.run(scene())


def test_without_that_right_an_answer_of_eight_seconds_rides_on_the_second_try(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account(may_send=False)) as weixin:
            async with running_channel(tmp_path, weixin, slow(8), HUANBAN_WECHAT_SERVICE_MESSAGES="off") as wechat:
                outcome = await wechat.calls.say(HER, "慢")
                assert [status for status, _ in outcome.tries] == [0, 200]
                assert outcome.text == "听到：慢"
                assert wechat.bot.texts == ["慢"]

    asyncio.run(scene())


def test_without_that_right_a_longer_one_is_fetched_with_a_word(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account(may_send=False)) as weixin:
            async with running_channel(tmp_path, weixin, slow(20), HUANBAN_WECHAT_SERVICE_MESSAGES="off") as wechat:
                outcome = await wechat.calls.say(HER, "慢")
                assert [status for status, _ in outcome.tries] == [0, 0, 200]
                assert "继续" in outcome.text
                await asyncio.sleep(7 * SHORT)
                assert (await wechat.calls.say(HER, "继续")).text == "听到：慢"
                # There is nothing more now: the word is a word like any other.
                assert (await wechat.calls.say(HER, "继续")).text == "听到：继续"
                assert wechat.bot.texts == ["慢", "继续"]
                assert NO_ANSWER not in str(wechat.person().shown)

    asyncio.run(scene())


def test_asked_for_too_early_the_word_waits_for_the_answer(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account(may_send=False)) as weixin:
            async with running_channel(tmp_path, weixin, slow(18), HUANBAN_WECHAT_SERVICE_MESSAGES="off") as wechat:
                await wechat.calls.say(HER, "慢")
                outcome = await wechat.calls.say(HER, "继续")
                assert outcome.text == "听到：慢"
                assert wechat.bot.texts == ["慢"]

    asyncio.run(scene())


def test_what_waits_comes_with_the_next_answer_when_another_word_is_said(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account(may_send=False)) as weixin:
            async with running_channel(tmp_path, weixin, slow(16), HUANBAN_WECHAT_SERVICE_MESSAGES="off") as wechat:
                await wechat.calls.say(HER, "慢")
                await asyncio.sleep(4 * SHORT)
                assert (await wechat.calls.say(HER, "你好")).text == "听到：慢\n\n听到：你好"

    asyncio.run(scene())


def test_turns_of_one_borrower_run_in_order_and_those_of_two_side_by_side(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin, running_channel(tmp_path, weixin, slow(2)) as wechat:
            await asyncio.gather(
                wechat.calls.say(HER, "慢"),
                _later(wechat, 0.5, HER, "二"),
                _later(wechat, 0.8, HER, "三"),
                _later(wechat, 0.5, "oOther", "别人"),
            )
            await wechat.sees("听到：三")
            assert wechat.bot.texts == ["慢", "别人", "二", "三"]
            assert wechat.bot.most == 1

    asyncio.run(scene())


async def _later(wechat: RunningWeChat, seconds: float, openid: str, text: str) -> None:
    await asyncio.sleep(seconds * SHORT)
    await wechat.calls.say(openid, text)
