"""Borrowing: how an application stands; who would borrow to repay is led to what helps; nothing is advertised."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def test_money_on_its_way_is_told_with_its_last_day_and_card(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("money_on_its_way").says("我借的钱什么时候到账").hears("3,000.00元已经批了", "尾号2276", "最晚11月25日")


def test_a_payout_that_came_back_says_why_and_what_to_do(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = (
        talk("line_on_hold").says("借款怎么还没到我卡里").hears("钱没打成功", "尾号9031的卡已经注销").is_offered("换银行卡")
    )
    borrower.does_not_hear("推荐")


def test_a_refused_application_tells_its_reasons_and_when_to_ask_again(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("no_loan").says("我申请的借款怎么没通过").hears("没有通过", "收入没有核实到", "1月13日", "反复申请，多半还是这个结果")


def test_who_would_borrow_to_repay_is_told_honestly_and_led_to_a_deferral(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("due_in_three_days").says("我想再借一笔钱把这期还上，可以借吗")
    borrower.hears("965.94元", "旧的没少，又多一份利息").does_not_hear("还能用")
    borrower.taps("我想晚点还").hears("想晚多久")


def test_who_is_late_and_asks_for_more_hears_what_is_late_first(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("overdue_12_days").says("我还能再借点吗")
    borrower.hears("逾期12天", "只会多一份利息").is_offered("每月少还一点").does_not_hear("还能用")


def test_who_may_borrow_is_told_so_without_being_urged(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我想借钱怎么借")
    borrower.hears("还能用12,789.33元", "借不借由您自己定").does_not_hear("推荐", "马上借", "秒到")


def test_a_question_about_an_application_does_not_end_a_closing_under_way(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("no_loan").says("把青禾花关掉").hears("就这样提交吗")
    borrower.says("我申请的借款怎么没通过").hears("没有通过", "就这样提交吗")
    assert [row for row in ledger.rows("requests") if row["kind"] == "closing"] == []


def test_a_guest_and_a_backend_that_is_away_get_no_figures(bot: WholeBot) -> None:
    bot.borrower(None).says("借的钱多久到账").hears("登录").does_not_hear("元")
    bot.borrower("B1021").says("借的钱什么时候到账").hears("连不上").does_not_hear("3,000")
