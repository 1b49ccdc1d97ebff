"""The five seconds: what a call of WeChat's is answered with, and when.

An answer that is ready in time goes with the call. Later it goes as customer-service messages; an account without that right
rides WeChat's three tries, and then tells the borrower to say 「继续」. An answer goes one way only, which the database decides.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.channels.wechat.deliveries import Deliveries, Delivery
from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.passive import PASSIVE_KINDS, passive_reply, said_again
from bot.channels.wechat.platform import Platform
from bot.channels.wechat.said import Piece, Said
from bot.channels.wechat.sending import Sending
from bot.channels.wechat.shape import Shape
from bot.channels.wechat.splitting import TEXT_BYTES, size
from bot.channels.wechat.store import Store
from bot.channels.wechat.turns import Turns
from bot.channels.wechat.words import WeChatWords

log = logging.getLogger(__name__)

MOST_SERVICE_MESSAGES = 3
# The passive reply has to be on the screen before what follows it.
AFTER_REPLY_SECONDS = 0.3
# Until then the reply has left, and nothing that has time stands before it.
ON_ITS_WAY_SECONDS = 0.02


@dataclass(frozen=True)
class Patience:
    """How long a call is held, in seconds; tests take less.

    Attributes:
        in_time: until an answer may still go with the call; WeChat hangs up after five seconds.
        tries: how often WeChat delivers.
        ride: until an answer goes with a call that WeChat will make again.
        hang_up: when a call is ended that WeChat should have ended by itself.
        look: how often it is looked whether another process has the answer.
    """

    in_time: float = 4.0
    tries: int = 3
    ride: float = 4.7
    hang_up: float = 8.0
    look: float = 0.15


class CannotAnswerYet(Exception):  # noqa: N818
    """WeChat will call again; this call gets no answer."""


class Replies:
    """Answers calls.

    Args:
        store: the database.
        rows: the deliveries.
        turns: where answers come from.
        sending: the other way to the borrower.
        shape: WeChat's forms.
        platform: for pictures.
        words: what the channel says itself.
        patience: how long a call is held.
    """

    def __init__(
        self,
        store: Store,
        rows: Deliveries,
        turns: Turns,
        sending: Sending,
        shape: Shape,
        platform: Platform,
        words: WeChatWords,
        patience: Patience | None = None,
    ) -> None:
        self._store = store
        self._rows = rows
        self._turns = turns
        self._sending = sending
        self._shape = shape
        self._platform = platform
        self._words = words
        self._patience = patience or Patience()

    async def to(self, incoming: Incoming, delivery: Delivery) -> str:
        """The XML that the call is answered with; empty for WeChat's `success`.

        Raises:
            CannotAnswerYet: the answer is not there, and the call will come again.
        """
        began = time.monotonic()
        if not delivery.is_new and delivery.reply is not None:
            return delivery.reply
        last_try = delivery.tries >= self._patience.tries
        rides = not self._sending.allowed and not last_try
        held = self._patience.ride if rides else self._patience.in_time
        with self._turns.held(delivery.number):
            latest = await self._until_answered(delivery, began + held)
        if latest is None or latest.state != "answered":
            if rides:
                await asyncio.sleep(max(0.0, began + self._patience.hang_up - time.monotonic()))
                raise CannotAnswerYet
            way = "service" if self._sending.allowed else "waiting"
            reply = "" if self._sending.allowed else self._text(incoming, self._words.text("utter_wechat_working"))
            if await self._store.soon(self._rows.call_ends, delivery.number, way, reply):
                return reply
        said = self._turns.claimed(delivery.number)
        if said is None:
            said = await self._store.soon(self._rows.claim, delivery.number)
        if said is None:
            # Another call is at it, or was until its process died; either way it is this answer.
            given = await self._reply_of_another_call(delivery.number)
            if given is not None:
                return given
            said = await self._store.soon(self._rows.unfinished, delivery.number)
        return await self._given(incoming, delivery, said)

    async def _reply_of_another_call(self, number: int) -> str | None:
        """What it was answered with; None when it seems that nobody will answer it any more."""
        for _ in range(10):
            latest = await self._store.soon(self._rows.look, number)
            if latest.reply is not None or latest.way != "passive":
                return latest.reply or ""
            await asyncio.sleep(self._patience.look)
        return None

    async def _until_answered(self, delivery: Delivery, until: float) -> Delivery | None:
        """How the delivery stands as soon as it is answered, or when the time is over."""
        ends = self._turns.end_of(delivery.number)
        if ends is not None:
            # Not `wait_for`, which makes a task of what it waits for, and would cancel what others wait for, too.
            await asyncio.wait({ends}, timeout=max(0.0, until - time.monotonic()))
            return replace(delivery, state="answered") if ends.done() else None
        self._turns.wake(delivery.openid)  # it may be nobody's: the process that had it is gone
        while True:
            latest = await self._store.soon(self._rows.look, delivery.number)
            if latest.state == "answered" or latest.way is not None or time.monotonic() > until:
                return latest
            await asyncio.sleep(self._patience.look)

    async def _given(self, incoming: Incoming, delivery: Delivery, said: Sequence[Said]) -> str:
        """The reply for what was said; what has no room in it follows, or waits."""
        openid = incoming.openid
        # A few plain words fit into the reply whatever may be sent beside it.
        is_short = len(said) == 1 and not said[0].buttons and said[0].card is None and len(said[0].text) < 500
        left = 0 if is_short else min(await self._sending.left(openid), MOST_SERVICE_MESSAGES)
        pieces = await self._shape.pieces(said, openid, may_use_service_messages=left > 0, at_most=left + 1)
        if not pieces:
            await self._store.soon(self._rows.given, delivery.number, "")
            return ""
        first, rest = self._first(pieces)
        unsent = said_again(rest, said)
        if rest and not left:
            first = self._with_hint(first)
        try:
            making = partial(passive_reply, first, openid, incoming.account, self._platform.upload_image, self._store.clock)
            reply = await asyncio.to_thread(making) if first.kind == "image" else making()
        except Exception:
            log.exception("a picture could not be put on the platform; the words go without it")
            first, rest, unsent = pieces[0], [], said_again(pieces[1:], said)
            reply = self._text(incoming, said[0].text)
        if rest and left:
            number = await self._store.soon(self._rows.put_to_wait, openid, unsent, way="sending")
            await self._store.soon(self._rows.given, delivery.number, reply)
            self._sending.pieces_soon(number, openid, rest, said, AFTER_REPLY_SECONDS)
        else:
            if unsent:
                await self._store.soon(self._rows.put_to_wait, openid, unsent)
            self._sending.beside(self._write_down(delivery.number, reply))
        return reply

    async def _write_down(self, number: int, reply: str) -> None:
        """Once the answer is on its way: if this process dies before, WeChat's next try finds the words themselves."""
        await asyncio.sleep(ON_ITS_WAY_SECONDS)
        await self._store.quickly(self._rows.given, number, reply)

    def _first(self, pieces: list[Piece]) -> tuple[Piece, list[Piece]]:
        """What goes with the call, and what follows. A menu cannot: its head goes, and the menu follows with a few words."""
        first, *rest = pieces
        if first.kind in PASSIVE_KINDS:
            return first, rest
        if first.kind == "menu":
            return Piece("text", text=first.text), [replace(first, text=self._words.text("utter_wechat_tap")), *rest]
        return Piece("text", text=first.title), [first, *rest]

    def _with_hint(self, piece: Piece) -> Piece:
        hint = "\n\n" + self._words.text("utter_wechat_there_is_more")
        fits = piece.kind == "text" and size(piece.text + hint) <= TEXT_BYTES
        return replace(piece, text=piece.text + hint) if fits else piece

    def _text(self, incoming: Incoming, text: str) -> str:
        return passive_reply(Piece("text", text=text), incoming.openid, incoming.account, lambda png: "", self._store.clock)
