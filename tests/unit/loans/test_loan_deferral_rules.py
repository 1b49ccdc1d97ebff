from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.loans.days import Period
from bot.loans.deferral import (
    DeferralKind,
    DeferralRefusalCode,
    DeferralRules,
    InstalmentsGo,
    InterestFreeRule,
    deferral_effect,
    deferral_refusal,
    is_interest_free,
)
from bot.loans.overdue import PenaltyRules
from bot.loans.payments import amounts_due
from bot.loans.schedule import repayment_schedule
from tests.unit.loans.loan_vectors import loan
from tests.unit.loans.properties import same_every_time

RULES = DeferralRules(
    min_days=3,
    max_days=30,
    max_months=3,
    max_instalments=2,
    deferrals_allowed=2,
    allowed_within_months=12,
    max_days_past_due=15,
)
LATE = PenaltyRules(Decimal("1.5"))
L01 = loan("L01")
UNPAID = amounts_due(repayment_schedule(L01), 4)  # next due 2026-06-15
DUE = UNPAID[0].due_date
TODAY = date(2026, 6, 10)


def refusal(period: str, *, rules=RULES, unpaid=UNPAID, today=TODAY, deferred_on=()):
    return deferral_refusal(L01, rules, unpaid, Period.parse(period), today, deferred_on)


def effect(period: str, *, rules=RULES, unpaid=UNPAID, today=TODAY, **asked):
    return deferral_effect(L01, unpaid, Period.parse(period), today, rules, LATE, **asked)


@pytest.mark.parametrize("period", ["P3D", "P30D", "P4W", "2026-06-18", "2026-07-15", "P1M", "P3M", "P2I"])
def test_what_the_rules_allow_is_not_refused(period):
    assert refusal(period) is None


@pytest.mark.parametrize(
    ("period", "max_days", "latest_date"),
    [
        ("P31D", 30, date(2026, 7, 15)),
        ("P5W", 30, date(2026, 7, 15)),
        ("2026-07-16", 30, date(2026, 7, 15)),
        ("P4M", 92, date(2026, 9, 15)),
        ("P3I", 61, date(2026, 8, 15)),
        ("P9999M", 92, date(2026, 9, 15)),
        ("9999-12-31", 30, date(2026, 7, 15)),
    ],
)
def test_too_long_comes_with_the_latest_day(period, max_days, latest_date):
    refused = refusal(period)
    assert refused.code is DeferralRefusalCode.TOO_LONG
    assert refused.details() == {"max_days": max_days, "latest_date": latest_date}


@pytest.mark.parametrize("period", ["P2D", "2026-06-17", "2026-06-15", "2026-06-11"])
def test_too_short_comes_with_the_earliest_day(period):
    refused = refusal(period)
    assert refused.code is DeferralRefusalCode.TOO_SHORT
    assert refused.details() == {"min_days": 3, "earliest_date": date(2026, 6, 18)}


@pytest.mark.parametrize("period", ["2026-06-10", "2026-01-01"])
def test_a_day_that_is_today_or_past_is_no_deferral(period):
    assert refusal(period).code is DeferralRefusalCode.PERIOD_PAST
    assert refusal(period).details() == {}


@pytest.mark.parametrize(("days_late", "code"), [(0, None), (15, None), (16, DeferralRefusalCode.OVERDUE_TOO_LONG)])
def test_overdue_up_to_the_limit_is_still_possible(days_late, code):
    refused = refusal("P20D", today=DUE + timedelta(days=days_late))
    assert (refused and refused.code) == code
    if refused:
        assert refused.details() == {"days_past_due": 16, "max_days_past_due": 15}


def test_when_overdue_the_days_count_from_today():
    today = DUE + timedelta(days=10)
    assert refusal("P30D", today=today) is None
    assert effect("P30D", today=today).new_due_date == today + timedelta(days=30)
    assert refusal("P31D", today=today).latest_date == today + timedelta(days=30)


def test_deferrals_are_used_up_until_the_oldest_leaves_the_window():
    used = [date(2025, 6, 11), date(2026, 1, 31)]
    refused = refusal("P15D", deferred_on=used)
    assert refused.code is DeferralRefusalCode.USED_UP
    assert refused.details() == {"deferrals_used": 2, "deferrals_allowed": 2, "next_possible_date": date(2026, 6, 11)}
    assert refusal("P15D", deferred_on=used, today=refused.next_possible_date) is None


def test_the_next_possible_day_waits_for_as_many_as_are_too_many():
    used = [date(2026, 3, 31), date(2025, 9, 1), date(2025, 12, 15)]
    refused = refusal("P15D", deferred_on=used)
    assert (refused.deferrals_used, refused.next_possible_date) == (3, date(2026, 12, 15))


def test_a_product_that_never_allows_one_names_no_day():
    refused = refusal("P15D", rules=replace(RULES, deferrals_allowed=0))
    assert refused.details() == {"deferrals_used": 0, "deferrals_allowed": 0}


@pytest.mark.parametrize(
    ("change", "offered"),
    [
        ({"offered": False}, False),
        ({"offered_from_date": TODAY + timedelta(days=1)}, False),
        ({"offered_from_date": TODAY}, True),
        ({"offered_until_date": TODAY - timedelta(days=1)}, False),
        ({"offered_until_date": TODAY}, True),
        ({"max_days": None, "max_months": None, "max_instalments": None}, False),
    ],
)
def test_a_deferral_is_offered_from_the_first_day_to_the_last(change, offered):
    refused = refusal("P15D", rules=replace(RULES, **change))
    assert (refused is None) == offered
    if refused:
        assert refused.code is DeferralRefusalCode.NOT_OFFERED


def test_months_at_a_product_without_months_mean_one_instalment_until_that_day():
    by_days = replace(RULES, max_months=None, max_instalments=None)
    assert refusal("P1M", rules=by_days) is None
    moved = effect("P1M", rules=by_days)
    assert moved.kind is DeferralKind.ONE_INSTALMENT
    assert [change.new_due_date for change in moved.changes] == [date(2026, 7, 15)]
    assert refusal("P2M", rules=by_days).latest_date == date(2026, 7, 15)
    assert refusal("P1I", rules=by_days) is None
    assert effect("P1I", rules=by_days).kind is DeferralKind.ONE_INSTALMENT


def test_days_at_a_product_with_months_only_are_too_short():
    by_months = replace(RULES, max_days=None)
    refused = refusal("P15D", rules=by_months)
    assert refused.code is DeferralRefusalCode.TOO_SHORT
    assert refused.earliest_date == date(2026, 7, 15)


@pytest.mark.parametrize("wrong", [{"min_days": 0}, {"max_days": 0}, {"deferrals_allowed": -1}, {"max_days_past_due": -1}])
def test_impossible_rules_are_refused(wrong):
    with pytest.raises(ValueError):
        replace(RULES, **wrong)


ILLNESS = InterestFreeRule(frozenset({"illness"}), frozenset({"disaster_area", "veteran"}), max_days=30)


@pytest.mark.parametrize(
    ("days", "reason", "flags", "because"),
    [
        (30, "illness", (), "illness"),
        (31, "illness", (), None),
        (30, "job_loss", (), None),
        (30, None, (), None),
        (30, None, ("veteran",), "veteran"),
        (30, "illness", ("veteran",), "illness"),
        (30, None, ("veteran", "disaster_area"), "disaster_area"),
    ],
)
def test_interest_free_is_for_a_reason_or_a_flag_and_up_to_a_limit(days, reason, flags, because):
    assert is_interest_free(ILLNESS, days, reason, frozenset(flags)) == because


def test_always_interest_free_is_still_limited_in_days():
    rule = InterestFreeRule(always=True, max_days=7)
    assert (is_interest_free(rule, 7), is_interest_free(rule, 8)) == ("always", None)


def test_instalments_that_go_behind_the_last_are_limited_by_their_number():
    behind = replace(RULES, instalments_go=InstalmentsGo.AFTER_LAST)
    assert refusal("P2I", rules=behind) is None  # eight months later, and still two instalments
    assert refusal("P3I", rules=behind).latest_date == date(2027, 3, 15)


@same_every_time
@given(
    st.sampled_from(["L01", "L02", "L05", "L06", "L12"]),
    st.sampled_from(["P1D", "P15D", "P5W", "P1M", "P3M", "P1I", "P2I", "2026-12-15", "2027-03-01"]),
    st.sampled_from(InstalmentsGo),
    st.sampled_from([None, 3]),
    st.integers(-20, 120),
    st.data(),
)
def test_what_is_not_refused_can_be_reckoned_however_late_it_is(loan_id, asked, go, max_months, days_late, data):
    terms, rows = loan(loan_id), repayment_schedule(loan(loan_id))
    unpaid = amounts_due(rows, data.draw(st.integers(0, len(rows) - 1)))
    today = unpaid[0].due_date + timedelta(days=days_late)
    rules = replace(RULES, max_months=max_months, instalments_go=go, max_days_past_due=120)
    period = Period.parse(asked)
    if deferral_refusal(terms, rules, unpaid, period, today) is None:
        moved = deferral_effect(terms, unpaid, period, today, rules, LATE)
        assert moved.days >= rules.min_days
        assert all(change.new_due_date > today for change in moved.changes)
