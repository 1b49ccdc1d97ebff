"""The proxy between action server and backend. What it does to a call is up to the trouble that its borrower is in.

It is also the witness: it writes down each filing that reached it, when it passed it on, and what the backend answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.bench.faults.messages import Answer, CallHead, read_answer, read_call

Moment = Callable[[str], Awaitable[None]]
PATIENCE_SECONDS = 60.0


@dataclass
class Trouble:
    """What happens to the calls of one borrower.

    Attributes:
        fault: a name of `wire.WIRE`, or "none".
        place: which calls: "filing", "filing_and_reading_back" or "anywhere".
        left: how many more of them.
        chooser: decides between variants of a fault.
        at_moment: told of "before_commit" and "after_commit" of a filing, which waits for it.
        hits: how many it has hit.
    """

    fault: str
    place: str
    left: int
    chooser: random.Random
    at_moment: Moment | None = None
    hits: int = 0

    def takes(self, call: CallHead) -> bool:
        """Whether this call is hit; counts it."""
        fits = call.is_filing or self.place == "anywhere" or (self.place == "filing_and_reading_back" and call.is_reading_back)
        if self.left <= 0 or self.fault == "none" or not fits:
            return False
        self.left -= 1
        self.hits += 1
        return True


@dataclass
class Posted:
    """A filing that came by; times are of `time.time`.

    Attributes:
        passed_on_at: when the backend was given it; None when it never was.
        answered_at: when the backend had answered.
        status: what the backend answered; None when it answered nothing.
    """

    borrower_id: str
    target: str
    received_at: float
    passed_on_at: float | None = None
    answered_at: float | None = None
    status: int | None = None


@dataclass
class Exchange:
    """One call at the proxy, with what a fault may do to it."""

    proxy: FaultProxy
    call: CallHead
    trouble: Trouble
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    posted: Posted | None = None

    async def passed_on(self) -> Answer:
        """The backend's own answer.

        Raises:
            OSError: there is none.
        """
        if self.posted:
            self.posted.passed_on_at = time.time()
        answer = await self.proxy.ask(self.call)
        if self.posted:
            self.posted.status, self.posted.answered_at = answer.status, time.time()
            if self.trouble.at_moment:
                await self.trouble.at_moment("after_commit")
        return answer

    async def send(self, written: bytes) -> None:
        """Gives something back; nobody may be there any more."""
        with contextlib.suppress(OSError):
            self.writer.write(written)
            await self.writer.drain()

    def cut(self) -> None:
        """Cuts the line, which the other side sees as a reset."""
        line = self.writer.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def until_given_up(self) -> None:
        """Says nothing until the other side has gone."""
        with contextlib.suppress(asyncio.TimeoutError, OSError):
            await asyncio.wait_for(self.reader.read(1), PATIENCE_SECONDS)


class FaultProxy:
    """Listens on a port of loopback in the backend's place.

    Args:
        backend_port: where the backend is.
    """

    def __init__(self, backend_port: int) -> None:
        self.backend_port = backend_port
        self.port = 0
        self.troubles: dict[str, Trouble] = {}
        self.posts: list[Posted] = []
        self.seen: dict[str, dict[str, Answer]] = {}
        self._server: asyncio.AbstractServer | None = None
        self._open: dict[str, int] = {}
        self._away = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self) -> None:
        """Takes calls, on the same port each time."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=256)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Takes no more calls; whoever calls is refused."""
        if self._server:
            server, self._server = self._server, None
            server.close()
            await server.wait_closed()

    @contextlib.asynccontextmanager
    async def away(self):  # type: ignore[no-untyped-def]  # an async context manager of nothing
        """Nobody listens for as long as the block runs; blocks may overlap."""
        self._away += 1
        await self.close()
        try:
            yield
        finally:
            self._away -= 1
            if not self._away and self._server is None:
                await self.listen()

    async def ask(self, call: CallHead) -> Answer:
        """The backend's answer to a call.

        Raises:
            OSError: it was not reached, or ended before it had answered.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", self.backend_port)
        try:
            writer.write(call.written())
            await writer.drain()
            answer = await read_answer(reader)
        finally:
            writer.close()
        if call.borrower_id and answer.status in (200, 201):
            self.seen.setdefault(call.kind, {})[call.borrower_id] = answer
        return answer

    def of_another(self, call: CallHead, chooser: random.Random) -> Answer | None:
        """What another borrower was answered to such a call; None when no other has made one."""
        others = [answer for borrower_id, answer in self.seen.get(call.kind, {}).items() if borrower_id != call.borrower_id]
        return chooser.choice(others[-20:]) if others else None

    async def settled(self, borrower_id: str) -> None:
        """Waits until no call of this borrower is at the proxy any more."""
        while self._open.get(borrower_id):
            await asyncio.sleep(0.05)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # asyncio itself holds a task only weakly, and this one may be all that knows of its line.
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            call = await read_call(reader)
            if call is not None:
                await self._answer(call, reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, call: CallHead, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from bot.bench.faults.wire import WIRE, as_it_is

        borrower_id = call.borrower_id or ""
        trouble = self.troubles.get(borrower_id) or Trouble("none", "filing", 0, random.Random(0))
        exchange = Exchange(self, call, trouble, reader, writer)
        self._open[borrower_id] = self._open.get(borrower_id, 0) + 1
        try:
            if call.is_filing:
                exchange.posted = Posted(borrower_id, call.target, time.time())
                self.posts.append(exchange.posted)
                if trouble.at_moment:
                    await trouble.at_moment("before_commit")
            does = WIRE.get(trouble.fault, as_it_is) if trouble.takes(call) else as_it_is
            await does(exchange)
        except OSError:
            exchange.cut()  # the backend has gone
        finally:
            self._open[borrower_id] -= 1
