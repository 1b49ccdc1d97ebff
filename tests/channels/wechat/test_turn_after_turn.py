"""Finishing a turn and taking the next one is one step, which no other process can come between."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.wechat.deliveries import Deliveries, Delivery
from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.said import Said
from bot.channels.wechat.store import Store

HER = "oBorrower"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'wechat.db'}")
    yield opened
    opened.close()


def arrives(rows: Deliveries, number: int) -> Delivery:
    incoming = Incoming("text", HER, "gh_1", f"m:{number}", 1, text=f"第{number}句")
    return rows.accept(incoming, lambda kept: kept, secrets.token_hex(8))


def test_who_finishes_runs_what_another_process_took_in_meanwhile(store: Store) -> None:
    here, there = Deliveries(store), Deliveries(store)
    first, second = arrives(here, 1), arrives(there, 2)
    assert first.begun_here and not second.begun_here
    assert there.next_turn(HER) is None
    following = here.finish(first.number, HER, [Said("答")]).following
    assert following is not None and following.number == second.number
    assert following.incoming is not None and following.incoming.text == "第2句" and not following.interrupted
    assert there.next_turn(HER) is None


def test_after_the_last_one_the_next_message_begins_at_once_wherever_it_arrives(store: Store) -> None:
    here, there = Deliveries(store), Deliveries(store)
    assert here.finish(arrives(here, 1).number, HER, [Said("答")]).following is None
    assert arrives(there, 2).begun_here


def test_what_waits_goes_with_the_answer_that_a_call_is_open_for_and_only_once(store: Store) -> None:
    rows = Deliveries(store)
    rows.put_to_wait(HER, [Said("先前的")])
    first, second = arrives(rows, 1), arrives(rows, 2)
    finished = rows.finish(first.number, HER, [Said("答一")], claim=True)
    assert finished.claimed is not None and [said.text for said in finished.claimed] == ["先前的", "答一"]
    again = rows.finish(second.number, HER, [Said("答二")], claim=True)
    assert again.claimed is not None and [said.text for said in again.claimed] == ["答二"]
    assert not rows.waits(HER)
