"""Rasa's own connectors behind our guard: what is not signed is refused, text is text and masked, nobody is taken for anybody."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from rasa.core.channels.channel import OutputChannel, UserMessage, register
from rasa.core.run import _create_app_without_api
from twilio.request_validator import RequestValidator

from bot.channels.guarded import GuardedTelegram, GuardedTwilio
from bot.config import ConfigurationError
from bot.identity import speaker_of
from tests.support.chat import free_port

SECRET = "conversation-secret-of-the-tests"
URL = "https://lender.example/webhooks/twilio/webhook"


class Sent(OutputChannel):
    """Keeps what is sent, in the place of the platform."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []

    @classmethod
    def name(cls) -> str:
        return "telegram"

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        self.messages.append((str(recipient_id), text))

    async def get_me(self) -> Any:
        return type("Me", (), {"username": "huanban_bot"})


class Telegram(GuardedTelegram):
    sent = Sent()

    def get_output_channel(self) -> Any:
        return self.sent


class Twilio(GuardedTwilio):
    sent = Sent()

    def get_output_channel(self) -> Any:
        return self.sent


async def calls(channel: Any, path: str, *requests: dict[str, Any]) -> tuple[list[int], list[UserMessage]]:
    """The status of each call, and what the bot heard."""
    heard: list[UserMessage] = []

    async def bot(message: UserMessage) -> None:
        heard.append(message)
        reply = {"text": "好的", "buttons": [{"title": "看账单", "payload": "/ask_bill"}]}
        await message.output_channel.send_response(message.sender_id, reply)

    app = _create_app_without_api(None)
    app.ctx.agent = type("Agent", (), {"handle_message": staticmethod(bot)})
    register([channel], app, route="/webhooks/")
    port = free_port()
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
    await server.startup()
    statuses = []
    async with aiohttp.ClientSession() as session:
        for request in requests:
            async with session.post(f"http://127.0.0.1:{port}/webhooks/{path}", **request) as answer:
                statuses.append(answer.status)
    server.close()
    return statuses, heard


def telegram_update(text: str) -> dict[str, Any]:
    chat = {"id": 4711, "type": "private"}
    return {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": chat, "text": text}}


def test_telegram_needs_the_secret_token_and_hears_text() -> None:
    channel = Telegram("token", "huanban_bot", "https://lender.example", "secret-token", SECRET)
    genuine = {"x-telegram-bot-api-secret-token": "secret-token"}
    statuses, heard = asyncio.run(
        calls(
            channel,
            "telegram/webhook",
            {"json": telegram_update("你好")},
            {"json": telegram_update("你好"), "headers": {"x-telegram-bot-api-secret-token": "guessed"}},
            {"json": telegram_update("/affirm 我的手机13800138000"), "headers": genuine},
            {"json": telegram_update("/restart"), "headers": genuine},
        )
    )
    assert statuses == [403, 403, 200, 200]
    assert [message.text for message in heard][0] == "／affirm 我的手机[手机号]"
    assert all(message.text.startswith("／") for message in heard)
    assert speaker_of(heard[0].sender_id, SECRET).borrower_id is None and "4711" not in heard[0].sender_id
    assert Telegram.sent.messages[0] == ("4711", "好的\n· 看账单")


def test_telegram_cannot_be_told_to_register_elsewhere() -> None:
    channel = Telegram("token", "huanban_bot", "https://lender.example", "secret-token", SECRET)
    headers = {"x-telegram-bot-api-secret-token": "secret-token"}
    assert asyncio.run(calls(channel, "telegram/set_webhook", {"headers": headers}))[0] == [403]


def test_twilio_needs_a_signature_over_what_was_sent() -> None:
    channel = Twilio("AC1", "auth-token", "+8610000000", URL, SECRET)
    fields = {"From": "whatsapp:+8613800138000", "Body": "/request_deferral"}
    signature = RequestValidator("auth-token").compute_signature(URL, fields)
    signed = {"x-twilio-signature": signature}
    statuses, heard = asyncio.run(
        calls(
            channel,
            "twilio/webhook",
            {"data": fields},
            {"data": {**fields, "From": "whatsapp:+8613900139000"}, "headers": signed},
            {"data": fields, "headers": signed},
        )
    )
    assert statuses == [403, 403, 204]
    assert [message.text for message in heard] == ["／request_deferral"]
    assert "13800138000" not in heard[0].sender_id
    assert Twilio.sent.messages == [("whatsapp:+8613800138000", "好的\n· 看账单")]


def test_missing_credentials_are_named() -> None:
    with pytest.raises(ConfigurationError, match="secret_token"):
        GuardedTelegram.from_credentials({"access_token": "a", "verify": "b", "webhook_url": "c"})
    with pytest.raises(ConfigurationError, match="auth_token"):
        GuardedTwilio.from_credentials(None)
