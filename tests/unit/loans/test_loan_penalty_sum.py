"""The penalty as rows: each is a product that can be checked by hand, and together they are the penalty."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.loans.money import fen, round_fen
from bot.loans.overdue import PenaltyBase, PenaltyRules, penalty
from bot.loans.penalty_sum import PenaltyOn, PenaltyRow, a_day_more_fen, charged_from, late_fee_rows, penalty_rows
from tests.unit.loans.loan_vectors import VECTORS
from tests.unit.loans.properties import same_every_time

DUE = date(2026, 11, 10)


def vector(name: str) -> dict[str, Any]:
    return dict(next(case for case in VECTORS["overdue"] if case["id"] == name))


def by_hand(row: PenaltyRow) -> int:
    return round_fen(Fraction(row.base_fen) * row.daily_rate * Fraction(row.multiplier) * row.days)


def rules_of(case: dict[str, Any]) -> PenaltyRules:
    return PenaltyRules(Decimal(case["penalty_multiplier"]), grace_period_days=case.get("grace_days", 0))


@pytest.mark.parametrize("name", ["O01", "O02"])
def test_one_instalment_is_one_row_as_the_vectors_have_it(name: str) -> None:
    case = vector(name)
    (row,) = penalty_rows(
        date.fromisoformat(case["due_date"]),
        date.fromisoformat(case["pay_date"]),
        Decimal(case["daily_rate"]),
        rules_of(case),
        principal_fen=fen(case["overdue_principal"]),
    )
    assert (row.days, row.amount_fen) == (case["overdue_days"], fen(case["penalty"]))
    assert row.base_fen == fen(case["overdue_principal"]) and by_hand(row) == row.amount_fen


@pytest.mark.parametrize("paid", vector("O03")["cases"], ids=lambda paid: paid["pay_date"])
def test_within_grace_there_is_no_row_and_after_it_the_days_count_from_the_due_date(paid: dict[str, Any]) -> None:
    case = vector("O03")
    rows = penalty_rows(
        date.fromisoformat(case["due_date"]),
        date.fromisoformat(paid["pay_date"]),
        Decimal(case["daily_rate"]),
        rules_of(case),
        principal_fen=fen(case["overdue_principal"]),
    )
    assert sum(row.amount_fen for row in rows) == fen(paid["penalty"])
    assert [row.days for row in rows] == ([] if paid["penalty"] == "0.00" else [paid["overdue_days"]])


def test_late_interest_has_a_row_of_its_own_where_the_product_says_so() -> None:
    case = vector("O04")
    rules = PenaltyRules(Decimal(case["penalty_multiplier"]), compound_on_interest=True)
    rate = Fraction(Decimal(case["annual_rate"])) / case["day_base"]
    until = DUE + timedelta(days=case["overdue_days"])
    owed = {"principal_fen": fen(case["overdue_principal"]), "interest_fen": fen(case["overdue_interest"])}
    on_principal, on_interest = penalty_rows(DUE, until, rate, rules, **owed)
    assert (on_principal.on, on_principal.amount_fen) == (PenaltyOn.PRINCIPAL, fen(case["penalty_on_principal"]))
    assert (on_interest.on, on_interest.amount_fen) == (PenaltyOn.INTEREST, fen(case["compound_on_interest"]))
    total_fen = sum(owed.values()) + on_principal.amount_fen + on_interest.amount_fen
    assert total_fen == fen(case["total_due"])


def test_two_late_instalments_count_their_own_days() -> None:
    case = vector("O05")
    rules = PenaltyRules(Decimal(case["penalty_multiplier"]))
    total_fen = 0
    for item in case["items"]:
        (row,) = penalty_rows(
            date.fromisoformat(item["due_date"]),
            date.fromisoformat(item["pay_date"]),
            Decimal(case["daily_rate"]),
            rules,
            principal_fen=fen(item["overdue_principal"]),
        )
        assert (row.days, row.amount_fen) == (item["overdue_days"], fen(item["penalty"]))
        total_fen += row.amount_fen
    assert total_fen == fen(case["total_penalty"])


def test_after_a_part_payment_the_row_begins_with_that_day_and_its_smaller_base() -> None:
    case = vector("O06")
    paid_on = DUE + timedelta(days=10)
    (row,) = penalty_rows(
        DUE,
        paid_on + timedelta(days=10),
        Decimal(case["daily_rate"]),
        PenaltyRules(Decimal(case["penalty_multiplier"])),
        principal_fen=fen(case["remaining_principal"]),
        since=paid_on,
    )
    assert (row.from_date, row.days, row.amount_fen) == (paid_on, 10, fen(case["next_10_days_penalty"]))


def test_the_uplift_of_the_ceiling_case_is_what_its_row_adds_to_the_interest() -> None:
    case = vector("O07")
    rate, until = Decimal(case["daily_rate"]), DUE + timedelta(days=case["days"])
    (row,) = penalty_rows(
        DUE, until, rate, PenaltyRules(Decimal(case["penalty_multiplier"])), principal_fen=fen(case["principal"])
    )
    assert row.amount_fen == fen(case["interest"]) + fen(case["penalty_uplift"]) == fen(case["total_cost"])


def test_a_row_never_counts_on_penalty_that_was_added_before() -> None:
    case = vector("O08")  # there, by contract, each month's penalty joins the balance; a row's base is what was late
    rate = Fraction(Decimal(case["annual_rate"])) / 365
    rules = PenaltyRules(Decimal(case["penalty_multiplier"]))
    bases = {
        row.base_fen
        for days in (30, 60, 90)
        for row in penalty_rows(DUE, DUE + timedelta(days=days), rate, rules, principal_fen=fen(case["start"]))
    }
    assert bases == {fen(case["start"])}


AMOUNTS = st.integers(0, 50_000_00)


@same_every_time
@given(
    principal_fen=AMOUNTS,
    interest_fen=AMOUNTS,
    fee_fen=AMOUNTS,
    days=st.integers(-5, 400),
    grace=st.integers(0, 5),
    paid_after=st.one_of(st.none(), st.integers(0, 30)),
    rate=st.decimals("0.0001", "0.001", places=6),
    whole=st.booleans(),
    compound=st.booleans(),
)
def test_the_rows_are_the_penalty_to_the_fen(
    principal_fen: int,
    interest_fen: int,
    fee_fen: int,
    days: int,
    grace: int,
    paid_after: int | None,
    rate: Decimal,
    whole: bool,
    compound: bool,
) -> None:
    base = PenaltyBase.INSTALMENT if whole else PenaltyBase.PRINCIPAL
    rules = PenaltyRules(base=base, compound_on_interest=compound and not whole, grace_period_days=grace)
    owed = {"principal_fen": principal_fen, "interest_fen": interest_fen, "fee_fen": fee_fen}
    since = None if paid_after is None else DUE + timedelta(days=paid_after)
    until = DUE + timedelta(days=days)
    rows = penalty_rows(DUE, until, rate, rules, **owed, since=since)
    assert sum(row.amount_fen for row in rows) == penalty(DUE, until, rate, rules, **owed, since=since).total_fen
    assert all(by_hand(row) == row.amount_fen for row in rows)


def test_a_day_more_is_what_a_thousand_days_more_come_to_by_the_day() -> None:
    rows = penalty_rows(DUE, DUE + timedelta(days=10), Decimal("0.0004"), PenaltyRules(), principal_fen=98_117)
    later = penalty_rows(DUE, DUE + timedelta(days=1010), Decimal("0.0004"), PenaltyRules(), principal_fen=98_117)
    assert a_day_more_fen(rows) == 59  # 58.87
    assert abs((later[0].amount_fen - rows[0].amount_fen) - 58_870) <= 1
    assert a_day_more_fen([]) == 0


def test_the_first_day_that_is_charged_is_the_one_after_grace() -> None:
    assert charged_from(DUE, 3) == date(2026, 11, 14)
    assert charged_from(DUE, 0) == date(2026, 11, 11)
    args = (Decimal("0.0004"), PenaltyRules(grace_period_days=3))
    assert not penalty_rows(DUE, date(2026, 11, 13), *args, principal_fen=100_000)
    assert penalty_rows(DUE, charged_from(DUE, 3), *args, principal_fen=100_000)


def test_a_late_fee_a_day_and_one_charged_once_are_rows_of_their_own() -> None:
    rates = {"grace_period_days": 3, "daily_rate": Decimal("0.0005"), "share": Decimal("0.05")}
    daily, once = late_fee_rows(26_400, DUE, DUE + timedelta(days=6), **rates)
    assert (daily.days, daily.amount_fen) == (6, 79)
    assert (once.days, once.amount_fen) == (1, 1_320)
    assert late_fee_rows(26_400, DUE, DUE + timedelta(days=3), **rates) == ()
    # What was charged once is not charged again after a payment.
    (more,) = late_fee_rows(10_000, DUE, DUE + timedelta(days=8), **rates, since=DUE + timedelta(days=6))
    assert (more.days, more.amount_fen) == (2, 10)
