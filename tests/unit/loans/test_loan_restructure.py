from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.loans.payments import amounts_due
from bot.loans.restructure import (
    PaymentTooSmall,
    RestructurePlan,
    compare_plans,
    plan_for_monthly_payment,
    restructure_plan,
    settlement_plan,
)
from bot.loans.schedule import repayment_schedule
from tests.unit.loans.loan_vectors import loan
from tests.unit.loans.properties import same_every_time

FIRST = date(2027, 1, 31)
RATE = Decimal("0.12")


def test_the_shortest_plan_that_fits_is_found():
    plan = plan_for_monthly_payment(1_200_000, 110_000, RATE, 60, FIRST)
    assert isinstance(plan, RestructurePlan)
    assert plan.largest_payment_fen <= 110_000
    shorter = restructure_plan(1_200_000, RATE, plan.term - 1, FIRST)
    assert shorter.largest_payment_fen > 110_000


def test_what_can_be_paid_at_once_is_one_instalment():
    plan = plan_for_monthly_payment(1_200_000, 1_212_000, RATE, 60, FIRST)
    assert isinstance(plan, RestructurePlan)
    assert [row.payment_fen for row in plan.instalments] == [1_212_000]


def test_a_last_instalment_a_few_fen_above_what_was_named_does_not_fit():
    plan = plan_for_monthly_payment(500_000, 83_333, Decimal(0), 12, FIRST)  # six times 833.33 leaves 833.35
    assert isinstance(plan, RestructurePlan)
    assert plan.term == 7
    assert plan.largest_payment_fen <= 83_333


def test_a_payment_no_term_allows_is_answered_with_the_one_it_takes():
    refused = plan_for_monthly_payment(1_200_000, 20_000, RATE, 24, FIRST)
    assert isinstance(refused, PaymentTooSmall)
    assert refused.max_term == 24
    plan = plan_for_monthly_payment(1_200_000, refused.minimum_monthly_payment_fen, RATE, 24, FIRST)
    assert isinstance(plan, RestructurePlan)
    still = plan_for_monthly_payment(1_200_000, refused.minimum_monthly_payment_fen - 1, RATE, 24, FIRST)
    assert still == refused


@same_every_time
@given(st.integers(10_000, 20_000_000), st.integers(1, 3_000_000), st.integers(1, 60))
def test_every_plan_fits_and_every_refusal_names_a_payment_that_does(principal_fen, payment_fen, max_term):
    found = plan_for_monthly_payment(principal_fen, payment_fen, RATE, max_term, FIRST)
    if isinstance(found, PaymentTooSmall):
        assert found.minimum_monthly_payment_fen > payment_fen
        found = plan_for_monthly_payment(principal_fen, found.minimum_monthly_payment_fen, RATE, max_term, FIRST)
        assert isinstance(found, RestructurePlan)
    else:
        assert found.largest_payment_fen <= payment_fen
    assert found.term <= max_term
    assert sum(row.principal_fen for row in found.instalments) == principal_fen


@pytest.mark.parametrize(
    ("principal_fen", "payment_fen", "rate", "max_term"),
    [(0, 100, "0.1", 12), (100, 0, "0.1", 12), (100, 100, "-0.1", 12), (100, 100, "0.1", 0)],
)
def test_what_makes_no_plan_is_refused(principal_fen, payment_fen, rate, max_term):
    with pytest.raises(ValueError):
        plan_for_monthly_payment(principal_fen, payment_fen, Decimal(rate), max_term, FIRST)


def test_interest_only_instalments_keep_the_dates_of_the_whole_plan():
    plan = restructure_plan(900_000, RATE, 4, FIRST, interest_only_terms=1)
    assert [row.instalment_number for row in plan.instalments] == [1, 2, 3, 4]
    assert [row.due_date.isoformat() for row in plan.instalments] == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]


@pytest.mark.parametrize("interest_only_terms", [-1, 4, 5])
def test_a_plan_needs_an_instalment_that_repays(interest_only_terms):
    with pytest.raises(ValueError, match="leave none to repay"):
        restructure_plan(900_000, RATE, 4, FIRST, interest_only_terms=interest_only_terms)


def test_a_longer_plan_at_the_same_rate_is_lighter_each_month_and_dearer_in_all():
    unpaid = amounts_due(repayment_schedule(loan("L02")), 9)
    plan = restructure_plan(sum(due.principal_fen for due in unpaid), Decimal("0.072"), 36, FIRST)
    compared = compare_plans(unpaid, plan)
    assert compared.payment_drop_fen > 0
    assert compared.extra_interest_fen == plan.total_interest_fen - compared.old_remaining_interest_fen > 0


def test_there_is_nothing_to_compare_when_nothing_is_unpaid():
    with pytest.raises(ValueError, match="nothing is unpaid"):
        compare_plans((), restructure_plan(900_000, RATE, 4, FIRST))


def test_a_settlement_without_waiver_and_down_payment_spreads_all_that_is_owed():
    settled = settlement_plan(100_000, 5_000, 1_000, 4, FIRST)
    assert (settled.waived_fen, settled.down_payment_fen, settled.rest_fen) == (0, 0, 106_000)
    assert [row.payment_fen for row in settled.plan.instalments] == [26_500] * 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"waived_penalty_share": Decimal("1.1")},
        {"waived_penalty_share": Decimal("-0.1")},
        {"down_payment_share": Decimal(1)},
        {"down_payment_share": Decimal("-0.1")},
    ],
)
def test_shares_of_a_settlement_stay_in_range(wrong):
    with pytest.raises(ValueError, match="share"):
        settlement_plan(100_000, 5_000, 1_000, 4, FIRST, **wrong)


def test_a_settlement_of_nothing_or_less_is_refused():
    with pytest.raises(ValueError, match="less than zero"):
        settlement_plan(100_000, -1, 0, 4, FIRST)
    with pytest.raises(ValueError, match="above zero"):
        settlement_plan(0, 0, 0, 4, FIRST)
