"""What the channel remembers of an openid between two messages: care mode, where a proof belongs, how far a binding has come.

No name, no phone number and no code is among it. When somebody unbinds or unfollows, the row goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.wechat.store import Store, metadata, one_at_a_time

people = sa.Table(
    "wechat_people",
    metadata,
    sa.Column("openid", sa.String(64), primary_key=True),
    sa.Column("care_mode", sa.Boolean),
    sa.Column("proof_request_id", sa.String(64)),  # the request that was last said to take proofs
    sa.Column("binding_step", sa.String(8)),  # phone, code; none: no binding is under way
    sa.Column("binding_id", sa.String(64)),  # the backend's; it means nothing without the code
    sa.Column("step_until", sa.Float),  # seconds since 1970
    # Whom the lender said the openid speaks for (empty: for nobody), and until when that need not be asked again.
    sa.Column("borrower_id", sa.String(64), index=True),
    sa.Column("speaker_until", sa.Float),
    sa.Column("leaving", sa.Boolean),  # has unfollowed, and the lender has not been told yet
)
ratings = sa.Table(
    "wechat_ratings",
    metadata,
    sa.Column("rating_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("score", sa.Integer, nullable=False),
)
# Built once, since every message asks these.
_PERSON = sa.select(people).where(people.c.openid == sa.bindparam("openid"))
_SPEAKER = sa.select(people.c.borrower_id, people.c.speaker_until, people.c.care_mode).where(
    people.c.openid == sa.bindparam("openid")
)


@dataclass(frozen=True)
class Person:
    """What is remembered of an openid."""

    care_mode: bool | None = None
    proof_request_id: str | None = None
    binding_step: str | None = None
    binding_id: str | None = None


class People:
    """What is remembered of each openid; calls block."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, openid: str) -> Person:
        """What is remembered; a binding that nobody went on with is over after its time."""
        row = self._store.read(lambda c: c.execute(_PERSON, {"openid": openid}).one_or_none())
        if row is None:
            return Person()
        runs = bool(row.binding_step) and (row.step_until or 0.0) > self._store.clock()
        step = (row.binding_step, row.binding_id) if runs else (None, None)
        return Person(row.care_mode, row.proof_request_id, *step)

    def remember(self, openid: str, **values: Any) -> None:
        """Puts down what is named; everything else stays."""

        def work(connection: Connection) -> None:
            one_at_a_time(connection, openid)
            mine = people.c.openid == openid
            if not connection.execute(sa.update(people).where(mine).values(**values)).rowcount:
                connection.execute(sa.insert(people).values(openid=openid, **values))

        self._store.write(work)

    def speaks_for(self, openid: str) -> tuple[str | None, bool | None]:
        """The borrower (empty for nobody, None when it has to be asked), and whether letters are large, when anybody has said."""
        row = self._store.read(lambda c: c.execute(_SPEAKER, {"openid": openid}).one_or_none())
        if row is None:
            return None, None
        is_fresh = row.borrower_id is not None and (row.speaker_until or 0.0) > self._store.clock()
        return (str(row.borrower_id) if is_fresh else None), row.care_mode

    def remember_speaker(self, openid: str, borrower_id: str, seconds: float) -> None:
        """What the lender said, for so long."""
        self.remember(openid, borrower_id=borrower_id, speaker_until=self._store.clock() + seconds)

    def is_leaving(self, openid: str) -> bool:
        """Whether it has unfollowed and the lender still has to unbind it."""
        query = sa.select(people.c.leaving).where(people.c.openid == openid)
        return bool(self._store.read(lambda c: c.execute(query).scalar()))

    def leaving(self) -> list[str]:
        """Openids that have unfollowed and that the lender still has to unbind."""
        return self._store.read(lambda c: list(c.execute(sa.select(people.c.openid).where(people.c.leaving)).scalars()))

    def forget_speakers(self, borrower_id: str) -> list[str]:
        """Nobody is taken for this borrower without asking; the openids that were."""
        mine = people.c.borrower_id == borrower_id

        def work(connection: Connection) -> list[str]:
            openids = list(connection.execute(sa.select(people.c.openid).where(mine)).scalars())
            connection.execute(sa.update(people).where(mine).values(borrower_id=None, speaker_until=None))
            return openids

        return self._store.write(work)

    def begin_step(
        self, openid: str, step: str, seconds: float, *, binding_id: str | None = None, tail: str | None = None
    ) -> None:
        """The binding has come to this step, and waits so long for the next message."""
        until = self._store.clock() + seconds
        self.remember(openid, binding_step=step, binding_id=binding_id, step_until=until)

    def end_step(self, openid: str) -> None:
        """No binding is under way."""
        self.remember(openid, binding_step=None, binding_id=None, step_until=None)

    def forget(self, openid: str) -> None:
        """Removes the row."""
        self._store.write(lambda c: c.execute(sa.delete(people).where(people.c.openid == openid)))

    def rate(self, score: int) -> None:
        """Keeps what somebody thought of the conversation, without who."""
        row = {"at": self._store.clock(), "score": score}
        self._store.write(lambda c: c.execute(sa.insert(ratings).values(**row)))
