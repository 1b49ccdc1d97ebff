"""Where conversations are kept: Rasa's SQL tracker store, with what a store needs that grows for years.

Rasa looks for the latest session among all events of a borrower, when it reads and again when it saves. Asked in two steps, and
with two indexes, that is a matter of the one session alone, however many came before. In PostgreSQL ids are 64 bits wide: ten
million borrowers use up 32 bits within months.

Of a conversation that this process has just stored only its latest events are read again, to see whether another server went on
with it; what the next message needs is still here, and bounded (`recent.py`).
"""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore, create_engine_kwargs
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.events import deserialise_events as events_from
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Query, Session

from bot import sealing
from bot.sealing import SealedText
from bot.shared.recent import Kept, RecentConversations, recent_events

log = logging.getLogger(__name__)

INDEXES = {
    "events_session_starts": "(sender_id, type_name, timestamp)",
    "events_of_a_session": "(sender_id, timestamp)",
}
# What was said and the slots are sealed with the lender's key, where there is one: bot/sealing.py.
SQLTrackerStore.SQLEvent.__table__.c.data.type = SealedText("events.data")
# How far the clocks of servers that share a database may be apart.
_SKEW_SECONDS = 1.0
_STORED = "stored_events"  # of a tracker of ours: how many of its events came from the store
_ONE_AT_A_TIME = 7_305_001  # any number: whoever holds it changes the table


class Conversations(SQLTrackerStore):
    """Rasa's tracker store; `endpoints.yml` names it, `HUANBAN_TRACKER_DB` says which database.

    Raises:
        ConfigurationError: the database was written with a key that is not there.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.engine: Engine
        engine = self.engine
        with engine.begin() as connection:
            sealing.check(connection, "HUANBAN_TRACKER_DB")
        try:
            with engine.begin() as connection:
                _make_lasting(connection)
        except SQLAlchemyError as error:
            # Without them it answers all the same, only slower as it grows.
            log.warning("the conversations' indexes could not be made: %s", str(getattr(error, "orig", error)).splitlines()[0])
        self._recent = RecentConversations()
        if engine.dialect.name == "sqlite" and engine.url.database not in (None, "", ":memory:"):
            engine.dispose()
            self.engine = _kept_open(engine)
            self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
        if engine.dialect.name == "postgresql":
            # A database that was restarted, or moved, costs a reconnect and no borrower's message.
            engine.dispose()
            lasting = {**create_engine_kwargs(engine.url), "pool_pre_ping": True}
            self.engine = sa.create_engine(engine.url, **lasting)
            self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation in its latest session, with as much of it as the next message needs."""
        with self.session_scope() as session:
            kept = self._recent.get(sender_id)
            since = self._since(session, sender_id, kept) if kept else None
            if kept is None or since is None:
                self._recent.drop(sender_id)
                rows = self._event_query(session, sender_id, fetch_events_from_all_sessions=False)
                events = _read(rows.with_entities(self.SQLEvent.data).all())
            else:
                events = [*kept.events, *since]
        return self._tracker_of(sender_id, events) if events else None

    def _since(self, session: Session, sender_id: str, kept: Kept) -> list[Event] | None:
        """What another server has stored since; None when the conversation was begun anew, or deleted."""
        event = self.SQLEvent
        mine = (event.sender_id == sender_id, event.timestamp >= kept.last_timestamp - _SKEW_SECONDS)
        was_there, newest = (
            session.query(sa.func.max(sa.case([(event.id == kept.last_id, 1)], else_=0)), sa.func.max(event.id))
            .filter(*mine)
            .one()
        )
        if not was_there:
            return None
        if newest == kept.last_id:
            return []
        rows = session.query(event.data).filter(*mine, event.id > kept.last_id).order_by(event.id)
        found = _read(rows.all())
        return None if any(isinstance(one, SessionStarted) for one in found) else found

    def _tracker_of(self, sender_id: str, events: Sequence[Event]) -> DialogueStateTracker:
        needed = recent_events(events, {slot.name: slot.initial_value for slot in self.domain.slots})
        tracker = DialogueStateTracker.from_events(sender_id, needed, self.domain.slots)
        setattr(tracker, _STORED, len(needed))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Stores what is new in the conversation, after it has been told to the event broker."""
        stored = getattr(tracker, _STORED, None)
        if stored is None:  # none that was read here: a new one
            with self.session_scope() as session:
                stored = self._event_query(session, tracker.sender_id, fetch_events_from_all_sessions=False).count()
        new = list(itertools.islice(tracker.events, stored, None))
        if not new:
            return
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)
        with self.session_scope() as session:
            rows = [self._row(tracker.sender_id, event) for event in new]
            session.add_all(rows)
            session.flush()
            newest = max((row.id, row.timestamp) for row in rows)
            session.commit()
        setattr(tracker, _STORED, len(tracker.events))
        if any(isinstance(event, SessionStarted) for event in itertools.islice(tracker.events, 2, None)):
            self._recent.drop(tracker.sender_id)  # what came before its last session is read no more
            return
        needed = recent_events(list(tracker.events), {name: slot.initial_value for name, slot in tracker.slots.items()})
        self._recent.put(tracker.sender_id, Kept(tuple(needed), *newest))

    def _row(self, sender_id: str, event: Event) -> Any:
        data = event.as_dict()
        return self.SQLEvent(
            sender_id=sender_id,
            type_name=event.type_name,
            timestamp=data.get("timestamp"),
            intent_name=data.get("parse_data", {}).get("intent", {}).get("name"),
            action_name=data.get("name"),
            data=json.dumps(data),
        )

    def _event_query(self, session: Session, sender_id: str, fetch_events_from_all_sessions: bool) -> Query:
        """Rasa's query in two steps: `timestamp >= … OR … IS NULL` in one keeps PostgreSQL from using an index."""
        event = self.SQLEvent
        query = session.query(event).filter(event.sender_id == sender_id)
        if not fetch_events_from_all_sessions:
            starts = session.query(sa.func.max(event.timestamp))
            began = starts.filter(event.sender_id == sender_id, event.type_name == SessionStarted.type_name).scalar()
            if began is not None:
                query = query.filter(event.timestamp >= began)
        return query.order_by(event.id)


def _read(rows: Sequence[Any]) -> list[Event]:
    return list(events_from([json.loads(row.data) for row in rows]))


def _kept_open(engine: Engine) -> Engine:
    """SQLite whose connections stay open, since opening one takes longer than a turn's transactions.

    What was stored outlives the process, and not necessarily a power cut: the ledger does, and it is what counts.
    """
    lasting = sa.create_engine(engine.url, poolclass=sa.pool.QueuePool, connect_args={"check_same_thread": False, "timeout": 10})

    @sa.event.listens_for(lasting, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")

    return lasting


def _make_lasting(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
        width = connection.execute(
            sa.text(
                "SELECT data_type FROM information_schema.columns WHERE table_name = 'events' AND column_name = 'id' "
                "AND table_schema = current_schema()"
            )
        ).scalar()
        if width == "integer":
            connection.execute(sa.text("ALTER SEQUENCE IF EXISTS events_id_seq AS bigint"))
            connection.execute(sa.text("ALTER TABLE events ALTER COLUMN id TYPE bigint"))
    for name, columns in INDEXES.items():
        connection.execute(sa.text(f"CREATE INDEX IF NOT EXISTS {name} ON events {columns}"))
    # Rasa's own on the borrower alone is part of both, and SQLite would take it and read all of a borrower's events.
    connection.execute(sa.text("DROP INDEX IF EXISTS ix_events_sender_id"))
