"""Whether a product is open, how much is left, why it is suspended: own figures and reasons, and what would change them."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot

# Whether a product is open.


def test_who_was_refused_hears_the_reasons_what_changes_them_and_when_it_is_looked_at_again(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = (
        talk("no_loan").says("为什么不给我开通青禾借").hears("没有通过评估", "收入没有核实到", "在别处欠的已经不少", "1月13日")
    )
    borrower.does_not_hear("快来", "推荐").is_offered("我还不上了")


def test_a_question_about_opening_does_not_end_a_deferral_under_way(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days").says("我想晚点还")
    borrower.says("我怎么没有开通青禾花").hears("想晚多久")


def test_a_guest_hears_how_it_is_decided_and_how_to_see_her_own(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("guest").says("怎么才能开通借呗").hears("登录", "不能强开", "骗子")


def test_another_lenders_product_is_called_that(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("我的花呗怎么开通不了").hears("花呗不是我们这里的", "青禾借")


# The limit.


def test_the_limit_is_told_in_all_used_and_left(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("我的额度还剩多少").hears("还能用12,789.33元", "总额度20,000.00元", "已经用了7,210.67元", "截至")


def test_a_lowered_limit_is_told_with_day_and_reason(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days").says("我的额度为什么变少了")
    borrower.hears("10月24日", "从20,000.00元变成14,000.00元", "在别处欠的多了", "额度用完了")


def test_of_several_limits_each_can_be_opened(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("several_loans").says("我的额度是多少").hears("青禾借", "青禾经营贷", "青禾花")
    borrower.taps("青禾花").hears("还能用8,872.20元", "临时额度2,000.00元", "12月4日")


def test_nobody_can_raise_it_and_who_asks_for_money_is_a_fraud(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("帮我提额").hears("加不了", "骗子", "12月15日")


def test_with_the_backend_away_no_limit_is_made_up(bot: WholeBot) -> None:
    bot.borrower("B1001").says("我的额度还剩多少").hears("连不上").does_not_hear("还能用")


# Suspended.


def test_who_is_late_hears_which_loan_suspends_it_and_that_paying_lifts_it(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("overdue_12_days").says("我的额度怎么被冻结了")
    borrower.hears("暂停使用", "逾期12天", "780.94元", "补上，额度就解除暂停").is_offered("我还不上了")


def test_a_hold_tells_its_last_day_and_asks_whether_it_was_her(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("line_on_hold").says("青禾快贷怎么被暂停了，什么时候恢复").hears("11月26日", "异常登录").is_offered("不是我操作的")


def test_what_is_not_suspended_is_called_in_order(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("我的青禾借怎么突然不能用了").hears("青禾借是正常的", "没有被暂停")


def test_an_outdated_identity_card_leads_to_the_secure_page(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("illness").says("青禾花怎么被停用了").hears("身份证过期")
    borrower.taps("更新身份证").hears("安全页面", "别发在聊天里", "/demo/secure/")


def test_a_guest_is_told_the_usual_causes(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("guest").says("借呗为什么被冻结了").hears("逾期", "身份证过期", "登录")
