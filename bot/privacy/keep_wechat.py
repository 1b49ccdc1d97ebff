"""WeChat's and WeCom's databases (`HUANBAN_WECHAT_DB`): what was delivered and answered, lists, what is remembered of an account.

What the platform may still deliver again (a minute) is emptied and not deleted: its key tells the copy from something new.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.channels.wechat import lists, people
from bot.channels.wechat.deliveries import NONCE_SECONDS, TRIES_SECONDS
from bot.channels.wechat.lists import shown_lists
from bot.channels.wechat.store import deliveries, grants, metadata, nonces
from bot.channels.wecom.accounts import WeComStore, threads
from bot.channels.wecom.accounts import metadata as wecom_metadata
from bot.privacy.databases import engine_of, leave_no_copies, writing
from bot.privacy.keepers import OPEN_SECONDS, Counts
from bot.privacy.whose import Whose

_EMPTY = {"incoming": sa.null(), "answer": sa.null(), "reply": sa.null()}
_HAS_WORDS = sa.or_(*(sa.func.coalesce(sa.cast(deliveries.c[name], sa.Text), "null") != "null" for name in _EMPTY))
# Told, in an export, without what belongs to the protocol alone.
_KEPT_OF_AN_ACCOUNT = (deliveries, shown_lists, people.people, grants)


class WeChatKeeper:
    """The official account's database behind `url`."""

    name = "wechat"
    setting = "HUANBAN_WECHAT_DB"
    channel = "wechat"
    tables: tuple[sa.Table, ...] = (deliveries, shown_lists)

    def __init__(self, url: str, clock: Callable[[], float] = time.time, *, can_send: bool = True) -> None:
        self.engine: Engine = engine_of(url, self.setting, metadata)
        self._clock = clock
        self._way = "service" if can_send else "waiting"

    def held(self, of: Whose) -> dict[str, list[dict[str, Any]]]:
        """Every row of the borrower's accounts, by table."""
        with self.engine.begin() as connection:
            return {
                table.name: [
                    dict(row._mapping)
                    for row in connection.execute(
                        sa.select(table).where(self._of(table, of)).order_by(*table.primary_key.columns)
                    )
                ]
                for table in self._all()
            }

    def erase(self, of: Whose) -> Counts:
        """Deletes what was said and what was shown.

        What waits to be told (a decision) is no part of a conversation yet, and a message in its turn is not over; both stay. So
        does what holds no word and is needed to go on: large letters, where answers go, what the platform lets through.
        """
        counts: Counts = {}
        with writing(self.engine) as connection:
            counts[shown_lists.name] = int(connection.execute(sa.delete(shown_lists).where(self._of(shown_lists, of))).rowcount)
            proofs = sa.update(people.people).where(self._of(people.people, of), people.people.c.proof_request_id.isnot(None))
            connection.execute(proofs.values(proof_request_id=None))
            mine = self._over(of)
            # A copy that is still to come, or a decision that is found again, is told from something new by its key.
            known = sa.or_(deliveries.c.came > self._clock() - TRIES_SECONDS, deliveries.c.purpose == "decision")
            gone = int(connection.execute(sa.delete(deliveries).where(*mine, ~known)).rowcount)
            emptied = sa.update(deliveries).where(*mine, _HAS_WORDS).values(**_EMPTY, way="sent")
            counts[deliveries.name] = gone + int(connection.execute(emptied).rowcount)
        leave_no_copies(self.engine)
        return counts

    def left(self, of: Whose) -> int:
        """Rows that are still there with something in them."""
        with self.engine.begin() as connection:
            query = sa.select(sa.func.count()).select_from(deliveries).where(*self._over(of), _HAS_WORDS)
            found = int(connection.execute(query).scalar_one())
            query = sa.select(sa.func.count()).select_from(shown_lists).where(self._of(shown_lists, of))
            return found + int(connection.execute(query).scalar_one())

    def _over(self, of: Whose) -> tuple[Any, ...]:
        is_told = sa.or_(deliveries.c.purpose != "decision", deliveries.c.way == "sent")
        is_present = sa.or_(
            deliveries.c.state == "accepted",  # however long ago: after an outage it is run, too
            sa.and_(
                deliveries.c.came > self._clock() - OPEN_SECONDS,
                sa.or_(deliveries.c.state != "answered", deliveries.c.way.is_(None)),
            ),
        )
        return (self._of(deliveries, of), is_told, ~is_present)

    def forget_idle(self, before: float, *, pretend: bool = False, stopped: Callable[[], bool] = lambda: False) -> Counts:
        """Deletes answers that nobody fetched, lists and permissions that are over; what was answered goes after a week."""
        now, counts = self._clock(), {}
        old: list[tuple[sa.Table, Any]] = [
            (deliveries, sa.and_(deliveries.c.came < before, deliveries.c.state == "answered")),
            (shown_lists, shown_lists.c.shown < max(before, now - lists.KEPT_SECONDS)),
            (grants, grants.c.until < min(before, now)),
            (nonces, nonces.c.seen < now - NONCE_SECONDS),
            (people.ratings, people.ratings.c.at < before),
            *self._more_that_is_old(before),
        ]
        for table, where in old:
            counts[table.name] = 0
            while not stopped():
                gone = self._some(table, where, pretend=pretend)
                counts[table.name] += gone
                if pretend or gone < 1000:
                    break
        if any(counts.values()) and not pretend:
            leave_no_copies(self.engine)
        return counts

    def wait_with(self, of: Whose, said: dict[str, Any], key: str) -> None:
        """Puts something that the channel tells by itself, or with the borrower's next word; once for each account and key."""
        with writing(self.engine) as connection:
            for openid in of.accounts.get(self.channel, ()):
                row = {"delivery_key": f"{key}:{openid}"[:160], "openid": openid, "came": self._clock(), "tries": 0}
                known = sa.select(deliveries.c.number).where(deliveries.c.delivery_key == row["delivery_key"])
                if connection.execute(known).first() is None:
                    values = {**row, "state": "answered", "answer": [said], "way": self._way, "purpose": "decision"}
                    connection.execute(sa.insert(deliveries).values(**values))

    def _all(self) -> tuple[sa.Table, ...]:
        return _KEPT_OF_AN_ACCOUNT

    def _of(self, table: sa.Table, of: Whose) -> Any:
        mine = table.c.openid.in_(tuple(of.accounts.get(self.channel, ())))
        return sa.or_(mine, table.c.borrower_id == of.borrower_id) if table is people.people else mine

    def _more_that_is_old(self, before: float) -> list[tuple[sa.Table, Any]]:
        return []

    def _some(self, table: sa.Table, where: Any, *, pretend: bool) -> int:
        with writing(self.engine) as connection:
            if pretend:
                return int(connection.execute(sa.select(sa.func.count()).select_from(table).where(where)).scalar_one())
            keys = list(table.primary_key.columns)
            rows = connection.execute(sa.select(*keys).where(where).limit(1000)).all()
            return sum(_delete(connection, table, keys, row) for row in rows)


class WeComKeeper(WeChatKeeper):
    """The same for WeCom's customer service, whose tables lie apart."""

    name = "wecom"
    channel = "wecom"

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        WeComStore(url).close()  # makes its schema and its tables
        from bot.channels.wecom.accounts import _in_own_schema

        self.engine = engine_of(_in_own_schema(url), self.setting, wecom_metadata)
        self._clock = clock
        self._way = "service"

    def _all(self) -> tuple[sa.Table, ...]:
        return (*super()._all(), threads)

    def _of(self, table: sa.Table, of: Whose) -> Any:
        if table is threads:
            return threads.c.external_userid.in_(tuple(of.accounts.get(self.channel, ())))
        return super()._of(table, of)

    def _more_that_is_old(self, before: float) -> list[tuple[sa.Table, Any]]:
        return [(threads, threads.c.last_at < before)]


def _delete(connection: Connection, table: sa.Table, keys: list[Any], row: Any) -> int:
    mine = [key == row._mapping[key] for key in keys]
    return int(connection.execute(sa.delete(table).where(*mine)).rowcount)
