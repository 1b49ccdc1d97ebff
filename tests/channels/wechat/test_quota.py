"""What WeChat lets through: counted, merged so as to fit, kept back for decisions, and never called sent when it was not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rasa.core.channels.channel import UserMessage

from bot.channels.wechat.said import Said
from tests.support.chat import ScriptedBot
from tests.support.wechat.account import Account
from tests.support.wechat.running import SHORT, RunningWeChat, running_channel, until, weixin_of

HER = "oBorrower"


def saying(*texts: str, gate: asyncio.Event | None = None) -> ScriptedBot:
    """A bot that says several things, once the gate is open."""

    async def script(message: UserMessage) -> None:
        if gate is not None:
            await gate.wait()
        for text in texts:
            await message.output_channel.send_response(message.sender_id, {"text": f"{text}（{message.text}）"})

    return ScriptedBot(script)


async def say_late(wechat: RunningWeChat, text: str, *answers: str) -> None:
    """She says something that is answered only after the call has ended."""
    gate = asyncio.Event()
    wechat.calls.hang_up_seconds = 5
    wechat.bot.script = saying(*answers, gate=gate).script
    assert (await wechat.calls.say(HER, text)).tries == [(200, "success")]
    gate.set()


def test_the_first_message_goes_with_the_call_and_the_others_follow_in_order(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin, running_channel(tmp_path, weixin, saying("一", "二", "三")) as wechat:
            assert (await wechat.calls.say(HER, "好")).text == "一（好）"
            await wechat.sees("三（好）")
            assert wechat.person().texts() == ["一（好）", "二（好）", "三（好）"]

    asyncio.run(scene())


def test_what_does_not_fit_is_merged(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin:
            async with running_channel(tmp_path, weixin, saying()) as wechat:
                await say_late(wechat, "好", *"一二三四五六七")
                await wechat.sees("七（好）")
                assert len(wechat.person().texts()) == 1
                assert wechat.parts.quota.left(HER, "decision") == 4

    asyncio.run(scene())


def test_one_of_five_is_kept_for_the_decision_and_the_rest_waits_for_the_next_word(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin, running_channel(tmp_path, weixin, saying("答")) as wechat:
            await say_late(wechat, "第一句", "答")
            await wechat.sees("答（第一句）")
            for _ in range(3):
                await send(wechat, "后来的话")
            await until(lambda: wechat.person().service_messages == 4)
            await send(wechat, "还有一句")
            await asyncio.sleep(3 * SHORT)
            assert wechat.person().service_messages == 4
            await send(wechat, "同意延期", purpose="decision")
            await wechat.sees("同意延期")
            assert wechat.person().service_messages == 5
            # Her next word brings what waited, before its own answer.
            await say_late(wechat, "第二句", "答")
            await wechat.sees("答（第二句）")
            texts = wechat.person().texts()
            assert sum("还有一句" in text for text in texts) == 1
            assert "\n".join(texts).index("还有一句") < "\n".join(texts).index("答（第二句）")

    asyncio.run(scene())


def test_after_48_hours_nothing_is_sent_and_nothing_is_called_sent(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin, running_channel(tmp_path, weixin, saying("答")) as wechat:
            await wechat.calls.say(HER, "好")
            now = wechat.parts.store.clock()
            weixin.account.clock = wechat.parts.store.clock = lambda: now + 48 * 3600 + 1
            await send(wechat, "太晚了", purpose="decision")
            await asyncio.sleep(3 * SHORT)
            assert wechat.person().texts() == ["答（好）"]
            assert await wechat.parts.store.soon(wechat.parts.rows.waits, HER)

    asyncio.run(scene())


@pytest.mark.parametrize("errcode", [45015, 45047, 43004, 48001, 40164, 45002])
def test_whatever_the_platform_refuses_waits(tmp_path: Path, errcode: int) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin, running_channel(tmp_path, weixin, saying("答")) as wechat:
            weixin.account.faults.append(("custom/send", errcode))
            await say_late(wechat, "好", "答")
            await until(lambda: wechat.parts.rows.waits(HER))
            assert wechat.person().texts() == []
            wechat.bot.script = saying("后").script
            await wechat.calls.say(HER, "再说")
            await wechat.sees("后（再说）")
            assert "答（好）" in "\n".join(wechat.person().texts())

    asyncio.run(scene())


def test_a_busy_platform_is_asked_again_and_a_token_it_does_not_know_is_renewed_once(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin, running_channel(tmp_path, weixin, saying("答")) as wechat:
            weixin.account.faults += [("custom/send", -1), ("custom/send", -1), ("custom/send", 40001)]
            await say_late(wechat, "好", "答")
            await wechat.sees("答（好）")
            assert wechat.person().service_messages == 1
            assert weixin.account.tokens_given == 2

    asyncio.run(scene())


def test_a_click_on_the_menu_grants_three_for_a_minute_beside_the_five(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin, running_channel(tmp_path, weixin, saying("答")) as wechat:
            await wechat.calls.event(HER, "CLICK", "ask_bill")
            assert wechat.parts.quota.left(HER) == 3
            await wechat.calls.say(HER, "好")
            assert wechat.parts.quota.left(HER) == 3 + 4
            now = wechat.parts.store.clock()
            wechat.parts.store.clock = lambda: now + 61
            assert wechat.parts.quota.left(HER) == 4

    asyncio.run(scene())


def test_whoever_unfollows_has_nothing_waiting_any_more(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin, running_channel(tmp_path, weixin, saying("答")) as wechat:
            await wechat.calls.say(HER, "好")
            wechat.parts.rows.put_to_wait(HER, [Said("等着")])
            assert (await wechat.calls.event(HER, "unsubscribe")).tries == [(200, "success")]
            assert not wechat.parts.rows.waits(HER)
            assert wechat.parts.quota.left(HER, "decision") == 0

    asyncio.run(scene())


def test_two_processes_share_one_access_token(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account()) as weixin:
            async with running_channel(tmp_path, weixin) as one, running_channel(tmp_path, weixin) as other:
                tokens = await asyncio.gather(
                    *(asyncio.to_thread(wechat.parts.platform.access_token) for wechat in (one, other, one, other))
                )
                assert len(set(tokens)) == 1 and weixin.account.tokens_given == 1

    asyncio.run(scene())


async def send(wechat: RunningWeChat, text: str, purpose: str = "answer") -> None:
    """Something the bot says of its own accord."""
    rows, store = wechat.parts.rows, wechat.parts.store
    number = await store.soon(rows.put_to_wait, HER, [Said(text)], purpose=purpose, way="service")
    wechat.parts.sending.soon(number, HER)
