"""What is owed, when, and whether a payment arrived: own figures, next due first."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk


def test_the_plan_shows_the_next_payment_first_then_the_table(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days").says("我欠多少钱")
    first, second = [message for message in borrower.heard if message.get("text")]
    assert "11月27日(周五)，965.94元" in first["text"]
    assert "截至" in first["text"]
    assert second["text"].count("第") >= 6
    assert "16,420.85元" in second["text"]


def test_several_loans_are_listed_and_each_can_be_opened(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("several_loans").says("我一共要还多少").hears("3笔没还完", "青禾借", "青禾经营贷", "青禾花")
    borrower.taps("青禾经营贷").hears("青禾经营贷下一次还款")


def test_the_due_date_is_told_with_the_amount(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("我哪天还款").hears("12月12日(周六)")


def test_an_overdue_borrower_hears_the_sum_with_its_penalty_and_is_not_threatened(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("overdue_12_days").says("我现在要还多少").hears("逾期12天", "罚息", "先别慌")
    borrower.is_offered("我想晚点还").does_not_hear("起诉", "坐牢")


def test_within_grace_it_says_that_there_is_no_penalty_yet(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("in_grace").says("我欠多少").hears("宽限期", "还没有罚息")


def test_a_failed_debit_is_called_by_its_name(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("in_grace").says("我还的钱到账了吗").hears("没有成功").is_offered("请人工查")


def test_a_booked_payment_is_told_with_its_day(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("我上次还的钱入账了没").hears("已经入账", "1,080.84元")


def test_nothing_owed_is_said_plainly(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("no_loan").says("我欠多少").hears("没有要还的钱")


def test_nothing_was_filed_is_said_plainly(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("我的申请办到哪了").hears("没有查到您提交过的申请")
