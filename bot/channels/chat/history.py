"""What was said in each conversation, kept until it is read everywhere; and which messages still wait for their answer.

Everything here is as the tracker has it: masked and plain. Calls block and may come from any thread.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import IntegrityError

from bot.channels.chat.tables import conversations, messages, opened, ratings

NEWEST = 200
# Renewed every third of it: how long a server that died is taken to be at a turn. It may miss two renewals; the clocks of
# servers that share a database have to agree within a few seconds.
LEASE_SECONDS = 12.0

Message = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Accepted:
    """A borrower's message as kept; `is_new` is False when its id had been accepted before."""

    message: Message
    is_new: bool


@dataclass(frozen=True)
class Turn:
    """The next message of a conversation that the bot has to deal with.

    Attributes:
        message: as it is shown.
        text: what the bot is given to read.
        interrupted: a server began it and is gone; how far it came is not known, so it is not begun again.
    """

    message: Message
    text: str
    interrupted: bool


class History:
    """The chat's messages in their database.

    Args:
        url: SQLAlchemy URL.
        clock: seconds since 1970.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        self._engine = opened(url, keep=True)
        self._clock = clock
        # Of its own: a lender that hangs, and keeps other threads waiting, holds up nobody's messages.
        self._threads = ThreadPoolExecutor(8, "chat-history")
        self.runner = secrets.token_hex(8)

    async def soon(self, call: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """What one of the calls below comes to, without stopping the event loop for it."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(call, *arguments, **options))

    def close(self) -> None:
        """Gives back the connections."""
        self._threads.shutdown()
        self._engine.dispose()

    # What is said.

    def accept(self, conversation_id: str, client_id: str, said: Mapping[str, Any], turn: str) -> Accepted:
        """Keeps a borrower's message, once for each `client_id`, before anything is done about it."""

        def work(connection: Connection) -> Accepted:
            _one_at_a_time(connection, conversation_id)
            where = (messages.c.conversation_id == conversation_id, messages.c.client_id == client_id)
            earlier = connection.execute(sa.select(messages).where(*where)).one_or_none()
            if earlier:
                return Accepted(_message(earlier), is_new=False)
            row = self._insert(connection, conversation_id, "borrower", said, client_id=client_id, turn=turn, state="accepted")
            return Accepted(row, is_new=True)

        return self._write(work)

    def add(self, conversation_id: str, said: Mapping[str, Any], sender: str = "bot") -> Message:
        """Keeps what needs no answer here: what the bot says, and what a borrower said elsewhere."""
        return self._write(lambda connection: self._insert(connection, conversation_id, sender, said))

    def add_all(self, conversation_id: str, all_said: Sequence[Mapping[str, Any]], sender: str = "bot") -> list[Message]:
        """Keeps several messages in one transaction, in their order."""
        return self._write(lambda connection: [self._insert(connection, conversation_id, sender, said) for said in all_said])

    def since(self, conversation_id: str, after: object = None) -> list[Message]:
        """All messages after the one with that id, oldest first; the newest 200 when there is no such message."""
        table, mine = messages, messages.c.conversation_id == conversation_id
        number = _number(after)
        with self._engine.begin() as connection:
            newest = _newest(connection, conversation_id)
            if number is None or number > newest:
                number = newest - NEWEST
            rows = connection.execute(sa.select(table).where(mine, table.c.number > number).order_by(table.c.number))
            return [_message(row) for row in rows]

    def all_of(self, conversation_id: str) -> list[Message]:
        """The whole conversation, oldest first."""
        with self._engine.begin() as connection:
            mine = messages.c.conversation_id == conversation_id
            return [_message(row) for row in connection.execute(sa.select(messages).where(mine).order_by(messages.c.number))]

    def title_of(self, conversation_id: str, sealed: str) -> str | None:
        """What stood on the button that carries this payload, so that nobody can claim to have tapped something else."""
        for message in reversed(self.since(conversation_id)):
            title = _title_within(message, sealed)
            if title is not None:
                return title
        return None

    # What still waits for its answer.

    def next_turn(self, conversation_id: str) -> Turn | None:
        """Takes the oldest unanswered message of a conversation, so that no other server does.

        None when all are answered, or when another server is at it: that one goes on with the rest when it is done.
        """

        def work(connection: Connection) -> Turn | None:
            table, now = messages, self._clock()
            waiting = (table.c.conversation_id == conversation_id, table.c.state.in_(("accepted", "running")))
            row = connection.execute(sa.select(table).where(*waiting).order_by(table.c.number).limit(1)).one_or_none()
            if row is None or (row.state == "running" and row.lease_until > now):
                return None
            taken = connection.execute(
                sa.update(table)
                .where(
                    table.c.conversation_id == conversation_id,
                    table.c.number == row.number,
                    table.c.state == row.state,
                    table.c.runner.is_(None) if row.runner is None else table.c.runner == row.runner,
                )
                .values(state="running", runner=self.runner, lease_until=now + LEASE_SECONDS)
            )
            return Turn(_message(row), row.turn or "", row.state == "running") if taken.rowcount else None

        return self._write(work)

    def renew_lease(self, conversation_id: str, message_id: str) -> None:
        """Tells the other servers that the message is still being dealt with."""
        self._set(conversation_id, message_id, lease_until=self._clock() + LEASE_SECONDS)

    def finish(self, conversation_id: str, message_id: str, *, interrupted: bool = False) -> None:
        """The message has been dealt with."""
        self._set(conversation_id, message_id, state="interrupted" if interrupted else "answered", turn=None, lease_until=None)

    def abandoned(self) -> list[str]:
        """Conversations with a message that waits and that no living server is at."""
        table, now = messages, self._clock()
        query = (
            sa.select(table.c.conversation_id)
            .distinct()
            .where((table.c.state == "accepted") | ((table.c.state == "running") & (table.c.lease_until <= now)))
        )
        with self._engine.begin() as connection:
            return [row.conversation_id for row in connection.execute(query)]

    def end_leases(self) -> None:
        """Whoever was at a message is gone: for the only server there is, when it starts."""
        self._write(lambda c: c.execute(sa.update(messages).where(messages.c.state == "running").values(lease_until=0.0)))

    # What else is remembered of a conversation.

    def care_mode(self, conversation_id: str) -> bool | None:
        """Whether large letters are on; None when nobody has said."""
        value = self._remembered(conversation_id, "care_mode")
        return None if value is None else bool(value)

    def set_care_mode(self, conversation_id: str, on: bool) -> None:
        """Remembers it for every device."""
        self._remember(conversation_id, care_mode=on)

    def read_id(self, conversation_id: str) -> str | None:
        """The last message that any device has shown."""
        number = self._remembered(conversation_id, "read_number")
        return None if number is None else _id(int(number))

    def set_read(self, conversation_id: str, message_id: object) -> str | None:
        """Remembers that messages up to this one were shown; answers the id in force, which never goes back."""
        number, known = _number(message_id), _number(self.read_id(conversation_id))
        with self._engine.begin() as connection:
            newest = _newest(connection, conversation_id)
        if number is not None and (known or 0) < number <= newest:
            self._remember(conversation_id, read_number=number)
            return _id(number)
        return None if known is None else _id(known)

    def rate(self, conversation_id: str, score: int, text: str | None) -> None:
        """Keeps what the borrower thought of the conversation."""
        row = {"rating_id": secrets.token_hex(16), "at": _at(self._clock()), "score": score, "text": text}
        self._write(lambda c: c.execute(sa.insert(ratings).values(conversation_id=conversation_id, **row)))

    def forget(self, conversation_id: str) -> None:
        """Removes everything of a conversation."""

        def work(connection: Connection) -> None:
            for table in (messages, conversations, ratings):
                connection.execute(sa.delete(table).where(table.c.conversation_id == conversation_id))

        self._write(work)

    # How it is written.

    def _insert(
        self, connection: Connection, conversation_id: str, sender: str, said: Mapping[str, Any], **values: Any
    ) -> Message:
        _one_at_a_time(connection, conversation_id)
        number = _newest(connection, conversation_id) + 1
        row = {"number": number, "at": _at(self._clock()), "sender": sender, "said": dict(said), **values}
        connection.execute(sa.insert(messages).values(conversation_id=conversation_id, **row))
        return _message(row)

    def _set(self, conversation_id: str, message_id: str, **values: Any) -> None:
        mine = (messages.c.conversation_id == conversation_id, messages.c.number == int(message_id))
        self._write(lambda c: c.execute(sa.update(messages).where(*mine, messages.c.runner == self.runner).values(**values)))

    def _remembered(self, conversation_id: str, column: str) -> Any:
        query = sa.select(conversations.c[column]).where(conversations.c.conversation_id == conversation_id)
        with self._engine.begin() as connection:
            return connection.execute(query).scalar()

    def _remember(self, conversation_id: str, **values: Any) -> None:
        def work(connection: Connection) -> None:
            mine = conversations.c.conversation_id == conversation_id
            if not connection.execute(sa.update(conversations).where(mine).values(**values)).rowcount:
                connection.execute(sa.insert(conversations).values(conversation_id=conversation_id, **values))

        self._write(work)

    def _write(self, work: Callable[[Connection], T]) -> T:
        """Carries out `work` in one transaction; when another server wrote the same row just then, once more."""
        try:
            return self._write_once(work)
        except IntegrityError:
            return self._write_once(work)

    def _write_once(self, work: Callable[[Connection], T]) -> T:
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            return work(connection)


def _one_at_a_time(connection: Connection, conversation_id: str) -> None:
    """Writes of one conversation follow one another; in SQLite all writes do."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(conversation_id))))


def _newest(connection: Connection, conversation_id: str) -> int:
    """The number of the last message, also of one that was deleted: a page that is open takes no second one for new."""
    query = sa.select(sa.func.max(messages.c.number)).where(messages.c.conversation_id == conversation_id)
    newest = connection.execute(query).scalar() or 0
    query = sa.select(conversations.c.read_number).where(conversations.c.conversation_id == conversation_id)
    return max(int(newest), int(connection.execute(query).scalar() or 0))


def _id(number: int) -> str:
    """Ids sort as text the way their messages follow each other."""
    return f"{number:012d}"


def _number(message_id: object) -> int | None:
    known = isinstance(message_id, str) and len(message_id) == 12 and message_id.isascii() and message_id.isdecimal()
    return int(str(message_id)) or None if known else None


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _message(row: Row | Mapping[str, Any]) -> Message:
    """A message as it travels; see docs/channels.md."""
    values: Mapping[str, Any] = row if isinstance(row, Mapping) else row._mapping
    message: Message = {"id": _id(values["number"]), "at": values["at"], "from": values["sender"], **values["said"]}
    if values.get("client_id"):
        message["client_id"] = values["client_id"]
    return message


def _title_within(value: Any, sealed: str) -> str | None:
    """The `title` beside a `payload` that reads like this, however deep."""
    if isinstance(value, dict):
        if value.get("payload") == sealed and isinstance(value.get("title"), str):
            return str(value["title"])
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            title = _title_within(inner, sealed)
            if title is not None:
                return title
    return None
