"""The store of conversations on SQLite and PostgreSQL: as Rasa's own, and as fast in its second year as on its first day."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered
from rasa.utils.endpoints import EndpointConfig

from bot.config import ROOT
from bot.domain import read_domain
from bot.shared.conversations import INDEXES, Conversations

_numbers = itertools.count()


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.from_dict(read_domain())


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'conversations.db'}"
        return
    server = request.getfixturevalue("postgresql_url")
    name = f"conversations_{next(_numbers)}"
    engine = sa.create_engine(server, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield server.rpartition("/")[0] + f"/{name}"


def store_of(url: str, domain: Domain) -> Conversations:
    endpoint = EndpointConfig(url=url, type="bot.shared.conversations.Conversations")
    store = TrackerStore.create(endpoint, domain)
    assert isinstance(store, Conversations)
    return store


def talk(store: Conversations, sender: str, texts: list[str]) -> None:
    async def run() -> None:
        tracker = await store.get_or_create_tracker(sender)
        for text in texts:
            tracker.update(UserUttered(text, {"name": "ask_bill"}), store.domain)
            tracker.update(ActionExecuted("action_listen"), store.domain)
        await store.save(tracker)

    asyncio.run(run())


def test_what_one_server_saved_another_reads(url: str, domain: Domain) -> None:
    talk(store_of(url, domain), "B1", ["一", "二"])
    other = store_of(url, domain)
    talk(other, "B1", ["三"])
    tracker = asyncio.run(store_of(url, domain).retrieve("B1"))
    assert tracker is not None
    assert [event.text for event in tracker.events if isinstance(event, UserUttered)] == ["一", "二", "三"]


def test_a_new_session_begins_with_its_own_events_only(url: str, domain: Domain) -> None:
    store = store_of(url, domain)
    talk(store, "B1", ["alt"])

    async def begin() -> None:
        tracker = await store.get_or_create_tracker("B1")
        tracker.update(ActionExecuted("action_session_start"), domain)
        tracker.update(SessionStarted(), domain)
        tracker.update(SlotSet("care_mode", True), domain)
        await store.save(tracker)

    asyncio.run(begin())
    talk(store, "B1", ["neu"])
    latest, whole = asyncio.run(store.retrieve("B1")), asyncio.run(store.retrieve_full_tracker("B1"))
    assert latest is not None and whole is not None
    assert [event.text for event in latest.events if isinstance(event, UserUttered)] == ["neu"]
    assert [event.text for event in whole.events if isinstance(event, UserUttered)] == ["alt", "neu"]


def plan_of(store: Conversations, query: object) -> str:
    """How the database would answer, in its own words."""
    explain = "EXPLAIN QUERY PLAN" if store.engine.dialect.name == "sqlite" else "EXPLAIN"
    text = str(query.statement.compile(store.engine, compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]
    with store.engine.connect() as connection:
        return "\n".join(str(row) for row in connection.execute(sa.text(f"{explain} {text}")))


def test_after_two_years_the_latest_session_is_found_by_the_indexes(url: str, domain: Domain) -> None:
    store = store_of(url, domain)
    rows = [
        {"sender_id": f"B{who}", "type_name": "session_started" if n % 40 == 0 else "user", "timestamp": 1e9 + n, "data": "{}"}
        for who in range(10)
        for n in range(4000)
    ]
    with store.engine.begin() as connection:
        connection.execute(sa.insert(store.SQLEvent.__table__), rows)
        connection.execute(sa.text("ANALYZE"))
    with store.session_scope() as session:
        query = store._event_query(session, "B3", fetch_events_from_all_sessions=False)
        assert len(query.all()) == 40
        plan = plan_of(store, query)
        starts = session.query(sa.func.max(store.SQLEvent.timestamp))
        starts = starts.filter(store.SQLEvent.sender_id == "B3", store.SQLEvent.type_name == "session_started")
        assert "events_session_starts" in plan_of(store, starts)
    assert "events_of_a_session" in plan, plan


def test_ids_last_beyond_two_thousand_million(url: str, domain: Domain) -> None:
    store = store_of(url, domain)
    with store.engine.begin() as connection:
        connection.execute(sa.insert(store.SQLEvent.__table__).values(id=2**31 + 5, sender_id="B1", type_name="user", data="{}"))
    if store.engine.dialect.name == "postgresql":
        with store.engine.begin() as connection:
            connection.execute(sa.text("SELECT setval('events_id_seq', 3000000000)"))
        talk(store, "B2", ["hallo"])


def test_several_servers_may_start_at_once_over_an_empty_database(url: str, domain: Domain) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: store_of(url, domain), range(4)))
    names = {row["name"] for row in sa.inspect(stores[0].engine).get_indexes("events")}
    assert set(INDEXES) <= names


def test_the_endpoints_file_names_it() -> None:
    assert "type: bot.shared.conversations.Conversations" in (ROOT / "endpoints.yml").read_text(encoding="utf-8")
