"""How to repay: what is due, the lender's ways with their steps, and the payment page."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def test_what_is_due_comes_first_then_the_ways_and_the_payment_page(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("怎么还款").hears("这次要还1,080.84元", "12月12日(周六)", "银行卡", "家人朋友代还", "截至")
    borrower.taps("打开付款页面").hears("/demo/secure/pay/", "前有效", "我不会替您扣钱")
    assert [row["loan_id"] for row in ledger.rows("secure_links")] == ["L1001"]


def test_a_way_is_told_step_by_step_with_the_lenders_own_account(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("可以转账还款吗").hears("1. ", "户名：青禾消费金融", "附言：L1001", "个人账户，都别转")
    borrower.says("能让家里人帮我还吗").hears("家人朋友代还这样还", "附言：L1001")


def test_of_several_loans_a_transfer_asks_which_as_each_has_its_own_remark(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("several_loans").says("转账怎么还").hears("转给哪一笔").does_not_hear("附言：L")
    borrower.taps("青禾经营贷").hears("附言：L1006B")


def test_another_wallet_is_said_not_to_work_and_what_does_instead(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("可以用微信还款吗").hears("不能直接还", "银行转账").is_offered("打开付款页面")


def test_a_question_between_does_not_lose_the_deferral_under_way(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days").says("我想晚点还").hears("想晚多久")
    borrower.says("怎么还款").hears("这次要还965.94元", "想晚多久")


def test_who_owes_nothing_hears_so(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("no_loan").says("怎么还款").hears("没有要还的钱")


def test_a_guest_hears_the_ways_and_how_to_see_their_own(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    guest = talk("guest").says("怎么还款").hears("银行转账", "您还没登录").does_not_hear("附言：L")
    guest.taps("银行卡").hears("银行卡这样还", "您还没登录")
    assert ledger.rows("secure_links") == []


def test_with_the_backend_away_nobody_is_sent_anywhere(bot: WholeBot) -> None:
    bot.borrower("B1001").says("怎么还款").hears("连不上").does_not_hear("/demo/secure/").is_offered("找人工")
