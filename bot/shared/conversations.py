"""Where conversations are kept: Rasa's SQL tracker store, with what a store needs that grows for years.

Rasa looks for the latest session among all events of a borrower, when it reads and again when it saves. Asked in two steps, and
with two indexes, that is a matter of the one session alone, however many came before. In PostgreSQL ids are 64 bits wide: ten
million borrowers use up 32 bits within months.
"""

from __future__ import annotations

import logging
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore, create_engine_kwargs
from rasa.shared.core.events import SessionStarted
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Query, Session

log = logging.getLogger(__name__)

INDEXES = {
    "events_session_starts": "(sender_id, type_name, timestamp)",
    "events_of_a_session": "(sender_id, timestamp)",
}
_ONE_AT_A_TIME = 7_305_001  # any number: whoever holds it changes the table


class Conversations(SQLTrackerStore):
    """Rasa's tracker store; `endpoints.yml` names it, `HUANBAN_TRACKER_DB` says which database."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        engine: Engine = self.engine
        try:
            with engine.begin() as connection:
                _make_lasting(connection)
        except SQLAlchemyError as error:
            # Without them it answers all the same, only slower as it grows.
            log.warning("the conversations' indexes could not be made: %s", str(getattr(error, "orig", error)).splitlines()[0])
        if engine.dialect.name == "postgresql":
            # A database that was restarted, or moved, costs a reconnect and no borrower's message.
            engine.dispose()
            lasting = {**create_engine_kwargs(engine.url), "pool_pre_ping": True}
            self.engine: Engine = sa.create_engine(engine.url, **lasting)
            self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)

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
