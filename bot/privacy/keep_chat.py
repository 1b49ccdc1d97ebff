"""The chat's history (`HUANBAN_CHAT_DB`): messages, what is remembered of a conversation, ratings."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.chat.tables import conversations, messages, metadata, ratings
from bot.privacy.databases import engine_of, leave_no_copies, writing
from bot.privacy.keepers import OPEN_SECONDS, SESSION_GAP_SECONDS, Counts
from bot.privacy.whose import Whose

_SAID = (messages, ratings)
_TABLES = (*_SAID, conversations)
_LOOKED_AT = 2000


class ChatKeeper:
    """The chat's database behind `url`."""

    name = "chat"
    setting = "HUANBAN_CHAT_DB"
    tables: tuple[sa.Table, ...] = _TABLES

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        self.engine = engine_of(url, self.setting, metadata)
        self._clock = clock

    def held(self, of: Whose) -> dict[str, list[dict[str, Any]]]:
        """Every row of the borrower's conversations, by table."""
        found = {}
        with self.engine.begin() as connection:
            for table in _TABLES:
                query = sa.select(table).where(table.c.conversation_id.in_(of.conversation_ids))
                rows = connection.execute(query.order_by(*table.primary_key.columns)).all()
                found[table.name] = [dict(row._mapping) for row in rows]
        return found

    def erase(self, of: Whose) -> Counts:
        """Deletes every row of them, but a message that was accepted and waits for its turn.

        Of a conversation stays whether its letters are large, and how far it had counted: a page that is open knows its messages
        by their numbers, and would take a second number 1 for the first.
        """
        with writing(self.engine) as connection:
            for conversation_id, number in _reached(connection, self._is_hers(messages, of)).items():
                _keep_count(connection, conversation_id, number)
            counts = {table.name: _gone(connection, table, False, *self._mine(table, of))[table.name] for table in _SAID}
        leave_no_copies(self.engine)
        return counts

    def left(self, of: Whose) -> int:
        """Rows of what was said that are still there."""
        with self.engine.begin() as connection:
            return sum(_gone(connection, table, True, *self._mine(table, of))[table.name] for table in _SAID)

    def _is_hers(self, table: sa.Table, of: Whose) -> Any:
        return table.c.conversation_id.in_(of.conversation_ids)

    def _mine(self, table: sa.Table, of: Whose) -> tuple[Any, ...]:
        if table is not messages:
            return (self._is_hers(table, of),)
        state = sa.func.coalesce(messages.c.state, "")
        # However long ago it was accepted: after an outage it is run, too.
        is_open = sa.or_(state == "accepted", sa.and_(state == "running", messages.c.at > _at(self._clock() - OPEN_SECONDS)))
        return (self._is_hers(table, of), ~is_open)

    def forget_idle(self, before: float, *, pretend: bool = False, stopped: Callable[[], bool] = lambda: False) -> Counts:
        """Deletes what was said before the moment; of a talk that goes on past it nothing."""
        with writing(self.engine) as connection:
            connection.execute(sa.text("CREATE INDEX IF NOT EXISTS chat_by_time ON chat_messages (at)"))
        moment, counts = _at(before), {table.name: 0 for table in _TABLES}
        last = ""
        seen: set[str] = set()
        while not stopped():
            query = sa.select(messages.c.conversation_id, messages.c.at).where(messages.c.at < moment, messages.c.at > last)
            with self.engine.begin() as connection:
                rows = connection.execute(query.order_by(messages.c.at).limit(_LOOKED_AT)).all()
            for conversation_id in sorted({row.conversation_id for row in rows} - seen):
                seen.add(conversation_id)
                for name, gone in self._forget_talks(conversation_id, before, pretend=pretend).items():
                    counts[name] += gone
                if stopped():
                    break
            if len(rows) < _LOOKED_AT:
                break
            last = rows[-1].at
        counts[ratings.name] += self._forget_ratings(moment, pretend=pretend)
        if any(counts.values()) and not pretend:
            leave_no_copies(self.engine)
        return counts

    def _forget_talks(self, conversation_id: str, before: float, *, pretend: bool) -> Counts:
        with writing(self.engine) as connection:
            number = _end_of_what_is_over(connection, conversation_id, before)
            mine = messages.c.conversation_id == conversation_id
            reached = 0 if pretend else _reached(connection, mine).get(conversation_id, 0)
            counts = _gone(connection, messages, pretend, mine, messages.c.number <= number)
            newest = connection.execute(sa.select(sa.func.max(messages.c.number)).where(mine)).scalar()
            if newest is None or newest <= number:  # nothing younger: the conversation is over
                this = conversations.c.conversation_id == conversation_id
                counts.update(_gone(connection, conversations, pretend, this))
                if reached:
                    _keep_count(connection, conversation_id, reached)
            return counts

    def _forget_ratings(self, moment: str, *, pretend: bool) -> int:
        with writing(self.engine) as connection:
            return _gone(connection, ratings, pretend, ratings.c.at < moment)[ratings.name]


def _reached(connection: Connection, where: Any) -> dict[str, int]:
    """The highest number of a message in each conversation."""
    query = sa.select(messages.c.conversation_id, sa.func.max(messages.c.number)).where(where)
    return {
        conversation_id: int(number) for conversation_id, number in connection.execute(query.group_by(messages.c.conversation_id))
    }


def _keep_count(connection: Connection, conversation_id: str, number: int) -> None:
    """Remembers how far a conversation's messages have counted, which also says that they were read."""
    this = conversations.c.conversation_id == conversation_id
    if not connection.execute(sa.update(conversations).where(this).values(read_number=number)).rowcount:
        connection.execute(sa.insert(conversations).values(conversation_id=conversation_id, read_number=number))


def _end_of_what_is_over(connection: Connection, conversation_id: str, before: float) -> int:
    """The last message after which nothing was said for long, and which is older than `before`; 0 when there is none."""
    mine, moment = messages.c.conversation_id == conversation_id, _at(before)
    older = sa.select(messages.c.number, messages.c.at).where(mine, messages.c.at < moment).order_by(messages.c.number.desc())
    younger = sa.select(sa.func.min(messages.c.at)).where(mine, messages.c.at >= moment)
    following = connection.execute(younger).scalar()
    for row in connection.execute(older):
        if following is None or _seconds(following) - _seconds(row.at) >= SESSION_GAP_SECONDS:
            return int(row.number)
        following = row.at
    return 0


def _gone(connection: Connection, table: sa.Table, pretend: bool, *where: Any) -> Counts:
    if pretend:
        return {table.name: int(connection.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one())}
    return {table.name: int(connection.execute(sa.delete(table).where(*where)).rowcount)}


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp()
