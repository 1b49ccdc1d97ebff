"""The credit record: own standing with reasons, suppositions one by one, the score kept apart, and disputes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot

Says = Callable[[str], Talk]


def test_the_standing_is_told_with_its_reason_and_what_improves_it(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("overdue_12_days").says("会影响我的征信吗")
    borrower.hears("已经报送征信", "逾期12天", "780.94元", "怎么变好").is_offered("按什么顺序还")


def test_what_can_still_be_kept_out_is_told_with_its_day(talk: Says, ledger: BackendCalls) -> None:
    talk("in_grace").says("会上征信吗我的征信怎么样").hears("还没有报送征信", "11月26日(周四)之前还上就不报送")


def test_a_day_late_is_answered_by_the_products_own_rule(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("晚还一天会不会影响征信")
    borrower.hears("晚1天还不报送征信", "12月16日(周三)之前还上就不报", "别家的规则不一样")
    talk("several_loans").says("逾期几天上征信").hears("青禾经营贷过了还款日就报送征信")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("最低还款会影响征信吗", "还够最低还款不算逾期"),
        ("提前还款会影响征信吗", "提前还清不是坏记录"),
        ("关闭以后会影响信用吗", "抹不掉以前的记录"),
        ("延期还款会影响征信吗", "同意以后按新日子还，不算逾期"),
        ("会影响我买房贷款吗", "由那家银行自己看"),
    ],
)
def test_a_supposition_gets_its_own_answer_first(talk: Says, ledger: BackendCalls, words: str, said: str) -> None:
    borrower = talk("on_time").says(words)
    assert said in borrower.heard[0]["text"], borrower.text


def test_a_dispute_is_told_with_how_where_and_how_long(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("会影响我的征信吗").taps("征信记错了怎么办")
    borrower.hears("第25条", "20日内", "第26条", "30日内").is_offered("请你们查")


def test_record_and_score_are_kept_apart(talk: Says, ledger: BackendCalls) -> None:
    talk("on_time").says("逾期会影响芝麻分吗").hears("征信和信用分是两回事", "第7条")


def test_a_request_under_way_is_gone_on_with_after_a_question_about_the_record(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我这个月还不上了，能晚半个月还吗").taps("不想说")
    borrower.says("延期会影响征信吗").hears("延期同意以后按新日子还", "回到刚才的晚还")


def test_a_guest_hears_the_general_rule(talk: Says, ledger: BackendCalls) -> None:
    talk("guest").says("逾期会影响征信吗").hears("第15条", "第16条", "登录")


def test_with_the_backend_away_the_rule_is_said_and_the_standing_is_not(bot: WholeBot) -> None:
    bot.borrower("B1001").says("提前还款会影响征信吗").hears("提前还清不是坏记录").does_not_hear("连不上")
    bot.borrower("B1001").says("会影响我的征信吗").hears("连不上")
