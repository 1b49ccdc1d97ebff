"""The chat over socket.io: who may connect, what a socket may say, and how an answer finds every device.

A room holds the sockets of one conversation. Its name is made on the server from a verified token, and there is no event
with which a client could name one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone
from typing import Any
from weakref import WeakValueDictionary

from socketio import AsyncRedisManager, AsyncServer  # type: ignore[import-untyped]
from socketio.exceptions import ConnectionRefusedError as Refused  # type: ignore[import-untyped]

from bot.channels.chat.asked import read_message, read_rating, read_switch
from bot.channels.chat.care_mode import CareMode
from bot.channels.chat.parts import ChatParts
from bot.channels.chat.turns import Turns
from bot.channels.chat.visitors import Visitor
from bot.channels.problems import ChannelProblem

log = logging.getLogger(__name__)

MAX_PACKET_BYTES = 64 * 1024
GRACE_SECONDS = 60.0

Ack = dict[str, Any]
Work = Callable[[str, Visitor, Any], Awaitable[Ack]]


def socket_server(redis_url: str) -> AsyncServer:
    """A socket.io server; with Redis, what it sends reaches the sockets of all servers that share it."""
    return AsyncServer(
        async_mode="sanic",
        cors_allowed_origins=[],  # ours: bot/channels/origins.py
        client_manager=AsyncRedisManager(redis_url, channel="huanban-chat") if redis_url else None,
        max_http_buffer_size=MAX_PACKET_BYTES,
    )


class ChatSockets:
    """The events of the chat, on a socket.io server."""

    def __init__(self, server: AsyncServer, parts: ChatParts, care: CareMode) -> None:
        self._server = server
        self._parts = parts
        self._care = care
        self._turns: Turns | None = None
        self._visitors: dict[str, Visitor] = {}
        self._callers: dict[str, tuple[str, str]] = {}  # address and origin
        self._watches: dict[str, asyncio.Task[None]] = {}
        self._orders: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        server.on("connect", self._connect)
        server.on("disconnect", self._disconnect)
        for work in (self._say, self._renew, self._read, self._rate, self._care_mode):
            server.on(work.__name__.lstrip("_"), self._acknowledged(work))

    def run(self, turns: Turns) -> None:
        """From now on messages are handed to these turns."""
        self._turns = turns

    async def send(self, conversation_id: str, event: str, data: dict[str, Any]) -> None:
        """Sends an event to every device of a conversation."""
        await self._server.emit(event, data, room=conversation_id)

    async def hang_up(self) -> None:
        """Closes every line, so that the server need not wait for them; widgets take it for a broken line and come back."""
        for line in list(self._server.eio.sockets.values()):
            await line.close(wait=False)

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        request = environ["sanic.request"]
        given = auth if isinstance(auth, dict) else {}
        try:
            self._parts.must_be_allowed(request)
            visitor = self._parts.visitor(given.get("token"))
        except ChannelProblem as problem:
            log.info("a socket was refused: %s", problem.kind)
            raise Refused(problem.kind) from problem
        self._visitors[sid] = visitor
        self._callers[sid] = (self._parts.address(request), self._parts.origin(request))
        # The socket counts as connected only after this handler; nothing may be sent to it before.
        self._server.start_background_task(self._welcome, sid, visitor, given.get("after"))

    async def _welcome(self, sid: str, visitor: Visitor, after: object) -> None:
        # First the room, then the history: a message in between comes twice, under one id, and none is missed.
        try:
            await self._server.enter_room(sid, visitor.conversation_id)
        except (KeyError, ValueError):
            return  # gone again already
        history = self._parts.history
        messages = await history.soon(history.since, visitor.conversation_id, after)
        hello = {
            "guest": visitor.is_guest,
            "care_mode": await self._care.of(visitor),
            "expires_at": visitor.expires_at,
            "now": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            "read": await history.soon(history.read_id, visitor.conversation_id),
            "messages": messages,
        }
        await self._server.emit("hello", hello, to=sid)
        if self._turns and self._turns.is_running(visitor.conversation_id):
            await self._server.emit("typing", {"on": True}, to=sid)
        elif self._turns:
            # What another server was given and did not begin before it ended, is begun as soon as somebody waits for it.
            self._turns.wake(visitor.conversation_id)
        if sid in self._visitors:
            self._watches[sid] = asyncio.create_task(self._watch(sid, visitor))

    async def _watch(self, sid: str, visitor: Visitor) -> None:
        """Says when the token has expired, shows nothing more from then on, and ends the connection a minute later."""
        while not visitor.has_expired:
            await asyncio.sleep(min(60.0, max(0.05, visitor.expires - time.time())))
        await self._server.leave_room(sid, visitor.conversation_id)
        await self._server.emit("expired", {}, to=sid)
        await asyncio.sleep(GRACE_SECONDS)
        await self._server.disconnect(sid)

    async def _disconnect(self, sid: str, *_: object) -> None:
        self._visitors.pop(sid, None)
        self._callers.pop(sid, None)
        watch = self._watches.pop(sid, None)
        if watch and watch is not asyncio.current_task():
            watch.cancel()

    def _acknowledged(self, work: Work) -> Callable[..., Awaitable[Ack]]:
        """A handler that answers every event, and refuses those of an expired visitor (but for the renewal)."""

        async def handle(sid: str, *data: Any) -> Ack:
            try:
                visitor = self._visitors.get(sid)
                if visitor is None or (visitor.has_expired and work != self._renew):
                    raise ChannelProblem("token-not-valid", "Renew the token.")
                self._parts.count_again(*self._callers[sid])
                return await work(sid, visitor, data[0] if data else None)
            except ChannelProblem as problem:
                return {"ok": False, "problem": problem.document()}
            except Exception:
                log.exception("an event of the chat failed")
                return {"ok": False, "problem": ChannelProblem("bot-unavailable", "Send it again, with the same id.").document()}

        return handle

    async def _say(self, sid: str, visitor: Visitor, data: Any) -> Ack:
        conversation_id, history = visitor.conversation_id, self._parts.history
        self._parts.count(self._parts.per_borrower, conversation_id)
        said = read_message(data, conversation_id, self._parts.settings.conversation_secret)
        # Events are handled side by side; within a conversation they are accepted in the order in which they came.
        order = self._orders.setdefault(conversation_id, asyncio.Lock())
        async with order:
            title = await history.soon(history.title_of, conversation_id, said.sealed) if said.sealed else None
            accepted = await history.soon(
                history.accept, conversation_id, said.client_id, {"text": title or said.shown}, said.turn
            )
            if accepted.is_new:
                news = {"messages": [accepted.message]}
                await self._server.emit("messages", news, room=conversation_id, skip_sid=sid)
        if self._turns:
            self._turns.wake(conversation_id)
        return {"ok": True, "message": accepted.message}

    async def _renew(self, sid: str, visitor: Visitor, data: Any) -> Ack:
        renewed = self._parts.visitor(data.get("token") if isinstance(data, dict) else None)
        if renewed.conversation_id != visitor.conversation_id:
            raise ChannelProblem("token-not-valid", "The token speaks for somebody else; open a connection for them.")
        self._visitors[sid] = renewed
        watch = self._watches.pop(sid, None)
        if watch:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch
        self._watches[sid] = asyncio.create_task(self._watch(sid, renewed))
        if visitor.has_expired:
            # What came while the socket was shown nothing; the widget knows by the ids what it has.
            await self._server.enter_room(sid, renewed.conversation_id)
            missed = await self._parts.history.soon(self._parts.history.since, renewed.conversation_id)
            await self._server.emit("messages", {"messages": missed}, to=sid)
        return {"ok": True, "expires_at": renewed.expires_at}

    async def _read(self, sid: str, visitor: Visitor, data: Any) -> Ack:
        message_id = data.get("id") if isinstance(data, dict) else None
        read = await self._parts.history.soon(self._parts.history.set_read, visitor.conversation_id, message_id)
        await self._server.emit("read", {"id": read}, room=visitor.conversation_id, skip_sid=sid)
        return {"ok": True, "id": read}

    async def _rate(self, sid: str, visitor: Visitor, data: Any) -> Ack:
        self._parts.count(self._parts.per_borrower, visitor.conversation_id)
        score, text = read_rating(data)
        await self._parts.history.soon(self._parts.history.rate, visitor.conversation_id, score, text)
        return {"ok": True}

    async def _care_mode(self, sid: str, visitor: Visitor, data: Any) -> Ack:
        self._parts.count(self._parts.per_borrower, visitor.conversation_id)
        await self._care.switch(visitor, read_switch(data))
        return {"ok": True}
