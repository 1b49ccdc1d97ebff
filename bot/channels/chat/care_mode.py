"""长辈版: whether it is on for a visitor, and switching it everywhere at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from bot.channels.chat.history import History
from bot.channels.chat.visitors import Visitor
from bot.client import LoanClient
from bot.client.errors import LoanBackendError

log = logging.getLogger(__name__)

# The widget waits for its greeting; large letters may come a moment later, by the card of an answer.
LOOK_UP_SECONDS = 0.4


class CareMode:
    """Large letters and short sentences, kept in the chat, in the conversation's slot and by the lender.

    Args:
        history: what the chat remembers.
        client: the lender, who remembers it beyond the chat.
        agent: the bot that runs here, or None as long as there is none.
    """

    def __init__(self, history: History, client: LoanClient, agent: Callable[[], Any | None]) -> None:
        self._history = history
        self._client = client
        self._agent = agent
        self._spreading: set[asyncio.Task[None]] = set()

    async def of(self, visitor: Visitor) -> bool:
        """Whether it is on; off when nobody has said."""
        remembered = await self._history.soon(self._history.care_mode, visitor.conversation_id)
        if remembered is not None or visitor.speaker.borrower_id is None:
            return bool(remembered)
        loans = self._client.loans_of(visitor.speaker.borrower_id)
        try:
            on = (await asyncio.wait_for(asyncio.to_thread(loans.borrower), LOOK_UP_SECONDS)).care_mode
        except (LoanBackendError, asyncio.TimeoutError) as error:
            log.info("whether care mode is on could not be looked up: %s", str(error) or "no answer in time")
            return False
        if on:  # then what is said in this conversation is short as well: each message carries what the chat remembers
            await self._history.soon(self._history.set_care_mode, visitor.conversation_id, True)
        return on

    async def switch(self, visitor: Visitor, on: bool) -> None:
        """Switches it in the chat, and from there in the conversation and at the lender, as far as these can be reached."""
        await self._history.soon(self._history.set_care_mode, visitor.conversation_id, on)
        # The conversation is locked as long as a turn runs; nobody has to wait for that with a switch.
        task = asyncio.create_task(self._spread(visitor, on))
        self._spreading.add(task)
        task.add_done_callback(self._spreading.discard)

    async def _spread(self, visitor: Visitor, on: bool) -> None:
        agent = self._agent()
        if agent is not None:
            try:
                await _set_slot(agent, visitor.conversation_id, on)
            except Exception:
                log.exception("care mode could not be put into the conversation; its next message carries it")
        if visitor.speaker.borrower_id is not None:
            loans = self._client.loans_of(visitor.speaker.borrower_id)
            try:
                await asyncio.to_thread(lambda: loans.switch_care_mode(enabled=on))
            except LoanBackendError as error:
                log.info("the lender does not remember care mode: %s", error)


async def _set_slot(agent: Any, conversation_id: str, on: bool) -> None:
    from rasa.shared.core.events import SlotSet

    async with agent.lock_store.lock(conversation_id):
        tracker = await agent.tracker_store.get_or_create_tracker(conversation_id)
        tracker.update(SlotSet("care_mode", on))
        await agent.tracker_store.save(tracker)
