"""Borrowers who ask for more time over the widget's own protocol, and come back when the line breaks, as the widget does."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from socketio import AsyncClient  # type: ignore[import-untyped]

# The client of this engineio is written for a newer aiohttp than Rasa allows; the older one takes the bare number.
if not hasattr(aiohttp, "ClientWSTimeout"):
    aiohttp.ClientWSTimeout = lambda ws_close: ws_close

FIRST_WORDS = "我这个月还不上了，能晚半个月还吗"
SMALL_TALK = ("我一共还欠多少", "下次什么时候还", "会不会影响征信")
FILED = ("提交好了", "已经提交过", "正在处理的申请", "还在等答复")
# Longer than a lease (60 s) and the look for abandoned turns (15 s) together.
PATIENCE_SECONDS = 100.0
ACK_SECONDS = 8.0


@dataclass
class Said:
    """One message and what came of it; times are of `time.monotonic`."""

    at: float
    text: str
    answered_after: float | None = None
    answer: str = ""


@dataclass
class BorrowerOnLine:
    """One borrower with one widget.

    Attributes:
        said: every message that was said, in order.
        has_heard_filed: the bot has told that the request is there.
    """

    borrower_id: str
    url: str
    token: str
    said: list[Said] = field(default_factory=list)
    has_heard_filed: bool = False

    def __post_init__(self) -> None:
        """Nobody is connected yet."""
        self._io: Any = None
        self._messages: dict[str, dict[str, Any]] = {}
        self._typing = False
        self._news = asyncio.Event()

    @property
    def heard(self) -> list[str]:
        """What the bot said, in order, each message once."""
        return [self._messages[key].get("text", "") for key in sorted(self._messages) if self._messages[key]["from"] == "bot"]

    async def ask_for_time(self, until: asyncio.Event, wait: float) -> None:
        """Talks a little, asks for more time until it is there, and then talks on until told to stop."""
        chooser = random.Random(self.borrower_id)
        begins = time.monotonic() + wait
        while time.monotonic() < begins:
            await self._say({"text": chooser.choice(SMALL_TALK)})
            await asyncio.sleep(chooser.uniform(0.5, 2.0))
        for _ in range(8):
            if await self._file():
                self.has_heard_filed = True
                break
        while not until.is_set():
            await self._say({"text": chooser.choice(SMALL_TALK)})
            await asyncio.sleep(chooser.uniform(0.5, 2.0))
        await self.leave()

    async def _file(self) -> bool:
        """The conversation once; False when it was cut short and has to be begun again."""
        for body, expected in ((FIRST_WORDS, "不想说"), ("不想说", "提交"), ("提交", None)):
            payload = self._payload(body) if body != FIRST_WORDS else None
            answer = await self._say({"payload": payload, "title": body} if payload else {"text": body})
            if any(words in answer for words in FILED):
                return True
            if expected is not None and self._payload(expected) is None:
                return False
        return False

    def _payload(self, title: str) -> str | None:
        """What the button of that title carries, in the newest message that has buttons."""
        for key in sorted(self._messages, reverse=True):
            buttons = self._messages[key].get("buttons") or []
            if buttons:
                return next((button["payload"] for button in buttons if button["title"] == title), None)
        return None

    async def _say(self, body: dict[str, Any]) -> str:
        """Says something until it is acknowledged, under one id, and waits for the whole answer."""
        message, said = {"id": str(uuid.uuid4()), **body}, Said(time.monotonic(), str(body.get("text") or body.get("title")))
        self.said.append(said)
        mine = await self._acknowledged(message)
        while time.monotonic() - said.at < PATIENCE_SECONDS:
            answers = [m for key, m in sorted(self._messages.items()) if key > mine and m["from"] == "bot"]
            if answers and said.answered_after is None:
                said.answered_after = time.monotonic() - said.at
            if answers and not self._typing:
                said.answer = "\n".join(m.get("text", "") for m in answers)
                return said.answer
            self._news.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), 1.0)
            if self._io is None or not self._io.connected:
                await self._connect()
        return ""

    async def _acknowledged(self, message: dict[str, Any]) -> str:
        while True:
            if self._io is None or not self._io.connected:
                await self._connect()
            try:
                answer = await self._io.call("say", message, timeout=ACK_SECONDS)
            except Exception:  # the line broke, or nobody answered: the same message again, under the same id
                await self.leave()
                continue
            if answer and answer.get("ok"):
                kept: dict[str, Any] = answer["message"]
                self._messages[kept["id"]] = kept
                return str(kept["id"])
            await asyncio.sleep(1.0)

    async def _connect(self) -> None:
        while True:
            await self.leave()
            self._io = AsyncClient(reconnection=False)
            self._io.on("hello", self._hello)
            self._io.on("messages", self._more)
            self._io.on("typing", self._types)
            try:
                await asyncio.wait_for(
                    self._io.connect(
                        self.url,
                        auth={"token": self.token, "after": max(self._messages, default=None)},
                        socketio_path="/webhooks/chat/socket.io",
                        transports=["websocket"],
                    ),
                    ACK_SECONDS,
                )
                return
            except Exception:  # as the widget does: once more, a little later
                await asyncio.sleep(random.uniform(0.2, 0.8))

    async def leave(self) -> None:
        """Ends the connection."""
        if self._io is not None:
            line, self._io = self._io, None
            self._typing = False
            with contextlib.suppress(Exception):
                await asyncio.wait_for(line.disconnect(), 2)

    async def _hello(self, data: dict[str, Any]) -> None:
        await self._more(data)

    async def _more(self, data: dict[str, Any]) -> None:
        for message in data["messages"]:
            self._messages[message["id"]] = message
        self._news.set()

    async def _types(self, data: dict[str, Any]) -> None:
        self._typing = bool(data["on"])
        self._news.set()
