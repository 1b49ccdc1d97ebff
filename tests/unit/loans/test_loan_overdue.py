from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.loans.overdue import (
    LoanStatus,
    PenaltyBase,
    PenaltyRules,
    cap_check,
    days_delinquent,
    days_past_due,
    loan_status,
    penalty,
)
from tests.unit.loans.properties import same_every_time

DUE = date(2026, 2, 28)
DAILY = Decimal("0.0005")
GRACE = PenaltyRules(Decimal("1.5"), grace_period_days=3)


@pytest.mark.parametrize(
    ("today", "past_due", "delinquent", "status"),
    [
        (date(2026, 2, 27), 0, 0, LoanStatus.ACTIVE),
        (DUE, 0, 0, LoanStatus.ACTIVE),
        (date(2026, 3, 1), 1, 0, LoanStatus.IN_GRACE),
        (date(2026, 3, 3), 3, 0, LoanStatus.IN_GRACE),
        (date(2026, 3, 4), 4, 1, LoanStatus.OVERDUE),
    ],
)
def test_the_due_date_is_on_time_and_the_last_day_of_grace_is_not_yet_overdue(today, past_due, delinquent, status):
    assert days_past_due(DUE, today) == past_due
    assert days_delinquent(DUE, today, 3) == delinquent
    assert loan_status(DUE, today, 3) is status


def test_without_grace_the_day_after_is_overdue():
    assert loan_status(DUE, DUE + timedelta(days=1)) is LoanStatus.OVERDUE


def test_a_loan_with_nothing_unpaid_is_closed():
    assert loan_status(None, DUE) is LoanStatus.CLOSED


def test_the_leap_day_is_a_day_of_penalty():
    due, until = date(2028, 2, 28), date(2028, 3, 1)
    assert penalty(due, until, DAILY, PenaltyRules(), principal_fen=100_000).total_fen == 150  # two days


def test_grace_is_forgiven_to_its_last_day_and_counted_from_the_due_date_afterwards():
    last_day, day_after = DUE + timedelta(days=3), DUE + timedelta(days=4)
    assert penalty(DUE, last_day, DAILY, GRACE, principal_fen=100_000).total_fen == 0
    assert penalty(DUE, last_day, DAILY, GRACE, principal_fen=100_000).days_past_due == 3
    assert penalty(DUE, day_after, DAILY, GRACE, principal_fen=100_000).total_fen == 4 * 75


def test_penalty_bears_on_principal_alone_or_on_the_whole_instalment_as_the_product_says():
    until = DUE + timedelta(days=10)
    owed = {"principal_fen": 100_000, "interest_fen": 20_000, "fee_fen": 4_000}
    on_principal = penalty(DUE, until, DAILY, PenaltyRules(), **owed)
    on_all = penalty(DUE, until, DAILY, PenaltyRules(base=PenaltyBase.INSTALMENT), **owed)
    assert (on_principal.penalty_interest_fen, on_principal.compound_interest_fen) == (750, 0)
    assert (on_all.penalty_interest_fen, on_all.compound_interest_fen) == (930, 0)


def test_overdue_interest_bears_interest_only_where_the_product_says_so():
    until = DUE + timedelta(days=10)
    compounding = PenaltyRules(compound_on_interest=True)
    found = penalty(DUE, until, DAILY, compounding, principal_fen=100_000, interest_fen=20_000, fee_fen=4_000)
    assert (found.penalty_interest_fen, found.compound_interest_fen, found.total_fen) == (750, 150, 900)


def test_after_a_part_payment_penalty_goes_on_from_that_day_and_grace_stays_with_the_due_date():
    paid_on, until = DUE + timedelta(days=2), DUE + timedelta(days=5)
    found = penalty(DUE, until, DAILY, GRACE, principal_fen=100_000, since=paid_on)
    assert (found.days_past_due, found.total_fen) == (5, 3 * 75)
    assert penalty(DUE, until, DAILY, GRACE, principal_fen=100_000, since=until).total_fen == 0


@pytest.mark.parametrize(
    "rules",
    [
        {"multiplier": Decimal("-1")},
        {"multiplier": Decimal("NaN")},
        {"grace_period_days": -1},
        {"base": PenaltyBase.INSTALMENT, "compound_on_interest": True},
    ],
)
def test_penalty_rules_that_cannot_hold_are_refused(rules):
    with pytest.raises(ValueError):
        PenaltyRules(**rules)


@same_every_time
@given(st.integers(0, 10**8), st.integers(-30, 400), st.integers(0, 30))
def test_a_penalty_never_falls_from_one_day_to_the_next(principal_fen, days, grace_days):
    rules = PenaltyRules(grace_period_days=grace_days)
    today, tomorrow = (
        penalty(DUE, DUE + timedelta(days=day), DAILY, rules, principal_fen=principal_fen).total_fen for day in (days, days + 1)
    )
    assert 0 <= today <= tomorrow


def test_costs_at_the_ceiling_are_not_over_it():
    at = cap_check(1_000_000, 365, 240_000)
    assert (at.cap_fen, at.over_cap_fen) == (240_000, 0)
    assert cap_check(1_000_000, 365, 240_001).over_cap_fen == 1
    assert cap_check(1_000_000, 365, 0).over_cap_fen == 0
