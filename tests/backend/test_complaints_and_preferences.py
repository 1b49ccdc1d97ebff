"""Complaints, tickets, payment methods, reminders, consents, and the directory."""

from __future__ import annotations

import pytest

from tests.backend.helpers import loan_of, problem
from tests.support.backend import BackendCalls


def test_a_complaint_is_filed_once_and_answered_within_the_lenders_days(backend: BackendCalls) -> None:
    body = {"topic": "collection", "text": "一天打了八个电话，半夜也打😡", "loan_id": "L1001"}
    first = backend.call("POST", "/borrowers/B1001/complaints", body, key="complaint-1")
    again = backend.call("POST", "/borrowers/B1001/complaints", body, key="complaint-1")
    assert (first.status_code, again.status_code) == (201, 200)
    request = first.json()
    assert request["request_id"].startswith("CP") and request["terms"]["text"] == body["text"]
    assert request["decision_due_at"] == "2026-12-09T18:00:00+08:00"  # fifteen days
    assert again.json()["request_id"] == request["request_id"]
    assert [row["kind"] for row in backend.get("/borrowers/B1001/requests")["requests"]] == ["complaint"]


def test_a_complaint_can_be_undone_and_does_not_keep_a_deferral_away(backend: BackendCalls) -> None:
    body = {"topic": "fees", "text": "收费不对", "loan_id": "L1001"}
    request = backend.post("/borrowers/B1001/complaints", body, key="complaint-1")
    loan = loan_of(backend, "on_time")
    assert loan.read()["pending_request_id"] is None
    assert loan.file(loan.quote())["status"] == "pending"
    assert backend.post(f"/borrowers/B1001/requests/{request['request_id']}/undo")["status"] == "undone"


def test_a_human_gets_the_summary_and_the_priority(deciding_backend: BackendCalls) -> None:
    body = {"ticket_kind": "human", "summary": "想谈延期，刚失业，情绪低落", "priority": "urgent"}
    filed = deciding_backend.post("/borrowers/B1004/tickets", body, key="ticket-00001")
    listed = deciding_backend.get("/desk/requests?kind=ticket")["requests"]
    assert [(row["request_id"], row["terms"]["priority"]) for row in listed] == [(filed["request_id"], "urgent")]
    decision = {"decision": "approve", "reason": "已回电", "decided_by": "陈主管"}
    assert deciding_backend.post(f"/desk/requests/{filed['request_id']}/decision", decision)["status"] == "approved"


def test_only_a_paid_off_loan_gets_a_settlement_certificate(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    body = {"ticket_kind": "settlement_certificate", "summary": "要结清证明", "loan_id": "L1001"}
    answer = backend.call("POST", "/borrowers/B1001/tickets", body, key="ticket-00001")
    assert problem(answer, "loan-not-closed", 409)["outstanding_fen"] == loan.read()["outstanding_fen"]
    assert backend.get("/borrowers/B1001/requests")["requests"] == []
    loan.pay(loan.read()["outstanding_fen"], key="payment-1")
    assert backend.post("/borrowers/B1001/tickets", body, key="ticket-00001")["status"] == "pending"


@pytest.mark.parametrize(
    "body",
    [
        {"ticket_kind": "human", "summary": " \n　"},
        {"ticket_kind": "human", "summary": "x" * 2001},
        {"ticket_kind": "human", "summary": "a\u0000b"},
        {"ticket_kind": "human", "summary": "x", "priority": "now"},
        {"ticket_kind": "dispute", "summary": "x"},
        {"ticket_kind": "due_date_change", "summary": "x", "loan_id": "L1001"},  # a request of its own kind
        {"ticket_kind": "human", "summary": "x", "requested_due_day": 5},
        {"ticket_kind": "unknown", "summary": "x"},
    ],
)
def test_a_ticket_that_makes_no_sense_is_refused(read_only_backend: BackendCalls, body: dict[str, object]) -> None:
    answer = read_only_backend.call("POST", "/borrowers/B1001/tickets", body, key="ticket-00001")
    problem(answer, "validation", 422)


def test_a_complaint_about_anothers_loan_is_refused(read_only_backend: BackendCalls) -> None:
    body = {"topic": "fees", "text": "x", "loan_id": "L1002"}
    answer = read_only_backend.call("POST", "/borrowers/B1001/complaints", body, key="complaint-1")
    problem(answer, "loan-not-found", 404)


def test_the_debit_order_can_be_changed_and_changing_it_again_is_no_change(backend: BackendCalls) -> None:
    path = "/borrowers/B1006"
    before = [row["payment_method_id"] for row in backend.get(f"{path}/payment-methods")["payment_methods"]]
    wanted = {"payment_method_ids": [before[2], before[0], before[1]]}
    for _ in range(2):
        after = backend.call("PUT", f"{path}/debit-order", wanted).json()["payment_methods"]
        assert [row["payment_method_id"] for row in after] == wanted["payment_method_ids"]
        assert [row["debit_order"] for row in after] == [1, 2, 3]
    assert [row["action"] for row in backend.rows("audit")].count("debit-order.changed") == 1


def test_a_debit_order_names_all_of_ones_own_methods(read_only_backend: BackendCalls) -> None:
    def put(*method_ids: str) -> object:
        return read_only_backend.call("PUT", "/borrowers/B1001/debit-order", {"payment_method_ids": method_ids})

    problem(put("PM1001A"), "validation", 422)
    problem(put("PM1001A", "PM1001A"), "validation", 422)
    problem(put("PM1001A", "PM1002A"), "payment-method-not-found", 404)


def test_auto_debit_is_switched_off_where_the_product_lets_her(backend: BackendCalls) -> None:
    assert backend.call("PUT", "/borrowers/B1001/auto-debit", {"enabled": False}).json()["auto_debit"] is False
    assert backend.get("/borrowers/B1001/payment-methods")["auto_debit"] is False
    assert backend.call("PUT", "/borrowers/B1001/auto-debit", {"enabled": True}).json()["auto_debit"] is True
    line = backend.call("PUT", "/borrowers/B1007/auto-debit", {"enabled": False})
    problem(line, "auto-debit-fixed", 409)
    assert backend.get("/borrowers/B1007/payment-methods")["auto_debit_can_be_switched_off"] is False


def test_reminders_are_kept_as_wished(backend: BackendCalls) -> None:
    path = "/borrowers/B1001/reminder-preferences"
    assert backend.get(path)["days_before"] == [3, 1]
    wish = {"enabled": True, "channel": "sms", "days_before": [7, 2]}
    backend.call("PUT", path, wish)
    kept = backend.get(path)
    assert {name: kept[name] for name in wish} == wish
    assert backend.get("/borrowers/B1002/reminder-preferences")["channel"] == "wechat"


def test_nothing_is_consented_to_by_silence_and_consent_can_be_taken_back(backend: BackendCalls) -> None:
    def granted() -> dict[str, bool]:
        return {row["purpose"]: row["granted"] for row in backend.get("/borrowers/B1001/consents")["consents"]}

    assert not any(granted().values())
    path = "/borrowers/B1001/consents/hardship_evidence"
    backend.call("PUT", path, {"granted": True})
    assert granted() == {"reminders": False, "hardship_evidence": True, "conversation_to_human": False}
    backend.call("PUT", path, {"granted": False})
    assert not any(granted().values())
    trail = backend.get("/borrowers/B1001/audit-trail")["entries"]
    assert [row["action"] for row in trail][:2] == ["consent.changed"] * 2
    problem(backend.call("PUT", "/borrowers/B1001/consents/marketing", {"granted": True}), "validation", 422)


def test_service_points_are_found_by_city_and_district(read_only_backend: BackendCalls) -> None:
    def names(query: str) -> list[str]:
        return [row["district"] for row in read_only_backend.get(f"/service-points{query}")["service_points"]]

    assert len(names("")) == len(names("?city=成都")) == 6
    assert names("?city=成都&district=武侯区") == ["武侯区"]
    assert names("?city=重庆") == []


def test_programmes_name_their_source_and_nationwide_ones_hold_in_every_city(read_only_backend: BackendCalls) -> None:
    everywhere = read_only_backend.get("/assistance-programmes?city=昆明")["programmes"]
    assert {"12348", "12356", "12345"} <= {row["phone"] for row in everywhere}
    assert all(row["source"] and row["checked_date"] for row in everywhere)


def test_a_misspelt_query_parameter_is_refused_and_not_ignored(read_only_backend: BackendCalls) -> None:
    answer = read_only_backend.call("GET", "/borrowers/B1008/requests?idempotency_kye=x")
    assert problem(answer, "validation", 422)["errors"][0]["pointer"] == "query:idempotency_kye"
