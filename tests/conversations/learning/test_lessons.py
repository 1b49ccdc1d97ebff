"""Lessons: by words, by situation, screen by screen; each has three screens at most, each of which fits a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.domain import read_domain
from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk


def test_every_lesson_has_at_most_three_screens_and_a_way_on() -> None:
    responses = read_domain()["responses"]
    screens = sorted(name for name in responses if re.fullmatch(r"utter_lesson_[a-z]+_\d", name))
    assert len({name[:-2] for name in screens}) >= 6
    for name in screens:
        assert name[-1] in "123", name
        assert responses[name][0]["buttons"], name
        assert len(responses[name][0]["text"]) <= 160, name


def test_the_list_is_offered_with_the_one_that_fits_named_first(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("several_loans").says("怎么管理自己的债务").hears("您有好几笔要还").is_offered("欠好几家先还谁")


def test_a_lesson_asked_for_in_words_is_told_to_its_end(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("overdue_12_days")
    borrower.says("欠了好几家，先还哪一家好").hears("拿一张纸")
    borrower.taps("接着听").hears("先留出吃饭").taps("接着听").hears("收费的人代办").is_offered("我想晚点还")


def test_a_lesson_in_between_does_not_lose_what_is_under_way(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想晚半个月还").taps("不想说")
    borrower.says("月光族怎么攒钱").hears("记一个月的账", "回到刚才的晚还").is_offered("提交")


def test_a_guest_learns_too(talk: Callable[[str], Talk]) -> None:
    talk("guest").says("怎么做预算").hears("记一个月的账")


def test_without_a_backend_there_are_lessons_all_the_same(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    ledger.execute("ALTER TABLE loans RENAME TO gone")
    talk("on_time").says("教教我怎么管理债务").hears("想听哪一段")
