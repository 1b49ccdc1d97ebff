"""Between which days one can choose is said with the question, and again to a day beside them."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def test_the_question_says_between_which_days(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days").says("我想申请延期还款")
    borrower.hears("现在是11月27日", "可以改到11月30日(周一)到2027年1月26日(周二)之间", "想晚多久")
    borrower.says("12月15日").taps("不想说").hears("→ 12月15日")


def test_a_day_beside_the_window_is_answered_with_it(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days").says("我想申请延期还款").says("明年3月1日").taps("不想说")
    borrower.hears("没有提交", "可以改到11月30日(周一)到2027年1月26日(周二)之间", "想晚多久")
    borrower.says("12月20日").hears("→ 12月20日")


def test_a_question_in_between_does_not_say_it_twice(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days").says("我想申请延期还款").says("我欠多少")
    borrower.hears("想晚多久").does_not_hear("可以改到")


def test_where_no_day_is_possible_nobody_is_asked_for_one(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("deferral_used_up").says("我想申请延期还款").hears("次数用完了").does_not_hear("想晚多久")


def test_with_the_backend_away_no_day_is_promised(bot: WholeBot) -> None:
    bot.borrower("B1002").says("我想申请延期还款").hears("连不上").does_not_hear("可以改到")
