"""Carrying out what borrowers ask for: everything that was said is deleted, in every store, when the turn is over.

The turn in which it was asked for is written down after its action has run, so the action only files an erasure with the lender;
here, in a Rasa server, it is found a moment later. The conversation's lock keeps turns away meanwhile, other servers' too,
and makes the second server that found the same erasure see that it is done. A server that dies half-way leaves it for the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from bot.client import LoanClient
from bot.client.errors import LoanBackendError
from bot.client.privacy import Erasure, erasures_to_do
from bot.privacy.keepers import Counts, Keeper
from bot.privacy.retention import forget, told
from bot.privacy.whose import Whose, whose

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
# The turn that asked is over by then. WeChat delivers a message three times within fifteen seconds, and what answers it has to
# be there for the last.
SETTLED = {"web": timedelta(seconds=3)}
SETTLED_ELSEWHERE = timedelta(seconds=20)
FIRST_RETENTION_SECONDS, RETENTION_SECONDS = 60.0, 6 * 3600.0

Tell = Callable[[Whose, Erasure], Awaitable[None]]


class Erasing:
    """Looks for erasures and carries them out, and forgets what is too old; one a server, and any number of servers.

    Args:
        client: the lender.
        keepers: the stores.
        secret: conversation ids are made with it.
        lock: holds a conversation, as Rasa does for a turn.
        tell: says to the borrower that it is done.
        days: how long what was said is kept.
    """

    def __init__(
        self,
        client: LoanClient,
        keepers: Sequence[Keeper],
        secret: str,
        lock: Callable[[str], contextlib.AbstractAsyncContextManager[Any]],
        tell: Tell,
        days: float,
    ) -> None:
        self._client = client
        self._keepers = keepers
        self._secret = secret
        self._lock = lock
        self._tell = tell
        self._days = days
        self._ends = False

    def end(self) -> None:
        """Begins nothing more."""
        self._ends = True

    async def watch(self) -> None:
        """Looks again and again; what is too old is forgotten whether the lender can be asked or not."""
        forgets_at, failure = time.monotonic() + FIRST_RETENTION_SECONDS, ""
        while not self._ends:
            try:
                failure = "" if await self.look() else "told there"
            except LoanBackendError as error:
                if type(error).__name__ != failure:  # told once, for as long as it lasts
                    log.info("what is to be deleted could not be read: %s", error)
                failure = type(error).__name__
            except Exception:
                log.exception("what is to be deleted was not")
                failure = "told here"
            if time.monotonic() >= forgets_at:
                forgets_at = time.monotonic() + RETENTION_SECONDS
                await self._forget()
            await asyncio.sleep(5 * LOOK_SECONDS if failure else LOOK_SECONDS)

    async def _forget(self) -> None:
        try:
            done = await asyncio.to_thread(forget, self._keepers, self._days, stopped=lambda: self._ends)
        except Exception:
            log.exception("what is too old was not forgotten; it is tried again in six hours")
            return
        if line := told(done):
            log.info("forgotten after %g days: %s", self._days, line)

    async def look(self) -> bool:
        """Carries out what has been asked for; whether nothing failed.

        An erasure that fails is tried again with the next look, and keeps no other waiting.

        Raises:
            LoanBackendError: the lender could not be asked.
        """
        went_well = True
        for erasure in await asyncio.to_thread(erasures_to_do, self._client):
            if erasure.as_of - erasure.asked_at >= SETTLED.get(erasure.channel, SETTLED_ELSEWHERE):
                try:
                    await self.carry_out(erasure)
                except Exception:
                    log.exception("an erasure failed; it is tried again")
                    went_well = False
        return went_well

    async def carry_out(self, erasure: Erasure) -> bool:
        """Deletes, reads back, and tells the borrower and then the lender; whether it was this server that did.

        The borrower is told first, and while no turn can run: an answer that came before it would be cleared from her page, and
        a server that died after the proof was given would leave her without a word. Told twice, she sees it once: what was told
        before is deleted with the rest, and WeChat's has its key.
        """
        loans = self._client.loans_of(erasure.borrower_id)
        of = await asyncio.to_thread(whose, loans, self._secret)
        async with contextlib.AsyncExitStack() as held:
            for conversation_id in sorted(of.conversation_ids):
                await held.enter_async_context(self._lock(conversation_id))
            known = {row.erasure_id: row for row in await asyncio.to_thread(loans.erasures)}
            if known[erasure.erasure_id].done_at is not None:
                return False  # another server was faster
            removed, left = await asyncio.to_thread(self._erase, of)
            if left:
                log.error("%d rows of an erasure are still there; it is tried again", left)
                return False
            await self._tell(of, erasure)
            await asyncio.to_thread(loans.erasure_done, erasure.erasure_id, removed)
        log.info("an erasure was carried out: %s", ", ".join(f"{n} {kind}" for kind, n in removed.items() if n))
        return True

    def _erase(self, of: Whose) -> tuple[Counts, int]:
        removed: Counts = {}
        for keeper in self._keepers:
            for kind, count in keeper.erase(of).items():
                removed[kind] = removed.get(kind, 0) + count
        return removed, sum(keeper.left(of) for keeper in self._keepers)
