"""The history: ids that sort, one message for one client id, and a turn that two servers never both begin."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.channels.chat import tables
from bot.channels.chat.history import LEASE_SECONDS, History
from bot.config import ConfigurationError

HERS, HIS = "web.B1001.x", "web.B1002.y"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'chat.db'}"


@pytest.fixture
def history(url: str, clock: Clock) -> Iterator[History]:
    opened = History(url, clock)
    yield opened
    opened.close()


def accept(history: History, text: str, conversation_id: str = HERS) -> str:
    message_id: str = history.accept(conversation_id, f"client-{text}", {"text": text}, text).message["id"]
    return message_id


def test_ids_sort_as_text_and_count_within_a_conversation(history: History) -> None:
    ids = [history.add(HERS, {"text": str(number)})["id"] for number in range(12)]
    assert ids == sorted(ids) and len(set(ids)) == 12
    assert history.add(HIS, {"text": "his"})["id"] == ids[0]
    assert [message["text"] for message in history.since(HERS, ids[9])] == ["10", "11"]


def test_servers_that_write_at_once_make_no_gap_and_no_double(url: str) -> None:
    servers = [History(url) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda n: servers[n % 4].add(HERS, {"text": str(n)})["id"], range(60)))
    assert sorted(ids) == [f"{number:012d}" for number in range(1, 61)]
    for server in servers:
        server.close()


def test_one_client_id_is_one_message_even_for_two_servers_at_once(url: str) -> None:
    servers = [History(url) for _ in range(4)]
    at_once = threading.Barrier(4)

    def send(server: History) -> bool:
        at_once.wait()
        return server.accept(HERS, "one-client-id", {"text": "确认"}, "确认").is_new

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, servers)) == [False, False, False, True]
    assert len(servers[0].all_of(HERS)) == 1
    for server in servers:
        server.close()


def test_turns_come_one_after_the_other_and_only_when_the_one_before_is_done(history: History, url: str, clock: Clock) -> None:
    first, second = accept(history, "一"), accept(history, "二")
    other = History(url, clock)
    turn = history.next_turn(HERS)
    assert turn and turn.message["id"] == first and turn.text == "一" and not turn.interrupted
    assert other.next_turn(HERS) is None and history.next_turn(HERS) is None
    history.finish(HERS, first)
    following = other.next_turn(HERS)
    assert following and following.message["id"] == second
    other.finish(HERS, second)
    assert history.next_turn(HERS) is None and history.abandoned() == []
    other.close()


def test_two_servers_never_both_begin_a_turn(url: str) -> None:
    servers = [History(url) for _ in range(4)]
    for number in range(10):
        accept(servers[0], "x", f"web.B{number}.x")
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda n: servers[n % 4].next_turn(f"web.B{n // 4}.x"), range(40)))
    assert sum(turn is not None for turn in taken) == 10
    for server in servers:
        server.close()


def test_a_turn_whose_server_is_gone_is_interrupted_and_not_begun_again(history: History, url: str, clock: Clock) -> None:
    accept(history, "申请")
    gone = History(url, clock)
    assert gone.next_turn(HERS)
    clock.now += LEASE_SECONDS - 1
    assert history.abandoned() == [] and history.next_turn(HERS) is None
    gone.renew_lease(HERS, "000000000001")
    clock.now += LEASE_SECONDS - 1
    assert history.next_turn(HERS) is None  # it is alive
    clock.now += 2
    assert history.abandoned() == [HERS]
    turn = history.next_turn(HERS)
    assert turn and turn.interrupted
    gone.finish(HERS, "000000000001")  # a server that comes to again changes nothing
    assert history.next_turn(HERS) is None
    history.finish(HERS, "000000000001", interrupted=True)
    assert history.abandoned() == []
    gone.close()


def test_the_only_server_takes_up_at_once_what_its_predecessor_left(history: History, url: str) -> None:
    accept(history, "一")
    history.next_turn(HERS)
    restarted = History(url)
    restarted.end_leases()
    assert restarted.abandoned() == [HERS]
    restarted.close()


def test_what_the_bot_was_given_to_read_is_gone_once_it_is_answered(history: History, tmp_path: Path) -> None:
    history.accept(HERS, "client-id", {"text": "好"}, '/affirm{"quote_id": "Q1"}')
    turn = history.next_turn(HERS)
    assert turn and turn.text == '/affirm{"quote_id": "Q1"}'
    history.finish(HERS, turn.message["id"])
    with history._engine.begin() as connection:
        assert connection.execute(sa.select(tables.messages.c.turn)).scalars().all() == [None]


def test_the_title_of_a_button_is_found_wherever_it_was_shown(history: History) -> None:
    history.add(HERS, {"text": "?", "buttons": [{"title": "好", "payload": "~a"}]})
    history.add(HERS, {"card": {"type": "summary", "confirm": {"title": "提交", "payload": "~b"}, "rows": [{"title": "x"}]}})
    assert (history.title_of(HERS, "~a"), history.title_of(HERS, "~b")) == ("好", "提交")
    assert history.title_of(HERS, "~c") is None and history.title_of(HIS, "~a") is None


def test_what_is_read_never_goes_back_and_never_beyond_what_is_there(history: History) -> None:
    ids = [history.add(HERS, {"text": str(number)})["id"] for number in range(3)]
    assert history.set_read(HERS, ids[1]) == ids[1]
    for other in (ids[0], "000000000009", "999999999999", "x", None, -1, "-00000000001", "１" * 12):
        assert history.set_read(HERS, other) == ids[1]
    assert history.read_id(HIS) is None


def test_a_forgotten_conversation_leaves_nothing_and_others_stay(history: History) -> None:
    accept(history, "一")
    accept(history, "他", HIS)
    history.set_care_mode(HERS, True)
    history.rate(HERS, 5, "谢谢")
    history.forget(HERS)
    assert history.all_of(HERS) == [] and history.care_mode(HERS) is None
    assert len(history.all_of(HIS)) == 1


def test_a_database_that_cannot_be_opened_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for broken in (f"sqlite:///{tmp_path / 'file' / 'chat.db'}", f"sqlite:///{tmp_path}"):
        with pytest.raises(ConfigurationError, match="HUANBAN_CHAT_DB"):
            History(broken)
