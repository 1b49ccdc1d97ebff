"""The chat's own tables: what was said, where each message stands, and how its database is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot import sealing
from bot.config import ConfigurationError
from bot.sealing import SealedJson, SealedText

metadata = sa.MetaData()

# Rasa's tracker store may lie in the same database; `chat_` keeps the tables apart.
messages = sa.Table(
    "chat_messages",
    metadata,
    sa.Column("conversation_id", sa.String(160), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  # counts within the conversation, without gaps
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("sender", sa.String(8), nullable=False),  # borrower, bot
    sa.Column("said", SealedJson("chat_messages.said"), nullable=False),  # text, buttons, card, as they are shown
    sa.Column("client_id", sa.String(64)),  # the widget's own id of a borrower's message
    sa.Column("turn", SealedText("chat_messages.turn")),  # what the bot is given to read; gone once it has been answered
    sa.Column("state", sa.String(12)),  # of a borrower's message: accepted, running, answered, interrupted
    sa.Column("runner", sa.String(32)),  # the server that runs it
    sa.Column("lease_until", sa.Float),  # until when nobody else may take it for abandoned; seconds since 1970
)
sa.Index("chat_client_ids", messages.c.conversation_id, messages.c.client_id, unique=True)
sa.Index("chat_open_turns", messages.c.state, messages.c.lease_until)

conversations = sa.Table(
    "chat_conversations",
    metadata,
    sa.Column("conversation_id", sa.String(160), primary_key=True),
    sa.Column("care_mode", sa.Boolean),
    sa.Column("read_number", sa.Integer),  # the last message that any of the borrower's devices has shown
)

ratings = sa.Table(
    "chat_ratings",
    metadata,
    sa.Column("rating_id", sa.String(32), primary_key=True),
    sa.Column("conversation_id", sa.String(160), nullable=False, index=True),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("score", sa.Integer, nullable=False),
    sa.Column("text", SealedText("chat_ratings.text")),
)


def opened(
    url: str, tables: sa.MetaData = metadata, setting: str = "HUANBAN_CHAT_DB", *, synchronous: str = "FULL", keep: bool = False
) -> Engine:
    """The database with its tables.

    Args:
        url: SQLAlchemy URL.
        tables: what has to be there.
        setting: names the URL's setting, for somebody whose database does not open.
        synchronous: of SQLite; `FULL`: what was acknowledged survives a power cut, `NORMAL`: it survives the process.
        keep: whether SQLite's connections are kept open, too; opening one takes longer than a short transaction.

    Raises:
        ConfigurationError: it cannot be opened, or wants a key that is not there; the message says what to do.
    """
    try:
        engine = _engine(url, synchronous, keep)
        try:
            _create_tables(engine, tables, setting)
        except SQLAlchemyError:
            _create_tables(engine, tables, setting)  # PostgreSQL: another server made them at this very moment
        engine.dispose()  # Sanic may make several processes of this one, and none may share a connection
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise ConfigurationError(
            f"The chat's database cannot be opened: {reason}. Check {setting}, the folder's permissions and the disk."
        ) from error
    return engine


def _create_tables(engine: Engine, tables: sa.MetaData, setting: str) -> None:
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        tables.create_all(connection)
        sealing.check(connection, setting)


def _engine(url: str, synchronous: str, keep: bool) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(parsed, future=True, pool_pre_ping=True)
    Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    pool = sa.pool.QueuePool if keep else sa.pool.NullPool
    engine = sa.create_engine(parsed, future=True, poolclass=pool, connect_args={"check_same_thread": False, "timeout": 10})

    @sa.event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        # What was said and is overwritten is gone from the file, too.
        connection.execute("PRAGMA secure_delete = ON")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A write takes the lock at its beginning: a lock taken half-way could find the snapshot outdated and fail.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
