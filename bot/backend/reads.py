"""Who read what of a borrower: counted in memory as calls are answered, and written down a few seconds later, a row a day.

What the desk looks at one by one is on the audit trail itself, written before it is shown; here is what is too frequent for that:
the bot's own readings for a borrower, and lists at the desk that she was on.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.backend.schema_privacy import reads
from bot.backend.store import Store

log = logging.getLogger(__name__)

FLUSH_SECONDS = 2.0
# Through the bot, a borrower reads what is hers.
BOT = "bot"


@dataclass
class Count:
    """How often something was read, and when first and last."""

    times: int
    first_at: datetime
    last_at: datetime


class Reads:
    """The counts of this process; what is not written yet when it is killed is lost, a few seconds at most.

    Args:
        store: the ledger.
        flush_seconds: how often they are written down; 0: only by `flush`.
    """

    def __init__(self, store: Store, flush_seconds: float = FLUSH_SECONDS) -> None:
        self._store = store
        self._counts: dict[tuple[date, str, str, str], Count] = {}
        self._lock = threading.Lock()
        self._ends = threading.Event()
        self._thread: threading.Thread | None = None
        self._flush_seconds = flush_seconds

    def note(self, borrower_id: str, actor: str, what: str) -> None:
        """One more reading."""
        now = self._store.clock.now()
        key = (self._store.clock.today(), borrower_id, actor, what)
        with self._lock:
            known = self._counts.setdefault(key, Count(0, now, now))
            known.times, known.last_at = known.times + 1, max(known.last_at, now)
            if self._thread is None and self._flush_seconds:
                self._thread = threading.Thread(target=self._keep_flushing, name="reads", daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Writes down what was counted; while the ledger is locked or away it stays counted."""
        with self._lock:
            counts, self._counts = self._counts, {}
        if not counts:
            return
        try:
            with self._store.engine.connect().execution_options(writes=True) as connection, connection.begin():
                for key, count in sorted(counts.items()):
                    _add(connection, key, count)
        except SQLAlchemyError as error:
            log.info("readings are written down later: %s", type(error).__name__)
            with self._lock:
                for key, count in counts.items():
                    newer = self._counts.setdefault(key, Count(0, count.first_at, count.last_at))
                    newer.times, newer.first_at = newer.times + count.times, min(newer.first_at, count.first_at)

    def close(self) -> None:
        """Writes down the rest."""
        self._ends.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        self.flush()

    def _keep_flushing(self) -> None:
        while not self._ends.wait(self._flush_seconds):
            self.flush()


def _add(connection: Connection, key: tuple[date, str, str, str], count: Count) -> None:
    names = ("business_date", "borrower_id", "actor", "what")
    mine = [reads.c[name] == value for name, value in zip(names, key, strict=True)]
    more = sa.update(reads).where(*mine).values(times=reads.c.times + count.times, last_at=count.last_at)
    if not connection.execute(more).rowcount:
        connection.execute(sa.insert(reads).values(**dict(zip(names, key, strict=True)), **vars(count)))
