"""Customer-service messages: as many as the platform lets through, and the rest waits for the borrower's next word."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any

from bot.channels.wechat.deliveries import Deliveries
from bot.channels.wechat.passive import said_again
from bot.channels.wechat.platform import Busy, NotAllowed, OutsideWindow, Platform, PlatformError, QuotaUsedUp
from bot.channels.wechat.quota import Quota
from bot.channels.wechat.said import Piece, Said
from bot.channels.wechat.shape import Shape
from bot.channels.wechat.store import Store

log = logging.getLogger(__name__)


class Sending:
    """Sends what no call carries.

    Args:
        store: the database.
        rows: the deliveries.
        quota: the ledger.
        platform: WeChat's calls.
        shape: puts what was said into WeChat's forms.
        allowed: whether the account has the right to send at all.
    """

    def __init__(self, store: Store, rows: Deliveries, quota: Quota, platform: Platform, shape: Shape, *, allowed: bool) -> None:
        self._store = store
        self._rows = rows
        self._quota = quota
        self._platform = platform
        self._shape = shape
        self._allowed = allowed
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def allowed(self) -> bool:
        """Whether customer-service messages can be sent, as far as is known; the platform's 48001 ends that."""
        return self._allowed

    def soon(self, number: int, openid: str, after_seconds: float = 0.0) -> None:
        """Sends a row of the deliveries in the background, in the order in which this is called for an openid."""
        self.beside(self._send_row(number, openid, after_seconds))

    def pieces_soon(self, number: int, openid: str, pieces: Sequence[Piece], said: Sequence[Said], after_seconds: float) -> None:
        """Sends what did not fit into a passive reply; `number` is the row that has it until it is sent."""
        self.beside(self._send_pieces(number, openid, pieces, said, after_seconds))

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Does something that nobody has to wait for."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self, seconds: float) -> None:
        """Lets what is being sent end."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def left(self, openid: str, purpose: str = "answer") -> int:
        """How many messages may be sent to somebody now; 0 without the right."""
        return await self._store.soon(self._quota.left, openid, purpose) if self._allowed else 0

    async def send(self, openid: str, pieces: Sequence[Piece], purpose: str = "answer") -> list[Piece]:
        """Sends in order; what remains was not sent, as far as is known, beginning with the first that failed."""
        for place, piece in enumerate(pieces):
            if not self._allowed or not await self._store.soon(self._send_one, openid, piece, purpose):
                return list(pieces[place:])
        return []

    async def _send_pieces(
        self, number: int, openid: str, pieces: Sequence[Piece], said: Sequence[Said], after_seconds: float
    ) -> None:
        unsent = list(pieces)
        try:
            async with self._lock(openid):
                await asyncio.sleep(after_seconds)
                unsent = await self.send(openid, pieces)
        except Exception:
            log.exception("the rest of an answer could not be sent; it waits for the borrower's next word")
        await self._store.soon(self._rows.sent, number, said_again(unsent, said))

    async def _send_row(self, number: int, openid: str, after_seconds: float) -> None:
        try:
            async with self._lock(openid):
                await asyncio.sleep(after_seconds)
                claimed = await self._store.soon(self._rows.claim_service, number)
                if claimed is None:
                    return
                _, purpose, said = claimed
                left = await self.left(openid, purpose)
                rest: list[Said] = said
                if left:
                    pieces = await self._shape.pieces(said, openid, may_use_service_messages=True, at_most=left)
                    unsent = [*await self.send(openid, pieces[:left], purpose), *pieces[left:]]
                    rest = said if len(unsent) == len(pieces) else said_again(unsent, said)
                await self._store.soon(self._rows.sent, number, rest)
        except Exception:
            log.exception("an answer could not be sent; it waits for the borrower's next word")

    @contextlib.asynccontextmanager
    async def _lock(self, openid: str) -> AsyncIterator[None]:
        """One after the other for each openid, in the order in which they ask."""
        lock, users = self._locks.get(openid, (asyncio.Lock(), 0))
        self._locks[openid] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            users = self._locks[openid][1]
            if users == 1:
                del self._locks[openid]
            else:
                self._locks[openid] = (lock, users - 1)

    def _send_one(self, openid: str, piece: Piece, purpose: str) -> bool:
        """Whether it was sent. Blocks."""
        counted = self._quota.take(openid, purpose)
        if counted is None:
            return False
        try:
            self._platform.send(openid, piece)
            return True
        except (QuotaUsedUp, OutsideWindow) as error:
            log.info("the platform lets nothing more through to a borrower for now: %s", error)
            self._quota.is_used_up(openid)
        except NotAllowed as error:
            log.error("the account cannot send customer-service messages: %s; ./huanban doctor wechat says more", error)
            self._quota.give_back(openid, counted)
            self._allowed = error.errcode != 48001
        except PlatformError as error:
            log.warning("a message was not sent: %s", error)
            if not (isinstance(error, Busy) and error.perhaps_done):
                self._quota.give_back(openid, counted)
        except Exception:
            log.exception("a message was not sent")
            self._quota.give_back(openid, counted)
        return False
