"""How everything that was filed stands, what comes next, and taking one of several back."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def test_every_kind_is_told_with_what_comes_next(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    complaint = {"topic": "fees", "text": "收费不对", "loan_id": "L1001"}
    filed = ledger.post("/borrowers/B1001/complaints", complaint, key="complaint-1")
    ledger.post("/borrowers/B1001/tickets", {"ticket_kind": "human", "summary": "想谈谈"}, key="ticket-00001")
    borrower = talk("on_time").says("我的投诉处理得怎么样了")
    borrower.hears(f"投诉{filed['request_id']}", "还在处理", "找人工的单子TK", "最晚")


def test_a_number_that_is_said_is_looked_up_alone(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    first = ledger.post("/borrowers/B1001/complaints", {"topic": "fees", "text": "一"}, key="complaint-1")
    second = ledger.post("/borrowers/B1001/complaints", {"topic": "service", "text": "二"}, key="complaint-2")
    borrower = talk("on_time").says(f"申请{first['request_id']}办到哪了").hears(first["request_id"])
    borrower.does_not_hear(second["request_id"])


def test_an_answer_is_told_in_the_words_of_the_desk(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    body = {"ticket_kind": "dispute", "loan_id": "L1001", "dispute_code": "not_booked"}
    filed = ledger.post("/borrowers/B1001/tickets", body, key="ticket-00001")
    ledger.execute("UPDATE requests SET undo_until_at = filed_at")
    decision = {"decision": "approve", "reason": "钱已找到，明天入账", "decided_by": "desk-1"}
    ledger.post(f"/desk/requests/{filed['request_id']}/decision", decision)
    talk("on_time").says("我报的单子有结果了吗").hears("查完了", "钱已找到，明天入账").is_offered("还款记录")


def test_a_person_who_is_late_is_admitted(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    ledger.execute("UPDATE requests SET decision_due_at = filed_at WHERE borrower_id = 'B1008'")
    talk("deferral_pending").says("我的申请办到哪了").hears("对不起").is_offered("请人工催")


def test_of_several_one_is_taken_back_and_it_says_what_stays(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("还款日改到20号").taps("提交")
    complaint = ledger.post("/borrowers/B1001/complaints", {"topic": "fees", "text": "收费不对"}, key="complaint-1")
    borrower.says("把申请撤回").hears("2个还能撤回的", "别的不动").is_offered("换还款日的申请 DD", "投诉")
    borrower.taps("换还款日的申请").hears("换还款日的申请DD", "不算数了", f"投诉 {complaint['request_id']}")
    statuses = {row["kind"]: row["status"] for row in ledger.rows("requests") if row["borrower_id"] == "B1001"}
    assert statuses == {"due_date_change": "undone", "complaint": "pending"}


def test_the_only_one_is_taken_back_at_once(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("还款日改到20号").taps("提交").says("撤回申请").hears("撤回了").does_not_hear("没有动的")


def test_without_login_and_with_the_backend_away(talk: Callable[[str], Talk], bot: WholeBot) -> None:
    talk("guest").says("我的申请办到哪了").hears("登录", "编号")


def test_with_the_backend_away_it_says_that_the_request_is_still_there(bot: WholeBot) -> None:
    bot.borrower("B1008").says("撤回申请").hears("连不上", "申请还在")
    bot.borrower("B1008").says("我的申请办到哪了").hears("连不上")


def grant_waiver(ledger: BackendCalls, **part: int) -> None:
    """A waiver of the penalty of L1005 is asked for and granted, wholly or in part."""
    path = "/borrowers/B1005/loans/L1005"
    quote = ledger.post(f"{path}/fee-waiver-quotes", {"reason_code": "illness", "text": None})
    filed = ledger.post(f"{path}/fee-waivers", {"quote_id": quote["quote_id"]}, key=quote["filing_key"])
    ledger.execute("UPDATE requests SET undo_until_at = filed_at")
    decision = {"decision": "approve", "reason": "材料齐全", "decided_by": "desk-1", **part}
    ledger.post(f"/desk/requests/{filed['request_id']}/decision", decision)


def test_a_granted_waiver_says_how_much(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    grant_waiver(ledger)
    talk("overdue_95_days").says("我的减免申请办到哪了").hears("同意了，免掉罚息167.79元").does_not_hear("一部分")


def test_a_waiver_that_was_granted_in_part_says_so_with_the_reason(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    grant_waiver(ledger, granted_fen=5_000)
    talk("overdue_95_days").says("我的减免申请办到哪了").hears("同意了一部分", "50.00元", "最多能免167.79元", "材料齐全")


def test_asking_whether_it_was_filed_or_can_be_taken_back_takes_nothing_back(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    ledger.post("/borrowers/B1001/complaints", {"topic": "fees", "text": "收费不对"}, key="complaint-1")
    borrower = talk("on_time")
    for asked in ("刚才那个到底交没交上", "我刚才的申请交上了没有", "还能撤回吗"):
        borrower.says(asked).hears("CP", "之前还能撤回").does_not_hear("撤回了")
    assert [row["status"] for row in ledger.rows("requests") if row["kind"] == "complaint"] == ["pending"]
    borrower.taps("撤回申请").hears("撤回了")


def test_whoever_asks_too_late_hears_that_it_is_too_late(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    ledger.post("/borrowers/B1001/complaints", {"topic": "fees", "text": "收费不对"}, key="complaint-1")
    ledger.execute("UPDATE requests SET undo_until_at = filed_at")
    talk("on_time").says("还能撤回吗").does_not_hear("撤回了").does_not_hear("之前还能撤回")
