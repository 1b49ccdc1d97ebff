"""What a loan costs, so far and to come, and the borrower's coupons."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from tests.backend.helpers import LOANS, loan_of
from tests.support.backend import BackendCalls


def costs_of(backend: BackendCalls, name: str) -> dict[str, Any]:
    return dict(backend.get(f"{loan_of(backend, name).path}/costs"))


def by_hand(next_cost: dict[str, Any]) -> int:
    base, rate, count = next_cost["base_fen"], Decimal(next_cost["rate"]), next_cost["count"]
    exact = base * rate * count if next_cost["by"] == "day" else base * rate / count
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@pytest.mark.parametrize("name", LOANS)
def test_costs_so_far_and_to_come_are_those_of_the_plan(read_only_backend: BackendCalls, name: str) -> None:
    found, loan = costs_of(read_only_backend, name), loan_of(read_only_backend, name).read()
    if loan["kind"] == "instalment":
        planned = sum(row["interest_fen"] + row["fee_fen"] + row["penalty_fen"] for row in loan["instalments"])
        assert found["paid"]["total_fen"] + found["to_come"]["total_fen"] == planned
    assert found["to_come"]["total_fen"] == loan["outstanding_fen"] - loan["outstanding_principal_fen"]
    for part in ("paid", "to_come"):
        assert found[part]["total_fen"] == sum(found[part][key] for key in ("interest_fen", "fee_fen", "penalty_fen"))


@pytest.mark.parametrize("name", [name for name in LOANS if name != "minimum_payment"])
def test_the_next_instalments_interest_can_be_checked_by_hand(read_only_backend: BackendCalls, name: str) -> None:
    found, loan = costs_of(read_only_backend, name)["next"], loan_of(read_only_backend, name)
    assert found is not None and by_hand(found) == found["amount_fen"]
    row = loan.instalment(found["instalment_number"])
    assert found["amount_fen"] in (row["interest_fen"], row["fee_fen"])


def test_the_three_ways_to_state_a_rate(read_only_backend: BackendCalls) -> None:
    found = costs_of(read_only_backend, "on_time")
    rates = (found["daily_rate"], found["annual_rate"], found["effective_annual_rate"])
    assert rates == ("0.0004", "0.1460", "0.1562")
    flat = costs_of(read_only_backend, "deferral_used_up")  # 6.6 % of fees over the year come to far more
    assert (flat["daily_rate"], flat["annual_rate"], flat["effective_annual_rate"]) == (None, "0.1197", "0.1265")
    line = costs_of(read_only_backend, "minimum_payment")
    assert (line["daily_rate"], line["annual_rate"], line["effective_annual_rate"]) == ("0.0005", "0.1825", None)
    assert {found["over_ceiling"], flat["over_ceiling"], line["over_ceiling"]} == {False}


def test_a_rate_without_an_end_is_said_to_be_none(read_only_backend: BackendCalls) -> None:
    assert read_only_backend.get("/borrowers/B1006/loans/L1006B/costs")["daily_rate_is_exact"] is False


def test_a_payment_moves_cost_from_to_come_to_paid(backend: BackendCalls) -> None:
    loan, before = loan_of(backend, "on_time"), costs_of(backend, "on_time")
    loan.pay(loan.instalment(6)["outstanding_fen"], key="payment-1")
    after = costs_of(backend, "on_time")
    assert after["paid"]["interest_fen"] - before["paid"]["interest_fen"] == before["next"]["amount_fen"]
    assert after["next"]["instalment_number"] == 7


def statuses(backend: BackendCalls, borrower_id: str) -> dict[str, tuple[str, str | None]]:
    found = backend.get(f"/borrowers/{borrower_id}/coupons")["coupons"]
    return {row["coupon_id"]: (row["status"], row["not_usable_because"]) for row in found}


def test_coupons_say_how_they_stand_and_why_one_cannot_be_used(read_only_backend: BackendCalls) -> None:
    assert statuses(read_only_backend, "B1001") == {
        "CP1001A": ("valid", None),
        "CP1001B": ("expired", "expired"),
        "CP1001C": ("used", "used"),
    }
    assert statuses(read_only_backend, "B1004") == {"CP1004A": ("valid", "past_due")}
    assert statuses(read_only_backend, "B1006") == {
        "CP1006C": ("valid", None),
        "CP1006A": ("valid", "no_fitting_loan"),
        "CP1006B": ("not_started", "not_started"),
    }
    assert statuses(read_only_backend, "B1002") == {}


def test_usable_ones_come_first(read_only_backend: BackendCalls) -> None:
    found = read_only_backend.get("/borrowers/B1006/coupons")["coupons"]
    assert found[0]["not_usable_because"] is None and found[0]["product_names"] == ["青禾借", "青禾经营贷"]


def test_paying_what_is_past_due_makes_the_coupon_usable(backend: BackendCalls) -> None:
    loan = loan_of(backend, "overdue_12_days")
    loan.pay(loan.read()["overdue_fen"], key="payment-1")
    assert statuses(backend, "B1004") == {"CP1004A": ("valid", None)}
