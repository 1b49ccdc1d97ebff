"""When, until what hour, the statement day; and moving the due day for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def filed(ledger: BackendCalls, borrower_id: str) -> list[dict[str, Any]]:
    return [row for row in ledger.rows("requests") if row["borrower_id"] == borrower_id and row["kind"] == "due_date_change"]


def test_the_hour_is_told_with_the_day_and_the_grace(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("还款日当天几点前还才算按时")
    borrower.hears("23:30前到账", "08:00、14:00、20:00", "12月12日(周六)", "3天宽限", "12月15日")


def test_the_day_alone_comes_with_the_rule(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("我哪天还款").hears("12月12日(周六)", "每月12号还", "23:30前").is_offered("换个还款日")


def test_the_statement_day_of_a_line_and_that_an_instalment_loan_has_none(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    talk("minimum_payment").says("账单日是几号").hears("上一次出账单是11月10日", "下一次是12月10日", "每月2号还")
    talk("on_time").says("我的账单日是哪天").hears("没有出账日", "每月12号还")


def test_the_due_day_is_moved_with_the_first_changed_bill_shown(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我想把还款日改一下").hears("现在每月12号还", "12个月里能换1次", "几号")
    borrower.says("20号").hears("第6期：12月12日(周六) → 12月20日(周日)", "晚8天，多23.07元利息", "1,080.84元 → 1,103.91元")
    assert filed(ledger, "B1001") == []
    borrower.taps("提交").hears("提交好了，申请编号DD", "每月20号", "原来的还款日照旧").is_offered("撤回申请")
    assert [(row["status"], row["terms"]["due_day"]) for row in filed(ledger, "B1001")] == [("pending", 20)]


def test_the_day_can_be_said_at_once_and_corrected_at_the_last_step(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("把还款日改到每月20号").hears("以后每月20号还")
    borrower.says("不对，改成5号").hears("以后每月5号还", "早7天", "少")
    borrower.says("确定").hears("提交好了")
    assert [row["terms"]["due_day"] for row in filed(ledger, "B1001")] == [5]


def test_a_question_between_and_a_no_lose_nothing(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("换个还款日").taps("15号").hears("以后每月15号还")
    borrower.says("我欠多少").hears("下一次还款").is_offered("提交")
    borrower.taps("换成别的日子").hears("没有提交", "几号")
    borrower.says("算了不换了").hears("照旧")
    assert filed(ledger, "B1001") == []


def test_the_thirtieth_is_not_in_every_month(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我要改还款日").says("30号").hears("最晚能定28号", "几号")
    borrower.says("那就28号").hears("以后每月28号还")


def test_a_bill_too_near_stays_and_is_named(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("due_in_three_days").says("还款日改到20号行吗").hears("11月27日(周五)那一期来不及换", "第9期：12月27日")


def test_of_several_loans_only_the_one_that_can_be_moved_is(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("several_loans").says("我想换个还款日").hears("青禾借能换还款日，别的不能", "现在每月29号还")
    talk("several_loans").says("青禾花的还款日能改吗").hears("青禾花的还款日是定死的").is_offered("我想晚点还")


def test_who_is_late_pays_first(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("overdue_12_days").says("能不能改还款日").hears("还上以后才能换").is_offered("我还不上了")


def test_moved_by_a_person_it_is_told_and_cannot_be_moved_again(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("还款日改到20号").taps("提交")
    (request,) = filed(ledger, "B1001")
    ledger.execute(f"UPDATE requests SET undo_until_at = filed_at WHERE request_id = '{request['request_id']}'")
    decision = {"decision": "approve", "reason": "可以", "decided_by": "desk-1"}
    ledger.post(f"/desk/requests/{request['request_id']}/decision", decision)
    borrower.says("我的申请办到哪了").hears("同意了", "每月20号还，第一次是12月20日(周日)")
    borrower.says("我想再换个还款日").hears("已经换过了", "2027年11月24日")


def test_a_guest_hears_the_rule_and_how_to_see_the_own(talk: Callable[[str], Talk]) -> None:
    talk("guest").says("我想改还款日").hears("登录", "发工资").is_offered("只想晚几天还")
    talk("guest").says("几点前还款不算逾期").hears("登录")


def test_with_the_backend_away_nothing_is_filed_and_that_is_said(bot: WholeBot) -> None:
    bot.borrower("B1001").says("我想改还款日").hears("连不上")
    bot.borrower("B1001").says("我哪天还款").hears("连不上")
