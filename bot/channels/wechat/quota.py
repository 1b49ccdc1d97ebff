"""How many customer-service messages WeChat lets through to an openid, kept beside the deliveries so that all processes agree.

A message of the borrower's gives five for 48 hours; a click on a menu or a menu message, a scan, and a follow give three for a
minute. A new one of its kind gives anew. Source: the platform's page on customer-service messages, as read in 2026-11; how the
two add up it does not say: here a message is counted against the one that ends sooner, and 45047 corrects the ledger.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.wechat import statements
from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.store import Store, grants, one_at_a_time

MESSAGE_LIMIT, MESSAGE_SECONDS = 5, 48 * 3600
CLICK_LIMIT, CLICK_SECONDS = 3, 60
KEPT_FOR_DECISIONS = 1
_CLICKS = frozenset({"click", "subscribe", "scan", "scancode_push", "scancode_waitmsg", "view_miniprogram"})


def granted(connection: Connection, incoming: Incoming, now: float) -> None:
    """Writes down what the platform grants for what the borrower did just now."""
    if incoming.is_typed:
        _put(connection, incoming.openid, "message", now + MESSAGE_SECONDS, MESSAGE_LIMIT)
    elif incoming.bizmsgmenuid or incoming.event in _CLICKS:
        _put(connection, incoming.openid, "click", now + CLICK_SECONDS, CLICK_LIMIT)


class Quota:
    """The ledger."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def left(self, openid: str, purpose: str = "answer") -> int:
        """How many may be sent now; one of five is kept for the decision on a request."""
        return self._store.read(lambda connection: sum(self._usable(connection, openid, purpose).values()))

    def take(self, openid: str, purpose: str = "answer") -> str | None:
        """Counts one before it is sent; the grant it is counted against, or None when nothing is left."""

        def work(connection: Connection) -> str | None:
            one_at_a_time(connection, openid)
            for kind in ("click", "message"):
                if self._usable(connection, openid, purpose).get(kind, 0) > 0:
                    self._add(connection, openid, kind, -1)
                    return kind
            return None

        return self._store.write(work)

    def give_back(self, openid: str, kind: str) -> None:
        """One that the platform certainly did not take."""
        self._store.write(lambda connection: self._add(connection, openid, kind, 1))

    def is_used_up(self, openid: str) -> None:
        """The platform says so (45047, 45015), whatever we counted."""
        self._store.write(lambda c: c.execute(sa.update(grants).where(grants.c.openid == openid).values(remaining=0)))

    def _usable(self, connection: Connection, openid: str, purpose: str) -> dict[str, int]:
        rows = connection.execute(sa.select(grants).where(grants.c.openid == openid, grants.c.until > self._store.clock()))
        left = {row.kind: row.remaining for row in rows}
        if purpose != "decision" and "message" in left:
            left["message"] = max(0, left["message"] - KEPT_FOR_DECISIONS)
        return left

    @staticmethod
    def _add(connection: Connection, openid: str, kind: str, number: int) -> None:
        mine = (grants.c.openid == openid, grants.c.kind == kind)
        connection.execute(sa.update(grants).where(*mine).values(remaining=grants.c.remaining + number))


def _put(connection: Connection, openid: str, kind: str, until: float, remaining: int) -> None:
    granted = {"this_openid": openid, "this_kind": kind, "until": until, "remaining": remaining}
    if not connection.execute(statements.GRANTED, granted).rowcount:
        connection.execute(sa.insert(grants).values(openid=openid, kind=kind, until=until, remaining=remaining))
