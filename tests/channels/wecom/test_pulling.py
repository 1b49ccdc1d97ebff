"""WeCom's customer service: pulled from a cursor that survives a restart, each message once, answered within what is allowed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from bot.channels.wecom import channel as channel_module
from bot.identity import speaker_of
from tests.support.chat import SECRETS, ScriptedBot, echo
from tests.support.wechat.running import until
from tests.support.wecom.running import HER, TextFront, all_read, running_channel, wecom_of
from tests.support.wecom.service import ACCOUNT, BAD_TOKEN, BUSY, TOO_MANY, Service


def wants(menu: dict[str, Any]) -> list[str]:
    return [title for _, title in menu["items"]]


def test_a_message_is_pulled_and_answered_in_a_conversation_of_this_channel(tmp_path: Path) -> None:
    async def scene() -> None:
        bot = ScriptedBot()
        async with wecom_of(Service()) as wecom, running_channel(tmp_path, wecom, bot):
            assert await wecom.says("我欠多少") == [200]
            menu = await wecom.sees("听到：我欠多少")
            assert wants(menu) == ["好", "不"] and menu["by"] == "send_msg"
            (conversation, _), message = bot.heard[0], bot.messages[0]
            assert speaker_of(conversation, SECRETS["HUANBAN_CONVERSATION_SECRET"]).channel == "wecom"
            assert message.input_channel == "wecom" and HER not in conversation

    asyncio.run(scene())


def test_a_callback_that_comes_three_times_is_one_turn_and_one_answer(tmp_path: Path) -> None:
    async def scene() -> None:
        bot = ScriptedBot()
        async with wecom_of(Service()) as wecom, running_channel(tmp_path, wecom, bot):
            assert await wecom.says("办延期", times=3) == [200] * 3
            await wecom.sees("听到：办延期")
            await wecom.says("第二句")
            await wecom.sees("听到：第二句")
            assert bot.texts == ["办延期", "第二句"]
            assert len(wecom.customer().texts()) == 2

    asyncio.run(scene())


def test_the_same_page_pulled_again_is_nothing_new(tmp_path: Path) -> None:
    async def scene() -> None:
        bot = ScriptedBot()
        async with wecom_of(Service()) as wecom, running_channel(tmp_path, wecom, bot) as parts:
            await wecom.says("办延期")
            await wecom.sees("听到：办延期")
            parts.accounts.moved(ACCOUNT, "nobody", "")
            with parts.store.engine.begin() as connection:
                connection.exec_driver_sql("UPDATE wecom_accounts SET cursor = 'c0'")
            await wecom.says("第二句")
            await wecom.sees("听到：第二句")
            assert bot.texts == ["办延期", "第二句"]

    asyncio.run(scene())


def test_many_pages_are_read_to_the_end_in_order_and_the_cursor_is_where_they_end(tmp_path: Path) -> None:
    async def scene() -> None:
        service = Service()
        service.page = 2
        bot = ScriptedBot()
        async with wecom_of(service) as wecom:
            async with running_channel(tmp_path, wecom, bot):
                for number in range(5):
                    service.write(f"wm-customer-{number}", "text", {"content": f"第{number}个"})
                await wecom.calls_back()
                await until(lambda: len(bot.texts) == 5)
                assert sorted(bot.texts) == [f"第{number}个" for number in range(5)]
            service.pulls.clear()
            async with running_channel(tmp_path, wecom, bot):
                await until(lambda: service.pulls)
                # A restart looks once more by itself, from where it was, and with no token that has had its time.
                assert service.pulls[0]["cursor"] == "c5"
            assert len(bot.texts) == 5

    asyncio.run(scene())


def test_what_came_while_the_bot_was_away_is_answered_when_it_is_back_though_no_callback_tells(tmp_path: Path) -> None:
    async def scene() -> None:
        service, bot = Service(), ScriptedBot()
        async with wecom_of(service) as wecom:
            async with running_channel(tmp_path, wecom, bot):
                await wecom.says("第一句")
                await wecom.sees("听到：第一句")
            service.write(HER, "text", {"content": "还在吗"})
            service.message_token = "another one by now"
            async with running_channel(tmp_path, wecom, bot):
                await wecom.sees("听到：还在吗")
            assert bot.texts == ["第一句", "还在吗"]

    asyncio.run(scene())


def test_a_process_that_ends_before_a_page_is_written_down_pulls_it_again(tmp_path: Path) -> None:
    async def scene() -> None:
        service, bot = Service(), ScriptedBot()
        async with wecom_of(service) as wecom:
            async with running_channel(tmp_path, wecom, bot) as parts:

                def ends(*_: Any) -> bool:
                    raise SystemError("the process is gone")

                parts.rows.accept = ends  # type: ignore[assignment]
                assert await wecom.says("办延期") == [200]
                await until(lambda: service.pulls)
            assert bot.texts == []
            async with running_channel(tmp_path, wecom, bot):
                await wecom.sees("听到：办延期")
            assert bot.texts == ["办延期"]

    asyncio.run(scene())


def test_a_process_that_ends_before_the_cursor_moves_doubles_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        service, bot = Service(), ScriptedBot()
        async with wecom_of(service) as wecom:
            async with running_channel(tmp_path, wecom, bot) as parts:

                def ends(*_: Any) -> bool:
                    raise SystemError("the process is gone")

                parts.accounts.moved = ends  # type: ignore[assignment]
                await wecom.says("办延期")
                await wecom.sees("听到：办延期")
            async with running_channel(tmp_path, wecom, bot):
                await wecom.says("第二句")
                await wecom.sees("听到：第二句")
            assert bot.texts == ["办延期", "第二句"] and len(wecom.customer().texts()) == 2

    asyncio.run(scene())


def test_a_restart_between_pull_and_answer_loses_nothing_and_runs_nothing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel_module, "ENDING_SECONDS", 0.1)

    async def script(message: UserMessage) -> None:
        if message.text == "卡住":
            await asyncio.sleep(3600)
        await echo(message)

    async def scene() -> None:
        service, bot = Service(), ScriptedBot(script)
        async with wecom_of(service) as wecom:
            async with running_channel(tmp_path, wecom, bot) as parts:
                await wecom.says("卡住")
                await until(lambda: bot.texts == ["卡住"])
                await wecom.says("下一句")
                await wecom.says("246810")  # it may be a code
                await all_read(parts)
            assert "246810" not in "".join(p.read_bytes().decode("utf-8", "replace") for p in tmp_path.glob("wecom.db*"))
            async with running_channel(tmp_path, wecom, bot):
                await wecom.sees("我没有再办一次")  # of the first, and of what was not written down
                await wecom.sees("听到：下一句")
            assert bot.texts == ["卡住", "下一句"]

    asyncio.run(scene())


def test_two_processes_do_not_read_an_account_at_the_same_time(tmp_path: Path) -> None:
    async def scene() -> None:
        several = {"HUANBAN_REDIS_URL": "redis://127.0.0.1:1/0"}
        bot = ScriptedBot()
        async with wecom_of(Service()) as wecom:
            async with running_channel(tmp_path, wecom, bot, **several) as one:
                async with running_channel(tmp_path, wecom, bot, **several) as other:
                    one.accounts.ask(ACCOUNT, "token")
                    assert one.accounts.begin(ACCOUNT, "one") is not None
                    assert other.accounts.begin(ACCOUNT, "other") is None
                    assert not other.accounts.moved(ACCOUNT, "other", "c9")
                    now = other.store.clock
                    other.store.clock = lambda: now() + 61  # the first one has died
                    assert other.accounts.begin(ACCOUNT, "other") is not None
                    assert not one.accounts.moved(ACCOUNT, "one", "c9")

    asyncio.run(scene())


def test_a_platform_that_is_busy_is_asked_again_and_a_token_that_is_none_is_renewed(tmp_path: Path) -> None:
    async def scene() -> None:
        service = Service()
        service.faults = [("sync_msg", BUSY), ("sync_msg", BAD_TOKEN), ("send_msg", BUSY), ("send_msg", BAD_TOKEN)]
        async with wecom_of(service) as wecom, running_channel(tmp_path, wecom):
            await wecom.says("办延期")
            await wecom.sees("听到：办延期")
            assert service.faults == [] and service.tokens_given == 3

    asyncio.run(scene())


def test_a_pull_that_fails_is_taken_up_again_without_another_callback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel_module, "SWEEP_SECONDS", 0.1)

    async def scene() -> None:
        service = Service()
        service.faults = [("sync_msg", 95017)]
        async with wecom_of(service) as wecom, running_channel(tmp_path, wecom):
            await wecom.says("办延期")
            await wecom.sees("听到：办延期")

    asyncio.run(scene())


def test_what_the_platform_lets_through_no_more_waits_for_the_next_word(tmp_path: Path) -> None:
    async def scene() -> None:
        service = Service()
        service.faults = [("kf/send_msg", TOO_MANY)]
        async with wecom_of(service) as wecom, running_channel(tmp_path, wecom) as parts:
            await wecom.says("第一句")
            await until(lambda: parts.rows.waits(HER))
            assert wecom.customer().texts() == []
            await wecom.says("第二句")
            await wecom.sees("第二句")
            assert any("第一句" in text for text in wecom.customer().texts())

    asyncio.run(scene())


def test_who_opens_the_chat_is_welcomed_once_and_what_happened_before_the_bot_is_not_answered(tmp_path: Path) -> None:
    async def scene() -> None:
        service, bot = Service(), ScriptedBot()
        async with wecom_of(service) as wecom, running_channel(tmp_path, wecom, bot, real_front=True) as parts:
            # The real front asks the lender, who is not there; what is said then goes as the welcome.
            service.write("wm-long-ago", "text", {"content": "三天前"}, age=3 * 24 * 3600)
            service.enter(HER)
            await wecom.calls_back(2)
            shown = await wecom.sees("")
            assert shown["by"] == "send_msg_on_event" and service.codes == {}
            await all_read(parts)
            assert len(wecom.customer().texts()) == 1 and bot.texts == []

    asyncio.run(scene())


def test_what_a_servicer_says_and_serves_is_not_the_bots_until_it_is_given_back(tmp_path: Path) -> None:
    async def scene() -> None:
        service, bot = Service(), ScriptedBot()
        async with wecom_of(service) as wecom, running_channel(tmp_path, wecom, bot) as parts:
            wecom.customer().by_person = True
            service.event("session_status_change", external_userid=HER, change_type=1, new_servicer_userid="zhang")
            service.write(HER, "text", {"content": "您好，我是小张"}, origin=5)
            service.write(HER, "text", {"content": "跟小张说"})
            await wecom.calls_back()
            await all_read(parts)
            assert bot.texts == []
            wecom.customer().by_person = False
            await wecom.says("跟还伴说")
            await wecom.sees("听到：跟还伴说")
            assert bot.texts == ["跟还伴说"]

    asyncio.run(scene())


def test_kinds_without_text_are_answered_and_what_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        service, bot = Service(), ScriptedBot()
        front = TextFront()
        async with wecom_of(service) as wecom, running_channel(tmp_path, wecom, bot, front=front):
            service.log += [{"msgid": 7}, "nothing", {"msgtype": "text", "msgid": "m", "open_kfid": "../..", "text": {}}]
            service.event("something_newer", external_userid=HER)
            service.write(HER, "location", {"latitude": 31.2, "longitude": 121.5, "name": "家", "address": ""})
            service.write(HER, "channels_shop_order", {"order_id": "1"})
            await wecom.calls_back()
            await wecom.sees("收到location")
            await wecom.sees("收到channels_shop_order")
            assert (front.heard[0].latitude, front.heard[0].longitude, front.heard[0].label) == (31.2, 121.5, "家")

    asyncio.run(scene())
