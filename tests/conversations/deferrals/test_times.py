"""How long or until when, in a borrower's own words; what is not clear is asked back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk


@pytest.mark.parametrize(
    ("words", "new_day"),
    [
        ("晚半个月", "12月12日(周六)"),
        ("缓一个月", "12月27日(周日)"),
        ("20天", "12月17日(周四)"),
        ("两个星期", "12月11日(周五)"),
        ("到下个月15号", "12月15日(周二)"),
        ("12月20日", "12月20日(周日)"),
    ],
)
def test_a_clear_time_leads_to_its_day(talk: Callable[[str], Talk], ledger: BackendCalls, words: str, new_day: str) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想申请延期还款").hears("想晚多久")
    borrower.says(words).taps("不想说").hears(f"→ {new_day}")


def test_when_my_wages_come_is_asked_back_and_the_day_then_said_is_used(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("能不能等发工资再还").hears("几号发工资")
    borrower.says("下个月10号").taps("不想说").hears("→ 12月10日(周四)")


def test_some_days_are_asked_back(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("due_in_three_days").says("能晚几天还不").hears("想晚多久").does_not_hear("→")


def test_too_long_says_how_long_is_possible_and_asks_again(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("能不能晚200天还").taps("不想说").hears("最多能晚60天", "没有提交", "想晚多久")
    borrower.says("那就一个月").hears("→ 12月27日(周日)")


def test_a_day_before_the_due_date_is_not_quoted(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想延期").says("到明天").taps("不想说").hears("没有提交").does_not_hear("→")
    assert all(row["loan_id"] != "L1002" for row in ledger.rows("requests"))


def test_a_day_that_has_passed_this_month_is_next_months_and_is_said_out_loud(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("能不能等发工资再还").says("8号").taps("不想说").hears("→ 12月8日(周二)")


@pytest.mark.parametrize("words", ["好", "嗯嗯", "不行"])
def test_a_yes_or_no_to_how_long_only_has_the_question_put_again(
    talk: Callable[[str], Talk], ledger: BackendCalls, words: str
) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想申请延期还款").says(words).hears("想晚多久").does_not_hear("还是想晚点还")


def test_a_no_that_names_another_time_is_taken_at_its_word(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("能晚半个月还吗").taps("不想说").says("不行，太久了，10天").hears("→ 12月7日")


def test_a_day_that_is_not_later_is_told_without_a_gap_in_the_words(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想申请延期还款").says("今天").taps("不想说").hears("没有提交").does_not_hear("{", "}")


def test_one_month_means_this_payment_and_several_months_the_whole_plan(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("能晚一个月还吗").taps("不想说").hears("→ 12月27日", "965.94元").does_not_hear("后面每一期")
    borrower.says("改成晚三个月").hears("后面每一期都往后挪", "最后一期到")
