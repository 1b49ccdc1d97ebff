"""Nobody hears or says anything in a conversation that a verified token does not make theirs."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from socketio.exceptions import ConnectionError as Refused

from tests.support.chat import Phone, RunningChat, phone, running_chat


def altered(token: str, **claims: Any) -> str:
    """The token with other claims and its old signature."""
    head, body, seal = token.split(".")
    forged = jwt.encode({**jwt.decode(token, options={"verify_signature": False}), **claims}, "x" * 32, algorithm="HS256")
    return f"{head}.{forged.split('.')[1]}.{seal}"


async def refusal(chat: RunningChat, token: Any, **options: Any) -> str:
    """Why a connection was refused."""
    visitor = Phone(chat)
    with pytest.raises(Refused):
        await visitor.connect(token, **options)
    await visitor.leave()
    assert visitor.hello is None and visitor.received == []
    return str(visitor.refused["message"])


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        lambda chat: altered(chat.token("B1001"), sub="B1002"),
        lambda chat: altered(chat.token("B1001"), exp=9999999999),
        lambda chat: chat.token("B1001", seconds=-1),
        lambda chat: jwt.encode({"sub": "B1001", "aud": "huanban", "exp": 9999999999}, None, algorithm="none"),
        lambda chat: jwt.encode({"sub": "B1001", "aud": "huanban", "exp": 9999999999}, "y" * 32, algorithm="HS256"),
        lambda chat: chat.conversation("B1001"),
    ],
    ids=["none", "rubbish", "another's name", "longer life", "stolen and expired", "unsigned", "another site's", "a room's name"],
)
def test_a_token_that_is_not_valid_opens_nothing(tmp_path: Path, token: Any) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat) as hers:
            await hers.say("欠多少")
            await hers.hears("听到")
            assert await refusal(chat, token(chat) if callable(token) else token) == "token-not-valid"

    asyncio.run(scene())


def test_two_borrowers_and_two_guests_hear_nothing_of_each_other(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat:
            async with phone(chat, chat.token("B1001")) as one, phone(chat, chat.token("B1002")) as two:
                async with phone(chat, chat.token(None)) as guest, phone(chat, chat.token(None)) as stranger:
                    await one.say("我的秘密")
                    await guest.say("随便问问")
                    await one.hears("听到：我的秘密")
                    await guest.hears("听到：随便问问")
                    await two.say("到我了")
                    await two.hears("听到：到我了")
                    assert two.texts() == ["听到：到我了"]
                    assert stranger.texts() == []
                    assert guest.hello and guest.hello["guest"] and one.hello and not one.hello["guest"]

    asyncio.run(scene())


@pytest.mark.parametrize("event", ["join", "session_request", "enter_room", "message", "hello", "messages"])
def test_no_event_takes_a_socket_into_anothers_room(tmp_path: Path, event: str) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat:
            async with phone(chat, chat.token("B1001")) as hers, phone(chat, chat.token("B1002")) as thief:
                room = chat.conversation("B1001")
                await thief.emit(event, {"session_id": room, "room": room, "conversation_id": room, "sender": room})
                await thief.call("say", {"id": "00000000-0000-0000", "text": "你好", "sender": room, "session_id": room})
                await thief.hears("听到：你好")
                await hers.say("只说给我")
                await hers.hears("听到：只说给我")
                assert all("只说给我" not in text for text in thief.texts())
                assert {conversation for conversation, text in chat.bot.heard if text == "你好"} == {chat.conversation("B1002")}

    asyncio.run(scene())


def test_a_second_tab_and_a_second_device_hear_the_same(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat:
            async with phone(chat) as tab, phone(chat) as other, phone(chat, transport="polling") as device:
                await tab.say("第一句")
                for screen in (tab, other, device):
                    await screen.hears("听到：第一句")
                await other.hears("第一句")
                assert other.texts() == device.texts() == ["第一句", "听到：第一句"]
                assert ("typing", {"on": True}) in other.events

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("origin", "passes"),
    [
        (None, True),
        ("https://bank.example", True),
        ("https://BANK.example", True),
        ("https://bank.example.evil.test", False),
        ("http://bank.example", False),
        ("https://evil.test", False),
        ("null", False),
    ],
)
def test_only_pages_on_the_lenders_list_connect(tmp_path: Path, origin: str | None, passes: bool) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path, HUANBAN_WEB_ORIGINS="https://bank.example, https://m.bank.example") as chat:
            if passes:
                async with phone(chat, origin=origin) as hers:
                    assert hers.hello is not None
            else:
                assert await refusal(chat, chat.token(), origin=origin) == "origin-not-allowed"

    asyncio.run(scene())


def test_the_bots_own_page_may_connect_without_being_listed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat, origin=chat.url) as hers:
            assert hers.hello is not None

    asyncio.run(scene())


def test_a_renewed_token_keeps_the_conversation_and_anothers_is_refused(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat, chat.token(seconds=60)) as hers:
            await hers.say("之前")
            await hers.hears("听到：之前")
            for token in (
                chat.token("B1002"),
                chat.token(None),
                chat.token(seconds=-1),
                altered(chat.token(), exp=9999999999),
                7,
            ):
                refused = await hers.call("renew", {"token": token})
                assert not refused["ok"] and refused["problem"]["type"] == "/problems/token-not-valid"
                assert refused["problem"]["status"] == 401
            renewed = await hers.call("renew", {"token": chat.token(seconds=7200)})
            assert renewed["ok"] and renewed["expires_at"] > (hers.hello or {})["expires_at"]
            await hers.say("之后")
            await hers.hears("听到：之后")
            assert {conversation for conversation, _ in chat.bot.heard} == {chat.conversation()}

    asyncio.run(scene())


def test_an_expired_socket_says_and_hears_nothing_until_it_is_renewed_and_then_misses_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat, chat.token(seconds=2)) as old, phone(chat) as other:
            await old.until(lambda: ("expired", {}) in [(event, data) for event, data in old.events])
            refused = await old.say("还能说吗")
            assert refused["problem"]["type"] == "/problems/token-not-valid"
            await other.say("别处说的")
            await other.hears("听到：别处说的")
            assert old.texts() == []
            assert (await old.call("renew", {"token": chat.token()}))["ok"]
            await old.hears("听到：别处说的")
            assert old.texts() == ["别处说的", "听到：别处说的"]
            await old.say("又能说了")
            await old.hears("听到：又能说了")
            assert "还能说吗" not in chat.bot.texts

    asyncio.run(scene())


def test_an_expired_socket_that_is_not_renewed_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.chat.sockets.GRACE_SECONDS", 0.2)

    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat, chat.token(seconds=1)) as hers:
            await hers.until(lambda: any(event == "disconnect" for event, _ in hers.events))
            assert [event for event, _ in hers.events][-2:] == ["expired", "disconnect"]

    asyncio.run(scene())


def test_a_token_is_valid_for_as_long_as_it_says(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat, chat.token(seconds=600)) as hers:
            told = (hers.hello or {})["expires_at"]
            left = time.mktime(time.strptime(told, "%Y-%m-%dT%H:%M:%SZ")) - time.mktime(time.gmtime())
            assert 590 <= left <= 601

    asyncio.run(scene())
