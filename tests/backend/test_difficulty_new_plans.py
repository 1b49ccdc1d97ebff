"""New plans from a household, a number of instalments, or a line's statement; each quote is filed and carried out."""

from __future__ import annotations

from typing import Any

from tests.backend.helpers import Loan, loan_of, problem
from tests.support.backend import BackendCalls


def quoted(loan: Loan, **ask: Any) -> dict[str, Any]:
    return loan.backend.post(f"{loan.path}/restructure-quotes", ask)


def filed(loan: Loan, quote: dict[str, Any]) -> dict[str, Any]:
    return loan.backend.post(f"{loan.path}/restructures", {"quote_id": quote["quote_id"]}, key=quote["filing_key"])


HOUSEHOLD = {"monthly_income_fen": 400_000, "essential_expenses_fen": 300_000}


def test_income_and_expenses_become_a_sum_that_leaves_something_to_live_on(backend: BackendCalls) -> None:
    quote = quoted(loan_of(backend, "due_in_three_days"), household=HOUSEHOLD)
    assert quote["monthly_payment_fen"] == 80_000 >= quote["new_payment_fen"]
    assert quote["household"] == HOUSEHOLD and quote["other_payments_fen"] == 0


def test_what_other_loans_take_is_not_promised_twice(backend: BackendCalls) -> None:
    loan = Loan(backend, "B1006", "L1006A")
    other = [Loan(backend, "B1006", name).read() for name in ("L1006B", "L1006C")]
    quote = quoted(loan, household={"monthly_income_fen": 700_000, "essential_expenses_fen": 450_000})
    assert quote["other_payments_fen"] == other[0]["next_due_fen"] + other[1]["minimum_payment_fen"]


def test_a_household_with_nothing_left_hears_what_the_longest_plan_takes(read_only_backend: BackendCalls) -> None:
    path = loan_of(read_only_backend, "due_in_three_days").path
    nothing = {"monthly_income_fen": 200_000, "essential_expenses_fen": 200_000}
    answer = read_only_backend.call("POST", f"{path}/restructure-quotes", {"household": nothing})
    refused = problem(answer, "restructure-payment-too-low", 409)
    assert refused["max_term"] == 36 and refused["min_monthly_payment_fen"] > 0


def test_a_number_of_instalments_can_be_wished_for_and_too_many_are_refused(read_only_backend: BackendCalls) -> None:
    loan = loan_of(read_only_backend, "due_in_three_days")
    assert quoted(loan, term=24)["new_term"] == 24
    answer = read_only_backend.call("POST", f"{loan.path}/restructure-quotes", {"term": 37})
    assert problem(answer, "restructure-term-not-offered", 409)["max_term"] == 36


def test_one_wish_is_given_and_not_two(read_only_backend: BackendCalls) -> None:
    path = loan_of(read_only_backend, "due_in_three_days").path
    for body in ({}, {"term": 12, "monthly_payment_fen": 60_000}):
        problem(read_only_backend.call("POST", f"{path}/restructure-quotes", body), "validation", 422)


def test_the_effective_rate_is_the_simple_one_compounded(read_only_backend: BackendCalls) -> None:
    quote = quoted(loan_of(read_only_backend, "due_in_three_days"), term=24)
    assert quote["annual_rate"] == "0.0960"
    assert abs(float(quote["effective_annual_rate"]) - ((1 + 0.096 / 12) ** 12 - 1)) < 0.0001


def test_the_range_holds_every_payment_that_is_quoted(read_only_backend: BackendCalls) -> None:
    loan = loan_of(read_only_backend, "due_in_three_days")
    found = read_only_backend.get(f"{loan.path}/restructure-range")
    for name in ("min", "suggested", "max"):
        fen = found[f"{name}_monthly_payment_fen"]
        assert quoted(loan, monthly_payment_fen=fen)["new_payment_fen"] <= fen < found["present_payment_fen"]


def test_a_statement_is_split_into_a_loan_of_its_own_and_the_line_is_paid_down_by_it(deciding_backend: BackendCalls) -> None:
    line = loan_of(deciding_backend, "minimum_payment")
    before = line.read()
    quote = quoted(line, term=6)
    assert quote["new_term"] == 6 and quote["principal_fen"] == 688_800
    line.decide(filed(line, quote))
    after, loans = line.read(), deciding_backend.get(f"{line.borrower}/loans")["loans"]
    assert after["outstanding_fen"] == before["outstanding_fen"] - quote["principal_fen"]
    assert after["minimum_payment_fen"] == 0
    (split,) = [row for row in loans if row["product_name"] == "青禾花账单分期"]
    assert split["outstanding_fen"] == sum(row["payment_fen"] for row in quote["instalments"])
    assert split["next_due_date"] == quote["first_due_date"] == "2027-01-02"


def test_a_line_offers_only_its_own_numbers_of_instalments(read_only_backend: BackendCalls) -> None:
    line = loan_of(read_only_backend, "minimum_payment")
    assert quoted(line, term=4)["new_term"] == 6
    answer = read_only_backend.call("POST", f"{line.path}/restructure-quotes", {"term": 13})
    assert problem(answer, "restructure-term-not-offered", 409)["max_term"] == 12


def test_a_split_that_is_undone_leaves_the_line_as_it_was(backend: BackendCalls) -> None:
    line = loan_of(backend, "minimum_payment")
    before = {**line.read(), "as_of": ""}
    request = filed(line, quoted(line, term=6))
    backend.post(f"{line.borrower}/requests/{request['request_id']}/undo", {})
    assert {**line.read(), "as_of": ""} == before
