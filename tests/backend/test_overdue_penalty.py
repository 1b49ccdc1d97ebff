"""The penalty as a sum that can be checked by hand, and the consequences of being late by day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from tests.backend.helpers import LOANS, Loan, loan_of, problem
from tests.support.backend import TODAY, BackendCalls

NOW = date.fromisoformat(TODAY)


def penalty_of(loan: Loan, until: str | None = None) -> dict[str, Any]:
    query = f"?until_date={until}" if until else ""
    return dict(loan.backend.get(f"{loan.path}/penalty{query}"))


def by_hand(row: dict[str, Any]) -> int:
    product = row["base_fen"] * Decimal(row["daily_rate"]) * Decimal(row["multiplier"]) * row["days"]
    return int(product.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@pytest.mark.parametrize("name", [*LOANS, "line_overdue"])
def test_the_rows_can_be_checked_by_hand_and_make_up_what_the_loan_says(read_only_backend: BackendCalls, name: str) -> None:
    loan = Loan(read_only_backend, "B1042", "L1042") if name == "line_overdue" else loan_of(read_only_backend, name)
    found, stated = penalty_of(loan), loan.read()
    assert all(by_hand(row) == row["amount_fen"] for row in found["rows"])
    assert found["penalty_fen"] == stated["penalty_fen"]
    assert found["overdue_fen"] == stated["overdue_fen"] and found["days_past_due"] == stated["days_past_due"]
    rows_fen = sum(row["amount_fen"] for row in found["rows"])
    assert found["penalty_fen"] == rows_fen + found["earlier_penalty_fen"] - found["paid_penalty_fen"]


def test_a_part_payment_leaves_the_penalty_before_it_apart(read_only_backend: BackendCalls) -> None:
    found = penalty_of(loan_of(read_only_backend, "overdue_12_days"))
    (row,) = found["rows"]
    assert (row["base_fen"], row["days"], row["from_date"]) == (77_860, 5, "2026-11-19")
    assert found["earlier_penalty_fen"] == found["paid_penalty_fen"] == 420  # 1,000.00 × 0.04% × 1.5 × 7


def test_overdue_interest_is_a_row_where_the_product_compounds(read_only_backend: BackendCalls) -> None:
    found = penalty_of(loan_of(read_only_backend, "overdue_95_days"))
    assert found["compound_on_interest"] is True
    assert [row["on"] for row in found["rows"]] == ["principal", "interest"] * 3
    assert [row["days"] for row in found["rows"]][::2] == [95, 64, 34]  # the fourth instalment is in grace still


@pytest.mark.parametrize(("until", "penalty_fen"), [("2026-11-25", 0), ("2026-11-26", 173)])
def test_grace_is_free_to_its_last_day_and_then_counts_from_the_due_date(
    read_only_backend: BackendCalls, until: str, penalty_fen: int
) -> None:
    loan = loan_of(read_only_backend, "in_grace")  # due on the 22nd, three days of grace
    found = penalty_of(loan, until)
    assert found["penalty_fen"] == penalty_fen
    assert penalty_of(loan)["charged_from_date"] == "2026-11-26"
    assert found["penalty_a_day_fen"] == 43  # of 646.25 and 74.31 of interest; told in grace already


def test_what_would_be_counts_instalments_that_fall_due_until_then(read_only_backend: BackendCalls) -> None:
    loan = loan_of(read_only_backend, "on_time")
    assert penalty_of(loan)["penalty_fen"] == 0
    found = penalty_of(loan, "2027-01-20")
    assert {row["instalment_number"] for row in found["rows"]} == {6, 7}
    assert found["days_past_due"] == (date(2027, 1, 20) - date(2026, 12, 12)).days


def test_a_day_more_adds_what_is_said(read_only_backend: BackendCalls) -> None:
    loan = loan_of(read_only_backend, "overdue_95_days")
    fourth_is_late = penalty_of(loan, "2026-11-26")
    in_a_hundred = penalty_of(loan, "2026-12-19")["penalty_fen"] - fourth_is_late["penalty_fen"]
    assert abs(in_a_hundred - 23 * fourth_is_late["penalty_a_day_fen"]) <= 23


def test_a_line_is_asked_about_until_its_next_statement_at_most(read_only_backend: BackendCalls) -> None:
    loan = Loan(read_only_backend, "B1042", "L1042")
    found = penalty_of(loan, "2027-06-01")
    assert found["until_date"] == "2026-11-29"  # the day before the next statement, which bills what ran
    assert found["penalty_fen"] == found["rows"][0]["amount_fen"] == 145


@pytest.mark.parametrize("until", ["2026-11-23", "2028-01-01", "2026-02-30", "tomorrow", ""])
def test_a_day_that_makes_no_sense_is_refused(read_only_backend: BackendCalls, until: str) -> None:
    loan = loan_of(read_only_backend, "on_time")
    answer = read_only_backend.call("GET", f"{loan.path}/penalty?until_date={until}")
    problem(answer, "validation", 422)


@pytest.mark.parametrize("what", ["penalty", "overdue-steps", "costs"])
def test_anothers_loan_is_not_there(read_only_backend: BackendCalls, what: str) -> None:
    problem(read_only_backend.call("GET", f"/borrowers/B1001/loans/L1002/{what}"), "loan-not-found", 404)
    problem(read_only_backend.call("GET", f"/borrowers/B9999/loans/L1002/{what}"), "borrower-not-found", 404)


def test_steps_carry_the_day_on_which_each_would_come_for_this_loan(read_only_backend: BackendCalls) -> None:
    loan = loan_of(read_only_backend, "with_agency")
    found = read_only_backend.get(f"{loan.path}/overdue-steps")
    due = date.fromisoformat(found["counted_from_date"])
    assert (NOW - due).days == found["days_past_due"] == 62
    assert [row["from_day"] for row in found["steps"]] == sorted(row["from_day"] for row in found["steps"])
    for row in found["steps"]:
        assert date.fromisoformat(row["on_date"]) == due + timedelta(days=row["from_day"])
        assert row["reached"] == (row["from_day"] <= 62)
    days = {row["code"]: row["from_day"] for row in found["steps"]}
    assert (days["penalty"], days["reported"]) == (2, 2)  # one day of grace; reported from the second
    assert len(found["steps"]) <= 6


def test_what_comes_back_counts_from_today_while_something_is_late_and_from_the_settling_afterwards(
    read_only_backend: BackendCalls,
) -> None:
    late = read_only_backend.get(f"{loan_of(read_only_backend, 'overdue_12_days').path}/overdue-steps")
    assert late["recovery_from_date"] == TODAY
    assert not any(row["reached"] for row in late["recovery"])
    settled = read_only_backend.get("/borrowers/B1041/loans/L1041/overdue-steps")
    assert settled["steps"] == [] and settled["recovery_from_date"] == "2026-05-09"
    assert all(row["reached"] for row in settled["recovery"])
    never = read_only_backend.get(f"{loan_of(read_only_backend, 'on_time').path}/overdue-steps")
    assert never["recovery"] == [] and never["recovery_from_date"] is None


def test_the_record_tells_spells_with_the_day_until_which_they_are_kept(read_only_backend: BackendCalls) -> None:
    found = read_only_backend.get("/borrowers/B1005/credit-record")
    assert [(row["since_date"], row["ended_date"], row["kept_until_date"]) for row in found["spells"]] == [
        ("2026-08-21", None, None),
        ("2026-07-21", "2026-08-10", "2031-08-10"),
        ("2026-06-21", "2026-06-30", "2031-06-30"),
    ]
    assert found["last_settled_date"] is None
    settled = read_only_backend.get("/borrowers/B1041/credit-record")
    assert (settled["standing"], settled["last_settled_date"]) == ("good", "2026-05-09")
    assert len(settled["spells"]) == 1  # two late instalments that overlap are one spell


def test_late_within_grace_is_a_spell_that_nobody_reports(read_only_backend: BackendCalls) -> None:
    (spell,) = read_only_backend.get("/borrowers/B1002/credit-record")["spells"]
    assert (spell["days_past_due"], spell["reported"], spell["kept_until_date"]) == (2, False, None)


def test_paying_what_is_past_due_ends_the_spell_and_starts_its_five_years(backend: BackendCalls) -> None:
    loan = loan_of(backend, "overdue_12_days")
    owed_fen = backend.get("/borrowers/B1004/credit-record")["settle_first"][0]["overdue_fen"]
    loan.pay(owed_fen, key="payment-1")
    found = backend.get("/borrowers/B1004/credit-record")
    assert found["settle_first"] == [] and found["last_settled_date"] == TODAY
    assert found["spells"][0]["kept_until_date"] == "2031-11-24"


def test_each_open_loan_says_from_when_it_would_be_reported(read_only_backend: BackendCalls) -> None:
    rules = read_only_backend.get("/borrowers/B1006/credit-record")["rules"]
    told = {row["product_name"]: (row["reported_from_days_past_due"], row["would_be_reported_on_date"]) for row in rules}
    assert told == {"青禾借": (4, "2026-12-03"), "青禾经营贷": (1, "2026-12-06"), "青禾花": (4, "2026-12-14")}
