"""A new plan from what the borrower can pay a month; it replaces the old one once a person approved it."""

from __future__ import annotations

from typing import Any

from tests.backend.helpers import Loan, loan_of, problem
from tests.support.backend import BackendCalls


def quoted(loan: Loan, monthly_payment_fen: int) -> dict[str, Any]:
    return loan.backend.post(f"{loan.path}/restructure-quotes", {"monthly_payment_fen": monthly_payment_fen})


def filed(loan: Loan, quote: dict[str, Any]) -> dict[str, Any]:
    body = {"quote_id": quote["quote_id"]}
    return loan.backend.post(f"{loan.path}/restructures", body, key=quote["filing_key"])


def test_the_new_plan_fits_what_the_borrower_can_pay(backend: BackendCalls) -> None:
    loan = loan_of(backend, "overdue_95_days")
    before = loan.read()
    quote = quoted(loan, 100000)
    assert max(row["payment_fen"] for row in quote["instalments"]) <= 100000 < quote["old_payment_fen"]
    assert sum(row["principal_fen"] for row in quote["instalments"]) == before["outstanding_principal_fen"]
    assert len(quote["instalments"]) == quote["new_term"] <= 36
    assert quote["credit_effect"] == "reported_as_restructured"
    # Interest of the four instalments whose day is over, and all penalty.
    due = [row for row in before["instalments"] if row["days_past_due"]]
    assert len(due) == 4
    assert quote["arrears_fen"] == sum(row["interest_fen"] + row["penalty_fen"] for row in due)
    assert "arrears_with_first_instalment" in quote["conditions"]


def test_approval_puts_the_new_plan_in_the_place_of_the_old(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "overdue_95_days")
    paid = [row for row in loan.read()["instalments"] if row["status"] == "paid"]
    quote = quoted(loan, 100000)
    request = filed(loan, quote)
    assert request["request_id"].startswith("RS") and request["terms"] == quote
    loan.decide(request)
    after = loan.read()
    assert [row for row in after["instalments"] if row["status"] == "paid"] == paid
    arrears, *new = [row for row in after["instalments"] if row["status"] != "paid"]
    assert (arrears["principal_fen"], arrears["outstanding_fen"]) == (0, quote["arrears_fen"])
    assert [(row["instalment_number"], row["due_date"]) for row in new] == [
        (row["instalment_number"], row["due_date"]) for row in quote["instalments"]
    ]
    assert after["outstanding_fen"] == quote["total_payment_fen"]
    assert after["next_due_fen"] == quote["instalments"][0]["payment_fen"] + quote["arrears_fen"]
    assert (after["status"], after["days_past_due"], after["annual_rate"]) == ("active", 0, "0.0960")
    reasons = deciding_backend.get(f"{loan.borrower}/credit-standing")["reasons"]
    assert "restructured" in [reason["code"] for reason in reasons]


def test_a_restructured_loan_is_paid_like_any_other(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "overdue_95_days")
    loan.decide(filed(loan, quoted(loan, 100000)))
    loan.pay(loan.read()["next_due_fen"], key="payment-1")
    assert [loan.instalment(number)["status"] for number in (7, 8, 9)] == ["paid", "paid", "due"]
    payoff = deciding_backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full"})
    loan.pay(payoff["amount_fen"], payoff["filing_key"], quote_id=payoff["quote_id"])
    assert loan.read()["status"] == "closed"


def test_paying_it_off_at_once_does_not_save_what_was_owed_already(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "overdue_95_days")
    quote = quoted(loan, 100000)
    loan.decide(filed(loan, quote))
    payoff = deciding_backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full"})
    assert payoff["due_fen"] == quote["arrears_fen"]
    assert payoff["principal_fen"] == quote["principal_fen"]


def test_a_payment_towards_the_old_plan_stays_with_it(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "overdue_95_days")
    loan.pay(50000, key="payment-1")
    principal = loan.read()["outstanding_principal_fen"]
    loan.decide(filed(loan, quoted(loan, 100000)))
    kept = loan.instalment(7)
    assert (kept["status"], kept["paid_fen"], kept["outstanding_fen"]) == ("paid", 50000, 0)
    assert loan.read()["outstanding_principal_fen"] == principal


def test_too_little_a_month_is_refused_with_what_it_takes(read_only_backend: BackendCalls) -> None:
    loan = loan_of(read_only_backend, "overdue_95_days")
    answer = read_only_backend.call("POST", f"{loan.path}/restructure-quotes", {"monthly_payment_fen": 1000})
    body = problem(answer, "restructure-payment-too-low", 409)
    assert body["max_term"] == 36
    assert quoted(loan, body["min_monthly_payment_fen"])["new_term"] == 36


def test_a_plan_that_is_no_lower_is_refused(read_only_backend: BackendCalls) -> None:
    loan = loan_of(read_only_backend, "on_time")
    answer = read_only_backend.call("POST", f"{loan.path}/restructure-quotes", {"monthly_payment_fen": 200000})
    assert problem(answer, "restructure-not-lower", 409)["monthly_payment_fen"] == 108084


def test_a_product_without_restructuring_refuses_it(read_only_backend: BackendCalls) -> None:
    path = loan_of(read_only_backend, "deferral_used_up").path
    answer = read_only_backend.call("POST", f"{path}/restructure-quotes", {"monthly_payment_fen": 10000})
    problem(answer, "restructure-not-offered", 409)


def test_a_loan_has_one_change_of_plan_pending(backend: BackendCalls) -> None:
    loan = loan_of(backend, "due_in_three_days")
    deferral, restructure = loan.quote(), quoted(loan, 60000)
    request = loan.file(deferral)
    body = {"quote_id": restructure["quote_id"]}
    answer = backend.call("POST", f"{loan.path}/restructures", body, key=restructure["filing_key"])
    assert problem(answer, "request-pending", 409)["request_id"] == request["request_id"]
