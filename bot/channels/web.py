"""The web channel over plain HTTP: a message goes in with a token, what the bot says comes back.

`POST /webhooks/web/messages` with `Authorization: Bearer <web token>` and `{"text": "…"}` (typed) or `{"payload": "…"}` (a
button of an earlier answer). Answers 200 `{"messages": [{"text", "buttons": [{"title", "payload"}], …}]}`; 400, 401, 403, 413,
429 or 503 as problem details. `POST /webhooks/web/guest` gives somebody who is not logged in a token for general questions.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as json_response

from bot import config
from bot.channels import payloads
from bot.channels.chat.beside import Beside
from bot.channels.guard import MAX_MESSAGE_CHARACTERS, plain_text
from bot.channels.origins import Origins
from bot.channels.problems import ChannelProblem
from bot.identity import NotVerified, Speaker, speaker_of_web_token, web_token

log = logging.getLogger(__name__)

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


class SealedOutput(CollectingOutputChannel):
    """Collects what the bot says; the payloads of its buttons are sealed to the conversation."""

    def __init__(self, secret: str) -> None:
        super().__init__()
        self._secret = secret

    @classmethod
    def name(cls) -> str:
        """The channel's name in `domain.yml`'s response variants."""
        return "web"

    async def send_text_with_buttons(self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any) -> None:
        """One message with its buttons."""
        sealed = [
            {"title": button["title"], "payload": payloads.issue(button["payload"], recipient_id, self._secret)}
            for button in buttons
        ]
        await self._persist_message(self._message(recipient_id, text=text, buttons=sealed))

    async def send_custom_json(self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any) -> None:
        """A card; what its buttons carry is sealed like that of any other."""
        sealed = payloads.issue_within(json_message, recipient_id, self._secret)
        await self._persist_message(self._message(recipient_id, custom=sealed))

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """One message. Rasa's own splits at blank lines; a table and its heading belong together."""
        await self._persist_message(self._message(recipient_id, text=text))


class WebChannel(InputChannel):
    """Rasa's input channel for the web; `credentials.yml` names it."""

    def __init__(self, web_secret: str, conversation_secret: str, origins: Origins | None = None) -> None:
        self._web_secret = web_secret
        self._origins = origins or Origins(())
        self._conversation_secret = conversation_secret

    @classmethod
    def name(cls) -> str:
        """Part of the URL."""
        return "web"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """The channel with the secrets in force."""
        settings = config.load()
        return cls(settings.web_secret, settings.conversation_secret, Origins(settings.web_origins))

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's endpoints."""
        webhook = Blueprint("web_channel", __name__)

        @webhook.get("/")
        async def health(_: Request) -> HTTPResponse:
            return json_response({"status": "ok"})

        @webhook.post("/guest")
        async def guest(request: Request) -> HTTPResponse:
            if chat := Beside.of(request):
                chat.admit(request)
            return json_response({"token": web_token(None, self._web_secret)})

        @webhook.options("/guest")
        async def may_be_guest(_: Request) -> HTTPResponse:
            return empty()

        @webhook.post("/messages")
        async def messages(request: Request) -> HTTPResponse:
            try:
                speaker = self._speaker(request)
            except NotVerified as error:
                log.info("a message without a valid token was refused: %s", error)
                return _problem(401, "token-not-valid", "The web token is missing, altered or expired; sign a new one.")
            body = _body(request)
            if body is None:
                return _problem(400, "message-malformed", 'Send {"text": "…"} or {"payload": "…"}, one of them, not empty.')
            if len(body.get("text", "")) > MAX_MESSAGE_CHARACTERS:
                return _problem(413, "message-too-long", f"A message holds at most {MAX_MESSAGE_CHARACTERS} characters.")
            return await self._answer(speaker, body, on_new_message, Beside.of(request), request)

        @webhook.exception(ChannelProblem)
        async def refuse(_: Request, problem: ChannelProblem) -> HTTPResponse:
            return problem.response()

        @webhook.middleware("response")
        async def mark(request: Request, response: HTTPResponse) -> None:
            self._origins.mark(request, response)

        return webhook

    def _speaker(self, request: Request) -> Speaker:
        scheme, _, token = (request.headers.get("authorization") or "").partition(" ")
        if scheme.lower() != "bearer":
            raise NotVerified("no bearer token")
        return speaker_of_web_token(token, self._web_secret)

    async def _answer(
        self, speaker: Speaker, body: dict[str, str], on_new_message: OnNewMessage, chat: Beside | None, request: Request
    ) -> HTTPResponse:
        conversation_id = speaker.conversation_id(self._conversation_secret)
        if chat:
            chat.admit(request, conversation_id)
        obeyed = payloads.redeem(body.get("payload", ""), conversation_id, self._conversation_secret)
        text = obeyed or plain_text(body.get("text") or body.get("payload", ""))
        output = SealedOutput(self._conversation_secret)
        if chat:
            await chat.said(conversation_id, text, body["payload"] if obeyed else None)
        try:
            await on_new_message(UserMessage(text, output, conversation_id, input_channel=self.name()))
        except Exception:
            log.exception("a message was not answered")
            if chat:
                await chat.failed(conversation_id)
            return _problem(
                503, "bot-unavailable", "Whether it was carried out is not known; ask for the status before sending it again."
            )
        messages = [_said(message) for message in output.messages]
        if chat:
            await chat.answered(conversation_id, messages)
        return json_response({"messages": messages})


def _body(request: Request) -> dict[str, str] | None:
    try:
        body = request.json
    except Exception:  # Sanic raises its own InvalidUsage; whatever it is, the body is no JSON
        return None
    if not isinstance(body, dict) or len(body) != 1:
        return None
    key, value = next(iter(body.items()))
    return body if key in ("text", "payload") and isinstance(value, str) and value.strip() else None


def _said(message: dict[str, Any]) -> dict[str, Any]:
    """A message without the conversation id, which is nobody's business but the server's."""
    return {key: value for key, value in message.items() if key != "recipient_id"}


def _problem(status: int, kind: str, detail: str) -> HTTPResponse:
    return json_response(
        {"type": f"/problems/{kind}", "title": kind.replace("-", " "), "status": status, "detail": detail},
        status=status,
        headers={"content-type": "application/problem+json"},
    )
