"""Automatic debit and cards: what comes next, and changes that are confirmed first."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def order(ledger: BackendCalls, borrower_id: str) -> list[str]:
    found = ledger.get(f"/borrowers/{borrower_id}/payment-methods")["payment_methods"]
    return [row["payment_method_id"] for row in found]


def test_the_next_debit_is_told_with_its_hour_sum_and_order(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("自动扣款几点扣").hears("12月12日08:00，扣1,080.84元", "1. 工资卡(尾号6217)")
    borrower.is_offered("改扣款顺序", "加一张卡", "关掉自动扣款")


def test_the_order_is_changed_only_after_a_yes(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("several_loans").says("自动扣款的事").taps("改扣款顺序").hears("最先扣哪一个")
    borrower.taps("储蓄卡").hears("还没有改", "1. 储蓄卡(尾号9012)")
    assert order(ledger, "B1006") == ["PM1006A", "PM1006B", "PM1006C"]
    borrower.taps("就这样改").hears("改好了", "1. 储蓄卡(尾号9012)")
    assert order(ledger, "B1006") == ["PM1006B", "PM1006A", "PM1006C"]


def test_another_card_can_be_named_before_the_yes(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("several_loans").says("自动扣款的事").taps("改扣款顺序").taps("储蓄卡").hears("1. 储蓄卡(尾号9012)")
    borrower.says("不对，先扣余额").hears("1. 账户余额").taps("就这样改").hears("改好了")
    assert order(ledger, "B1006")[0] == "PM1006C"


def test_switched_off_only_after_it_was_said_what_follows(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("把自动扣款关了").hears("还没有关", "12月12日(周六)，1,080.84元", "就算晚")
    borrower.says("自动扣款几点扣").hears("12月12日08:00", "还没有关")
    borrower.taps("就这样改").hears("关掉了", "自己还").is_offered("还款提醒", "重新打开")
    assert ledger.get("/borrowers/B1001/debits")["auto_debit"] is False


def test_a_no_changes_nothing(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("把自动扣款关了").taps("不改了").hears("什么都没有改")
    assert ledger.get("/borrowers/B1001/debits")["auto_debit"] is True


def test_where_the_contract_keeps_it_on_it_says_which_contract(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("several_loans").says("把自动扣款关了").hears("不能关", "青禾花的合同").is_offered("改扣款顺序")


def test_a_new_card_is_entered_on_the_secure_page(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我要换一张银行卡").hears("/demo/secure/add-card/", "别发在聊天里")
    assert [row["purpose"] for row in ledger.rows("secure_links")] == ["add_card"]
    borrower.taps("删一张卡").hears("要删掉哪一张").taps("工资卡").hears("还没有删").taps("就这样改").hears("删好了")
    assert order(ledger, "B1001") == ["PM1001B"]


def test_a_card_number_that_is_typed_is_not_taken_and_does_not_rest_anywhere(
    talk: Callable[[str], Talk], bot: WholeBot, ledger: BackendCalls
) -> None:
    borrower = talk("on_time").says("4111 1111 1111 1111")
    borrower.hears("卡号不要发在聊天里", "/demo/secure/add-card/")
    assert "4111" not in bot.stored_conversations()
    assert order(ledger, "B1001") == ["PM1001A", "PM1001B"]


def test_the_last_card_is_not_taken_away_while_something_is_owed(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("due_in_three_days").says("我要解绑银行卡").hears("只剩这一张卡").is_offered("加一张卡")
    assert order(ledger, "B1002") == ["PM1002A"]


def test_a_guest_hears_how_it_works_and_that_it_needs_a_login(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("guest").says("自动扣款几点扣").hears("还款日那天", "登录").does_not_hear("1,080.84")
    talk("guest").says("把自动扣款关了").hears("登录")


def test_with_the_backend_away_nothing_is_changed_and_it_says_so(bot: WholeBot) -> None:
    bot.borrower("B1001").says("自动扣款几点扣").hears("连不上")
    bot.borrower("B1002").says("把自动扣款关了").hears("连不上").does_not_hear("关掉了")
