"""One borrower with one widget, who never gives up: what was said and not acknowledged is said again under the same id."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from typing import Any

import aiohttp
from socketio import AsyncClient  # type: ignore[import-untyped]

# The client of this engineio is written for a newer aiohttp than Rasa allows; the older one takes the bare number.
if not hasattr(aiohttp, "ClientWSTimeout"):
    aiohttp.ClientWSTimeout = lambda ws_close: ws_close

Message = dict[str, Any]
ACK_SECONDS = 6.0
# A turn that was cut short is told of after its lease of 60 s, where nothing else is wrong after a restart of some seconds.
PATIENCE_SECONDS = 100.0
# After the line broke, or somebody may have spoken beside, the answer counts as whole after this much quiet.
QUIET_SECONDS = 1.0


class Line:
    """The widget's own protocol over socket.io.

    Args:
        url: of the Rasa server.
        token: the borrower's web token.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token
        self._io: Any = None
        self._messages: dict[str, Message] = {}
        self._typing = False
        self._broke = 0
        self._news = asyncio.Event()
        self._last_news = time.monotonic()

    @property
    def messages(self) -> list[Message]:
        """All that was said by both, in the order of the history."""
        return [self._messages[key] for key in sorted(self._messages)]

    def payload(self, title: str) -> str | None:
        """What the button of that title carries, in the newest message that has one."""
        for message in reversed(self.messages):
            found = next((b["payload"] for b in message.get("buttons") or [] if title in b["title"]), None)
            if found:
                return str(found)
        return None

    async def say(self, body: Message, channel: str = "once") -> list[Message]:
        """Says something and waits for the whole answer; [] when none came.

        Args:
            body: `text`, or `payload` and `title`.
            channel: "once"; "repeated": again under its id when it was answered; "doubled": two copies at once;
                "two_devices": twice at once under two ids.
        """
        message = {"id": str(uuid.uuid4()), **body}
        other = {**message, "id": str(uuid.uuid4())} if channel == "two_devices" else message
        sent = [message, other] if channel in ("doubled", "two_devices") else [message]
        acknowledged = await asyncio.gather(*(self._acknowledged(one) for one in sent))
        if not all(acknowledged):
            return []
        answer = await self._answer(max(acknowledged), wait=channel != "once")
        if channel == "repeated":
            await self._acknowledged(message)
            await asyncio.sleep(0.3)
            answer = await self._answer(max(acknowledged), wait=True)
        return answer

    async def _answer(self, after: str, *, wait: bool) -> list[Message]:
        began, broke = time.monotonic(), self._broke
        while time.monotonic() - began < PATIENCE_SECONDS:
            answers = [m for m in self.messages if m["id"] > after and m["from"] == "bot"]
            quiet = time.monotonic() - self._last_news
            if answers and not self._typing and self._is_there() and (quiet > QUIET_SECONDS or not (wait or self._broke > broke)):
                return answers
            self._news.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), 0.3)
            if not self._is_there():
                await self._connect()
        return [m for m in self.messages if m["id"] > after and m["from"] == "bot"]

    async def _acknowledged(self, message: Message) -> str:
        """The id under which it is kept; "" when nobody took it in time."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_SECONDS:
            if not self._is_there():
                await self._connect()
                continue
            try:
                answer = await self._io.call("say", message, timeout=ACK_SECONDS)
            except Exception:  # the line broke, or nobody answered: the same message again, under the same id
                await self.leave()
                continue
            if answer and answer.get("ok"):
                kept: Message = answer["message"]
                self._messages[kept["id"]] = kept
                return str(kept["id"])
            await asyncio.sleep(0.5)
        return ""

    def _is_there(self) -> bool:
        return self._io is not None and bool(self._io.connected)

    async def _connect(self) -> None:
        """One try; the caller looks again."""
        self._broke += 1
        await self.leave()
        line = AsyncClient(reconnection=False)
        line.on("hello", self._more)
        line.on("messages", self._more)
        line.on("typing", self._types)
        auth = {"token": self._token, "after": max(self._messages, default=None)}
        path = "/webhooks/chat/socket.io"
        try:
            connecting = line.connect(self._url, auth=auth, socketio_path=path, transports=["websocket"])
            await asyncio.wait_for(connecting, ACK_SECONDS)
            self._io = line
            self._last_news = time.monotonic()
        except Exception:  # as the widget does: once more, a little later
            with contextlib.suppress(Exception):
                await asyncio.wait_for(line.disconnect(), 2)
            await asyncio.sleep(0.5)

    async def leave(self) -> None:
        """Ends the connection."""
        if self._io is not None:
            line, self._io = self._io, None
            self._typing = False
            with contextlib.suppress(Exception):
                await asyncio.wait_for(line.disconnect(), 2)

    async def _more(self, data: Message) -> None:
        for message in data["messages"]:
            self._messages[message["id"]] = message
        self._heard()

    async def _types(self, data: Message) -> None:
        self._typing = bool(data["on"])
        self._heard()

    def _heard(self) -> None:
        self._last_news = time.monotonic()
        self._news.set()
