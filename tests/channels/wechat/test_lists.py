"""What a number, a letter, a title or a tap means: the answers that were shown last, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.wechat.lists import KEPT_SECONDS, Lists, place_of
from bot.channels.wechat.said import Button
from bot.channels.wechat.store import Store

ANSWERS = (Button("我的账单", "/ask_bill"), Button("晚点还", "/request_deferral"), Button("找人工", "/request_human"))


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lists(tmp_path: Path, clock: Clock) -> Iterator[Lists]:
    store = Store(f"sqlite:///{tmp_path / 'wechat.db'}", clock)
    yield Lists(store)
    store.close()


@pytest.mark.parametrize(
    "typed",
    [
        "2",
        "２",
        "②",
        "2️⃣",
        "二",
        "第二个",
        "第2个。",
        "选2",
        "我选第二个",
        "2、",
        "（2）",
        "2. 晚点还",
        "2 晚点还",
        "晚点还",
        " 晚点还。",
    ],
)
def test_a_borrower_may_say_which_one_in_many_ways(lists: Lists, typed: str) -> None:
    lists.remember("o-1", ANSWERS)
    assert lists.meant("o-1", typed) == "/request_deferral"


@pytest.mark.parametrize("typed", ["4", "0", "22", "2号", "2天", "晚点", "2 找人工", "/request_deferral", "", "第二天", "两千"])
def test_what_only_looks_like_a_choice_is_a_text(lists: Lists, typed: str) -> None:
    lists.remember("o-1", ANSWERS)
    assert lists.meant("o-1", typed) is None


def test_the_last_one_may_be_called_so(lists: Lists) -> None:
    lists.remember("o-1", ANSWERS)
    assert lists.meant("o-1", "最后一个") == "/request_human"


def test_a_number_stands_for_the_list_shown_last_only(lists: Lists) -> None:
    lists.remember("o-1", ANSWERS)
    lists.remember("o-1", (Button("是的", "/affirm"),))
    assert lists.meant("o-1", "1") == "/affirm"
    assert lists.meant("o-1", "2") is None


def test_after_an_answer_without_a_list_a_number_is_a_number(lists: Lists) -> None:
    lists.remember("o-1", ANSWERS)
    lists.remember("o-1", ())
    assert lists.meant("o-1", "1") is None and lists.meant("o-1", "我的账单") is None


def test_a_list_is_understood_for_whom_it_was_shown_and_nobody_else(lists: Lists) -> None:
    shown = lists.remember("o-1", ANSWERS)
    assert lists.meant("o-2", "1") is None
    assert lists.meant("o-2", "我的账单", shown.ids()[0]) is None


def test_a_menu_message_further_up_can_still_be_tapped(lists: Lists) -> None:
    first = lists.remember("o-1", ANSWERS)
    lists.remember("o-1", (Button("是的", "/affirm"),))
    assert lists.meant("o-1", "找人工", first.ids()[2]) == "/request_human"


@pytest.mark.parametrize("item_id", ["nonsense", "-1", "x-1", "'; DROP TABLE wechat_lists; --"])
def test_an_id_that_was_never_given_out_means_nothing(lists: Lists, item_id: str) -> None:
    lists.remember("o-1", ANSWERS)
    assert lists.meant("o-1", "别的", item_id) is None


def test_after_a_week_a_list_is_forgotten(lists: Lists, clock: Clock) -> None:
    shown = lists.remember("o-1", ANSWERS)
    clock.now += KEPT_SECONDS + 1
    assert lists.meant("o-1", "1") is None and lists.meant("o-1", "", shown.ids()[0]) is None


def test_nothing_shown_holds_for_an_openid_that_speaks_for_somebody_else(lists: Lists) -> None:
    shown = lists.remember("o-1", ANSWERS)
    lists.forget("o-1")
    assert lists.meant("o-1", "1") is None and lists.meant("o-1", "", shown.ids()[0]) is None


def test_where_an_answer_is_a_number_itself_the_list_has_letters(lists: Lists) -> None:
    instalments = tuple(Button(f"{number}期", f"/inform{{{number}}}") for number in (3, 6, 12))
    shown = lists.remember("o-1", instalments)
    assert shown.marks() == ["A", "B", "C"]
    # "3" would be the third item, and the borrower means three instalments.
    assert lists.meant("o-1", "3") is None
    assert lists.meant("o-1", "3期") == "/inform{3}"
    assert [lists.meant("o-1", typed) for typed in ("b", "Ｂ", "选B", "B. 6期")] == ["/inform{6}"] * 4


def test_another_process_over_the_same_database_understands_the_number(tmp_path: Path, clock: Clock) -> None:
    one, other = (Store(f"sqlite:///{tmp_path / 'shared.db'}", clock) for _ in range(2))
    Lists(one).remember("o-1", ANSWERS)
    assert Lists(other).meant("o-1", "3") == "/request_human"
    one.close()
    other.close()


def test_a_title_counts_before_a_number() -> None:
    assert place_of("1", ["找人工", "1"]) == 1
