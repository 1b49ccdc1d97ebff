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
    DeferralRules,
    InstalmentsGo,
    InterestFreeRule,
    deferral_effect,
    deferral_kind,
    deferral_refusal,
)
from bot.loans.overdue import PenaltyRules
from bot.loans.payments import AmountDue, amounts_due
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


@pytest.mark.parametrize("period", ["P15D", "P2W", "2026-07-01"])
def test_days_move_the_next_instalment_alone(period):
    moved = effect(period)
    assert moved.kind is deferral_kind(L01, UNPAID, Period.parse(period)) is DeferralKind.ONE_INSTALMENT
    assert [change.instalment_number for change in moved.changes] == [5]


def test_all_that_is_past_due_moves_together_and_costs_from_today():
    today = date(2026, 7, 20)  # two past due
    moved = effect("P30D", today=today, rules=replace(RULES, max_days_past_due=60))
    assert [change.instalment_number for change in moved.changes] == [5, 6]
    assert {change.new_due_date for change in moved.changes} == {date(2026, 8, 19)}
    assert moved.days == 30
    # 981.17 and 993.11 for 30 days at 14.6 % a year: 11.774 and 11.917
    assert [change.extra_interest_fen for change in moved.changes] == [1177, 1192]
    assert [change.new_payment_fen for change in moved.changes] == [108_084 + 1177, 108_084 + 1192]


def test_instalments_paid_in_part_move_what_is_left_of_them():
    rest = AmountDue(5, DUE, principal_fen=50_000, penalty_fen=120)
    moved = effect("P10D", unpaid=[rest, *UNPAID[1:]])
    assert (moved.deferred_fen, moved.deferred_principal_fen, moved.penalty_to_date_fen) == (50_000, 50_000, 120)
    assert moved.extra_interest_fen == 200


def test_a_monthly_plan_moved_by_months_owes_whole_months_of_interest_on_the_first_instalment():
    moved = effect("P2M")
    assert moved.kind is DeferralKind.ALL_REMAINING
    assert [change.instalment_number for change in moved.changes] == list(range(5, 13))
    assert moved.changes[-1].new_due_date == date(2027, 3, 15)
    assert moved.deferred_principal_fen == 819_184
    assert moved.extra_interest_fen == 2 * 9967  # the interest of the fifth instalment, twice over
    assert [change.extra_interest_fen for change in moved.changes] == [2 * 9967] + [0] * 7


def test_a_holiday_asked_for_when_overdue_costs_interest_from_today_on_what_is_late_and_a_month_on_the_rest():
    moved = effect("P1M", today=DUE + timedelta(days=10))
    assert moved.new_due_date == date(2026, 7, 15)
    # 981.17 for 20 days: 7.849; the other 7210.67 for a month: 87.73
    assert [change.extra_interest_fen for change in moved.changes] == [785, 8773] + [0] * 6
    assert moved.extra_interest_fen == 785 + 8773


def test_n_instalments_are_skipped_and_the_plan_runs_n_longer():
    moved = effect("P2I")
    assert moved.kind is DeferralKind.INSTALMENTS
    assert [change.new_due_date for change in moved.changes] == [change.new_due_date for change in effect("P2M").changes]


def test_n_instalments_go_behind_the_last_where_the_product_says_so():
    moved = effect("P2I", rules=replace(RULES, instalments_go=InstalmentsGo.AFTER_LAST))
    assert [(change.instalment_number, change.new_due_date) for change in moved.changes] == [
        (5, date(2027, 2, 15)),
        (6, date(2027, 3, 15)),
    ]
    # eight months each, of 981.17 and 993.11 at 14.6 % a year: 11.94 and 12.08 a month
    assert [change.extra_interest_fen for change in moved.changes] == [8 * 1194, 8 * 1208]


def test_month_ends_come_back_to_the_anchor_after_a_holiday():
    terms = loan("L02")
    unpaid = amounts_due(repayment_schedule(terms), 0)
    moved = deferral_effect(terms, unpaid, Period.parse("P1M"), date(2026, 2, 20), RULES, LATE)
    assert [change.new_due_date.isoformat() for change in moved.changes[:3]] == ["2026-03-31", "2026-04-30", "2026-05-31"]


def test_an_instalment_deferred_off_its_day_keeps_its_own_day_in_a_holiday():
    moved = effect("P1M", unpaid=[replace(UNPAID[0], due_date=date(2026, 6, 30)), *UNPAID[1:]])
    by_number = {change.instalment_number: change.new_due_date for change in moved.changes}
    assert (by_number[5], by_number[6]) == (date(2026, 7, 30), date(2026, 8, 15))


@pytest.mark.parametrize("period", ["P20D", "P1M", "P1I", "2026-12-20"])
def test_the_last_principal_of_an_interest_only_loan_moves_alone(period):
    terms = loan("L06")
    unpaid = amounts_due(repayment_schedule(terms), 5)
    moved = deferral_effect(terms, unpaid, Period.parse(period), date(2026, 11, 20), RULES, LATE)
    (change,) = moved.changes
    assert moved.kind is DeferralKind.LAST_PRINCIPAL
    assert (change.stays_due_fen, moved.deferred_fen) == (30_000, 3_000_000)
    assert change.new_payment_fen == 3_000_000 + moved.extra_interest_fen
    assert moved.extra_interest_fen > 0


def test_before_the_last_an_interest_only_loan_is_moved_like_any_other():
    terms = loan("L06")
    unpaid = amounts_due(repayment_schedule(terms), 3)
    moved = deferral_effect(terms, unpaid, Period.parse("P2M"), date(2026, 9, 20), RULES, LATE)
    assert moved.kind is DeferralKind.ALL_REMAINING
    assert moved.extra_interest_fen == 60_000  # two months of 300.00
    assert moved.changes[-1].stays_due_fen == 0


ILLNESS = InterestFreeRule(frozenset({"illness"}), max_days=30)


def test_an_effect_is_free_for_whom_the_rules_say_and_says_why():
    rules = replace(RULES, interest_free=ILLNESS)
    free, charged = effect("P30D", rules=rules, reason_code="illness"), effect("P30D", rules=rules)
    assert (free.interest_free, free.interest_free_reason, free.extra_interest_fen) == (True, "illness", 0)
    assert (charged.interest_free, charged.extra_interest_fen) == (False, 1177)
    assert free.normal_interest_fen == free.saved_interest_fen == 1177
    assert charged.saved_interest_fen == 0


def test_being_late_as_long_is_compared_with_grace_in_mind():
    within = deferral_effect(L01, UNPAID, Period.parse("P3D"), TODAY, RULES, PenaltyRules(grace_period_days=3))
    beyond = deferral_effect(L01, UNPAID, Period.parse("P4D"), TODAY, RULES, PenaltyRules(grace_period_days=3))
    assert within.penalty_if_late_fen == 0
    assert beyond.penalty_if_late_fen == 235  # four days from the due date: 2.354


def test_being_later_is_counted_beyond_the_penalty_to_date():
    today = DUE + timedelta(days=10)
    owed = replace(UNPAID[0], penalty_fen=589)
    moved = effect("P10D", unpaid=[owed, *UNPAID[1:]], today=today)
    assert moved.penalty_to_date_fen == 589
    assert moved.penalty_if_late_fen == 1177 - 589  # twenty days, less the ten already owed


def test_interest_that_stays_due_is_no_part_of_what_being_late_with_the_principal_would_cost():
    terms, compounding = loan("L06"), PenaltyRules(compound_on_interest=True)
    unpaid = amounts_due(repayment_schedule(terms), 5)
    moved = deferral_effect(terms, unpaid, Period.parse("P20D"), date(2026, 11, 20), RULES, compounding)
    assert moved.penalty_if_late_fen == 29_589  # 30000.00 for twenty days at 18 % a year


def test_flat_fee_instalments_without_a_daily_rate_move_for_nothing():
    terms = loan("L08")
    unpaid = amounts_due(repayment_schedule(terms), 0)
    moved = deferral_effect(terms, unpaid, Period.parse("P20D"), date(2026, 12, 1), RULES, LATE)
    assert (moved.extra_interest_fen, moved.changes[0].new_payment_fen) == (0, 108_800)


@pytest.mark.parametrize("period", ["2026-06-15", "2026-06-01"])
def test_no_instalment_moves_to_an_earlier_or_the_same_day(period):
    with pytest.raises(ValueError, match="would not move"):
        effect(period)


@pytest.mark.parametrize("ask", [refusal, effect])
def test_there_is_nothing_to_defer_when_nothing_is_unpaid(ask):
    with pytest.raises(ValueError, match="nothing is unpaid"):
        ask("P15D", unpaid=())


@same_every_time
@given(
    st.sampled_from(["L01", "L02", "L04", "L05", "L06", "L07", "L08", "L11", "L12"]),
    st.sampled_from(["P1D", "P15D", "P30D", "P2W", "P1M", "P3M", "P1I", "P2I"]),
    st.sampled_from(InstalmentsGo),
    st.booleans(),
    st.data(),
)
def test_whatever_the_rules_allow_moves_later_and_adds_nothing_but_interest(loan_id, asked, go, free, data):
    terms, rows = loan(loan_id), repayment_schedule(loan(loan_id))
    unpaid = amounts_due(rows, data.draw(st.integers(0, len(rows) - 1)))
    today = unpaid[0].due_date + timedelta(days=data.draw(st.integers(-20, 15)))
    rules = replace(RULES, min_days=1, instalments_go=go, interest_free=InterestFreeRule(always=free))
    period = Period.parse(asked)
    assert deferral_refusal(terms, rules, unpaid, period, today) is None
    moved = deferral_effect(terms, unpaid, period, today, rules, LATE)
    assert all(change.new_due_date > max(change.old_due_date, today) for change in moved.changes)
    old_fen = sum(change.old_payment_fen for change in moved.changes)
    new_fen = sum(change.new_payment_fen + change.stays_due_fen for change in moved.changes)
    assert new_fen - old_fen == moved.extra_interest_fen >= 0
    assert moved.extra_interest_fen == (0 if free else moved.normal_interest_fen)
    assert moved.penalty_if_late_fen >= 0
