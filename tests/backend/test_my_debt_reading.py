"""The bill of a month, the days that matter, what changed since, and what stands out among payments."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.backend.helpers import loan_of, problem
from tests.support.backend import BackendCalls


def changes(backend: BackendCalls, borrower_id: str, since: str) -> list[dict[str, Any]]:
    return list(backend.get(f"/borrowers/{borrower_id}/changes?since_at={quote(since)}")["changes"])


def test_a_month_is_the_sum_of_what_falls_due_in_it(read_only_backend: BackendCalls) -> None:
    bill = read_only_backend.get("/borrowers/B1006/bill?month=2026-12")
    assert [(row["product_name"], row["due_date"]) for row in bill["items"]] == [
        ("青禾经营贷", "2026-12-05"),
        ("青禾花", "2026-12-10"),
        ("青禾借", "2026-12-29"),
    ]
    assert bill["outstanding_fen"] == sum(row["outstanding_fen"] for row in bill["items"]) == 497885
    assert bill["past_due_fen"] == 0 and bill["not_billed_yet"] == []


def test_what_is_owed_in_all_is_the_sum_of_its_parts_and_of_the_loans(read_only_backend: BackendCalls) -> None:
    bill = read_only_backend.get("/borrowers/B1006/bill")
    loans = read_only_backend.get("/borrowers/B1006/loans")["loans"]
    owed = bill["owed"]
    parts = ("principal_fen", "interest_fen", "fee_fen", "penalty_fen")
    assert owed["outstanding_fen"] == sum(owed[part] for part in parts) == sum(loan["outstanding_fen"] for loan in loans)
    by_loan = {row["loan_id"]: row["outstanding_fen"] for row in bill["owed_by_loan"]}
    assert by_loan == {loan["loan_id"]: loan["outstanding_fen"] for loan in loans}
    assert [row["instalments_left"] for row in bill["owed_by_loan"]] == [6, 4, None]


def test_the_present_month_takes_along_what_is_past_due_of_earlier_ones(read_only_backend: BackendCalls) -> None:
    bill = read_only_backend.get("/borrowers/B1005/bill")  # 95 days past due
    assert [row["due_date"] for row in bill["items"]] == ["2026-08-21", "2026-09-21", "2026-10-21", "2026-11-21"]
    loan = loan_of(read_only_backend, "overdue_95_days").read()
    assert bill["past_due_fen"] == bill["outstanding_fen"] == loan["overdue_fen"]
    assert sum(row["penalty_fen"] for row in bill["items"]) == loan["penalty_fen"]


def test_a_statement_to_come_is_said_to_come_and_not_counted_as_nothing(read_only_backend: BackendCalls) -> None:
    assert read_only_backend.get("/borrowers/B1006/bill?month=2027-01")["not_billed_yet"] == ["青禾花"]
    assert read_only_backend.get("/borrowers/B1006/bill?month=2026-10")["not_billed_yet"] == []


def test_a_statement_is_billed_as_it_was_made_and_what_accrues_since_comes_with_the_next(
    read_only_backend: BackendCalls,
) -> None:
    (item,) = read_only_backend.get("/borrowers/B1007/bill?month=2026-12")["items"]
    loan = loan_of(read_only_backend, "minimum_payment").read()
    assert item["outstanding_fen"] == loan["next_due_fen"] == item["principal_fen"] + item["interest_fen"] + item["fee_fen"]
    assert loan["outstanding_fen"] > loan["next_due_fen"]


def test_a_past_month_shows_what_was_paid(read_only_backend: BackendCalls) -> None:
    bill = read_only_backend.get("/borrowers/B1001/bill?month=2026-10")
    assert (bill["payment_fen"], bill["paid_fen"], bill["outstanding_fen"]) == (108084, 108084, 0)


def test_nobody_owes_anything_without_a_loan(read_only_backend: BackendCalls) -> None:
    bill = read_only_backend.get("/borrowers/B1011/bill")
    assert bill["items"] == [] and bill["owed"]["outstanding_fen"] == 0
    assert bill["bill_places"]


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "11", "20261", "2026-12-01", "下个月"])
def test_a_month_is_written_as_a_month(read_only_backend: BackendCalls, month: str) -> None:
    problem(read_only_backend.call("GET", f"/borrowers/B1001/bill?month={quote(month)}"), "validation", 422)


def test_each_loan_has_its_day_its_hour_its_debit_and_its_statement(read_only_backend: BackendCalls) -> None:
    days = read_only_backend.get("/borrowers/B1006/due-days")
    assert days["pay_until"] == "23:30" and days["debit_hours"] == ["08:00", "14:00", "20:00"]
    loan, business, line = days["loans"]
    assert (loan["due_day"], loan["pay_until_at"]) == (29, "2026-11-29T23:30:00+08:00")
    assert (loan["debit_at"], loan["grace_until_date"]) == ("2026-11-29T08:00:00+08:00", "2026-12-02")
    assert loan["coming_due_dates"] == ["2026-11-29", "2026-12-29", "2027-01-29"]
    assert business["grace_until_date"] is None
    assert (line["last_statement_date"], line["next_statement_date"]) == ("2026-11-18", "2026-12-18")
    assert [row["can_be_moved"] for row in days["loans"]] == [True, False, False]


def test_without_auto_debit_nothing_is_debited(backend: BackendCalls) -> None:
    backend.call("PUT", "/borrowers/B1001/auto-debit", {"enabled": False})
    days = backend.get("/borrowers/B1001/due-days")
    assert (days["auto_debit"], days["debit_hours"], days["loans"][0]["debit_at"]) == (False, [], None)


def test_what_happened_is_told_newest_first_and_nothing_before(read_only_backend: BackendCalls) -> None:
    found = changes(read_only_backend, "B1004", "2026-11-10T09:00:00+08:00")  # twelve days past due, a part paid
    assert [(row["code"], row["happened_date"]) for row in found] == [
        ("payment_booked", "2026-11-19"),
        ("penalty_started", "2026-11-14"),
        ("payment_failed", "2026-11-12"),
        ("instalment_due", "2026-11-12"),
    ]
    assert found[0]["amount_fen"] == 30000 and found[2]["failure_reason"] == "insufficient_funds"
    assert changes(read_only_backend, "B1004", "2026-11-20T00:00:00Z") == []


def test_a_decision_is_a_change_with_its_loan(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "on_time")
    before = loan.read()["as_of"]
    loan.decide(loan.file(loan.quote()))
    found = changes(deciding_backend, "B1001", before)
    assert [(row["code"], row["request_kind"], row["loan_id"]) for row in found] == [
        ("request_approved", "deferral", "L1001"),
        ("request_filed", "deferral", "L1001"),
    ]


def test_a_line_tells_its_statements(read_only_backend: BackendCalls) -> None:
    found = changes(read_only_backend, "B1007", "2026-11-01T00:00:00+08:00")
    assert [row["code"] for row in found] == ["statement_made", "payment_booked", "instalment_due"]


@pytest.mark.parametrize("since", ["2026-11-20", "1763600000", "2026-11-20T00:00:00", "yesterday", "2026-02-30T00:00:00Z", ""])
def test_a_moment_has_a_time_zone(read_only_backend: BackendCalls, since: str) -> None:
    problem(read_only_backend.call("GET", f"/borrowers/B1001/changes?since_at={quote(since)}"), "validation", 422)


def test_what_was_debited_twice_is_pointed_at(read_only_backend: BackendCalls) -> None:
    loans = read_only_backend.get("/borrowers/B1051/latest-payments")["loans"]
    assert [loan["loan_id"] for loan in loans] == ["L1051C", "L1051A", "L1051B"]
    assert loans[0]["payments"][0]["status"] == "processing"
    assert (loans[1]["status"], loans[1]["outstanding_fen"]) == ("closed", 0)
    twice = loans[2]
    first, second = twice["doubled"][0]["earlier_payment_id"], twice["doubled"][0]["later_payment_id"]
    rows = {row["payment_id"]: row for row in twice["payments"]}
    assert rows[first]["amount_fen"] == rows[second]["amount_fen"]
    # The second is not lost: it went to the next instalment.
    assert [rows[name]["allocations"][0]["instalment_number"] for name in (first, second)] == [4, 5]


def test_a_dispute_about_a_payment_waits_with_it(backend: BackendCalls) -> None:
    (loan,) = [row for row in backend.get("/borrowers/B1051/latest-payments")["loans"] if row["doubled"]]
    body = {
        "ticket_kind": "dispute",
        "loan_id": loan["loan_id"],
        "payment_id": loan["doubled"][0]["later_payment_id"],
        "dispute_code": "charged_twice",
    }
    filed = backend.post("/borrowers/B1051/tickets", body, key="dispute-00001")
    assert filed["terms"]["payment_id"] == body["payment_id"] and "summary" not in filed["terms"]
    after = backend.get("/borrowers/B1051/latest-payments")["loans"]
    assert [row["disputes"][0]["request_id"] for row in after if row["doubled"]] == [filed["request_id"]]


def test_a_payment_of_another_loan_cannot_be_disputed(backend: BackendCalls) -> None:
    body = {"ticket_kind": "dispute", "loan_id": "L1001", "payment_id": "PY99999999", "dispute_code": "not_booked"}
    problem(backend.call("POST", "/borrowers/B1001/tickets", body, key="dispute-00001"), "payment-not-found", 404)
    assert backend.get("/borrowers/B1001/requests")["requests"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"ticket_kind": "human"},
        {"ticket_kind": "human", "summary": "x", "dispute_code": "other"},
        {"ticket_kind": "settlement_certificate", "loan_id": "L1051A", "payment_id": "PY00000001"},
        {"ticket_kind": "dispute", "loan_id": "L1001", "dispute_code": "angry"},
    ],
)
def test_a_ticket_says_what_it_is_about(read_only_backend: BackendCalls, body: dict[str, str]) -> None:
    problem(read_only_backend.call("POST", "/borrowers/B1001/tickets", body, key="ticket-00001"), "validation", 422)


def test_a_settled_loan_gets_its_certificate_without_a_word(backend: BackendCalls) -> None:
    body = {"ticket_kind": "settlement_certificate", "loan_id": "L1051A"}
    assert backend.post("/borrowers/B1051/tickets", body, key="ticket-00001")["status"] == "pending"
