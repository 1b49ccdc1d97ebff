"""Paying early, all or a part: a quote to the cent, then the lender's own page; the bot books nothing."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def payments(ledger: BackendCalls) -> int:
    return len(ledger.rows("payments"))


def test_the_whole_is_quoted_to_the_cent_and_leads_to_the_page_with_the_quote(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    before = payments(ledger)
    borrower = talk("on_time").says("我想提前还清")
    borrower.hears("一共付7,245.28元", "少付320.56元", "手续费：0.00元", "额度", "征信：会记成已结清", "还没有付")
    borrower.taps("去付款页面").hears("/demo/secure/pay/")
    (link,) = ledger.rows("secure_links")
    assert link["loan_id"] == "L1001" and link["quote_id"] is not None
    assert payments(ledger) == before


def test_a_part_is_asked_how_much_and_what_it_shall_change(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我想提前还款").hears("全部还清，还是先还一部分").taps("先还一部分").hears("多少本金")
    borrower.says("3000元").hears("后面想怎么变").taps("每期少还点")
    borrower.hears("一共付3,014.40元", "下一期12月12日(周六)还631.15元").is_offered("去付款页面")


def test_the_sum_and_the_effect_can_be_corrected_at_the_last_step(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我想提前还款").taps("先还一部分").says("3000元").taps("每期少还点")
    borrower.says("不对，还5000元").hears("提前还本金5,000.00元")
    borrower.says("换成早点还完").hears("还剩3期")
    borrower.says("算了，不还了").hears("一分钱都没有付")
    assert ledger.rows("secure_links") == []


def test_a_question_between_is_answered_and_the_quote_comes_back(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我想提前还清").hears("7,245.28元")
    borrower.says("我哪天还款").hears("12月12日(周六)", "回到刚才的提前还款").taps("去付款页面").hears("/pay/")


def test_a_question_about_the_fee_is_answered_by_the_own_contract(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("提前还款要手续费吗").hears("手续费是0.00元").is_offered("全部还清", "先还一部分")
    talk("several_loans").says("青禾经营贷提前还款要手续费吗").hears("手续费500.00元，是合同里写的")


def test_of_several_loans_it_asks_which(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("several_loans").says("我想提前还清").hears("想提前还哪一笔").taps("青禾经营贷")
    borrower.hears("一共付50,812.33元", "手续费：500.00元", "没有循环额度")


def test_a_sum_near_to_what_is_due_of_another_loan_does_not_choose_that_one(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("several_loans").says("我想提前还款").taps("青禾借").taps("先还一部分").says("3127元").taps("早点还完")
    borrower.hears("青禾借 11月24日(周二)提前还本金3,127.00元")


def test_a_line_is_said_to_have_no_early_repayment_and_what_can_be_done(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    talk("minimum_payment").says("我想提前还清").hears("没有提前结清", "随时可以还").is_offered("怎么还款")


def test_a_part_too_small_is_asked_again(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我想提前还款").taps("先还一部分").says("50元").taps("早点还完").hears("最少100.00元")
    borrower.says("1000元").hears("提前还本金1,000.00元")


def test_a_part_that_is_all_of_it_is_quoted_as_the_whole(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我想提前还款").taps("先还一部分").says("9000元").taps("早点还完")
    borrower.hears("就是全部还清了", "一共付7,245.28元")


def test_a_quote_that_has_become_stale_leads_to_no_page(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我想提前还清").hears("7,245.28元")
    body = {"amount_fen": 10000, "channel": "bank_transfer"}
    ledger.post("/borrowers/B1001/loans/L1001/payments", body, key="a-payment-in-between")
    borrower.taps("去付款页面").hears("过时了", "一分钱都没有付").does_not_hear("/demo/secure/").taps("再算一次").hears(
        "全部还清，还是"
    )


def test_a_guest_hears_the_rule_with_its_source(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    guest = talk("guest").says("提前还款要手续费吗").hears("民法典第677条", "登录")
    assert guest.text.count("民法典第677条") == 1
    talk("guest").says("我想提前还清").hears("民法典第677条", "登录")


def test_with_the_backend_away_nothing_is_quoted(bot: WholeBot) -> None:
    bot.borrower("B1001").says("我想提前还清").hears("连不上").does_not_hear("一共付")


def test_a_half_is_half_of_what_is_left(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我想提前还款").says("先还一半").taps("每期少还点")
    borrower.hears("提前还本金3,605.00元").is_offered("去付款页面")
