"""Rasa's conversations (`HUANBAN_TRACKER_DB`): events with their slots, of all sessions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.privacy.databases import engine_of, leave_no_copies, writing
from bot.privacy.keepers import Counts
from bot.privacy.whose import Whose
from bot.shared.conversations import Conversations

events: sa.Table = Conversations.SQLEvent.__table__
_LOOKED_AT = 2000


class ConversationsKeeper:
    """The tracker store; `url` is its database."""

    name = "conversations"
    setting = "HUANBAN_TRACKER_DB"
    tables = (events,)

    def __init__(self, url: str) -> None:
        self.engine = engine_of(url, self.setting, Conversations.Base.metadata)

    def held(self, of: Whose) -> dict[str, list[dict[str, Any]]]:
        """All events, as Rasa keeps them, in order."""
        query = sa.select(events.c.sender_id, events.c.data).where(events.c.sender_id.in_(of.conversation_ids))
        with self.engine.begin() as connection:
            rows = connection.execute(query.order_by(events.c.id)).all()
        return {"events": [{"conversation_id": row.sender_id, **json.loads(row.data or "{}")} for row in rows]}

    def erase(self, of: Whose) -> Counts:
        """Deletes every event of the borrower's conversations."""
        with writing(self.engine) as connection:
            gone = connection.execute(sa.delete(events).where(events.c.sender_id.in_(of.conversation_ids))).rowcount
        leave_no_copies(self.engine)
        return {"events": int(gone)}

    def left(self, of: Whose) -> int:
        """Events that are still there."""
        query = sa.select(sa.func.count()).select_from(events).where(events.c.sender_id.in_(of.conversation_ids))
        with self.engine.begin() as connection:
            return int(connection.execute(query).scalar_one())

    def forget_idle(self, before: float, *, pretend: bool = False, stopped: Callable[[], bool] = lambda: False) -> Counts:
        """Deletes sessions that ended before the moment. One that goes on past it is kept whole.

        Ids grow with time, so walking along them meets the oldest first and ends where everything is young enough.
        """
        gone, last = 0, 0
        seen: set[str] = set()
        while not stopped():
            query = sa.select(events.c.id, events.c.sender_id, events.c.timestamp).where(events.c.id > last)
            with self.engine.begin() as connection:
                rows = connection.execute(query.order_by(events.c.id).limit(_LOOKED_AT)).all()
            old = {row.sender_id for row in rows if (row.timestamp or 0.0) < before} - seen
            for sender_id in sorted(old):
                seen.add(sender_id)
                gone += self._forget_sessions(sender_id, before, pretend=pretend)
                if stopped():
                    break
            if len(rows) < _LOOKED_AT or all((row.timestamp or 0.0) >= before for row in rows):
                break
            last = rows[-1].id
        if gone and not pretend:
            leave_no_copies(self.engine)
        return {"events": gone}

    def _forget_sessions(self, sender_id: str, before: float, *, pretend: bool) -> int:
        with writing(self.engine) as connection:
            until = _end_of_what_is_over(connection, sender_id, before)
            mine = (events.c.sender_id == sender_id, sa.func.coalesce(events.c.timestamp, 0.0) < until)
            if pretend:
                return int(connection.execute(sa.select(sa.func.count()).select_from(events).where(*mine)).scalar_one())
            return int(connection.execute(sa.delete(events).where(*mine)).rowcount)


def _end_of_what_is_over(connection: Connection, sender_id: str, before: float) -> float:
    """The moment up to which a conversation's events belong to sessions that ended before `before`."""
    mine = events.c.sender_id == sender_id
    starts = (mine, events.c.type_name == "session_started")
    following = connection.execute(
        sa.select(sa.func.min(events.c.timestamp)).where(*starts, events.c.timestamp >= before)
    ).scalar()
    goes_on = sa.select(events.c.id).where(mine, events.c.timestamp >= before)
    if following is not None:
        # A session's first event comes a moment before the one that says it began.
        goes_on = goes_on.where(events.c.timestamp < following - 1.0)
    if connection.execute(goes_on.limit(1)).first() is None:
        return before
    began = connection.execute(sa.select(sa.func.max(events.c.timestamp)).where(*starts, events.c.timestamp < before)).scalar()
    return float(began) if began is not None else 0.0
