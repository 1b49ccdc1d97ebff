"""What a borrower's loans look like as of today."""

from __future__ import annotations

import pytest

from tests.backend.helpers import LOANS, Loan, loan_of, problem
from tests.support.backend import BackendCalls


@pytest.mark.parametrize(
    ("name", "status", "days_past_due", "days_delinquent"),
    [
        ("on_time", "active", 0, 0),
        ("due_in_three_days", "active", 0, 0),
        ("in_grace", "in_grace", 2, 0),
        ("overdue_12_days", "overdue", 12, 11),  # one day of grace
        ("overdue_95_days", "overdue", 95, 92),  # three days of grace
        ("with_agency", "overdue", 62, 61),
    ],
)
def test_each_demo_borrower_is_in_the_situation_she_is_named_after(
    read_only_backend: BackendCalls, name: str, status: str, days_past_due: int, days_delinquent: int
) -> None:
    loan = loan_of(read_only_backend, name).read()
    assert (loan["status"], loan["days_past_due"], loan["days_delinquent"]) == (status, days_past_due, days_delinquent)


def test_the_plan_is_to_the_cent_what_the_loan_vectors_say(read_only_backend: BackendCalls) -> None:
    loan = loan_of(read_only_backend, "on_time").read()  # the terms of vector L01
    payments = [row["payment_fen"] for row in loan["instalments"]]
    assert payments == [108084] * 11 + [108080]
    assert [row["interest_fen"] for row in loan["instalments"]][:3] == [14600, 13463, 12311]
    assert loan["annual_rate"] == "0.1460" and loan["daily_rate"] == "0.0004"


def test_what_is_owed_is_the_sum_of_what_the_instalments_owe(read_only_backend: BackendCalls) -> None:
    for name in LOANS:
        loan = loan_of(read_only_backend, name).read()
        if loan["kind"] == "instalment":
            assert loan["outstanding_fen"] == sum(row["outstanding_fen"] for row in loan["instalments"]), name
            for row in loan["instalments"]:
                assert row["payment_fen"] == row["paid_fen"] + row["outstanding_fen"], name
                parts = ("principal_fen", "interest_fen", "fee_fen", "penalty_fen")
                assert row["payment_fen"] == sum(row[part] for part in parts), name


def test_being_in_grace_is_past_due_without_penalty(read_only_backend: BackendCalls) -> None:
    loan = loan_of(read_only_backend, "in_grace").read()
    assert loan["penalty_fen"] == 0
    assert loan["overdue_fen"] == loan["next_due_fen"] == 72056
    late = next(row for row in loan["instalments"] if row["instalment_number"] == loan["next_instalment_number"])
    assert (late["status"], late["days_past_due"]) == ("due", 2)


def test_penalty_runs_on_what_a_part_payment_left(read_only_backend: BackendCalls) -> None:
    loan = loan_of(read_only_backend, "overdue_12_days").read()
    row = next(row for row in loan["instalments"] if row["instalment_number"] == 5)
    # 1000.00 for 7 days at 0.0004 times 1.5, then 778.60 for 5 days: 4.20 + 2.34; the part payment took the 4.20.
    assert (row["principal_fen"], row["paid_fen"], row["penalty_fen"]) == (100000, 30000, 654)
    assert row["outstanding_fen"] == loan["overdue_fen"] == 78094


def test_loans_come_by_next_due_date(read_only_backend: BackendCalls) -> None:
    loans = read_only_backend.get("/borrowers/B1006/loans")["loans"]
    assert [loan["loan_id"] for loan in loans] == ["L1006A", "L1006B", "L1006C"]
    assert [loan["next_due_date"] for loan in loans] == ["2026-11-29", "2026-12-05", "2026-12-10"]


def test_a_closed_loan_comes_last(backend: BackendCalls) -> None:
    loan = Loan(backend, "B1006", "L1006A")
    quote = backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full"})
    loan.pay(quote["amount_fen"], quote["filing_key"], quote_id=quote["quote_id"])
    loans = backend.get("/borrowers/B1006/loans")["loans"]
    assert [(row["loan_id"], row["status"]) for row in loans] == [
        ("L1006B", "active"),
        ("L1006C", "active"),
        ("L1006A", "closed"),
    ]
    assert loans[-1]["next_due_date"] is None and loans[-1]["outstanding_fen"] == 0


def test_instalments_are_paid_due_and_upcoming(read_only_backend: BackendCalls) -> None:
    rows = loan_of(read_only_backend, "on_time").read()["instalments"]
    assert [row["status"] for row in rows] == ["paid"] * 5 + ["due"] + ["upcoming"] * 6
    assert rows[0]["paid_date"] == rows[0]["due_date"]


def test_payments_come_newest_first_and_say_where_they_went(read_only_backend: BackendCalls) -> None:
    payments = read_only_backend.get(f"{loan_of(read_only_backend, 'overdue_12_days').path}/payments")["payments"]
    assert payments[0]["amount_fen"] == 30000 and payments[0]["status"] == "booked"
    assert payments[0]["allocations"] == [
        {"instalment_number": 5, "fee_fen": 0, "interest_fen": 7440, "principal_fen": 22140, "penalty_fen": 420}
    ]
    assert payments[1]["status"] == "failed" and payments[1]["failure_reason"] == "insufficient_funds"
    assert payments[1]["allocations"] == []
    booked = [payment["booked_at"] for payment in payments]
    assert booked == sorted(booked, reverse=True)


def test_a_borrower_without_a_loan_has_an_empty_list(read_only_backend: BackendCalls) -> None:
    assert read_only_backend.get("/borrowers/B1011/loans")["loans"] == []
    assert read_only_backend.get("/borrowers/B1011")["display_name"] == "孙先生"


def test_another_borrowers_loan_and_no_loan_at_all_answer_alike(read_only_backend: BackendCalls) -> None:
    def refused(path: str, slug: str) -> tuple[int, str, str]:
        answer = read_only_backend.call("GET", path)
        body = problem(answer, slug, 404)
        return body["status"], body["title"], body["detail"].replace("L1002", "…").replace("L9999", "…")

    anothers = refused("/borrowers/B1001/loans/L1002", "loan-not-found")
    assert anothers == refused("/borrowers/B1001/loans/L9999", "loan-not-found")
    problem(read_only_backend.call("GET", "/borrowers/B9999/loans"), "borrower-not-found", 404)


def test_another_borrowers_request_is_not_there(read_only_backend: BackendCalls) -> None:
    pending = read_only_backend.get("/borrowers/B1008/requests")["requests"][0]["request_id"]
    assert read_only_backend.get(f"/borrowers/B1008/requests/{pending}")["status"] == "pending"
    problem(read_only_backend.call("GET", f"/borrowers/B1001/requests/{pending}"), "request-not-found", 404)


def test_credit_standing_says_why_and_the_gravest_first(read_only_backend: BackendCalls) -> None:
    def standing(borrower_id: str) -> tuple[str, list[str]]:
        answer = read_only_backend.get(f"/borrowers/{borrower_id}/credit-standing")
        return answer["standing"], [reason["code"] for reason in answer["reasons"]]

    assert standing("B1001") == ("good", [])
    assert standing("B1003") == ("attention", ["overdue_not_yet_reported"])
    assert standing("B1005") == ("overdue", ["overdue_reported", "paid_late"])
    assert standing("B1009") == ("overdue", ["overdue_reported", "with_agency", "paid_late"])
    assert standing("B1002") == ("good", [])  # two days late within grace is nothing that was reported


def test_every_answer_with_money_says_as_of_when(read_only_backend: BackendCalls) -> None:
    loans = read_only_backend.get("/borrowers/B1006/loans")
    assert loans["as_of"].startswith("2026-11-24T") and loans["as_of"].endswith("+08:00")
    assert {loan["as_of"] for loan in loans["loans"]} == {loans["as_of"]}
