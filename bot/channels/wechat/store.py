"""The WeChat channel's database: one for all processes, and the tables that the protocol keeps in it.

Each part that keeps something more makes its own table on `metadata`, in its own module, before the store is opened; the names
begin with `wechat_`, since the conversations may lie in the same PostgreSQL.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.channels.chat.tables import opened
from bot.sealing import SealedJson, SealedText

metadata = sa.MetaData()
T = TypeVar("T")

deliveries = sa.Table(
    "wechat_deliveries",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),  # the order in which they came
    sa.Column("delivery_key", sa.String(160), nullable=False, unique=True),  # MsgId, or what stands for it
    sa.Column("openid", sa.String(64), nullable=False),
    sa.Column("came", sa.Float, nullable=False),  # seconds since 1970
    sa.Column("tries", sa.Integer, nullable=False),  # how often WeChat has delivered it
    sa.Column("incoming", SealedJson("wechat_deliveries.incoming")),  # what is to be answered, masked; gone once it has been
    sa.Column("state", sa.String(12), nullable=False),  # accepted, running, answered
    sa.Column("runner", sa.String(32)),  # the process that runs it
    sa.Column("lease_until", sa.Float),  # until when nobody else may take it for abandoned
    sa.Column("answer", SealedJson("wechat_deliveries.answer")),  # what the bot said and the borrower has not got; a list
    sa.Column("reply", SealedText("wechat_deliveries.reply")),  # the passive reply as it was given, to be given again
    # How the answer goes to the borrower. None: whoever holds a call open may give it; `passive`: given with a call;
    # `service`: no call is open any more, it goes as customer-service messages; `sending`: on its way so; `sent`: there;
    # `waiting`: goes with the borrower's next word.
    sa.Column("way", sa.String(8)),
    sa.Column("purpose", sa.String(8), nullable=False, server_default="answer"),  # answer, decision
)
sa.Index("wechat_deliveries_open", deliveries.c.openid, deliveries.c.state, deliveries.c.way)

nonces = sa.Table(
    "wechat_nonces",
    metadata,
    sa.Column("nonce", sa.String(64), primary_key=True),  # of timestamp and nonce: their hash
    sa.Column("delivery_key", sa.String(160), nullable=False),
    sa.Column("seen", sa.Float, nullable=False),
    sa.Column("uses", sa.Integer, nullable=False),
)

grants = sa.Table(
    "wechat_grants",
    metadata,
    sa.Column("openid", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(8), primary_key=True),  # message, click
    sa.Column("until", sa.Float, nullable=False),
    sa.Column("remaining", sa.Integer, nullable=False),
)

consents = sa.Table(
    "wechat_consents",
    metadata,
    sa.Column("openid", sa.String(64), primary_key=True),
    sa.Column("template_id", sa.String(64), primary_key=True),
    sa.Column("remaining", sa.Integer, nullable=False),  # one message for each consent
)

tokens = sa.Table(
    "wechat_tokens",
    metadata,
    sa.Column("app_id", sa.String(64), primary_key=True),
    sa.Column("token", sa.String(600)),
    sa.Column("until", sa.Float, nullable=False),
    sa.Column("renewing_until", sa.Float, nullable=False),  # a process is at it until then
)

cursors = sa.Table(
    "wechat_cursors",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),  # of a list that is read from where it was read last
    sa.Column("position", sa.String(200), nullable=False),
)


class Store:
    """The database; calls block and may come from any thread.

    Args:
        url: SQLAlchemy URL.
        clock: seconds since 1970.

    Raises:
        ConfigurationError: it cannot be opened.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        # What is lost by a power cut, WeChat's next try brings again; a process that is killed loses nothing.
        self.engine = opened(url, metadata, "HUANBAN_WECHAT_DB", synchronous="NORMAL", keep=True)
        self._writing = self.engine.execution_options(writes=True)
        self.clock = clock
        # SQLite takes one writer at a time and lets the others sleep for milliseconds and look again; threads here take turns.
        self._is_local = self.engine.dialect.name == "sqlite"
        self._turn: Any = threading.Lock() if self._is_local else contextlib.nullcontext()
        self._threads = ThreadPoolExecutor(8, "wechat-store")

    async def soon(self, call: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """What a blocking call comes to, without stopping the event loop for it."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(call, *arguments, **options))

    async def quickly(self, call: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """The same for a call that is one short transaction.

        In SQLite, which a single server uses, that takes less time than the way to a thread and back. While another thread
        writes, and in PostgreSQL, it goes to a thread all the same.
        """
        if self._is_local and not self._turn.locked():
            return call(*arguments, **options)
        return await self.soon(call, *arguments, **options)

    def read(self, work: Callable[[Connection], T]) -> T:
        """What `work` finds."""
        with self.engine.begin() as connection:
            return work(connection)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Carries out `work` in one transaction; when another process wrote the same row just then, once more."""
        try:
            return self._write_once(work)
        except IntegrityError:
            return self._write_once(work)

    def close(self) -> None:
        """Gives back the connections."""
        self._threads.shutdown()
        self.engine.dispose()

    def _write_once(self, work: Callable[[Connection], T]) -> T:
        with self._turn, self._writing.begin() as connection:
            return work(connection)


_LOCK = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(sa.bindparam("name", type_=sa.String))))


def one_at_a_time(connection: Connection, openid: str) -> None:
    """Writes for one openid follow one another; in SQLite all writes do."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"name": f"wechat:{openid}"})
