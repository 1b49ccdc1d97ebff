"""What is said over plain HTTP (`bot/channels/web.py`) stands in the chat's history too: it is one conversation.

The web channel finds this at `app.ctx.chat`; where the chat is not mounted, there is no history to keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sanic.request import Request

from bot.channels.chat.parts import ChatParts
from bot.channels.chat.turns import Turns

CONTEXT = "chat"


class Beside:
    """The chat, for a channel that speaks with the same borrowers.

    Args:
        parts: the chat's own limits and history.
        turns: puts a message into the history and shows it on every device.
    """

    def __init__(self, parts: ChatParts, turns: Turns) -> None:
        self._parts = parts
        self._turns = turns

    @classmethod
    def of(cls, request: Request) -> Beside | None:
        """The chat of the server that takes this call, if there is one."""
        found = getattr(request.app.ctx, CONTEXT, None)
        return found if isinstance(found, cls) else None

    def admit(self, request: Request, conversation_id: str | None = None) -> None:
        """Lets a call pass that is of an allowed page and not one too many.

        Raises:
            ChannelProblem: `origin-not-allowed`, `too-many-messages`.
        """
        self._parts.admit(request)
        if conversation_id is not None:
            self._parts.count(self._parts.per_borrower, conversation_id)

    async def said(self, conversation_id: str, text: str, sealed: str | None) -> None:
        """Keeps what the borrower said; for a tapped button, what stood on it."""
        if sealed is not None:
            history = self._parts.history
            title = await history.soon(history.title_of, conversation_id, sealed)
            text = title or ""
        if text:
            await self._turns.keep(conversation_id, {"text": text}, "borrower")

    async def answered(self, conversation_id: str, messages: Iterable[Mapping[str, Any]]) -> None:
        """Keeps what the bot answered, as the web channel sends it."""
        kept = []
        for message in messages:
            card = (message.get("custom") or {}).get("card")
            said = {name: message[name] for name in ("text", "buttons") if message.get(name)}
            if said or card:
                kept.append({**said, "card": card} if card else said)
        await self._turns.keep_all(conversation_id, kept)

    async def erased(self, conversation_id: str, said: Mapping[str, Any]) -> None:
        """Tells that everything before was deleted: the first message of what is a new history."""
        await self._turns.keep(conversation_id, {**said, "first": True})

    async def failed(self, conversation_id: str) -> None:
        """Tells that the answer is missing, as in a turn of the chat's own."""
        await self._turns.say(conversation_id, "utter_turn_failed")
