"""Own coupons and their conditions; nothing is advertised."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot

Says = Callable[[str], Talk]


def test_what_can_be_used_what_was_used_and_what_is_over(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我有什么优惠券")
    borrower.hears("利息抵扣券5元", "能用到12月14日(周一)", "一次还满500.00元", "利息抵扣券3元：10月24日(周六)过期", "用掉了")


def test_why_one_cannot_be_used_now(talk: Says, ledger: BackendCalls) -> None:
    talk("overdue_12_days").says("我的免息券为什么用不了").hears("有过了期没还的", "12月19日")
    talk("several_loans").says("我的优惠券怎么用不了").hears("只用在青禾月付", "11月30日(周一)起能用")


def test_red_packets_of_others_are_said_to_be_elsewhere_and_then_the_own_ones(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("花呗红包在哪里看")
    assert "我这里看不到" in borrower.heard[0]["text"] or "我这里看不到" in borrower.text
    borrower.hears("利息抵扣券5元").does_not_hear("领取")


def test_a_coupon_becomes_usable_when_what_is_past_due_is_paid(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("overdue_12_days").says("我有优惠券吗").hears("没有能用的券")
    owed_fen = ledger.get("/borrowers/B1004/loans/L1004")["overdue_fen"]
    body = {"amount_fen": owed_fen, "channel": "bank_transfer"}
    ledger.post("/borrowers/B1004/loans/L1004/payments", body, key="payment-1")
    borrower.says("我有优惠券吗").hears("您现在能用的券", "利息抵扣券5元")


def test_a_question_about_coupons_in_the_middle_of_a_request_loses_nothing(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我这个月还不上了，能晚半个月还吗").taps("不想说")
    borrower.says("我有优惠券吗").hears("没有还款用的券", "回到刚才的晚还")


def test_none_is_said_plainly_and_a_guest_is_told_how_to_see_her_own(talk: Says, ledger: BackendCalls) -> None:
    talk("no_loan").says("有优惠券吗").hears("没有还款用的券")
    talk("guest").says("有没有优惠券").hears("登录")


def test_with_the_backend_away_it_says_so(bot: WholeBot) -> None:
    bot.borrower("B1001").says("我有优惠券吗").hears("连不上")
