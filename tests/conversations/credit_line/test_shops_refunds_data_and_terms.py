"""Paying in shops, refunds, personal data, and what a product or a term is."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot

# Paying in shops.


def test_where_a_product_pays_is_told_in_the_lenders_words(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("several_loans").says("青禾花可以在超市付款吗").hears("青禾花能用在", "扫码付款的商家")


def test_a_payment_that_fails_is_looked_up_in_the_own_line_first(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("several_loans").says("青禾花付款失败").hears("还能用8,872.20元", "商家没有接入", "换一种方式先付")
    talk("illness").says("青禾花买东西付不了").hears("暂停使用", "身份证过期")


def test_cashing_out_is_refused_with_its_source_and_led_to_help(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("minimum_payment").says("青禾花的钱能提现吗").hears("不能换成现金", "民法典第673条", "骗局").is_offered("手头紧怎么办")


def test_a_guest_is_told_the_lenders_words_too(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("guest").says("青禾花可以在超市付款吗").hears("青禾花能用在")


# Refunds.


def test_refunds_under_way_say_where_they_are_and_what_the_bill_does(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("several_loans").says("我的退款什么时候到")
    borrower.hears("399.00元", "预计11月26日", "1,299.00元", "商家还没有处理", "没到之前，账单照旧")


def test_a_booked_refund_tells_what_is_left_of_the_bill(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("money_on_its_way").says("退货都退了，账单怎么还要我还")
    borrower.hears("688.00元", "当作还款记上了", "12月5日", "还要还2,000.00元")


def test_no_refund_is_said_plainly_with_how_one_goes(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("退款退到哪里去了").hears("没有查到您的退款", "青禾花的退款")


def test_refunds_with_the_backend_away(bot: WholeBot) -> None:
    bot.borrower("B1006").says("我的退款什么时候到").hears("连不上").does_not_hear("399")


# Personal data.


def test_another_telephone_number_is_entered_on_the_secure_page_only(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("我换手机号了怎么改").hears("138****1001", "安全页面", "/demo/secure/", "别发在聊天里")


def test_what_is_to_be_changed_is_asked_and_can_be_tapped(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我的资料怎么修改").hears("改哪一样")
    borrower.taps("改名字").hears("安全页面", "/demo/secure/")


def test_a_loan_is_not_moved_to_anybody_else(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("怎么把借款转移到另一个账号").hears("跟着您本人", "不能转到别人名下")


def test_a_guest_is_asked_to_log_in_before_data_are_changed(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("guest").says("我要换手机号").hears("登录", "个人信息保护法第46条").does_not_hear("/demo/secure/")


# What a product or a term is.


def test_a_term_is_explained_in_plain_words_to_anybody(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("guest").says("先息后本是什么意思").hears("本金到最后一期一次还")


def test_a_term_needs_no_backend(bot: WholeBot) -> None:
    bot.borrower("B1001").says("等额本息是什么意思").hears("每个月还的钱一样多")


def test_in_the_middle_of_a_form_a_term_is_explained_and_the_form_goes_on(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("due_in_three_days").says("我想晚点还")
    borrower.says("展期是什么意思").hears("民法典第678条", "想晚多久")


def test_who_lends_is_named_with_where_it_is_written(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("你们是哪家公司放款的").hears("青禾消费金融", "明示表", "金规〔2026〕2号")


def test_loans_are_not_compared(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("借呗和微粒贷哪个更划算").does_not_hear("推荐您", "更划算的是")
