"""What is said over plain HTTP belongs to the same conversation: the widget shows it, and the same limits hold."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import requests
from rasa.core.channels.channel import UserMessage

from tests.support.chat import RunningChat, ScriptedBot, phone, running_chat


async def post(chat: RunningChat, body: dict[str, str], token: str | None = None, **headers: str) -> requests.Response:
    """The web channel's answer to a message."""
    told = {"Authorization": f"Bearer {token or chat.token()}", **headers}
    url = f"{chat.url}/webhooks/web/messages"
    return await asyncio.to_thread(lambda: requests.post(url, json=body, headers=told, timeout=30))


def kind(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def test_the_widget_shows_what_was_said_over_http_at_once_and_after_a_reload(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat) as hers, phone(chat, chat.token("B1002")) as his:
            answer = (await post(chat, {"text": "我的手机13800138000，能晚还吗"})).json()["messages"]
            shown = await hers.hears("听到：我的手机")
            assert hers.texts()[0].startswith("我的手机") and "13800138000" not in hers.texts()[0]
            assert [message["from"] for message in sorted(hers.received, key=lambda m: m["id"])] == ["borrower", "bot"]
            assert shown["buttons"] == answer[0]["buttons"]  # sealed alike: a tap in either place is obeyed
            await post(chat, {"payload": answer[0]["buttons"][0]["payload"]})
            await hers.hears("听到：/affirm")
            assert hers.texts()[2] == "好", "what stood on the button, not what it carries"
            await hers.say("在小窗里接着说")
            await hers.hears("听到：在小窗里接着说")
            async with phone(chat) as after_a_reload:
                # The device that says something has it already; all others, and this one later, are sent it.
                assert [text for text in after_a_reload.texts() if text != "在小窗里接着说"] == hers.texts()
                assert len(after_a_reload.texts()) == 6
            assert his.texts() == [], "nobody else's"

    asyncio.run(scene())


def test_a_tap_in_the_widget_on_what_http_answered_is_obeyed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat) as hers:
            await post(chat, {"text": "能晚还吗"})
            await hers.hears("听到：能晚还吗")
            assert (await hers.tap("好"))["message"]["text"] == "好"
            await hers.hears('听到：/affirm{"quote_id": "Q1"}')

    asyncio.run(scene())


def test_cards_come_along_and_large_letters_are_remembered(tmp_path: Path) -> None:
    async def script(message: UserMessage) -> None:
        await message.output_channel.send_custom_json(message.sender_id, {"card": {"type": "care_mode", "on": True}})

    async def scene() -> None:
        async with running_chat(tmp_path, ScriptedBot(script)) as chat:
            await post(chat, {"text": "字大一点"})
            async with phone(chat) as hers:
                assert hers.hello is not None and hers.hello["care_mode"] is True
                assert hers.received[1]["card"] == {"type": "care_mode", "on": True}

    asyncio.run(scene())


def test_when_the_bot_fails_the_history_says_so_too(tmp_path: Path) -> None:
    async def script(message: UserMessage) -> None:
        raise RuntimeError("broken on purpose")

    async def scene() -> None:
        async with running_chat(tmp_path, ScriptedBot(script)) as chat, phone(chat) as hers:
            assert kind(await post(chat, {"text": "能晚还吗"})) == (503, "bot-unavailable")
            await hers.hears("出了故障")
            assert hers.texts()[0] == "能晚还吗"

    asyncio.run(scene())


def test_over_http_nobody_says_more_than_in_the_widget(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path, HUANBAN_MESSAGES_PER_MINUTE=2) as chat, phone(chat) as hers:
            assert (await hers.say("一"))["ok"]
            assert (await post(chat, {"text": "二"})).ok
            refused = await post(chat, {"text": "三"})
            assert kind(refused) == (429, "too-many-messages") and int(refused.headers["Retry-After"]) >= 1
            assert (await post(chat, {"text": "我呢"}, chat.token("B1002"))).ok
            assert "三" not in chat.bot.texts

    asyncio.run(scene())


def test_a_page_that_is_not_on_the_list_gets_neither_an_answer_nor_a_guest(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat:
            assert kind(await post(chat, {"text": "嗨"}, Origin="https://evil.test")) == (403, "origin-not-allowed")
            guest: Any = await asyncio.to_thread(
                requests.post, f"{chat.url}/webhooks/web/guest", headers={"Origin": "https://evil.test"}, timeout=30
            )
            assert kind(guest) == (403, "origin-not-allowed")
            assert chat.bot.texts == []

    asyncio.run(scene())


def test_one_page_cannot_flood_the_bot_from_many_addresses_and_another_is_not_kept_waiting(tmp_path: Path) -> None:
    env = {
        "HUANBAN_ORIGIN_CALLS_PER_MINUTE": 4,
        "HUANBAN_PROXIES": 1,
        "HUANBAN_WEB_ORIGINS": "https://a.example,https://b.example",
    }

    async def scene() -> None:
        async with running_chat(tmp_path, **env) as chat:

            async def from_page(origin: str, number: int) -> requests.Response:
                told = {"Origin": origin, "X-Forwarded-For": f"203.0.113.{number}"}
                return await post(chat, {"text": "嗨"}, chat.token(f"B{number}"), **told)

            for number in range(4):
                assert (await from_page("https://a.example", number)).ok
            assert kind(await from_page("https://A.example", 4)) == (429, "too-many-messages")
            assert (await from_page("https://b.example", 5)).ok

    asyncio.run(scene())


def test_the_sockets_of_one_page_are_counted_together(tmp_path: Path) -> None:
    env = {"HUANBAN_ORIGIN_CALLS_PER_MINUTE": 4, "HUANBAN_WEB_ORIGINS": "https://a.example"}

    async def scene() -> None:
        async with running_chat(tmp_path, **env) as chat:
            async with (
                phone(chat, origin="https://a.example") as hers,
                phone(chat, chat.token("B1002"), origin="https://a.example") as his,
            ):
                assert (await hers.say("一"))["ok"] and (await his.say("二"))["ok"]
                assert (await hers.say("三"))["problem"]["type"] == "/problems/too-many-messages"

    asyncio.run(scene())
