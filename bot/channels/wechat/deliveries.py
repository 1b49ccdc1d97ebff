"""What WeChat has delivered: each once, in the order in which it came, with its answer, in a database that all processes share.

A row is a message or event of a borrower's, or something the bot says of its own accord (a decision). `state` says how far its
answer is, `way` how the answer goes to the borrower; see `store.py`. Calls block.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.channels.wechat import statements
from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.quota import granted
from bot.channels.wechat.said import Said
from bot.channels.wechat.store import Store, consents, cursors, deliveries, grants, nonces, one_at_a_time

# Renewed every third of it, as in the chat: how long a server that died is taken to be at a turn.
LEASE_SECONDS = 12.0
# What was claimed for longer and has neither gone out nor failed is nobody's any more.
CLAIM_SECONDS = 60.0
# WeChat's three tries take fifteen seconds; what comes much later is a copy in somebody else's hands.
TRIES_SECONDS, MOST_TRIES = 60.0, 6
KEEP_SECONDS = 7 * 24 * 3600.0
NONCE_SECONDS = 900.0
# A cursor of its own: what was told of decisions before this moment of ours cannot be found in the lender's list again.
DECISIONS_OVER = "decisions over"

# A row that is `sent` before its words are with the borrower was silenced: it gets no words and no other way any more.
_NOT_SILENCED = sa.or_(deliveries.c.way.is_(None), deliveries.c.way != "sent")
_GIVEN = statements.GIVEN.where(_NOT_SILENCED)


class Replayed(Exception):  # noqa: N818
    """A call that was made before, with something else in it or long ago."""


@dataclass(frozen=True)
class Delivery:
    """A row, as it stood a moment ago; the attributes are those of the table.

    Attributes:
        is_new: whether this call brought it.
        begun_here: whether it is this process's to run at once.
    """

    number: int
    delivery_key: str
    openid: str
    tries: int
    state: str
    way: str | None
    reply: str | None
    incoming: Incoming | None = None
    interrupted: bool = False
    is_new: bool = False
    begun_here: bool = False


class Finished(NamedTuple):
    """What becomes of a turn that has ended.

    Attributes:
        way: how its answer goes to the borrower, if that is settled already.
        claimed: what is claimed of it for a call that is open here.
        following: what this process is to run next for the same openid.
    """

    way: str | None
    claimed: list[Said] | None
    following: Delivery | None


class Deliveries:
    """The deliveries of all processes; `runner` names this one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.runner = secrets.token_hex(8)

    # What comes in.

    def accept(
        self, incoming: Incoming, kept: Callable[[Incoming], Incoming | None], nonce: str, way: str | None = None
    ) -> Delivery:
        """Writes a call down before anything is done about it; the same delivery again is the same row, with one more try.

        Args:
            incoming: what came.
            kept: makes what may lie in the database if it has to wait for its turn: masked; None when nothing may.
            nonce: what makes the call one of a kind.
            way: how its answer goes, where that is settled before anybody asks: no call is held open for it.

        Raises:
            Replayed: the call, or the delivery, is a copy.
        """
        now = self._store.clock()

        def work(connection: Connection) -> Delivery:
            one_at_a_time(connection, incoming.openid)
            _count_nonce(connection, nonce, incoming.delivery_key, now)
            this = {"this_key": incoming.delivery_key}
            found = connection.execute(statements.KNOWN_OR_OPEN, {**this, "this_openid": incoming.openid}).all()
            row = next((row for row in found if row.delivery_key == incoming.delivery_key), None)
            if row is not None:
                if row.openid != incoming.openid or row.tries >= MOST_TRIES or now - row.came > TRIES_SECONDS:
                    raise Replayed("a delivery of long ago")
                connection.execute(statements.ONE_MORE_TRY, this)
                return _delivery(row, tries=row.tries + 1)
            granted(connection, incoming, now)
            begins = not found
            waiting = None if begins else kept(incoming)
            values: dict[str, Any] = {
                "delivery_key": incoming.delivery_key,
                "openid": incoming.openid,
                "came": now,
                "tries": 1,
                # What begins at once needs no copy: if this process ends, it is not begun again.
                "incoming": None if waiting is None else waiting.to_json(),
                "state": "running" if begins else "accepted",
                "runner": self.runner if begins else None,
                "lease_until": now + LEASE_SECONDS if begins else None,
                "purpose": "answer",
                "way": way,
            }
            number = connection.execute(statements.NEW_DELIVERY, values).inserted_primary_key[0]
            settled = (values["state"], way, None)
            return Delivery(number, incoming.delivery_key, incoming.openid, 1, *settled, is_new=True, begun_here=begins)

        return self._store.write(work)

    def look(self, number: int) -> Delivery:
        """How far a delivery is."""
        return _delivery(self._store.read(lambda c: c.execute(sa.select(deliveries).where(deliveries.c.number == number)).one()))

    def call_ends(self, number: int, way: str, reply: str | None = None) -> bool:
        """No call is held open for it any more, and it is not answered; False when it has just been, or was settled before.

        Args:
            number: of the delivery.
            way: `service`, or `waiting`.
            reply: what the call is answered with, to be given again.
        """
        mine = (deliveries.c.number == number, deliveries.c.state != "answered", deliveries.c.way.is_(None))
        changed = self._store.write(lambda c: c.execute(sa.update(deliveries).where(*mine).values(way=way, reply=reply)))
        return bool(changed.rowcount)

    # What is run.

    def next_turn(self, openid: str) -> Delivery | None:
        """Takes the oldest one that nobody has answered; None when there is none, or when another process is at it."""

        def work(connection: Connection) -> Delivery | None:
            one_at_a_time(connection, openid)
            return self._begun(connection, connection.execute(statements.OLDEST_OPEN, {"this_openid": openid}).one_or_none())

        return self._store.write(work)

    def _begun(self, connection: Connection, row: Row | None) -> Delivery | None:
        """It is this process's to run from now on, unless another one is at it."""
        now = self._store.clock()
        if row is None or (row.state == "running" and row.lease_until > now):
            return None
        begun = {"this_number": row.number, "runner": self.runner, "lease_until": now + LEASE_SECONDS}
        connection.execute(statements.BEGUN, begun)
        return _delivery(row, interrupted=row.state == "running" or row.incoming is None)

    def renew_lease(self, number: int) -> None:
        """Tells the other processes that it is still being dealt with."""
        mine = (deliveries.c.number == number, deliveries.c.runner == self.runner)
        until = self._store.clock() + LEASE_SECONDS
        self._store.write(lambda c: c.execute(sa.update(deliveries).where(*mine).values(lease_until=until)))

    def finish(
        self, number: int, openid: str, answer: Sequence[Said], *, with_what_waits: bool = False, claim: bool = False
    ) -> Finished:
        """Keeps the answer, and takes what comes next of the same openid's.

        An answer without a word is settled by that.

        Args:
            number: of the delivery.
            openid: whose it is.
            answer: what the bot said.
            with_what_waits: what waits for the borrower is part of it, and stands first.
            claim: a call is open here, and gives it if no other way is settled; see `claim`.
        """

        def work(connection: Connection) -> Finished:
            this = {"this_number": number}
            one_at_a_time(connection, openid)
            # One look for three questions: how far is it, what waits, and what comes next?
            rows = connection.execute(statements.OPEN_OR_WAITING, {"this_openid": openid}).all()
            row = next((row for row in rows if row.number == number), None)
            way: str | None = row.way if row is not None else connection.execute(statements.WAY_OF, this).scalar()
            claims = claim and way is None and bool(answer or with_what_waits)
            silenced = way == "sent"
            takes = (with_what_waits or claims) and not silenced
            waiting = [row for row in rows if row.state == "answered"] if takes else []
            said = [] if silenced else [*_taken(connection, waiting), *answer]
            settled = statements.ANSWERED_AND_CLAIMED if claims else statements.ANSWERED
            connection.execute(settled if said else statements.ANSWERED_WITH_NOTHING, {**this, "answer": _json(said)})
            following = next((row for row in rows if row.state != "answered" and row.number != number), None)
            return Finished(way if said else None, said if claims else None, self._begun(connection, following))

        return self._store.write(work)

    def end_leases(self) -> None:
        """Whoever was at something is gone: for the only process there is, when it starts."""
        running = deliveries.c.state == "running"
        self._store.write(lambda c: c.execute(sa.update(deliveries).where(running).values(lease_until=0.0)))

    def abandoned(self) -> list[str]:
        """Openids for whom something is to be run that no living process is at."""
        now = self._store.clock()
        query = (
            sa.select(deliveries.c.openid)
            .distinct()
            .where(
                (deliveries.c.state == "accepted") | ((deliveries.c.state == "running") & (deliveries.c.lease_until <= now)),
            )
        )
        return self._store.read(lambda c: [row.openid for row in c.execute(query)])

    # What goes out.

    def claim(self, number: int) -> list[Said] | None:
        """For a call that is open: what is to be said with it, and whatever waits for the same borrower before it.

        None when another call, or another way, has it already.
        """

        def work(connection: Connection) -> list[Said] | None:
            mine = deliveries.c.number == number
            row = connection.execute(sa.select(deliveries).where(mine)).one()
            one_at_a_time(connection, row.openid)
            if row.state != "answered" or row.way is not None:
                return None
            said = [*_take_waiting(connection, row.openid), *_said(row.answer)]
            connection.execute(sa.update(deliveries).where(mine).values(way="passive", answer=_json(said)))
            return said

        return self._store.write(work)

    def unfinished(self, number: int) -> list[Said]:
        """What a call that is gone was about to be answered with."""
        query = sa.select(deliveries.c.answer).where(deliveries.c.number == number)
        return _said(self._store.read(lambda c: c.execute(query).scalar()))

    def given(self, number: int, reply: str, rest: Sequence[Said] = ()) -> None:
        """The call was answered with this; the rest waits."""
        values = {"this_number": number, "reply": reply, "answer": _json(rest) if rest else None}
        self._store.write(lambda c: c.execute(_GIVEN, values))

    def put_to_wait(
        self, openid: str, said: Sequence[Said], *, key: str = "", purpose: str = "answer", way: str = "waiting"
    ) -> int:
        """Something for the borrower that no call brought; with a key it is put there once, and 0 is the answer after that."""
        values = {
            "delivery_key": key or f"w:{secrets.token_hex(12)}",
            "openid": openid,
            "came": self._store.clock(),
            "tries": 0,
            "state": "answered",
            "answer": _json(said),
            "way": way,
            "purpose": purpose,
        }

        def work(connection: Connection) -> int:
            known = sa.select(deliveries.c.number).where(deliveries.c.delivery_key == values["delivery_key"])
            if connection.execute(known).scalar() is not None:
                return 0
            return int(connection.execute(sa.insert(deliveries).values(**values)).inserted_primary_key[0])

        return self._store.write(work)

    def claim_service(self, number: int) -> tuple[str, str, list[Said]] | None:
        """Openid, purpose and words of something that goes as customer-service messages, with whatever waited before it.

        It is on its way until `sent` says how much of it is there.
        """

        def work(connection: Connection) -> tuple[str, str, list[Said]] | None:
            mine = (deliveries.c.number == number, deliveries.c.state == "answered", deliveries.c.way == "service")
            row = connection.execute(sa.select(deliveries).where(*mine)).one_or_none()
            if row is None:
                return None
            one_at_a_time(connection, row.openid)
            said = [*([] if row.purpose == "decision" else _take_waiting(connection, row.openid)), *_said(row.answer)]
            connection.execute(sa.update(deliveries).where(*mine).values(way="sending", answer=_json(said)))
            return str(row.openid), str(row.purpose), said

        return self._store.write(work)

    def goes(self, number: int, way: str) -> None:
        """It goes this way."""
        mine = (deliveries.c.number == number, _NOT_SILENCED)
        self._store.write(lambda c: c.execute(sa.update(deliveries).where(*mine).values(way=way)))

    def sent(self, number: int, rest: Sequence[Said]) -> None:
        """All of it is with the borrower but the rest, which waits."""
        values = {"answer": _json(rest) if rest else None, "way": "waiting" if rest else "sent"}
        mine = (deliveries.c.number == number, _NOT_SILENCED)
        self._store.write(lambda c: c.execute(sa.update(deliveries).where(*mine).values(**values)))

    def waits(self, openid: str) -> bool:
        """Whether something waits for the borrower's next word."""
        query = sa.select(sa.func.count()).where(deliveries.c.openid == openid, deliveries.c.way == "waiting")
        return bool(self._store.read(lambda c: c.execute(query).scalar()))

    def left_behind(self, older_than: float, way: str) -> list[tuple[int, str]]:
        """What was answered and that no call came for, or that a process which is gone was about to send.

        Args:
            older_than: seconds.
            way: what becomes of the former: `service`, or `waiting`.

        Returns:
            Number and openid of what is to be sent now.
        """
        before = self._store.clock() - older_than
        old = deliveries.c.came < before

        def work(connection: Connection) -> list[tuple[int, str]]:
            unclaimed = (old, deliveries.c.state == "answered", deliveries.c.way.is_(None))
            connection.execute(sa.update(deliveries).where(*unclaimed).values(way=way))
            unfinished = (
                deliveries.c.came < before - CLAIM_SECONDS,
                deliveries.c.reply.is_(None),
                deliveries.c.answer.isnot(None),
                deliveries.c.way.in_(("passive", "sending")),
            )
            connection.execute(sa.update(deliveries).where(*unfinished).values(way="waiting"))
            query = sa.select(deliveries.c.number, deliveries.c.openid).where(
                deliveries.c.state == "answered", deliveries.c.way == "service"
            )
            return [(row.number, row.openid) for row in connection.execute(query.order_by(deliveries.c.number))]

        return self._store.write(work)

    def silence(self, openid: str, *, turns_too: bool = False) -> None:
        """What was answered is the former borrower's: none of it goes to this openid any more, and none of it stays.

        The rows stay, so that a delivery of WeChat's that comes again is not run again; it is answered with nothing.

        Args:
            openid: speaks for nobody, or for somebody else, from now on.
            turns_too: a turn that is being run gets no answer either. Not for the turn that unbinds its own openid.
        """
        self._store.write(lambda connection: _silence(connection, openid, turns_too=turns_too))

    def forget(self, openid: str) -> None:
        """Somebody who has gone: nothing waits for them, and nothing is granted any more."""

        def work(connection: Connection) -> None:
            _silence(connection, openid, turns_too=True)
            for table in (grants, consents):
                connection.execute(sa.delete(table).where(table.c.openid == openid))

        self._store.write(work)

    def forget_old(self) -> None:
        """Removes what nobody can ask for again."""
        now = self._store.clock()

        def work(connection: Connection) -> None:
            done = (deliveries.c.came < now - KEEP_SECONDS, deliveries.c.state == "answered", deliveries.c.way != "waiting")
            # Without its row a decision that is found once more would be told once more.
            over = connection.execute(sa.select(cursors.c.position).where(cursors.c.name == DECISIONS_OVER)).scalar()
            is_over = sa.or_(deliveries.c.purpose != "decision", deliveries.c.came < float(over or 0.0))
            connection.execute(sa.delete(deliveries).where(*done, is_over))
            connection.execute(sa.update(deliveries).where(*done).values(way="sent", answer=sa.null(), reply=sa.null()))
            connection.execute(sa.delete(nonces).where(nonces.c.seen < now - NONCE_SECONDS))

        self._store.write(work)


def _silence(connection: Connection, openid: str, *, turns_too: bool) -> None:
    one_at_a_time(connection, openid)
    mine, answered = deliveries.c.openid == openid, deliveries.c.state == "answered"
    connection.execute(sa.update(deliveries).where(mine, answered).values(way="sent", answer=sa.null()))
    # With a reply that is empty and there, a call that is open, or comes again, has its answer: nothing.
    connection.execute(sa.update(deliveries).where(mine, answered, deliveries.c.tries > 0).values(reply=""))
    if turns_too:
        connection.execute(sa.update(deliveries).where(mine, deliveries.c.state == "running").values(way="sent"))


def _count_nonce(connection: Connection, nonce: str, delivery_key: str, now: float) -> None:
    """A nonce belongs to one delivery: WeChat may repeat a call, but nobody may put something else under its signature."""
    new = connection.execute(statements.NEW_NONCE, {"nonce": nonce, "delivery_key": delivery_key, "seen": now})
    if new.rowcount:
        return
    row = connection.execute(sa.select(nonces).where(nonces.c.nonce == nonce)).one()
    if row.delivery_key != delivery_key or row.uses >= MOST_TRIES or now - row.seen > TRIES_SECONDS:
        raise Replayed("a nonce that was used before")
    connection.execute(sa.update(nonces).where(nonces.c.nonce == nonce).values(uses=nonces.c.uses + 1))


def _take_waiting(connection: Connection, openid: str) -> list[Said]:
    return _taken(connection, connection.execute(statements.WAITING, {"this_openid": openid}).all())


def _taken(connection: Connection, rows: Sequence[Row]) -> list[Said]:
    for row in rows:
        connection.execute(sa.update(deliveries).where(deliveries.c.number == row.number).values(way="sent", answer=None))
    return [said for row in rows for said in _said(row.answer)]


def _json(said: Sequence[Said]) -> list[dict[str, Any]]:
    return [one.to_json() for one in said]


def _said(kept: Any) -> list[Said]:
    return [Said.from_json(one) for one in kept or ()]


def _delivery(row: Row, **changed: Any) -> Delivery:
    values: dict[str, Any] = {
        name: row._mapping[name] for name in ("number", "delivery_key", "openid", "tries", "state", "way", "reply")
    }
    incoming = Incoming.from_json(row.incoming) if row.incoming else None
    return Delivery(**{**values, "incoming": incoming, **changed})
