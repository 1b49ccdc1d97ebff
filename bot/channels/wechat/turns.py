"""What was delivered, dealt with one after the other for each openid, and never two at once.

The queue is the table of deliveries, so it outlives the process. Not yet begun, a message is run after a restart; begun and not
ended, it is not begun again (it may have filed something), and the borrower is told so.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any

from rasa.core.channels.channel import UserMessage

from bot.channels.guard import plain_text
from bot.channels.wechat.deliveries import LEASE_SECONDS, Deliveries, Delivery
from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.output import WeChatOutput
from bot.channels.wechat.said import Meant, Said
from bot.channels.wechat.shape import FrontOf
from bot.channels.wechat.store import Store
from bot.channels.wechat.words import WeChatWords
from bot.client.errors import LoanBackendError

log = logging.getLogger(__name__)

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]
SWEEP_SECONDS = 5.0
# A call of WeChat's is open for 5 seconds and comes three times; after that nobody fetches an answer any more.
UNCLAIMED_SECONDS = 20.0


class Turns:
    """Runs what waits.

    Args:
        store: the database.
        rows: the deliveries.
        front: understands what is no matter of the bot's.
        on_new_message: the bot.
        words: what is said when the bot says nothing.
        secret: what conversation ids are sealed with.
        also: adds to what the bot said to an openid; blocks.
        answered: is told of an answer that no open call will fetch, with its number and openid.
        channel: the name that conversations are kept under.
    """

    def __init__(
        self,
        store: Store,
        rows: Deliveries,
        front: FrontOf,
        on_new_message: OnNewMessage,
        words: WeChatWords,
        secret: str,
        also: Callable[[Sequence[Said], str], list[Said]],
        answered: Callable[[int, str], None],
        channel: str = "wechat",
    ) -> None:
        self._store = store
        self._rows = rows
        self._front = front
        self._on_new_message = on_new_message
        self._words = words
        self._secret = secret
        self._also = also
        self._answered = answered
        self._channel = channel
        self._more = words.text("utter_wechat_more_word")
        self._incoming: dict[int, Incoming] = {}
        self._ends: dict[int, asyncio.Future[None]] = {}
        self._held: set[int] = set()
        self._claimed: dict[int, list[Said]] = {}
        self._wanted: set[str] = set()
        self._running: dict[str, asyncio.Task[None]] = {}

    def take(self, delivery: Delivery, incoming: Incoming) -> None:
        """A new delivery: begun at once when it is its turn, else when that comes. The borrower's words stay in memory."""
        self._incoming[delivery.number] = incoming
        self._ends[delivery.number] = asyncio.get_running_loop().create_future()
        self.wake(delivery.openid, delivery if delivery.begun_here else None)

    def wake(self, openid: str, first: Delivery | None = None) -> None:
        """Something waits for this openid."""
        if first is None:
            self._wanted.add(openid)
        if first is not None or openid not in self._running:
            earlier = self._running.get(openid)
            self._running[openid] = asyncio.create_task(self._drain(openid, first, earlier))

    def end_of(self, number: int) -> asyncio.Future[None] | None:
        """Done when the answer is there; None when the turn is another process's."""
        return self._ends.get(number)

    @contextlib.contextmanager
    def held(self, number: int) -> Iterator[None]:
        """A call is open here as long as the block runs, and gives the answer when it comes."""
        self._held.add(number)
        try:
            yield
        finally:
            self._held.discard(number)

    def claimed(self, number: int) -> list[Said] | None:
        """What the first to ask gives with its call; None when nothing has been claimed here."""
        return self._claimed.pop(number, None)

    def is_running(self, openid: str) -> bool:
        """Whether something is being dealt with here."""
        return openid in self._running

    async def finish(self, seconds: float) -> None:
        """Lets the turns that are under way end; what has not ended by then is told to its borrowers after the restart."""
        if self._running:
            await asyncio.wait(self._running.values(), timeout=seconds)
        for task in self._running.values():
            task.cancel()

    async def _drain(self, openid: str, first: Delivery | None, earlier: asyncio.Task[None] | None) -> None:
        me = asyncio.current_task()
        try:
            if earlier is not None:
                await asyncio.wait([earlier])
            turn = first
            while turn is not None or openid in self._wanted:
                if turn is None:
                    self._wanted.discard(openid)
                    turn = await self._store.quickly(self._rows.next_turn, openid)
                while turn is not None:
                    turn = await self._run(turn)
        except Exception:
            log.exception("what was delivered could not be dealt with; it is taken up again in a moment")
        finally:
            if self._running.get(openid) is me:
                del self._running[openid]

    async def _run(self, delivery: Delivery) -> Delivery | None:
        """Runs it; what this process is to run next for the same openid."""
        number = delivery.number
        incoming = self._incoming.pop(number, delivery.incoming)
        ends = self._ends.get(number)
        try:
            with_what_waits = False
            if incoming is None or (delivery.interrupted and ends is None):
                log.warning("a turn was cut short by the end of a process; the borrower is told")
                said = [self._words.said("utter_turn_interrupted")]
            elif await self._asks_for_more(incoming):
                said, with_what_waits = [], True
            else:
                async with self._leased(number):
                    said = await self._answer(incoming)
            finished = await self._store.quickly(
                self._rows.finish,
                number,
                delivery.openid,
                said,
                with_what_waits=with_what_waits,
                claim=number in self._held,
            )
            if finished.claimed is not None:
                self._claimed[number] = finished.claimed
            elif finished.way is not None:
                self._answered(number, delivery.openid)
            return finished.following
        finally:
            if ends is not None:
                if not ends.done():
                    ends.set_result(None)
                asyncio.get_running_loop().call_later(UNCLAIMED_SECONDS, self._forget, number)

    def _forget(self, number: int) -> None:
        self._ends.pop(number, None)
        self._claimed.pop(number, None)

    async def _asks_for_more(self, incoming: Incoming) -> bool:
        word = incoming.text.strip().strip("“”\"「」'。.")
        return incoming.kind == "text" and word == self._more and await self._store.soon(self._rows.waits, incoming.openid)

    async def _answer(self, incoming: Incoming) -> list[Said]:
        try:
            private = await self._front.private(incoming)
            heard = private if private is not None else await self._front.hear(incoming)
            return await self._bot(incoming, heard) if isinstance(heard, Meant) else list(heard)
        except LoanBackendError as error:
            log.warning("it could not be looked up who is speaking: %s", error)
            return [self._words.said("utter_wechat_backend_away")]
        except Exception:
            log.exception("a message was not answered")
            return [self._words.said("utter_turn_failed")]

    async def _bot(self, incoming: Incoming, meant: Meant) -> list[Said]:
        speaker, care_mode = await self._front.known(incoming.openid)
        output = WeChatOutput()
        text = meant.payload or plain_text(meant.text)
        if not text:
            return [self._words.said("utter_wechat_nothing_to_read")]
        message = UserMessage(
            text,
            output,
            speaker.conversation_id(self._secret),
            input_channel=self._channel,
            metadata={} if care_mode is None else {"care_mode": care_mode},
        )
        await self._on_new_message(message)
        if not output.said:
            log.error("the bot had nothing to say to a message; the borrower is told that something went wrong")
            return [self._words.said("utter_turn_failed")]
        cards = any(one.card for one in output.said)
        return await self._store.soon(self._also, output.said, incoming.openid) if cards else output.said

    @contextlib.asynccontextmanager
    async def _leased(self, number: int) -> AsyncIterator[None]:
        """Keeps other processes from taking the turn for abandoned as long as it runs."""

        async def renew() -> None:
            while True:
                with contextlib.suppress(Exception):  # the next time will do
                    await self._store.soon(self._rows.renew_lease, number)
                await asyncio.sleep(LEASE_SECONDS / 3)

        # Most turns are over long before; a timer costs them less than a task.
        renewing: list[asyncio.Task[None]] = []
        later = asyncio.get_running_loop().call_later(LEASE_SECONDS / 3, lambda: renewing.append(asyncio.create_task(renew())))
        try:
            yield
        finally:
            later.cancel()
            for task in renewing:
                task.cancel()
