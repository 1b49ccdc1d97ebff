"""Who is speaking: the borrower that a verified openid is bound to, else a guest, who hears general answers only."""

from __future__ import annotations

import asyncio
import hashlib

import sqlalchemy as sa

from bot.channels.wechat.deliveries import Deliveries
from bot.channels.wechat.lists import Lists
from bot.channels.wechat.people import People, people
from bot.channels.wechat.store import Store
from bot.client.bindings import Binding, Bindings
from bot.identity import Speaker

CHANNEL = "wechat"
# So long the lender is not asked again. Binding and unbinding here is known to all servers at once; what the lender unbinds by
# itself holds after this time.
FRESH_SECONDS = 60.0


class Speaking:
    """Looks up whom an openid speaks for.

    Args:
        store: the database.
        people: where the answer is remembered for a moment.
        lists: what was shown to an openid is forgotten when it speaks for somebody else.
        bindings: the lender, who knows.
        channel: what conversations of its speakers are named by.
    """

    def __init__(self, store: Store, people: People, lists: Lists, bindings: Bindings, channel: str = CHANNEL) -> None:
        self._store = store
        self._rows = Deliveries(store)
        self._people = people
        self._lists = lists
        self._bindings = bindings
        self._channel = channel

    async def speaker(self, openid: str) -> Speaker:
        """The speaker of a verified openid. All accounts of a borrower speak in one conversation.

        Raises:
            BackendUnavailable: nobody can be asked, so nobody is taken for anybody.
        """
        return (await self.known(openid))[0]

    async def known(self, openid: str) -> tuple[Speaker, bool | None]:
        """The speaker, and whether letters are large and sentences short, when anybody has said.

        Raises:
            BackendUnavailable: as `speaker`.
        """
        known, care_mode = await self._store.quickly(self._people.speaks_for, openid)
        if known is None:
            if await self._store.soon(self._people.is_leaving, openid):
                await self.leave(openid)  # and was not unbound then, since the lender did not answer
            binding = await asyncio.to_thread(self._bindings.of, openid)
            known = binding.borrower_id if binding else ""
            await self._store.soon(self.speaks_for, openid, known)
        speaker = Speaker(self._channel, known) if known else Speaker(self._channel, None, guest_id(openid, self._channel))
        return speaker, care_mode

    async def borrower_id(self, openid: str) -> str | None:
        """The borrower alone; None for a guest.

        Raises:
            BackendUnavailable: as `speaker`.
        """
        return (await self.speaker(openid)).borrower_id

    def bound(self, openid: str, binding: Binding) -> None:
        """From now on it speaks for this borrower: what it was shown before is nothing it can choose from. Blocks."""
        self._lists.forget(openid)
        self._people.end_step(openid)
        self._people.remember(openid, care_mode=binding.care_mode, proof_request_id=None)
        self.speaks_for(openid, binding.borrower_id)

    def unbound(self, openid: str) -> None:
        """It speaks for nobody any more, nothing is remembered of it, and nothing waits for whoever holds it. Blocks."""
        self._rows.silence(openid)
        self._lists.forget(openid)
        self._people.forget(openid)
        self._people.remember_speaker(openid, "", FRESH_SECONDS)

    async def leave(self, openid: str) -> None:
        """It unfollows: it is unbound, and no row of it stays. Nobody can know who follows with this openid later.

        Raises:
            BackendUnavailable: the lender has not been told yet. Until it has, the openid speaks for nobody.
        """
        await self._store.soon(self._forget_all_but_leaving, openid)
        await asyncio.to_thread(self._bindings.unbind, openid, "unfollowed")
        await self._store.soon(self._people.forget, openid)

    async def tidy(self) -> None:
        """Unbinds those who left while the lender was away.

        Raises:
            BackendUnavailable: it still is.
        """
        for openid in await self._store.soon(self._people.leaving):
            await self.leave(openid)

    def _forget_all_but_leaving(self, openid: str) -> None:
        self._lists.forget(openid)
        self._people.forget(openid)
        self._people.remember(openid, leaving=True)

    def others_unbound(self, borrower_id: str, asker: str) -> None:
        """Who speaks for this borrower is asked anew, for every openid; nothing goes to any other than `asker`'s. Blocks."""
        for openid in self._people.forget_speakers(borrower_id):
            self._lists.forget(openid)
            if openid != asker:
                self._rows.silence(openid, turns_too=True)

    def speaks_for(self, openid: str, borrower_id: str) -> None:
        """Remembers what the lender said (empty: nobody). Blocks.

        When the lender has unbound somebody by itself, this is where it is noticed: what waits for them is for nobody else.
        """
        query = sa.select(people.c.borrower_id).where(people.c.openid == openid)
        former = self._store.read(lambda c: c.execute(query).scalar())
        if former and former != borrower_id:
            self._rows.silence(openid)
            self._lists.forget(openid)
        self._people.remember_speaker(openid, borrower_id, FRESH_SECONDS)


def guest_id(openid: str, channel: str = CHANNEL) -> str:
    """Keeps two guests apart, without their openid in conversation ids and logs.

    >>> len(guest_id("oABCD-1234"))
    32
    """
    return hashlib.sha256(f"{channel}-guest:{openid}".encode()).hexdigest()[:32]
