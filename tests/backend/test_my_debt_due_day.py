"""Another due day for good: quoted with the first changed bill, filed once, moved when a person approves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.backend.helpers import Loan, loan_of, problem
from tests.support.backend import BackendCalls, backend_in_a_thread


def quote(loan: Loan, due_day: int) -> dict[str, Any]:
    return dict(loan.backend.post(f"{loan.path}/due-date-change-quotes", {"due_day": due_day}))


def refused(loan: Loan, due_day: int = 20) -> Any:
    return loan.backend.call("POST", f"{loan.path}/due-date-change-quotes", {"due_day": due_day})


def file(loan: Loan, quoted: dict[str, Any]) -> dict[str, Any]:
    return dict(loan.backend.post(f"{loan.path}/due-date-changes", {"quote_id": quoted["quote_id"]}, key=quoted["filing_key"]))


def test_a_quote_shows_the_first_bill_that_changes(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    quoted = quote(loan, 20)
    assert (quoted["old_due_day"], quoted["due_day"], quoted["days"]) == (12, 20, 8)
    assert (quoted["first_old_due_date"], quoted["first_new_due_date"]) == ("2026-12-12", "2026-12-20")
    assert quoted["first_new_payment_fen"] - quoted["first_old_payment_fen"] == quoted["extra_interest_fen"] > 0
    assert quoted["unchanged_due_date"] is None
    assert (quoted["last_due_date"], len(quoted["changes"])) == ("2027-06-20", 7)
    assert quoted["next_change_possible_date"] == "2027-11-24"
    assert loan.read()["next_due_date"] == "2026-12-12"


def test_a_bill_that_comes_before_the_decision_stays_and_is_named(backend: BackendCalls) -> None:
    quoted = quote(loan_of(backend, "due_in_three_days"), 20)
    assert quoted["unchanged_due_date"] == "2026-11-27"
    assert (quoted["first_old_due_date"], quoted["first_new_due_date"]) == ("2026-12-27", "2026-12-20")
    assert quoted["extra_interest_fen"] < 0


def test_filed_once_and_moved_on_approval_with_the_sum_that_was_shown(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "on_time")
    before = loan.read()
    quoted = quote(loan, 20)
    request, again = file(loan, quoted), file(loan, quoted)
    assert request["request_id"] == again["request_id"] and request["request_id"].startswith("DD")
    assert loan.read()["pending_request_id"] == request["request_id"]
    assert loan.read()["next_due_date"] == "2026-12-12"
    listed = deciding_backend.get("/desk/requests?kind=due_date_change")["requests"]
    assert [row["request_id"] for row in listed] == [request["request_id"]]
    assert loan.decide(request)["status"] == "approved"
    after = loan.read()
    assert (after["next_due_date"], after["next_due_fen"]) == ("2026-12-20", quoted["first_new_payment_fen"])
    assert after["outstanding_fen"] == before["outstanding_fen"] + quoted["extra_interest_fen"]
    assert [row["due_date"][-2:] for row in after["instalments"]] == ["12"] * 5 + ["20"] * 7
    assert {row["status"] for row in after["instalments"][5:]} == {"due", "upcoming"}  # moved for good, not deferred
    assert deciding_backend.get("/borrowers/B1001/due-days")["loans"][0]["due_day"] == 20


def test_undone_or_refused_the_day_stays_and_can_be_asked_for_again(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "on_time")
    request = file(loan, quote(loan, 20))
    loan.decide(request, "refuse")
    assert loan.read()["next_due_date"] == "2026-12-12"
    assert file(loan, quote(loan, 20))["request_id"] != request["request_id"]


def test_one_change_of_plan_waits_at_a_time(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    first, second = quote(loan, 20), quote(loan, 15)
    request = file(loan, first)
    answer = backend.call("POST", f"{loan.path}/due-date-changes", {"quote_id": second["quote_id"]}, key=second["filing_key"])
    assert problem(answer, "request-pending", 409)["request_id"] == request["request_id"]
    assert problem(refused(loan), "request-pending", 409)["request_id"] == request["request_id"]
    assert not backend.get("/borrowers/B1001/due-days")["loans"][0]["can_be_moved"]
    answer = backend.call("POST", f"{loan.path}/deferral-quotes", {"period": "P15D"})
    problem(answer, "request-pending", 409)


def test_once_a_year_and_then_it_says_when_again(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "on_time")
    loan.decide(file(loan, quote(loan, 20)))
    found = problem(refused(loan, 5), "due-date-change-used-up", 409)
    assert (found["changes_allowed"], found["next_possible_date"]) == (1, "2027-11-24")
    problem(deciding_backend.call("GET", f"{loan.path}/due-date-change-options"), "due-date-change-used-up", 409)


def test_what_keeps_the_day_where_it_is(backend: BackendCalls) -> None:
    assert problem(refused(loan_of(backend, "on_time"), 12), "due-date-change-same-day", 409)["due_day"] == 12
    overdue = loan_of(backend, "overdue_12_days")
    found = problem(refused(overdue), "due-date-change-past-due", 409)
    assert found["overdue_fen"] == overdue.read()["overdue_fen"]
    problem(refused(loan_of(backend, "minimum_payment")), "due-date-change-not-offered", 409)
    problem(refused(Loan(backend, "B1006", "L1006B")), "due-date-change-not-offered", 409)
    problem(refused(Loan(backend, "B1051", "L1051A")), "loan-closed", 409)
    problem(refused(Loan(backend, "B1001", "L1002")), "loan-not-found", 404)


def test_a_deferral_that_runs_comes_first(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "on_time")
    loan.decide(loan.file(loan.quote("P15D")))
    assert problem(refused(loan), "due-date-change-deferral-in-force", 409)["until_date"] == "2026-12-27"


@pytest.mark.parametrize("due_day", [0, 29, "20", 20.5, True, None])
def test_a_due_day_is_a_day_that_every_month_has(read_only_backend: BackendCalls, due_day: object) -> None:
    path = "/borrowers/B1001/loans/L1001/due-date-change-quotes"
    problem(read_only_backend.call("POST", path, {"due_day": due_day}), "validation", 422)


def test_decided_too_late_it_can_only_be_refused(tmp_path: Any, seeded_ledger: Any) -> None:
    with backend_in_a_thread(tmp_path, template=seeded_ledger, HUANBAN_UNDO_MINUTES=0) as backend:
        loan = loan_of(backend, "on_time")
        request = file(loan, quote(loan, 5))
    late = {"HUANBAN_UNDO_MINUTES": 0, "HUANBAN_TODAY": "2026-12-06"}
    with backend_in_a_thread(tmp_path, **late) as backend:
        body = {"decision": "approve", "reason": "同意", "decided_by": "陈主管"}
        problem(backend.call("POST", f"/desk/requests/{request['request_id']}/decision", body), "loan-changed", 409)


def test_paying_all_early_after_the_move_costs_the_days_used(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "on_time")
    path = f"{loan.path}/prepayment-quotes"
    before = deciding_backend.post(path, {"kind": "full"})
    loan.decide(file(loan, quote(loan, 20)))
    after = deciding_backend.post(path, {"kind": "full"})
    assert after["amount_fen"] == before["amount_fen"]
