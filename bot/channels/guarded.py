"""Rasa's own Telegram and Twilio connectors behind our guard; `credentials.yml` names them here instead of by Rasa's names.

Rasa's check no signature (Twilio) or only that the bot's token is right (Telegram), hand a typed `/intent` to Rasa as a command,
and make the sender's number the conversation. Here a call is what the platform signed, text is text and masked, and the
conversation is a guest's, since nothing binds these senders to a borrower: general answers only. Rasa's way of sending stays as
it is, but that buttons go as lines of text: their payloads would come back as what anybody can type.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.channels.telegram import TelegramInput, TelegramOutput
from rasa.core.channels.twilio import TwilioInput
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, text
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from bot import config
from bot.channels.guard import plain_text
from bot.config import ConfigurationError
from bot.identity import Speaker

log = logging.getLogger(__name__)

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]
IsGenuine = Callable[[Request], bool]


class ToSender(OutputChannel):
    """Sends what is said in a conversation to the sender that it belongs to.

    Args:
        output: Rasa's own way of sending.
        sender: whom the platform knows.
    """

    def __init__(self, output: OutputChannel, sender: str) -> None:
        self._output = output
        self._sender = sender

    def name(self) -> str:
        """The name of the response variants in the domain."""
        return str(self._output.name())

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """One message."""
        await self._output.send_text_message(self._sender, text)

    async def send_text_with_buttons(self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any) -> None:
        """The text, and what can be said to it in a line each."""
        lines = [f"· {button['title']}" for button in buttons]
        await self._output.send_text_message(self._sender, "\n".join([text, *lines]))

    async def send_custom_json(self, recipient_id: str, json_message: Any, **kwargs: Any) -> None:
        """Left out: the text beside a card says the same."""

    async def send_image_url(self, recipient_id: str, image: str, **kwargs: Any) -> None:
        """Left out, as cards are."""

    async def send_attachment(self, recipient_id: str, attachment: Any, **kwargs: Any) -> None:
        """Left out, as cards are."""


def guarded(on_new_message: OnNewMessage, channel: str, secret: str) -> OnNewMessage:
    """What Rasa's connector is given in the bot's place: it hears text only, masked, in a guest's conversation.

    Args:
        on_new_message: the bot.
        channel: name of the channel.
        secret: what conversation ids are sealed with.
    """

    async def heard(message: UserMessage) -> None:
        sender = str(message.sender_id)
        said = plain_text(message.text or "")
        if not said or message.output_channel is None:
            return
        # A telephone number has no place in a conversation id; its keyed hash tells two senders apart as well.
        guest = hmac.new(secret.encode(), f"sender:{channel}:{sender}".encode(), hashlib.sha256).hexdigest()[:24]
        conversation_id = Speaker(channel, None, guest).conversation_id(secret)
        await on_new_message(UserMessage(said, ToSender(message.output_channel, sender), conversation_id, input_channel=channel))

    return heard


def _behind(webhook: Blueprint, is_genuine: IsGenuine) -> Blueprint:
    """The connector's address; a call that is not the platform's is refused before the connector reads it."""

    @webhook.middleware("request")
    async def check(request: Request) -> HTTPResponse | None:
        if request.method == "GET" and not request.path.endswith("webhook"):
            return None
        if request.method == "POST" and request.path.endswith("/webhook") and is_genuine(request):
            return None
        log.warning("a call to %s was refused", webhook.name)
        return text("", status=403)

    return webhook


def _needed(credentials: Mapping[str, Any] | None, *names: str) -> list[str]:
    given = credentials or {}
    missing = [name for name in names if not given.get(name)]
    if missing:
        raise ConfigurationError(f"credentials.yml: the channel needs {', '.join(missing)}; docs/channels.md shows an example.")
    return [str(given[name]) for name in names]


class GuardedTelegram(TelegramInput):
    """Telegram: a call carries the secret token that was told to Telegram together with the address."""

    def __init__(self, access_token: str, verify: str, webhook_url: str, secret_token: str, conversation_secret: str) -> None:
        super().__init__(access_token, verify, webhook_url, debug_mode=False)
        self._secret_token = secret_token
        self._secret = conversation_secret

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """The channel with what `credentials.yml` holds.

        Raises:
            ConfigurationError: something is missing there.
        """
        token, verify, url, secret = _needed(credentials, "access_token", "verify", "webhook_url", "secret_token")
        return cls(token, verify, url, secret, config.load().conversation_secret)

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Rasa's own, behind the guard; it cannot be told from outside to register its address anew."""
        return _behind(super().blueprint(guarded(on_new_message, self.name(), self._secret)), self._is_genuine)

    def get_output_channel(self) -> TelegramOutput:
        """Rasa's way of sending, registered together with the secret token."""
        output = TelegramOutput(self.access_token)
        # aiogram 2 knows no secret token; the platform's call does.
        asyncio.run(output.request("setWebhook", {"url": self.webhook_url, "secret_token": self._secret_token}))
        return output

    def _is_genuine(self, request: Request) -> bool:
        shown = str(request.headers.get("x-telegram-bot-api-secret-token", ""))
        return hmac.compare_digest(shown.encode(), self._secret_token.encode())


class GuardedTwilio(TwilioInput):
    """Twilio: a call is signed over its address and fields."""

    def __init__(self, account_sid: str, auth_token: str, twilio_number: str, webhook_url: str, conversation_secret: str) -> None:
        super().__init__(account_sid, auth_token, twilio_number, debug_mode=False)
        self._webhook_url = webhook_url
        self._secret = conversation_secret

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """The channel with what `credentials.yml` holds.

        Raises:
            ConfigurationError: something is missing there.
        """
        account, token, number, url = _needed(credentials, "account_sid", "auth_token", "twilio_number", "webhook_url")
        return cls(account, token, number, url, config.load().conversation_secret)

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Rasa's own, behind the guard."""
        return _behind(super().blueprint(guarded(on_new_message, self.name(), self._secret)), self._is_genuine)

    def _is_genuine(self, request: Request) -> bool:
        fields = {name: values[0] for name, values in (request.form or {}).items()}
        shown = str(request.headers.get("x-twilio-signature", ""))
        # Behind a proxy the address differs from the one that Twilio signed; that one is configured.
        return bool(RequestValidator(self.auth_token).validate(self._webhook_url, fields, shown))
