"""Fraud, collection, outreach and privacy: what is stopped at once, what a person decides, and what may be known."""

from __future__ import annotations

import pytest

from tests.backend.helpers import problem
from tests.support.backend import BackendCalls

REPORT = {"what": "account_taken", "summary": "手机被偷，有笔借款不是我借的", "block": True}
ALL_OF_A_LINE = ["new_loans", "line_payments", "account_changes"]
INCIDENT = {
    "happened_date": "2026-11-22",
    "happened_time": "晚上十一点",
    "caller": "工号RX-0317",
    "wording": "再不还就上门",
    "third_party_contacted": True,
    "threats": True,
}


def test_a_report_of_fraud_blocks_at_once_and_once(backend: BackendCalls) -> None:
    first = backend.call("POST", "/borrowers/B1006/fraud-reports", REPORT, key="fraud-00001")
    again = backend.call("POST", "/borrowers/B1006/fraud-reports", REPORT, key="fraud-00001")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["request_id"].startswith("FR")
    assert first.json()["terms"]["blocked"] == again.json()["terms"]["blocked"] == ALL_OF_A_LINE
    standing = backend.get("/borrowers/B1006/safety-block")
    assert standing["blocked_now"] and standing["request_id"] == first.json()["request_id"]
    assert len(backend.rows("safety_blocks")) == 1


def test_a_second_report_finds_the_block_and_makes_none(backend: BackendCalls) -> None:
    backend.post("/borrowers/B1001/fraud-reports", REPORT, key="fraud-00001")
    second = backend.post("/borrowers/B1001/fraud-reports", {**REPORT, "what": "money_sent"}, key="fraud-00002")
    assert second["terms"]["blocked"] == ["new_loans", "account_changes"]
    assert len(backend.rows("safety_blocks")) == 1


def test_a_report_without_a_block_blocks_nothing(backend: BackendCalls) -> None:
    backend.post("/borrowers/B1001/fraud-reports", {**REPORT, "block": False}, key="fraud-00001")
    assert backend.get("/borrowers/B1001/safety-block")["blocked_now"] is False


def test_neither_report_nor_block_can_be_undone_from_the_borrowers_side(backend: BackendCalls) -> None:
    filed = backend.post("/borrowers/B1001/fraud-reports", REPORT, key="fraud-00001")
    problem(backend.call("POST", f"/borrowers/B1001/requests/{filed['request_id']}/undo"), "undo-too-late", 409)
    assert backend.get("/borrowers/B1001/safety-block")["blocked_now"]


def test_the_desk_sees_a_report_first_decides_at_once_and_lifts_the_block(backend: BackendCalls) -> None:
    filed = backend.post("/borrowers/B1001/fraud-reports", REPORT, key="fraud-00001")
    assert backend.get("/desk/requests")["requests"][0]["request_id"] == filed["request_id"]
    decision = {"decision": "approve", "reason": "已核实，不是本人借的", "decided_by": "陈主管"}
    backend.post(f"/desk/requests/{filed['request_id']}/decision", decision)
    (block,) = backend.get("/desk/safety-blocks")["blocks"]
    lifted = backend.post(f"/desk/safety-blocks/{block['safety_block_id']}/lift", {"reason": "到场核实", "lifted_by": "陈主管"})
    assert lifted["lifted_by"] == "陈主管" and backend.get("/desk/safety-blocks")["blocks"] == []
    assert backend.get("/borrowers/B1001/safety-block")["blocked_now"] is False
    again = backend.post(f"/desk/safety-blocks/{block['safety_block_id']}/lift", {"reason": "x", "lifted_by": "别人"})
    assert again["lifted_by"] == "陈主管"


def test_a_block_of_nobody_cannot_be_lifted(read_only_backend: BackendCalls) -> None:
    answer = read_only_backend.call("POST", "/desk/safety-blocks/SB99999999/lift", {"reason": "x", "lifted_by": "x"})
    problem(answer, "safety-block-not-found", 404)


def test_paying_back_stays_possible_while_blocked(backend: BackendCalls) -> None:
    backend.post("/borrowers/B1001/fraud-reports", REPORT, key="fraud-00001")
    body = {"amount_fen": 10000, "channel": "bank_transfer"}
    assert backend.post("/borrowers/B1001/loans/L1001/payments", body, key="payment-1")["status"] == "booked"


def test_who_collects_can_be_checked_by_since_when_and_by_numbers(read_only_backend: BackendCalls) -> None:
    (loan,) = read_only_backend.get("/borrowers/B1009/collection")["loans"]
    assert (loan["handled_by"], loan["name"]) == ("agency", "蓉信服务有限公司（演示）")
    assert loan["since_date"] == "2026-11-04"
    assert loan["phones"] == ["028-0000-0311", "400-000-0311"] and "RX-0317" in loan["staff_numbers"]
    (late,) = read_only_backend.get("/borrowers/B1005/collection")["loans"]
    assert (late["handled_by"], late["phones"]) == ("lender", ["400-000-0005"])
    (fine,) = read_only_backend.get("/borrowers/B1001/collection")["loans"]
    assert (fine["handled_by"], fine["name"], fine["phones"]) == ("nobody", None, [])


def test_a_complaint_about_collectors_keeps_what_happened_and_stops_the_calls(backend: BackendCalls) -> None:
    body = {"topic": "collection", "text": "半夜打电话还骂人", "incident": INCIDENT, "pause_outreach": True}
    filed = backend.post("/borrowers/B1009/complaints", body, key="complaint-1")
    assert filed["terms"]["incident"] == INCIDENT
    assert filed["terms"]["outreach_paused_until_at"] == "2026-12-09T23:59:59+08:00"
    pause = backend.get("/borrowers/B1009/outreach-pause")
    assert (pause["paused_now"], pause["paused_until_at"]) == (True, "2026-12-09T23:59:59+08:00")
    assert "电话" in pause["covers"] and pause["not_covered"]
    at_the_desk = backend.get(f"/desk/requests/{filed['request_id']}")
    assert at_the_desk["terms"]["incident"]["wording"] == "再不还就上门"


def test_a_complaint_that_is_taken_back_takes_its_pause_along(backend: BackendCalls) -> None:
    body = {"topic": "collection", "text": "打太多", "pause_outreach": True}
    filed = backend.post("/borrowers/B1009/complaints", body, key="complaint-1")
    backend.post(f"/borrowers/B1009/requests/{filed['request_id']}/undo")
    assert backend.get("/borrowers/B1009/outreach-pause")["paused_now"] is False


def test_a_longer_pause_is_not_made_shorter_and_the_same_one_is_not_written_twice(backend: BackendCalls) -> None:
    path = "/borrowers/B1009/outreach-pause"
    assert backend.call("PUT", path, {"reason_code": "bereavement"}).json()["paused_until_at"].startswith("2027-02-22")
    for _ in range(2):
        assert backend.call("PUT", path, {"reason_code": "complaint"}).json()["paused_until_at"].startswith("2027-02-22")
    assert len(backend.rows("outreach_pauses")) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"topic": "fees", "text": "x", "incident": INCIDENT},
        {"topic": "collection", "text": "x", "incident": {"threats": "yes"}},
        {"topic": "collection", "text": "x", "pause_outreach": 1},
    ],
)
def test_an_incident_that_makes_no_sense_is_refused(read_only_backend: BackendCalls, body: dict[str, object]) -> None:
    problem(read_only_backend.call("POST", "/borrowers/B1001/complaints", body, key="complaint-1"), "validation", 422)


def test_a_death_stops_the_calls_and_waits_on_top_of_the_desk(backend: BackendCalls) -> None:
    body = {"ticket_kind": "bereavement", "summary": "女儿来电，父亲上月去世", "priority": "urgent", "pause_outreach": True}
    filed = backend.post("/borrowers/B1005/tickets", body, key="ticket-00001")
    assert filed["terms"]["outreach_paused_until_at"].startswith("2027-02-22")
    assert backend.get("/borrowers/B1005/outreach-pause")["reason_code"] == "bereavement"
    human = {"ticket_kind": "human", "summary": "x", "pause_outreach": True}
    problem(backend.call("POST", "/borrowers/B1005/tickets", human, key="ticket-00002"), "validation", 422)
    assert backend.get("/bereavement-papers")["papers"]


def test_the_inventory_names_what_is_held_of_this_borrower_and_what_may_go(read_only_backend: BackendCalls) -> None:
    def held(borrower_id: str) -> dict[str, bool]:
        items = read_only_backend.get(f"/borrowers/{borrower_id}/data-inventory")["items"]
        return {row["item_id"]: row["can_be_deleted_now"] for row in items}

    assert held("B1011") == {"identity": False, "reminders": True, "conversations": True}  # no loan
    assert held("B1009")["agency"] is False and "agency" not in held("B1001")
    assert held("B1010")["hardship_evidence"] is True and "hardship_evidence" not in held("B1001")


def test_the_inventory_says_who_received_what(read_only_backend: BackendCalls) -> None:
    items = {row["item_id"]: row for row in read_only_backend.get("/borrowers/B1009/data-inventory")["items"]}
    assert items["credit_reporting"]["received_by"] == ["征信中心"]
    assert all(row["what"] and row["why"] and row["kept"] for row in items.values())


def test_a_wish_about_ones_data_is_filed_and_decided_within_the_lenders_days(backend: BackendCalls) -> None:
    filed = backend.post("/borrowers/B1001/privacy-requests", {"right": "copy", "text": "要一份全部资料"}, key="privacy-0001")
    assert filed["request_id"].startswith("PV") and filed["decision_due_at"] == "2026-12-09T18:00:00+08:00"
    assert backend.post(f"/borrowers/B1001/requests/{filed['request_id']}/undo")["status"] == "undone"


def test_a_consent_is_taken_back_at_once(backend: BackendCalls) -> None:
    backend.call("PUT", "/borrowers/B1001/consents/hardship_evidence", {"granted": True})
    body = {"right": "withdraw_consent", "text": "不同意了", "consent_purpose": "hardship_evidence"}
    backend.post("/borrowers/B1001/privacy-requests", body, key="privacy-0001")
    granted = {row["purpose"]: row["granted"] for row in backend.get("/borrowers/B1001/consents")["consents"]}
    assert granted["hardship_evidence"] is False
    misplaced = {"right": "delete", "text": "x", "consent_purpose": "reminders"}
    problem(backend.call("POST", "/borrowers/B1001/privacy-requests", misplaced, key="privacy-0002"), "validation", 422)


def test_what_is_anothers_cannot_be_reported_or_asked_for(read_only_backend: BackendCalls) -> None:
    answer = read_only_backend.call("POST", "/borrowers/B1001/fraud-reports", {**REPORT, "loan_id": "L1002"}, key="fraud-00001")
    problem(answer, "loan-not-found", 404)
    for path in ("safety-block", "collection", "outreach-pause", "data-inventory"):
        problem(read_only_backend.call("GET", f"/borrowers/B0000/{path}"), "borrower-not-found", 404)


def test_the_lenders_own_numbers_are_told_to_everybody(read_only_backend: BackendCalls) -> None:
    answer = read_only_backend.get("/own-contacts")
    assert {"phone", "sms", "website", "app"} <= {row["kind"] for row in answer["contacts"]}
    assert answer["lender_name"] == "青禾消费金融（演示）"
