"""What is kept of WeCom's customer-service accounts: how far each was read, and who talks to which.

The rest of what the protocol keeps (deliveries, quota, access token, lists, people) lies in the WeChat channel's own tables, in a
database or schema that is this channel's alone: two channels must not take up each other's turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.wechat.store import Store, grants
from bot.config import ConfigurationError

SCHEMA = "huanban_wecom"
LEASE_SECONDS = 60.0
TOKEN_SECONDS = 9 * 60.0  # good for ten minutes
WELCOME_SECONDS = 18.0  # good for twenty
KEEP_SECONDS = 30 * 24 * 3600.0

metadata = sa.MetaData()

accounts = sa.Table(
    "wecom_accounts",
    metadata,
    sa.Column("open_kfid", sa.String(64), primary_key=True),
    sa.Column("cursor", sa.String(200)),  # what was pulled up to here is written down; none: nothing ever was
    sa.Column("token", sa.String(200), nullable=False),  # of the last callback
    sa.Column("token_until", sa.Float, nullable=False),  # seconds since 1970
    sa.Column("asked", sa.Integer, nullable=False),  # how often there was a reason to pull
    sa.Column("done", sa.Integer, nullable=False),  # up to which of them it has been
    sa.Column("puller", sa.String(32)),  # the process that pulls
    sa.Column("pulling_until", sa.Float, nullable=False),  # until when no other one may
)

threads = sa.Table(
    "wecom_threads",
    metadata,
    sa.Column("external_userid", sa.String(64), primary_key=True),
    sa.Column("open_kfid", sa.String(64), primary_key=True),
    sa.Column("last_at", sa.Float, nullable=False),  # answers go where somebody wrote last
    sa.Column("by_person", sa.Boolean, nullable=False),  # a servicer has taken the conversation over
    sa.Column("welcome_code", sa.String(200)),  # for one welcome
    sa.Column("welcome_until", sa.Float),
)


@dataclass(frozen=True)
class Pull:
    """One reading of an account; `cursor` is None for the first one ever."""

    open_kfid: str
    cursor: str | None
    token: str
    asked: int


class WeComStore(Store):
    """The WeChat channel's tables and these, apart from those of an official account.

    Args:
        url: SQLAlchemy URL; in PostgreSQL a schema of its own is made.
        clock: seconds since 1970.

    Raises:
        ConfigurationError: it cannot be opened.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        super().__init__(_in_own_schema(url), clock)
        try:
            with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
                metadata.create_all(connection)
            self.engine.dispose()
        except SQLAlchemyError as error:
            raise ConfigurationError(f"WeCom's tables cannot be made: {type(error).__name__}. Check the database.") from error


class Accounts:
    """How far each account has been read; one process reads it at a time. Calls block."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def ask(self, open_kfid: str, token: str) -> None:
        """There is something to pull, says a callback."""
        until = self._store.clock() + TOKEN_SECONDS

        def work(connection: Connection) -> None:
            mine = accounts.c.open_kfid == open_kfid
            values = {"token": token, "token_until": until}
            changed = connection.execute(sa.update(accounts).where(mine).values(asked=accounts.c.asked + 1, **values))
            if not changed.rowcount:
                row = {"open_kfid": open_kfid, "asked": 1, "done": 0, "pulling_until": 0.0, **values}
                connection.execute(sa.insert(accounts).values(**row))

        self._store.write(work)

    def ask_for_all(self) -> None:
        """Callbacks may have been missed: every account that is known is looked at once more."""
        self._store.write(lambda c: c.execute(sa.update(accounts).values(asked=accounts.c.asked + 1)))

    def end_leases(self) -> None:
        """Whoever was pulling is gone: for the only process there is, when it starts."""
        self._store.write(lambda c: c.execute(sa.update(accounts).values(pulling_until=0.0)))

    def unread(self) -> list[str]:
        """Accounts with something to pull that nobody is at."""
        now = self._store.clock()
        query = sa.select(accounts.c.open_kfid).where(accounts.c.asked > accounts.c.done, accounts.c.pulling_until < now)
        return self._store.read(lambda c: list(c.execute(query).scalars()))

    def begin(self, open_kfid: str, puller: str) -> Pull | None:
        """Takes the account; None when there is nothing to pull, or another process is at it."""
        now = self._store.clock()
        mine = (
            accounts.c.open_kfid == open_kfid,
            accounts.c.asked > accounts.c.done,
            (accounts.c.pulling_until < now) | (accounts.c.puller == puller),
        )

        def work(connection: Connection) -> Pull | None:
            # The update alone decides between two processes; what it has taken is read after it.
            taken = connection.execute(sa.update(accounts).where(*mine).values(puller=puller, pulling_until=now + LEASE_SECONDS))
            if not taken.rowcount:
                return None
            row = connection.execute(sa.select(accounts).where(accounts.c.open_kfid == open_kfid)).one()
            return Pull(open_kfid, row.cursor, row.token if row.token_until > now else "", row.asked)

        return self._store.write(work)

    def moved(self, open_kfid: str, puller: str, cursor: str) -> bool:
        """Everything up to here is written down; False when another process has taken the account over."""
        mine = (accounts.c.open_kfid == open_kfid, accounts.c.puller == puller)
        values = {"cursor": cursor, "pulling_until": self._store.clock() + LEASE_SECONDS}
        return bool(self._store.write(lambda c: c.execute(sa.update(accounts).where(*mine).values(**values))).rowcount)

    def end(self, pull: Pull, puller: str, *, done: bool) -> None:
        """Gives the account back; `done`: all that the callbacks had told of until it was taken has been pulled."""
        mine = (accounts.c.open_kfid == pull.open_kfid, accounts.c.puller == puller)
        values = {"pulling_until": 0.0, **({"done": pull.asked} if done else {})}
        self._store.write(lambda c: c.execute(sa.update(accounts).where(*mine).values(**values)))


class Threads:
    """Who talks to which account. Calls block."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def heard(self, external_userid: str, open_kfid: str) -> None:
        """Somebody wrote to this account: answers go there."""
        self._put(external_userid, open_kfid, {"last_at": self._store.clock()})

    def welcome(self, external_userid: str, open_kfid: str, code: str) -> None:
        """Somebody opened the chat, and may be welcomed once, with this code."""
        now = self._store.clock()
        values = {"last_at": now, "welcome_code": code, "welcome_until": now + WELCOME_SECONDS}
        self._put(external_userid, open_kfid, values)

    def take_welcome(self, external_userid: str) -> str:
        """The code, which is good for one message; empty when there is none."""
        mine = (threads.c.external_userid == external_userid, threads.c.welcome_until > self._store.clock())

        def work(connection: Connection) -> str:
            code = connection.execute(sa.select(threads.c.welcome_code).where(*mine)).scalars().first()
            connection.execute(sa.update(threads).where(*mine).values(welcome_code=None, welcome_until=None))
            return str(code or "")

        return self._store.write(work)

    def is_welcomed_once(self, external_userid: str) -> None:
        """Opening a chat gives one message, where following an official account gives three."""
        mine = (grants.c.openid == external_userid, grants.c.kind == "click")
        self._store.write(lambda c: c.execute(sa.update(grants).where(*mine).values(remaining=1)))

    def account_of(self, external_userid: str) -> str:
        """The account to which somebody wrote last; empty for nobody we know."""
        query = sa.select(threads.c.open_kfid).where(threads.c.external_userid == external_userid)
        newest = query.order_by(threads.c.last_at.desc()).limit(1)
        return str(self._store.read(lambda c: c.execute(newest).scalar()) or "")

    def served_by_person(self, external_userid: str, open_kfid: str, is_so: bool) -> None:
        """A servicer has taken the conversation over, or has left it."""
        self._put(external_userid, open_kfid, {"by_person": is_so})

    def is_served_by_person(self, external_userid: str, open_kfid: str) -> bool:
        """Whether a servicer has it, as far as was told."""
        mine = (threads.c.external_userid == external_userid, threads.c.open_kfid == open_kfid)
        return bool(self._store.read(lambda c: c.execute(sa.select(threads.c.by_person).where(*mine)).scalar()))

    def forget_old(self) -> None:
        """Removes who has not written for a month."""
        before = self._store.clock() - KEEP_SECONDS
        self._store.write(lambda c: c.execute(sa.delete(threads).where(threads.c.last_at < before)))

    def _put(self, external_userid: str, open_kfid: str, values: dict[str, object]) -> None:
        mine = (threads.c.external_userid == external_userid, threads.c.open_kfid == open_kfid)

        def work(connection: Connection) -> None:
            if not connection.execute(sa.update(threads).where(*mine).values(**values)).rowcount:
                row = {"last_at": self._store.clock(), "by_person": False, **values}
                connection.execute(sa.insert(threads).values(external_userid=external_userid, open_kfid=open_kfid, **row))

        self._store.write(work)


def _in_own_schema(url: str) -> str:
    parsed = make_url(url)
    if parsed.get_backend_name() != "postgresql":
        return url
    try:
        engine = sa.create_engine(parsed, future=True)
        with engine.begin() as connection:
            connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        engine.dispose()
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise ConfigurationError(f"The schema {SCHEMA} cannot be made: {reason}. Check HUANBAN_WECHAT_DB.") from error
    own = parsed.update_query_dict({"options": f"-csearch_path={SCHEMA}"}, append=True)
    return str(own.render_as_string(hide_password=False))
