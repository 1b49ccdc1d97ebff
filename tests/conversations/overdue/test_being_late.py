"""What happens when late, am I late, will somebody call or sue: own days and sums first, then the rule and the way back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot

Says = Callable[[str], Talk]


def test_an_overdue_borrower_hears_her_own_sum_what_comes_when_and_the_way_back(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("overdue_12_days").says("我逾期了会怎么样")
    borrower.hears("逾期12天", "780.94元", "每多一天", "第60天", "2027年1月11日", "截至").is_offered("怎么还", "我想晚点还")
    borrower.does_not_hear("坐牢")


def test_who_is_not_late_hears_the_days_on_which_it_would_come(talk: Says, ledger: BackendCalls) -> None:
    talk("on_time").says("还款晚了会有什么后果").hears("没有逾期", "12月12日(周六)", "第4天 12月16日(周三)").is_offered(
        "我想晚点还"
    )


def test_a_number_of_days_is_answered_as_a_supposition(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("on_time")
    borrower.says("晚十天还会怎么样").hears("12月22日(周二)", "晚10天", "罚息6.49元")
    borrower.says("晚两天还会怎么样").hears("还在宽限期里", "不收罚息")


def test_within_grace_it_says_until_when_nothing_is_charged(talk: Says, ledger: BackendCalls) -> None:
    talk("in_grace").says("我这个算逾期吗").hears("宽限期", "11月26日(周四)之前还上")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("不还钱会不会坐牢", "我们不会因此让谁坐牢"),
        ("逾期会影响孩子上学吗", "不会因为您欠款去找您的孩子"),
        ("逾期会打电话给我家人吗", "催款只找您本人"),
    ],
)
def test_what_cannot_happen_is_said_first_with_its_source(talk: Says, ledger: BackendCalls, words: str, said: str) -> None:
    borrower = talk("overdue_95_days").says(words)
    assert said in borrower.heard[0]["text"] and "依据" in borrower.heard[0]["text"]
    borrower.hears("逾期95天")


def test_a_lawsuit_is_told_with_its_day_and_what_it_leaves(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("overdue_12_days").says("逾期会被起诉吗")
    borrower.hears("第120天", "2027年3月12日", "民事诉讼法第254条").does_not_hear("第60天")


def test_am_i_late_is_answered_for_all_loans_and_for_the_past(talk: Says, ledger: BackendCalls) -> None:
    talk("several_loans").says("我现在有没有逾期").hears("都没有逾期", "没有查到晚还的记录")
    talk("settled_after_overdue").says("帮我查一下我有没有逾期记录").hears("晚了46天", "2031年5月9日")


def test_a_question_about_being_late_in_the_middle_of_a_request_loses_nothing(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我这个月还不上了，能晚半个月还吗").taps("不想说")
    borrower.says("逾期会不会坐牢").hears("不会因此让谁坐牢", "回到刚才的晚还").is_offered("提交")


def test_a_guest_hears_what_holds_for_anybody_and_how_to_see_her_own(talk: Says, ledger: BackendCalls) -> None:
    talk("guest").says("逾期会坐牢吗").hears("我们不会因此让谁坐牢", "登录")


def test_without_a_loan_nothing_is_owed(talk: Says, ledger: BackendCalls) -> None:
    talk("no_loan").says("逾期了会怎么样").hears("没有要还的钱")


def test_with_the_backend_away_what_needs_no_loan_is_said_all_the_same(bot: WholeBot) -> None:
    bot.borrower("B1004").says("不还会坐牢吗").hears("我们不会因此让谁坐牢", "连不上")
    bot.borrower("B1004").says("逾期了会怎么样").hears("连不上", "都不受影响").is_offered("找人工")
