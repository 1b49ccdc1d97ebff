"""A new plan, from the first words to one request in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot

FIRST_WORDS = "我想办分期还"


def requests_of(ledger: BackendCalls, borrower_id: str) -> list[dict[str, Any]]:
    return [row for row in ledger.rows("requests") if row["borrower_id"] == borrower_id]


def test_a_monthly_sum_leads_to_a_plan_beside_a_deferral_and_to_one_request(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).hears("现在每期965.94元", "最少480.00元", "每月还多少")
    borrower.says("每月700元").hears("678.07元", "一共24期", "实际年利率：10.03%", "调整过还款计划", "晚一点还：挪到12月27日")
    borrower.taps("提交").hears("RS", "678.07元", "可以撤回")
    (filed,) = requests_of(ledger, "B1002")
    assert (filed["kind"], filed["status"], filed["terms"]["new_term"]) == ("restructure", "pending", 24)
    borrower.taps("撤回申请").hears("撤回了")
    assert requests_of(ledger, "B1002")[0]["status"] == "undone"


def test_income_and_expenses_are_reckoned_into_a_sum(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).taps("帮我算").hears("到手大概多少钱", "不想说也可以")
    borrower.says("问这个干嘛").hears("只用来算每月还得起多少", "到手大概多少钱")
    borrower.says("四千").hears("省不掉的开销")
    borrower.says("3000").hears("每月大概能还800.00元", "766.00元", "一共21期").taps("提交").hears("提交好了")
    (filed,) = requests_of(ledger, "B1002")
    assert filed["terms"]["household"] == {"monthly_income_fen": 400_000, "essential_expenses_fen": 300_000}


def test_expenses_that_are_told_one_by_one_are_added_up(talk: Callable[[str], Talk]) -> None:
    borrower = talk("due_in_three_days").says(FIRST_WORDS).taps("帮我算").says("收入四千左右")
    borrower.says("房租1500，吃饭1500").hears("每月大概能还800.00元")


def test_one_need_not_tell_ones_income(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).taps("帮我算").taps("不想说").hears("不说也行", "每月还多少")
    borrower.says("600").hears("一共").is_offered("提交")
    assert requests_of(ledger, "B1002") == []


def test_too_low_a_sum_hears_what_is_possible_and_a_second_thought_is_quoted_anew(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).says("每月100元").hears("最少也要473.38元", "每月还多少")
    borrower.says("每月600元").is_offered("提交")
    borrower.says("不对，每月700元").hears("一共24期").taps("提交")
    assert [row["terms"]["new_term"] for row in requests_of(ledger, "B1002")] == [24]


def test_a_question_in_between_is_answered_and_the_quote_put_again(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).says("每月700元")
    borrower.says("我一共还欠多少").hears("回到刚才的安排", "678.07元").is_offered("提交")
    borrower.says("算了，不办了").hears("什么都没有提交")
    assert requests_of(ledger, "B1002") == []


def test_the_statement_of_a_line_is_split(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("minimum_payment")
    borrower.says(FIRST_WORDS).hears("青禾花这期账单").says("分6期").hears("分6期", "1,192.60元", "不在分期里").taps("提交")
    assert [row["terms"]["new_term"] for row in requests_of(ledger, "B1007")] == [6]


def test_stopping_interest_is_promised_to_nobody(talk: Callable[[str], Talk]) -> None:
    borrower = talk("overdue_95_days").says("能不能给我停息挂账，分期还")
    borrower.hears("不是正式的说法", "第70条", "只管信用卡", "青禾借现在每期").is_offered("帮我算算")


def test_where_it_is_not_offered_a_request_waits_or_nobody_is_logged_in(talk: Callable[[str], Talk]) -> None:
    talk("deferral_used_up").says(FIRST_WORDS).hears("不能在这里改成每月少还", "先还一部分")
    talk("deferral_pending").says(FIRST_WORDS).hears("已经有一个申请在审核")
    talk("no_loan").says(FIRST_WORDS).hears("没有要还的钱")
    talk("guest").says(FIRST_WORDS).hears("登录")


def test_with_the_backend_away_it_says_so(bot: WholeBot) -> None:
    bot.borrower("B1002").says(FIRST_WORDS).hears("连不上", "没有提交")


def test_income_and_expenses_are_told_from_what_can_be_paid(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days").says(FIRST_WORDS)
    borrower.says("一个月挣4000").hears("省不掉的开销").does_not_hear("不用改计划")
    borrower.says("房租1500，吃饭1500").hears("每月大概能还800.00元", "一共21期")
    borrower.says("每月700").hears("一共24期").taps("提交")
    (filed,) = requests_of(ledger, "B1002")
    assert filed["terms"]["new_term"] == 24


def test_income_and_expenses_may_come_in_one_breath(talk: Callable[[str], Talk]) -> None:
    borrower = talk("due_in_three_days").says(FIRST_WORDS)
    borrower.says("我工资4000，房租1500，吃饭1500").hears("每月大概能还800.00元", "一共21期")
