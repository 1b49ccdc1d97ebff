"""Accepted messages, run one after the other in each conversation, and never two at once.

The queue is the history itself, so a message that was acknowledged outlives the server. Not yet begun, it is run after a
restart; begun and not ended, it is not begun again (it may have filed something), and the borrower is told so.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from rasa.core.channels.channel import UserMessage

from bot.channels import payloads
from bot.channels.chat.history import LEASE_SECONDS, History, Message, Turn
from bot.channels.chat.output import ChatOutput
from bot.channels.chat.words import ChannelWords
from bot.observability import request_id

log = logging.getLogger(__name__)

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]
Send = Callable[[str, str, dict[str, Any]], Awaitable[None]]
# With the lease: whoever wrote to a server that died hears what is known within 20 seconds.
SWEEP_SECONDS = 3.0


class Turns:
    """Runs what waits in the history.

    Args:
        history: where messages wait.
        on_new_message: the bot.
        send: sends an event to all devices of a conversation.
        words: what is said when the bot says nothing.
        secret: what payloads are sealed with.
    """

    def __init__(self, history: History, on_new_message: OnNewMessage, send: Send, words: ChannelWords, secret: str) -> None:
        self._history = history
        self._on_new_message = on_new_message
        self._send = send
        self._words = words
        self._secret = secret
        self._wanted: set[str] = set()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._begins_no_more = False

    def begin_no_more(self) -> None:
        """Turns under way go on; what waits is left for another server, or for after the restart."""
        self._begins_no_more = True

    def wake(self, conversation_id: str) -> None:
        """Something waits in this conversation."""
        if self._begins_no_more:
            return
        self._wanted.add(conversation_id)
        if conversation_id not in self._running:
            self._running[conversation_id] = asyncio.create_task(self._drain(conversation_id))

    def is_running(self, conversation_id: str) -> bool:
        """Whether the bot is at work in this conversation, as far as this server knows."""
        return conversation_id in self._running

    async def sweep(self) -> None:
        """Takes up what a server left behind when it ended, again and again."""
        while True:
            try:
                for conversation_id in await self._history.soon(self._history.abandoned):
                    self.wake(conversation_id)
            except Exception:
                log.exception("what waits could not be looked up")
            await asyncio.sleep(SWEEP_SECONDS)

    async def finish(self, seconds: float) -> None:
        """Lets the turns that are under way end; what has not ended by then is told to its borrowers after the restart."""
        if self._running:
            await asyncio.wait(self._running.values(), timeout=seconds)
        for task in self._running.values():
            task.cancel()

    async def _drain(self, conversation_id: str) -> None:
        # Between the last look at `_wanted` and taking the task out of `_running` nothing is awaited: no call is missed.
        try:
            while conversation_id in self._wanted:
                self._wanted.discard(conversation_id)
                await self._drain_once(conversation_id)
        except Exception:
            log.exception("a conversation could not go on; it is taken up again in a moment")
        finally:
            self._running.pop(conversation_id, None)

    async def _drain_once(self, conversation_id: str) -> None:
        turn = await self._history.soon(self._history.next_turn, conversation_id)
        if turn is None:
            return
        await self._send(conversation_id, "typing", {"on": True})
        try:
            while turn is not None:
                await self._run(conversation_id, turn)
                if self._begins_no_more:
                    return
                turn = await self._history.soon(self._history.next_turn, conversation_id)
        finally:
            await self._send(conversation_id, "typing", {"on": False})

    async def _run(self, conversation_id: str, turn: Turn) -> None:
        if turn.interrupted:
            log.warning("a turn was cut short by the end of a server; the borrower is told")
            await self.say(conversation_id, "utter_turn_interrupted")
        else:
            await self._answer(conversation_id, turn)
        await self._history.soon(self._history.finish, conversation_id, turn.message["id"], interrupted=turn.interrupted)

    async def _answer(self, conversation_id: str, turn: Turn) -> None:
        # The wait counts from the moment of the acknowledgement, whichever server gave it.
        request_id.begin(accepted_at=datetime.fromisoformat(turn.message["at"].replace("Z", "+00:00")).timestamp())
        output = ChatOutput(self.keep, self._secret)
        care_mode = await self._history.soon(self._history.care_mode, conversation_id)
        message = UserMessage(
            turn.text,
            output,
            conversation_id,
            input_channel="chat",
            metadata={} if care_mode is None else {"care_mode": care_mode},
        )
        try:
            async with self._leased(conversation_id, turn.message["id"]):
                await self._on_new_message(message)
        except Exception:
            log.exception("a message was not answered")
            await self.say(conversation_id, "utter_turn_failed")
            return
        if output.count == 0:
            log.error("the bot had nothing to say to a message; the borrower is told that something went wrong")
            await self.say(conversation_id, "utter_turn_failed")

    @contextlib.asynccontextmanager
    async def _leased(self, conversation_id: str, message_id: str) -> AsyncIterator[None]:
        """Keeps other servers from taking the turn for abandoned as long as it runs."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(LEASE_SECONDS / 3)
                with contextlib.suppress(Exception):  # the next time will do
                    await self._history.soon(self._history.renew_lease, conversation_id, message_id)

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()

    async def say(self, conversation_id: str, response: str) -> None:
        """Says a response of the channel's own words."""
        said = payloads.issue_within(self._words.said(response), conversation_id, self._secret)
        await self.keep(conversation_id, said)

    async def keep(self, conversation_id: str, said: dict[str, Any], sender: str = "bot") -> None:
        """Puts a message into the history, and from there on every device."""
        await self.keep_all(conversation_id, [said], sender)

    async def keep_all(self, conversation_id: str, all_said: Sequence[dict[str, Any]], sender: str = "bot") -> None:
        """Puts the messages of one answer into the history at once, and from there on every device."""
        if not all_said:
            return
        for said in all_said:
            card = said.get("card") or {}
            if card.get("type") == "care_mode" and isinstance(card.get("on"), bool):
                # Before it is shown: a device that connects the moment after must be told the same.
                await self._history.soon(self._history.set_care_mode, conversation_id, card["on"])
        kept: list[Message] = await self._history.soon(self._history.add_all, conversation_id, all_said, sender)
        await self._send(conversation_id, "messages", {"messages": kept})
