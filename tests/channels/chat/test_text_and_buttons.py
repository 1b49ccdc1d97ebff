"""Text is text, buttons and cards carry what the server gave to this conversation, and limits hold."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import pytest
import requests
from rasa.core.channels.channel import UserMessage
from socketio.exceptions import ConnectionError as Refused

from bot.channels import payloads
from tests.support.chat import Phone, ScriptedBot, phone, running_chat

CARD = {
    "type": "summary",
    "rows": [{"name": "new_due_date", "value_date": "2026-12-15"}],
    "confirm": {"title": "提交", "payload": '/affirm{"quote_id": "Q1"}'},
    "more": [{"deep": {"payload": "/deny", "amount_fen": 12050}}],
}


@pytest.mark.parametrize("typed", ["/affirm", " /affirm", "\u200b/restart", '/inform{"loan_id": "L1002"}', "\x00/deny"])
def test_what_somebody_types_is_never_a_command(tmp_path: Path, typed: str) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat) as hers:
            await hers.say(typed)
            await hers.hears("听到")
            assert chat.bot.texts[0].startswith("／")

    asyncio.run(scene())


def test_a_payload_that_was_not_issued_to_this_conversation_is_text(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat:
            secret = chat.settings.conversation_secret
            others = payloads.issue("/affirm", chat.conversation("B1002"), secret)
            genuine = payloads.issue("/affirm", chat.conversation("B1001"), secret)
            forged = [
                others,
                "/affirm",
                genuine[:-1] + ("0" if genuine[-1] != "0" else "1"),
                payloads.issue("/affirm", "", secret),
            ]
            async with phone(chat) as hers:
                for payload in forged:
                    ack = await hers.call("say", {"id": str(uuid.uuid4()), "payload": payload, "title": "好"})
                    assert ack["message"]["text"] != "好"  # the history shows what was really sent
                await hers.call("say", {"id": str(uuid.uuid4()), "text": genuine})  # typed: text, even with the right seal
                await hers.call("say", {"id": str(uuid.uuid4()), "payload": genuine, "title": "好"})
                await hers.hears("听到：/affirm")
                assert chat.bot.texts[-1] == "/affirm"
                assert not any(text.startswith("/") for text in chat.bot.texts[:-1])

    asyncio.run(scene())


def test_the_history_shows_what_stood_on_the_button_and_not_what_a_page_claims(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat) as hers:
            await hers.say("你好")
            await hers.hears("听到")
            ack = await hers.tap("好", shown_as="我没有点过")
            assert ack["message"]["text"] == "好"

    asyncio.run(scene())


def test_every_payload_of_a_card_is_sealed_and_taps_are_obeyed(tmp_path: Path) -> None:
    async def shows(message: UserMessage) -> None:
        await message.output_channel.send_response(message.sender_id, {"text": "请确认", "custom": {"card": CARD}})

    async def scene() -> None:
        async with running_chat(tmp_path, ScriptedBot(shows)) as chat, phone(chat) as hers:
            await hers.say("申请")
            await hers.until(lambda: any("card" in message for message in hers.received))
            card = next(message["card"] for message in hers.received if "card" in message)
            assert card["rows"] == CARD["rows"] and card["more"][0]["deep"]["amount_fen"] == 12050
            sealed, deep = card["confirm"]["payload"], card["more"][0]["deep"]["payload"]
            assert sealed.startswith("~") and deep.startswith("~")
            ack = await hers.call("say", {"id": str(uuid.uuid4()), "payload": sealed, "title": "别的"})
            assert ack["message"]["text"] == "提交"
            await hers.until(lambda: len(chat.bot.heard) == 2)
            assert chat.bot.texts[1] == '/affirm{"quote_id": "Q1"}'

    asyncio.run(scene())


def test_what_the_chat_cannot_show_is_left_out_and_the_rest_arrives(tmp_path: Path) -> None:
    async def odd(message: UserMessage) -> None:
        for response in (
            {"text": "一", "image": "https://evil.test/x.png"},
            {"text": "二", "attachment": {"type": "video"}},
            {"text": "三", "elements": [{"title": "x"}], "custom": {"event": "admin", "room": "*"}},
            {"custom": "text"},
            {"custom": {"card": {"no": "type"}}},
            {"text": "<img src=x onerror=alert(1)>\n\n还有一段"},
        ):
            await message.output_channel.send_response(message.sender_id, dict(response))

    async def scene() -> None:
        async with running_chat(tmp_path, ScriptedBot(odd)) as chat, phone(chat) as hers:
            await hers.say("来")
            await hers.hears("还有一段")
            answers = [message for message in hers.received if message["from"] == "bot"]
            # Text is handed on as it is, in one piece; that it is shown as text is the widget's part.
            assert [m["text"] for m in answers] == ["一", "二", "三", "<img src=x onerror=alert(1)>\n\n还有一段"]
            assert all(set(message) == {"id", "at", "from", "text"} for message in answers)

    asyncio.run(scene())


@pytest.mark.parametrize(
    "data",
    [
        None,
        "text",
        [],
        {},
        {"id": "00000000-0000"},
        {"text": "没有编号"},
        {"id": "x", "text": "太短的编号"},
        {"id": "0000 0000 0000", "text": "空格"},
        {"id": 12345678, "text": "数字"},
        {"id": "00000000-0000", "text": "二选一", "payload": "~x~y"},
        {"id": "00000000-0000", "text": 7},
        {"id": "00000000-0000", "text": ["a"]},
        {"id": "00000000-0000", "text": ""},
        {"id": "00000000-0000", "text": " \n\t\u200b "},
        {"id": "00000000-0000", "payload": {"a": 1}},
    ],
)
def test_a_malformed_message_is_refused_and_the_socket_stays(tmp_path: Path, data: Any) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat) as hers:
            refused = await hers.call("say", data)
            assert refused["ok"] is False
            assert (refused["problem"]["type"], refused["problem"]["status"]) == ("/problems/message-malformed", 400)
            assert {"title", "detail"} <= refused["problem"].keys()
            assert (await hers.say("还在"))["ok"]
            await hers.hears("听到：还在")
            assert chat.bot.texts == ["还在"]

    asyncio.run(scene())


def test_a_message_that_is_too_long_is_refused_and_one_that_just_fits_is_not(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat) as hers:
            refused = await hers.say("长" * 1001)
            assert (refused["problem"]["type"], refused["problem"]["status"]) == ("/problems/message-too-long", 413)
            assert (await hers.say("长" * 1000))["ok"]

    asyncio.run(scene())


def test_private_numbers_rest_masked(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat) as hers:
            ack = await hers.say("我电话13800138000")
            assert "13800138000" not in ack["message"]["text"]
            assert (await hers.call("rate", {"score": 5, "text": "谢谢，我是13800138000"}))["ok"]
            await hers.hears("听到")
            assert "13800138000" not in str(chat.bot.heard)
        assert b"13800138000" not in b"".join(path.read_bytes() for path in tmp_path.glob("chat.db*"))

    asyncio.run(scene())


def test_one_borrower_cannot_flood_the_bot_and_another_is_not_kept_waiting(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path, HUANBAN_MESSAGES_PER_MINUTE=3) as chat:
            async with phone(chat) as hers, phone(chat) as her_other_tab, phone(chat, chat.token("B1002")) as his:
                for number in range(3):
                    assert (await hers.say(str(number)))["ok"]
                refused = await her_other_tab.say("再来")
                assert (refused["problem"]["type"], refused["problem"]["status"]) == ("/problems/too-many-messages", 429)
                assert 1 <= refused["problem"]["retry_after_seconds"] <= 20
                assert (await his.say("我呢"))["ok"]
                await hers.hears("听到：2")
                assert "再来" not in chat.bot.texts

    asyncio.run(scene())


def test_one_address_cannot_flood_the_bot_under_many_names(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path, HUANBAN_ADDRESS_CALLS_PER_MINUTE=6) as chat:
            for number in range(3):
                async with phone(chat, chat.token(f"B{number}")) as visitor:
                    assert (await visitor.say("嗨"))["ok"]
            fourth = Phone(chat)
            with pytest.raises(Refused):
                await fourth.connect(chat.token("B9"))
            answer = await asyncio.to_thread(
                requests.get, f"{chat.url}/webhooks/chat/socket.io/?EIO=4&transport=polling", timeout=30
            )
            assert answer.status_code == 429 and int(answer.headers["Retry-After"]) >= 1

    asyncio.run(scene())


@pytest.mark.parametrize("data", [None, {}, {"score": 0}, {"score": 6}, {"score": True}, {"score": "5"}, {"score": 3, "text": 7}])
def test_a_rating_is_a_whole_number_from_one_to_five(tmp_path: Path, data: Any) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat) as hers:
            assert (await hers.call("rate", data))["problem"]["status"] == 400
            assert (await hers.call("rate", {"score": 4}))["ok"]

    asyncio.run(scene())


def test_care_mode_is_remembered_for_every_device_and_for_the_conversation(tmp_path: Path) -> None:
    async def switches(message: UserMessage) -> None:
        await message.output_channel.send_response(
            message.sender_id, {"text": "好", "custom": {"card": {"type": "care_mode", "on": False}}}
        )

    async def scene() -> None:
        async with running_chat(tmp_path, ScriptedBot(switches)) as chat:
            async with phone(chat) as hers:
                assert hers.hello and hers.hello["care_mode"] is False
                assert (await hers.call("care_mode", {"on": "yes"}))["problem"]["status"] == 400
                assert (await hers.call("care_mode", {"on": True}))["ok"]
            async with phone(chat) as device:
                assert device.hello and device.hello["care_mode"] is True
                tracker = await chat.agent.tracker_store.retrieve(chat.conversation())
                assert tracker.get_slot("care_mode") is True
                await device.say("字小一点")
                await device.until(lambda: any("card" in message for message in device.received))
                assert chat.bot.messages[0].metadata == {"care_mode": True}
            async with phone(chat) as third:  # said in words, it holds as well
                assert third.hello and third.hello["care_mode"] is False

    asyncio.run(scene())
