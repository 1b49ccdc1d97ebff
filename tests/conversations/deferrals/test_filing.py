"""From the first sentence to exactly one deferral in the ledger, and back again."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk

FIRST_WORDS = "我这个月还不上了，能晚半个月还吗"


def filed(ledger: BackendCalls, loan_id: str) -> list[dict[str, object]]:
    return [row for row in ledger.rows("requests") if row["loan_id"] == loan_id]


def test_from_the_first_words_to_one_filed_deferral(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).hears("方便说说原因吗").is_offered("不想说")
    borrower.taps("不想说").hears("11月27日(周五) → 12月12日(周六)", "965.94元", "4.72元", "人工审核", "还没有提交")
    assert filed(ledger, "L1002") == []
    borrower.taps("提交").hears("提交好了", "12月12日(周六)").is_offered("撤回申请")
    (request,) = filed(ledger, "L1002")
    assert (request["kind"], request["status"]) == ("deferral", "pending")
    assert request["request_id"] in borrower.text


def test_a_yes_in_words_files_as_the_button_does(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).says("不想说").hears("→")
    borrower.says("好的，就这样提交吧").hears("提交好了")
    assert len(filed(ledger, "L1002")) == 1


def test_saying_yes_again_after_filing_files_nothing_more(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).taps("不想说").taps("提交").hears("提交好了")
    borrower.says("好的")
    borrower.says("确认提交").does_not_hear("提交好了")
    assert len(filed(ledger, "L1002")) == 1


def test_asking_for_the_same_again_names_the_request_that_waits(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).taps("不想说").taps("提交")
    number = filed(ledger, "L1002")[0]["request_id"]
    borrower.says("能晚一个月还吗").taps("不想说").hears("已经有一个申请在审核", str(number))
    assert len(filed(ledger, "L1002")) == 1


def test_the_reason_said_at_the_beginning_is_not_asked_for_and_makes_it_interest_free(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("illness")
    borrower.says("我住院了，能不能晚半个月还").hears("这次免息", "→")
    borrower.taps("提交").hears("提交好了")
    (request,) = [row for row in ledger.rows("requests") if row["borrower_id"] == "B1010"]
    assert request["terms"]["extra_interest_fen"] == 0  # type: ignore[index]


def test_a_filed_deferral_is_taken_back_by_its_button(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).taps("不想说").taps("提交").taps("撤回申请").hears("撤回了")
    assert [row["status"] for row in filed(ledger, "L1002")] == ["undone"]


def test_the_button_tapped_again_is_told_how_it_stands_and_a_late_no_does_not_call_it_undone(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("due_in_three_days").says(FIRST_WORDS).taps("不想说")
    again, no = borrower.payload("提交"), borrower.payload("先不办了")
    borrower.taps("提交")
    borrower.taps_again(again).hears("已经点过", "还在审核").does_not_hear("提交好了")
    borrower.taps_again(no).hears("这一次没有办什么")
    borrower.says("好的").hears("您想看欠多少")
    assert [row["status"] for row in filed(ledger, "L1002")] == ["pending"]


def test_a_filed_deferral_is_taken_back_in_words_and_can_be_filed_anew(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).taps("不想说").taps("提交")
    borrower.says("我后悔了，把刚才的申请撤回").hears("撤回了")
    borrower.says(FIRST_WORDS).taps("不想说").taps("提交").hears("提交好了")
    assert [row["status"] for row in filed(ledger, "L1002")] == ["undone", "pending"]


def test_there_is_nothing_to_take_back_for_somebody_who_filed_nothing(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("把刚才提交的申请撤回").hears("没有可以撤回的申请")


def test_the_status_is_told_while_it_waits_and_after_a_person_has_decided(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("deferral_pending")
    borrower.says("我那个延期申请办到哪了").hears("还在审核", "人工审核")
    (request,) = [row for row in ledger.rows("requests") if row["borrower_id"] == "B1008"]
    decision = {"decision": "approve", "reason": "情况属实", "decided_by": "desk-1"}
    ledger.post(f"/desk/requests/{request['request_id']}/decision", decision)
    borrower.says("申请有结果了吗").hears("同意了", "新的还款日")


def test_a_refusal_tells_its_reason_and_what_else_there_is(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    (request,) = [row for row in ledger.rows("requests") if row["borrower_id"] == "B1008"]
    decision = {"decision": "refuse", "reason": "材料不全", "decided_by": "desk-1"}
    ledger.post(f"/desk/requests/{request['request_id']}/decision", decision)
    talk("deferral_pending").says("申请有结果了吗").hears("没有同意", "材料不全").is_offered("还有什么办法", "找人工")


def test_taking_back_in_words_does_not_touch_the_ticket_for_a_person(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time")
    borrower.says("转人工").says("把刚才提交的申请撤回").hears("没有可以撤回的申请")
    assert [row["status"] for row in ledger.rows("requests") if row["borrower_id"] == "B1001"] == ["pending"]
