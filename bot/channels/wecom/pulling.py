"""Pulls what the callback only hints at: page by page, from where the database says, and each message once.

A page is written down (each message by its `msgid`) before the cursor moves past it. So a process that ends in between pulls the
page again and finds each message known; nothing is lost, and nothing is dealt with twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from dataclasses import replace
from typing import Any

from bot.channels.guard import plain_text
from bot.channels.wechat.deliveries import Deliveries, Replayed
from bot.channels.wechat.incoming import Incoming, NotReadable
from bot.channels.wechat.platform import PlatformError
from bot.channels.wechat.store import Store
from bot.channels.wechat.turns import Turns
from bot.channels.wecom.accounts import Accounts, Pull, Threads
from bot.channels.wecom.platform import WeComPlatform
from bot.channels.wecom.received import FROM_CUSTOMER, Received, read_received

log = logging.getLogger(__name__)

# An account that is read for the first time has three days of messages that others have answered.
NEWS_SECONDS = 600.0
_TAKEN_OVER, _GIVEN_BACK = frozenset({1, 2, 4}), 3


class Puller:
    """Pulls, one reading of an account at a time.

    Args:
        store: the database.
        accounts: how far each was read.
        threads: who talks to which.
        platform: WeCom's calls.
        rows: where each message is written down.
        turns: what deals with it.
    """

    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        threads: Threads,
        platform: WeComPlatform,
        rows: Deliveries,
        turns: Turns,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._threads = threads
        self._platform = platform
        self._rows = rows
        self._turns = turns
        self._name = secrets.token_hex(8)
        self._wanted: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def begin(self) -> None:
        """For a process that was made of another one: it pulls under a name of its own."""
        self._name = secrets.token_hex(8)

    def wake(self, open_kfid: str) -> None:
        """There may be something to pull."""
        self._wanted.add(open_kfid)
        if open_kfid not in self._tasks:
            self._tasks[open_kfid] = asyncio.create_task(self._drain(open_kfid))

    async def finish(self, seconds: float) -> None:
        """Lets what is being pulled be written down; what has not been by then is pulled again after the restart."""
        tasks = list(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()

    async def _drain(self, open_kfid: str) -> None:
        try:
            while open_kfid in self._wanted:
                self._wanted.discard(open_kfid)
                pull = await self._store.soon(self._accounts.begin, open_kfid, self._name)
                if pull is not None:
                    await self._pull_all(pull)
        except PlatformError as error:
            log.warning("what came could not be pulled; it is tried again in a moment: %s", error)
        except Exception:
            log.exception("what came could not be pulled; it is tried again in a moment")
        finally:
            del self._tasks[open_kfid]

    async def _pull_all(self, pull: Pull) -> None:
        done = False
        try:
            cursor = pull.cursor
            while True:
                page = await asyncio.to_thread(self._platform.sync, pull.open_kfid, cursor, pull.token)
                for message in page.messages:
                    await self._take(message, is_first=pull.cursor is None)
                if not await self._store.soon(self._accounts.moved, pull.open_kfid, self._name, page.cursor):
                    return  # it took so long that another process is at it now
                # A page may be empty and not the last; one that leads nowhere is the last.
                if not page.has_more or page.cursor == cursor:
                    break
                cursor = page.cursor
            done = True
        finally:
            await self._store.soon(self._accounts.end, pull, self._name, done=done)

    async def _take(self, message: Any, *, is_first: bool) -> None:
        try:
            received = read_received(message)
        except NotReadable as error:
            log.warning("something was pulled that is passed over: %s", error)
            return
        if is_first and received.sent_at < self._store.clock() - NEWS_SECONDS:
            return
        if received.kind == "event":
            await self._event(received)
        elif received.origin == FROM_CUSTOMER and received.external_userid:
            if not await self._is_served_by_person(received):
                await self._accept(received)

    async def _event(self, received: Received) -> None:
        her, account, body = received.external_userid, received.open_kfid, received.body
        if received.event == "enter_session" and her and isinstance(body.get("welcome_code"), str) and body["welcome_code"]:
            await self._store.soon(self._threads.welcome, her, account, body["welcome_code"][:200])
            await self._accept(received)
        elif received.event == "session_status_change" and her:
            change = body.get("change_type")
            if change in _TAKEN_OVER or change == _GIVEN_BACK:
                await self._store.soon(self._threads.served_by_person, her, account, change in _TAKEN_OVER)
        elif received.event == "msg_send_fail":
            log.warning("a message did not reach a borrower, says WeCom: type %s", str(body.get("fail_type"))[:8])

    async def _is_served_by_person(self, received: Received) -> bool:
        """Whether a servicer answers this. What an event said is asked again: better two answers than none."""
        who = (received.external_userid, received.open_kfid)
        if not await self._store.soon(self._threads.is_served_by_person, *who):
            return False
        try:
            is_so = await asyncio.to_thread(self._platform.is_served_by_person, *who)
        except PlatformError as error:
            log.warning("it could not be asked who serves a borrower: %s", error)
            return False
        if not is_so:
            await self._store.soon(self._threads.served_by_person, *who, False)
        return is_so

    async def _accept(self, received: Received) -> None:
        incoming = received.incoming()
        nonce = hashlib.sha256(incoming.delivery_key.encode()).hexdigest()
        try:
            delivery = await self._store.soon(self._rows.accept, incoming, kept, nonce, "service")
        except Replayed:
            return
        if not delivery.is_new:
            return
        if incoming.kind == "event":
            await self._store.soon(self._threads.is_welcomed_once, incoming.openid)
        else:
            await self._store.soon(self._threads.heard, incoming.openid, incoming.account)
        self._turns.take(delivery, incoming)


def kept(incoming: Incoming) -> Incoming | None:
    """What may lie in the database as long as a message waits for its turn: masked; nothing of what may be a one-time code."""
    return None if incoming.text.strip().isdecimal() else replace(incoming, text=plain_text(incoming.text))
