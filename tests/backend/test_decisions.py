"""A person decides; approval changes the plan as confirmed, refusal leaves it."""

from __future__ import annotations

from tests.backend.helpers import Loan, loan_of, problem
from tests.support.backend import BackendCalls


def test_approval_moves_the_dates_and_adds_the_extra_interest(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "due_in_three_days")
    before = loan.read()
    filed = loan.file(loan.quote("P15D"))
    decided = loan.decide(filed)
    assert (decided["status"], decided["decision_reason"], decided["decided_by"]) == ("approved", "材料齐全", "陈主管")
    after = loan.read()
    moved = loan.instalment(8)
    assert (moved["original_due_date"], moved["due_date"], moved["status"]) == ("2026-11-27", "2026-12-12", "deferred")
    assert after["outstanding_fen"] == before["outstanding_fen"] + 472
    assert after["next_due_date"] == "2026-12-12" and after["next_due_fen"] == 97066
    assert after["deferral"]["request_id"] == filed["request_id"]
    assert after["deferral"]["new_due_date"] == "2026-12-12"
    others = [row for row in after["instalments"] if row["instalment_number"] != 8]
    assert others == [{**row} for row in before["instalments"] if row["instalment_number"] != 8]


def test_approval_of_a_repayment_holiday_moves_every_instalment(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "due_in_three_days")
    quote = loan.quote("P2M")
    loan.decide(loan.file(quote))
    rows = {row["instalment_number"]: row for row in loan.read()["instalments"]}
    for change in quote["changes"]:
        row = rows[change["instalment_number"]]
        assert (row["due_date"], row["payment_fen"]) == (change["new_due_date"], change["new_payment_fen"])


def test_approval_stops_the_penalty_and_what_ran_stays_owed(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "overdue_12_days")
    loan.decide(loan.file(loan.quote("P15D")))
    after = loan.read()
    assert (after["status"], after["days_past_due"], after["overdue_fen"]) == ("active", 0, 0)
    assert after["penalty_fen"] == 234
    assert loan.instalment(5)["due_date"] == "2026-12-09"


def test_the_last_principal_of_an_interest_first_loan_moves_and_its_interest_stays(deciding_backend: BackendCalls) -> None:
    loan = Loan(deciding_backend, "B1006", "L1006B")
    for number in (9, 10, 11):
        loan.pay(50000, key=f"interest-{number}")
    quote = loan.quote("P1M")
    assert quote["changes"][0]["stays_due_fen"] == 50000 and "interest_stays_due" in quote["conditions"]
    loan.decide(loan.file(quote))
    last, moved = loan.instalment(12), loan.instalment(13)
    assert (last["principal_fen"], last["interest_fen"], last["due_date"]) == (0, 50000, "2027-03-05")
    assert (moved["principal_fen"], moved["due_date"]) == (5000000, "2027-04-05")
    assert moved["interest_fen"] == quote["extra_interest_fen"] == 50000


def test_refusal_leaves_the_plan_and_says_why(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "on_time")
    before = loan.read()["instalments"]
    filed = loan.file(loan.quote())
    decided = loan.decide(filed, "refuse")
    assert decided["status"] == "refused" and decided["decided_at"] >= filed["filed_at"]
    assert loan.read()["instalments"] == before and loan.read()["deferral"] is None
    mine = deciding_backend.get(f"{loan.borrower}/requests/{filed['request_id']}")
    assert (mine["status"], mine["decision_reason"]) == ("refused", "材料齐全")


def test_after_a_refusal_the_borrower_can_ask_again(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "on_time")
    first = loan.quote()
    loan.decide(loan.file(first), "refuse")
    again = loan.quote()
    assert again["filing_key"] != first["filing_key"] and again["deferrals_used"] == 0
    assert loan.file(again)["status"] == "pending"


def test_nobody_decides_while_the_borrower_can_still_undo(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    filed = loan.file(loan.quote())
    body = {"decision": "approve", "reason": "x", "decided_by": "y"}
    answer = backend.call("POST", f"/desk/requests/{filed['request_id']}/decision", body)
    assert problem(answer, "undo-window-open", 409)["undo_until_at"] == filed["undo_until_at"]


def test_what_is_decided_stays_decided(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "on_time")
    filed = loan.file(loan.quote())
    loan.decide(filed)
    body = {"decision": "refuse", "reason": "x", "decided_by": "y"}
    answer = deciding_backend.call("POST", f"/desk/requests/{filed['request_id']}/decision", body)
    assert problem(answer, "already-decided", 409)["request_status"] == "approved"
    undo = deciding_backend.call("POST", f"{loan.borrower}/requests/{filed['request_id']}/undo")
    assert problem(undo, "undo-too-late", 409)["request_status"] == "approved"


def test_a_deferral_of_a_loan_that_changed_meanwhile_is_not_approved(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "on_time")
    filed = loan.file(loan.quote())
    loan.pay(5000, key="payment-1")
    path = f"/desk/requests/{filed['request_id']}/decision"
    body = {"decision": "approve", "reason": "x", "decided_by": "y"}
    problem(deciding_backend.call("POST", path, body), "loan-changed", 409)
    assert loan.instalment(6)["due_date"] == "2026-12-12"
    assert deciding_backend.post(path, {**body, "decision": "refuse"})["status"] == "refused"


def test_an_approved_deferral_counts_against_the_limit(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "on_time")
    for used in range(2):
        quote = loan.quote("P5D")
        assert quote["deferrals_used"] == used
        loan.decide(loan.file(quote))
    answer = deciding_backend.call("POST", f"{loan.path}/deferral-quotes", {"period": "P5D"})
    body = problem(answer, "deferral-used-up", 409)
    assert (body["deferrals_used"], body["next_possible_date"]) == (2, "2027-11-24")


def test_the_desk_sees_all_pending_requests_the_most_urgent_first(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "on_time")
    filed = loan.file(loan.quote())
    listed = deciding_backend.get("/desk/requests")["requests"]
    assert [row["request_id"] for row in listed] == ["DF00000002", filed["request_id"]]
    assert listed[0]["borrower_name"] == "吴女士" and listed[0]["product_name"] == "青禾借"
    loan.decide(filed)
    assert [row["request_id"] for row in deciding_backend.get("/desk/requests")["requests"]] == ["DF00000002"]
    approved = deciding_backend.get("/desk/requests?status=approved&limit=1")["requests"]
    assert len(approved) == 1


def test_the_bots_token_opens_no_desk_and_the_desks_no_borrower(backend: BackendCalls) -> None:
    problem(backend.call("GET", "/desk/requests", token=backend.service_token), "unauthorized", 401)
    problem(backend.call("GET", "/borrowers/B1001", token=backend.desk_token), "unauthorized", 401)
    problem(backend.call("GET", "/borrowers/B1001", headers={"Authorization": ""}), "unauthorized", 401)
