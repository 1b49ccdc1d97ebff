"""The chat channel on a real server, before a bot that says what the test wants; and a phone that talks to it over socket.io."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import rasa.core.channels.channel as rasa_channels
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.run import _create_app_without_api
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from sanic import Sanic
from socketio import AsyncClient

from bot import config
from bot.channels.chat import ChatChannel, care_mode
from bot.channels.origins import Origins
from bot.channels.web import WebChannel
from bot.identity import Speaker, web_token

Sanic.test_mode = True
# The client of this engineio is written for a newer aiohttp than Rasa allows; the older one takes the bare number.
if not hasattr(aiohttp, "ClientWSTimeout"):
    aiohttp.ClientWSTimeout = lambda ws_close: ws_close
# Where no lender answers, nobody needs to wait for one.
care_mode.LOOK_UP_SECONDS = 0.05

SECRETS = {
    "HUANBAN_SERVICE_TOKEN": "service-token-of-the-tests",
    "HUANBAN_DESK_TOKEN": "desk-token-of-the-tests",
    "HUANBAN_ACTIONS_TOKEN": "actions-token-of-the-tests",
    "HUANBAN_METRICS_TOKEN": "metrics-token-of-the-tests",
    "HUANBAN_WEB_SECRET": "web-secret-of-the-tests-long-enough",
    "HUANBAN_CONVERSATION_SECRET": "conversation-secret-of-the-tests",
}
WAIT_SECONDS = 10.0

Script = Callable[[UserMessage], Awaitable[None]]


async def echo(message: UserMessage) -> None:
    """Says what it was told, and offers to affirm it."""
    buttons = [{"title": "好", "payload": '/affirm{"quote_id": "Q1"}'}, {"title": "不", "payload": "/deny"}]
    await message.output_channel.send_response(message.sender_id, {"text": f"听到：{message.text}", "buttons": buttons})


class ScriptedBot:
    """What the bot was given to read, and what it does about it.

    Attributes:
        heard: conversation and text of every message that it was given, in order.
        running: how many turns of each conversation run at this moment; `most` is how many ever did.
    """

    def __init__(self, script: Script = echo) -> None:
        self.script = script
        self.heard: list[tuple[str, str]] = []
        self.messages: list[UserMessage] = []
        self.running: dict[str, int] = {}
        self.most = 0

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.heard]

    async def handle_message(self, message: UserMessage) -> None:
        self.heard.append((message.sender_id, message.text))
        self.messages.append(message)
        self.running[message.sender_id] = self.running.get(message.sender_id, 0) + 1
        self.most = max(self.most, self.running[message.sender_id])
        try:
            await self.script(message)
        finally:
            self.running[message.sender_id] -= 1


class RunningChat:
    """A server with the chat channel, and what a test needs of it."""

    def __init__(self, url: str, settings: config.Settings, bot: ScriptedBot, agent: Any, app: Sanic) -> None:
        self.url = url
        self.settings = settings
        self.bot = bot
        self.agent = agent
        self.app = app

    def token(self, borrower_id: str | None = "B1001", **options: Any) -> str:
        """A web token as the lender's site signs it, or a guest's."""
        return web_token(borrower_id, self.settings.web_secret, **options)

    def conversation(self, borrower_id: str = "B1001") -> str:
        """The conversation of a borrower."""
        return Speaker("web", borrower_id).conversation_id(self.settings.conversation_secret)


def chat_settings(folder: Path, env: Mapping[str, str]) -> config.Settings:
    """Settings of a chat whose files lie in `folder`."""
    return config.load({**SECRETS, "HUANBAN_STATE_DIR": str(folder), "HUANBAN_BACKEND_PORT": str(free_port()), **env})


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def running_chat(folder: Path, bot: ScriptedBot | None = None, **env: object) -> AsyncIterator[RunningChat]:
    """The channels as Rasa mounts them, over a database in `folder`; another one over the same folder is a restart.

    Args:
        folder: where the messages are kept.
        bot: what answers; an echo when None.
        env: settings, as `HUANBAN_…=value`.
    """
    bot = bot or ScriptedBot()
    settings = chat_settings(folder, {name: str(value) for name, value in env.items()})
    channels: list[InputChannel] = [
        ChatChannel(settings),
        WebChannel(settings.web_secret, settings.conversation_secret, Origins(settings.web_origins)),
    ]
    app = _create_app_without_api(None)
    agent = SimpleNamespace(
        handle_message=bot.handle_message,
        lock_store=InMemoryLockStore(),
        tracker_store=InMemoryTrackerStore(Domain.load(str(config.ROOT / "domain.yml"))),
    )
    app.ctx.agent = agent
    rasa_channels.register(channels, app, route="/webhooks/")
    port = free_port()
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    await server.after_start()
    try:
        yield RunningChat(f"http://127.0.0.1:{port}", settings, bot, agent, app)
    finally:
        await server.before_stop()
        server.close()
        for connection in server.connections:
            connection.close_if_idle()
        await server.after_stop()


class Phone:
    """A borrower's widget, as far as the protocol goes."""

    def __init__(self, chat: RunningChat) -> None:
        self._chat = chat
        self._io = AsyncClient(reconnection=False)
        self._news = asyncio.Condition()
        self.hello: dict[str, Any] | None = None
        self.received: list[dict[str, Any]] = []
        self.events: list[tuple[str, Any]] = []
        self.refused: Any = None
        for event in ("hello", "messages", "typing", "expired", "read", "disconnect", "connect_error"):
            self._io.on(event, self._handler(event))

    def _handler(self, event: str) -> Callable[..., Awaitable[None]]:
        async def handle(*data: Any) -> None:
            async with self._news:
                self.events.append((event, data[0] if data else None))
                if event == "hello":
                    self.hello = data[0]
                if event in ("hello", "messages"):
                    self.received += data[0]["messages"]
                if event == "connect_error":
                    self.refused = data[0]
                self._news.notify_all()

        return handle

    async def connect(
        self, token: str | None = None, *, after: str | None = None, origin: str | None = None, transport: str = "websocket"
    ) -> Phone:
        """Connects and waits for the greeting.

        Raises:
            socketio.exceptions.ConnectionError: it was refused; `refused` says why.
        """
        auth = {"token": self._chat.token() if token is None else token, "after": after}
        await self._io.connect(
            self._chat.url,
            auth=auth,
            headers={"Origin": origin} if origin else {},
            socketio_path="/webhooks/chat/socket.io",
            transports=[transport],
            wait_timeout=30,  # a busy machine
        )
        await self.until(lambda: self.hello is not None)
        return self

    async def say(self, text: str, client_id: str | None = None) -> dict[str, Any]:
        """The acknowledgement of a typed message."""
        return await self.call("say", {"id": client_id or str(uuid.uuid4()), "text": text})

    async def tap(self, title: str, shown_as: str | None = None) -> dict[str, Any]:
        """The acknowledgement of a tap on the newest button with that title."""
        found = [b for m in self.received for b in m.get("buttons", []) if b["title"] == title]
        body = {"id": str(uuid.uuid4()), "payload": found[-1]["payload"], "title": shown_as or title}
        return await self.call("say", body)

    async def call(self, event: str, data: Any) -> dict[str, Any]:
        """The acknowledgement of any event."""
        answer: dict[str, Any] = await self._io.call(event, data, timeout=WAIT_SECONDS)
        return answer

    async def emit(self, event: str, data: Any) -> None:
        """Sends an event and waits for nothing."""
        await self._io.emit(event, data)

    async def leave(self) -> None:
        """Ends the connection; this client would wait half a minute for the last poll of a polling line."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._io.disconnect(), 2)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Waits until something has come in.

        Raises:
            AssertionError: it did not.
        """
        async with self._news:
            try:
                await asyncio.wait_for(self._news.wait_for(is_so), WAIT_SECONDS)
            except asyncio.TimeoutError:
                raise AssertionError(f"it did not come; there was: {self.events}") from None

    async def hears(self, text: str) -> dict[str, Any]:
        """The first message that holds this text, as soon as it is there."""
        await self.until(lambda: any(text in message.get("text", "") for message in self.received))
        return next(message for message in self.received if text in message.get("text", ""))

    def texts(self) -> list[str]:
        """What is shown, as the widget would show it: each id once, sorted."""
        by_id = {message["id"]: message for message in self.received}
        return [by_id[message_id].get("text", "") for message_id in sorted(by_id)]


@contextlib.asynccontextmanager
async def phone(chat: RunningChat, token: str | None = None, **options: Any) -> AsyncIterator[Phone]:
    """A connected phone for as long as the block runs."""
    connected = Phone(chat)
    try:
        yield await connected.connect(token, **options)
    finally:
        await connected.leave()
