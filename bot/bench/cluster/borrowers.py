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
STATUS_WORDS = "我的申请办到哪了"
FILED_NOW = "提交好了，申请编号"
FILED = (FILED_NOW, "之前就提交好了", "还在审核")
INTERRUPTED = "系统断了一下"
# Longer than a lease, the look for abandoned turns and the place of a dead server in the conversation's queue together.
PATIENCE_SECONDS = 60.0
ACK_SECONDS = 8.0
QUIET_AFTER_A_BREAK_SECONDS = 1.5
TRIES = 8
QUESTIONS = 3


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
        think_seconds: mean time she takes to read an answer and to write the next message; a button takes her a third of it.
        said: every message that was said, in order.
        has_heard_filed: the bot has told that the request is there.
    """

    borrower_id: str
    url: str
    token: str
    think_seconds: float = 1.25
    said: list[Said] = field(default_factory=list)
    has_heard_filed: bool = False

    def __post_init__(self) -> None:
        """Nobody is connected yet."""
        self._io: Any = None
        self._messages: dict[str, dict[str, Any]] = {}
        self._typing = False
        self._breaks = 0
        self._news = asyncio.Event()
        self._chooser = random.Random(self.borrower_id)
        self._hurry = asyncio.Event()

    @property
    def heard(self) -> list[str]:
        """What the bot said, in order, each message once."""
        return [self._messages[key].get("text", "") for key in sorted(self._messages) if self._messages[key]["from"] == "bot"]

    async def ask_for_time(self, until: asyncio.Event, wait: float) -> None:
        """Talks a little, asks for more time until it is there, and then talks on until told to stop.

        Args:
            until: set when the run is over; whoever has not asked by then does so without thinking much.
            wait: seconds from now to the moment at which more time is asked for.
        """
        self._hurry = until
        begins = time.monotonic() + wait
        await self._think(self._chooser.random())
        while time.monotonic() < begins and not until.is_set():
            await self._say({"text": self._chooser.choice(SMALL_TALK)})
            await self._think()
        for _ in range(TRIES):
            self.has_heard_filed = await self._file() or await self._is_filed()
            if self.has_heard_filed:
                break
        while not until.is_set():
            await self._think()
            await self._say({"text": self._chooser.choice(SMALL_TALK)})
        await self.leave()

    async def _think(self, share: float = 1.0) -> None:
        """Reads and writes; shortly only, once the run is over."""
        seconds = share * self.think_seconds * self._chooser.uniform(0.5, 1.5)
        if not self._hurry.is_set():
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), seconds)
                await asyncio.sleep(10 * self._chooser.random())  # not all in the same moment
        else:
            await asyncio.sleep(min(seconds, 2 * self._chooser.random()))

    async def _file(self) -> bool:
        """The conversation once; False when it was cut short and has to be begun again.

        Asked a second time, the bot remembers what it was told and shows its offer at once.
        """
        answer = await self._say({"text": FIRST_WORDS})
        for _ in range(QUESTIONS):
            await self._think(1 / 3)
            title = next((title for title in ("提交", "不想说") if self._payload(title)), None)
            if any(words in answer for words in FILED) or title is None:
                break
            answer = await self._say({"payload": self._payload(title), "title": title})
        return any(words in answer for words in FILED)

    async def _is_filed(self) -> bool:
        """Whether the request is there after all, as the bot tells whoever is not sure."""
        answer = await self._say({"text": STATUS_WORDS})
        await self._think(1 / 3)
        return any(words in answer for words in FILED)

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
        breaks = self._breaks
        mine = await self._acknowledged(message)
        while time.monotonic() - said.at < PATIENCE_SECONDS:
            answers = self._answers_after(mine)
            if answers and said.answered_after is None:
                said.answered_after = time.monotonic() - said.at
            if answers and not self._typing:
                if self._breaks != breaks and await self._more_comes(len(answers), mine):
                    continue
                said.answer = "\n".join(m.get("text", "") for m in answers)
                return said.answer
            self._news.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), 1.0)
            await self._be_connected()
        return ""

    def _answers_after(self, mine: str) -> list[dict[str, Any]]:
        return [m for key, m in sorted(self._messages.items()) if key > mine and m["from"] == "bot"]

    async def _more_comes(self, known: int, mine: str) -> bool:
        """Whether an answer goes on; after a break nothing says that the bot is still at it on another server."""
        await asyncio.sleep(QUIET_AFTER_A_BREAK_SECONDS)
        await self._be_connected()
        return len(self._answers_after(mine)) > known

    async def _acknowledged(self, message: dict[str, Any]) -> str:
        while True:
            await self._be_connected()
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

    async def _be_connected(self) -> None:
        if self._io is None or not self._io.connected:
            await self.connect()

    async def connect(self) -> None:
        """Opens the line, and opens it again until it stands."""
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
            self._breaks += 1
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
