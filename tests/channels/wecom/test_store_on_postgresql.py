"""On PostgreSQL, where both channels share a database: each sees its own deliveries only, and one process pulls at a time."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from bot.channels.wechat.deliveries import Deliveries
from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.store import Store
from bot.channels.wecom.accounts import Accounts, Threads, WeComStore
from tests.backend.test_postgresql import server_url  # noqa: F401 - a fixture
from tests.support.wecom.running import HER
from tests.support.wecom.service import ACCOUNT


def test_the_two_channels_share_a_database_and_nothing_in_it(server_url: str, tmp_path: Path) -> None:  # noqa: F811
    name = f"wecom_{abs(hash(tmp_path)) % 10**12}"
    engine = sa.create_engine(server_url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    url = f"{server_url.rpartition('/')[0]}/{name}"
    official, own, again = Store(url), WeComStore(url), WeComStore(url)
    try:
        message = Incoming("text", HER, ACCOUNT, "m:1", 1, text="我欠多少")
        assert Deliveries(own).accept(message, lambda kept: kept, "nonce", "service").is_new
        assert not Deliveries(again).accept(message, lambda kept: kept, "nonce", "service").is_new
        Deliveries(own).end_leases()
        assert Deliveries(again).abandoned() == [HER] and Deliveries(official).abandoned() == []
        assert Deliveries(official).accept(message, lambda kept: kept, "nonce").is_new
        one, other = Accounts(own), Accounts(again)
        one.ask(ACCOUNT, "token")
        pull = one.begin(ACCOUNT, "one")
        assert pull is not None and other.begin(ACCOUNT, "other") is None
        assert one.moved(ACCOUNT, "one", "c7")
        one.end(pull, "one", done=True)
        other.ask_for_all()
        next_pull = other.begin(ACCOUNT, "other")
        assert next_pull is not None and next_pull.cursor == "c7"
        Threads(own).welcome(HER, ACCOUNT, "code")
        assert Threads(again).take_welcome(HER) == "code" and Threads(own).take_welcome(HER) == ""
        assert Threads(again).account_of(HER) == ACCOUNT
    finally:
        for store in (official, own, again):
            store.close()
