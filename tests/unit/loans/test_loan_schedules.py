from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.loans.rates import annual_rate_of, annual_rates, daily_rate_of, monthly_irr, percent
from bot.loans.schedule import (
    LoanTerms,
    RepaymentMethod,
    regular_payment_fen,
    repayment_schedule,
    schedule_over,
)
from tests.unit.loans.loan_vectors import loan
from tests.unit.loans.properties import same_every_time

METHOD = RepaymentMethod


@st.composite
def loan_terms(draw: st.DrawFn, methods: tuple[RepaymentMethod, ...] = tuple(METHOD), least_fen: int = 1) -> LoanTerms:
    method = draw(st.sampled_from(methods))
    disbursed = draw(st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31)))
    first = disbursed + timedelta(days=draw(st.integers(1, 70)))
    rates = {
        "annual_rate": draw(st.decimals(0, Decimal("0.36"), places=4)) if not method.by_day else None,
        "daily_rate": draw(st.decimals(0, Decimal("0.001"), places=6)) if method.by_day else None,
        "fee_rate": draw(st.decimals(0, Decimal("0.2"), places=4)) if method is METHOD.FLAT_FEE else None,
    }
    return LoanTerms(
        principal_fen=draw(st.integers(least_fen, 50_000_000)),
        method=method,
        term=1 if method is METHOD.BULLET_DAILY else draw(st.integers(1, 60)),
        disbursed_date=disbursed,
        first_due_date=first,
        anchor_day=draw(st.none() | st.integers(1, 31)),
        **rates,
    )


@same_every_time
@given(loan_terms())
def test_principal_sums_to_the_loan_and_nothing_is_below_zero(terms):
    rows = repayment_schedule(terms)
    assert sum(row.principal_fen for row in rows) == terms.principal_fen
    assert rows[-1].closing_principal_fen == 0
    for row in rows:
        assert min(row.principal_fen, row.interest_fen, row.fee_fen, row.closing_principal_fen) >= 0


@same_every_time
@given(loan_terms())
def test_rows_are_numbered_from_one_and_follow_one_another(terms):
    rows = repayment_schedule(terms)
    assert [row.instalment_number for row in rows] == list(range(1, terms.term + 1))
    assert rows[0].due_date == terms.first_due_date
    for earlier, later in pairwise(rows):
        assert earlier.due_date < later.due_date
        assert later.opening_principal_fen == earlier.closing_principal_fen


@same_every_time
@given(loan_terms())
def test_days_of_interest_cover_the_loan_without_a_gap(terms):
    rows = repayment_schedule(terms)
    if terms.method.by_day:
        assert sum(row.days for row in rows) == (rows[-1].due_date - terms.disbursed_date).days
    else:
        assert {row.days for row in rows} == {None}


@same_every_time
@given(loan_terms((METHOD.EQUAL_PAYMENT,), least_fen=60_000))  # of a few fen, some instalments would be nothing
def test_level_payments_are_level_but_for_the_last(terms):
    regular_fen = regular_payment_fen(terms)
    rows = repayment_schedule(terms)
    assert {row.payment_fen for row in rows[:-1]} <= {regular_fen}
    assert abs(rows[-1].payment_fen - regular_fen) <= terms.term * 2


@same_every_time
@given(loan_terms((METHOD.FLAT_FEE,)))
def test_flat_fees_sum_to_the_fee_rate_of_the_loan(terms):
    fees_fen = sum(row.fee_fen for row in repayment_schedule(terms))
    assert abs(fees_fen - terms.principal_fen * terms.fee_rate) <= Decimal("0.5")


@same_every_time
@given(loan_terms((METHOD.EQUAL_PAYMENT, METHOD.EQUAL_PRINCIPAL, METHOD.INTEREST_ONLY), least_fen=1_000_000))
def test_return_of_a_monthly_loan_is_its_rate(terms):
    assert annual_rates(terms).simple == pytest.approx(terms.annual_rate, abs=Decimal("0.0001"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"principal_fen": 0}, "principal must be above zero"),
        ({"principal_fen": -1}, "principal must be above zero"),
        ({"term": 0}, "1 to 600 instalments"),
        ({"term": 601}, "1 to 600 instalments"),
        ({"annual_rate": None}, "equal_payment needs an annual_rate"),
        ({"annual_rate": Decimal("-0.01")}, "annual_rate must be zero or more"),
        ({"annual_rate": Decimal("NaN")}, "annual_rate must be zero or more"),
        ({"daily_rate": Decimal("Infinity")}, "daily_rate must be zero or more"),
        ({"anchor_day": 0}, "anchor day"),
        ({"anchor_day": 32}, "anchor day"),
        ({"day_base": 366}, "360 or 365"),
        ({"first_due_date": date(2026, 1, 15)}, "must be after the loan"),
        ({"method": METHOD.BULLET_DAILY}, "has one instalment"),
        ({"method": METHOD.FLAT_FEE}, "fee_rate is needed for flat_fee"),
        ({"fee_rate": Decimal("0.05")}, "only there"),
        ({"method": METHOD.INTEREST_ONLY_DAILY, "annual_rate": None}, "needs a daily_rate or an annual_rate"),
    ],
)
def test_impossible_terms_are_refused_with_the_reason(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(loan("L01"), **change)


def test_a_daily_method_takes_a_yearly_rate_over_its_day_base():
    by_day = loan("L05")
    by_year = replace(by_day, daily_rate=None, annual_rate=Decimal("0.1825"))
    assert repayment_schedule(by_year) == repayment_schedule(by_day)
    assert by_year.exact_daily_rate == Decimal("0.0005")


def test_a_fen_over_twelve_instalments_waits_for_the_last():
    rows = repayment_schedule(replace(loan("L10"), principal_fen=1))
    assert [row.payment_fen for row in rows] == [0, 0, 0, 0, 0, 1]


def test_rounding_up_each_time_never_repays_more_than_was_lent():
    rows = repayment_schedule(replace(loan("L10"), principal_fen=3))  # half a fen each, so a fen each, for three months
    assert [row.payment_fen for row in rows] == [1, 1, 1, 0, 0, 0]


def test_a_very_long_first_period_leaves_no_negative_principal():
    terms = replace(loan("L11"), disbursed_date=date(2023, 1, 20))
    first = repayment_schedule(terms)[0]
    assert first.interest_fen > regular_payment_fen(terms)
    assert first.principal_fen == 0


@pytest.mark.parametrize("days", [[], [date(2026, 3, 1), date(2026, 3, 1)], [date(2026, 1, 15)]])
def test_due_dates_must_follow_one_another_after_the_loan(days):
    with pytest.raises(ValueError, match="due dates must follow"):
        schedule_over(loan("L01"), days)


def test_paying_a_fixed_sum_ends_as_soon_as_nothing_is_left():
    terms, days = loan("L01"), [row.due_date for row in repayment_schedule(loan("L01"))]
    rows = schedule_over(terms, days, payment_fen=500_000)
    assert [row.payment_fen for row in rows[:-1]] == [500_000, 500_000]
    assert rows[-1].payment_fen < 500_000
    assert rows[-1].closing_principal_fen == 0


def test_a_fixed_sum_too_small_for_the_interest_leaves_the_rest_to_the_last_day():
    days = [row.due_date for row in repayment_schedule(loan("L01"))]
    rows = schedule_over(loan("L01"), days, payment_fen=1)
    assert [row.principal_fen for row in rows] == [0] * 11 + [1_200_000]


@pytest.mark.parametrize(("loan_id", "payment_fen"), [("L06", 100_000), ("L12", 100_000), ("L01", 0), ("L01", -5)])
def test_a_fixed_sum_makes_no_sense_without_regular_principal_or_money(loan_id, payment_fen):
    days = [row.due_date for row in repayment_schedule(loan(loan_id))]
    with pytest.raises(ValueError, match="cannot be repaid by"):
        schedule_over(loan(loan_id), days, payment_fen=payment_fen)


def test_a_bullet_loan_has_one_due_date():
    with pytest.raises(ValueError, match="one due date"):
        schedule_over(loan("L12"), [date(2026, 10, 16), date(2026, 11, 16)])


def test_rates_convert_between_day_and_year():
    assert annual_rate_of(Decimal("0.0004")) == Decimal("0.146")
    assert annual_rate_of(Decimal("0.0005"), day_base=360) == Decimal("0.18")
    assert daily_rate_of(Decimal("0.1825")) == Decimal("0.0005")
    assert percent(Decimal("0.14605"), 2) == Decimal("14.61")


def test_a_plan_that_pays_back_less_has_a_negative_return():
    assert monthly_irr(100_000, [50_000, 40_000]) < 0
    assert monthly_irr(100_000, [50_000, 50_000]) == 0


@same_every_time
@given(st.integers(1, 10**8), st.lists(st.integers(0, 10**7), min_size=1, max_size=40).filter(any))
def test_return_discounts_the_payments_to_the_principal(principal_fen, payments_fen):
    rate = monthly_irr(principal_fen, payments_fen)
    worth = sum(payment / (1 + rate) ** month for month, payment in enumerate(payments_fen, start=1))
    assert worth == pytest.approx(Decimal(principal_fen), rel=Decimal("1e-9"))


@pytest.mark.parametrize(("principal_fen", "payments_fen"), [(0, [1]), (100, []), (100, [0, 0]), (100, [200, -1])])
def test_no_return_without_money_both_ways(principal_fen, payments_fen):
    with pytest.raises(ValueError, match="rate of return"):
        monthly_irr(principal_fen, payments_fen)
