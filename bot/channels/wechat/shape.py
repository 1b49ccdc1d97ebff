"""What the protocol needs of the other half: what a borrower's message means, who speaks, and WeChat's forms of what is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.said import Meant, Piece, Said
from bot.channels.wechat.store import Store
from bot.identity import Speaker


class FormsOf(Protocol):
    """`forms.Forms`, as far as the protocol uses it. Blocks."""

    def pieces(self, said: Sequence[Said], openid: str, *, may_use_service_messages: bool, at_most: int) -> list[Piece]:
        """What was said, in at most so many messages."""
        ...


class FrontOf(Protocol):
    """`front.Front`, as far as the protocol uses it."""

    @property
    def forms(self) -> FormsOf:
        """How things are shown."""
        ...

    async def private(self, incoming: Incoming) -> list[Said] | None:
        """The answer to what must be kept nowhere (a telephone number, a code), or None when it is something else."""
        ...

    async def hear(self, incoming: Incoming) -> Meant | list[Said]:
        """What the bot is to read, or what is to be said without asking it; an empty list is silence."""
        ...

    async def known(self, openid: str) -> tuple[Speaker, bool | None]:
        """Who speaks, and whether letters are large and sentences short, when anybody has said.

        Raises:
            LoanBackendError: it cannot be looked up.
        """
        ...


class Shape:
    """WeChat's forms, where it takes time beside the event loop: a table is drawn, a list is written down."""

    def __init__(self, forms: FormsOf, store: Store) -> None:
        self._forms = forms
        self._store = store

    async def pieces(self, said: Sequence[Said], openid: str, *, may_use_service_messages: bool, at_most: int) -> list[Piece]:
        """What was said, in at most so many messages, unless the text alone is longer."""
        if not said:
            return []
        # Words alone take a moment and, with answers to choose from, one short transaction; a card may have to be drawn.
        run = self._store.soon if any(one.card for one in said) else self._store.quickly
        return await run(self._forms.pieces, said, openid, may_use_service_messages=may_use_service_messages, at_most=at_most)
