from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.loans.overdue import LoanStatus
from bot.loans.revolving import (
    RevolvingTerms,
    Statement,
    interest_on_rest_fen,
    last_statement_date,
    minimum_payment_fen,
    next_statement_date,
    revolving_position,
    statement_due_date,
)
from tests.unit.loans.properties import same_every_time

LINE = RevolvingTerms(statement_day=1, due_day=10, grace_period_days=3, late_fee_daily_rate=Decimal("0.0005"))
DUE = date(2026, 11, 10)
BILL = Statement(
    statement_date=date(2026, 11, 1),
    due_date=DUE,
    purchases_fen=300_000,
    instalments_fen=50_000,
    fees_fen=1_000,
    interest_fen=2_000,
    past_due_fen=7_000,
)
MINIMUM = 30_000 + 50_000 + 1_000 + 2_000 + 7_000


@pytest.mark.parametrize(
    ("statement_day", "today", "last", "following"),
    [
        (1, date(2026, 11, 1), date(2026, 11, 1), date(2026, 12, 1)),
        (2, date(2026, 11, 1), date(2026, 10, 2), date(2026, 11, 2)),
        (31, date(2026, 2, 27), date(2026, 1, 31), date(2026, 2, 28)),
        (31, date(2026, 2, 28), date(2026, 2, 28), date(2026, 3, 31)),
        (30, date(2028, 2, 29), date(2028, 2, 29), date(2028, 3, 30)),
        (31, date(2026, 1, 1), date(2025, 12, 31), date(2026, 1, 31)),
    ],
)
def test_statement_days_are_cut_to_the_end_of_the_month(statement_day, today, last, following):
    line = replace(LINE, statement_day=statement_day)
    assert last_statement_date(line, today) == last
    assert next_statement_date(line, today) == following


@pytest.mark.parametrize(
    ("due_day", "statement_date", "expected"),
    [
        (10, date(2026, 11, 1), date(2026, 11, 10)),
        (10, date(2026, 11, 10), date(2026, 12, 10)),
        (10, date(2026, 12, 22), date(2027, 1, 10)),
        (31, date(2026, 2, 28), date(2026, 3, 31)),
    ],
)
def test_a_statement_is_due_on_the_first_due_day_after_it(due_day, statement_date, expected):
    assert statement_due_date(replace(LINE, due_day=due_day), statement_date) == expected


def test_the_minimum_is_a_share_of_purchases_and_all_of_the_rest():
    assert minimum_payment_fen(LINE, BILL) == MINIMUM
    assert minimum_payment_fen(LINE, replace(BILL, purchases_fen=5)) == 60_001  # half a fen goes up


@pytest.mark.parametrize(
    ("paid_fen", "days", "status", "past_due", "delinquent"),
    [
        (0, 0, LoanStatus.ACTIVE, 0, 0),
        (0, 1, LoanStatus.IN_GRACE, 1, 0),
        (MINIMUM - 1, 3, LoanStatus.IN_GRACE, 3, 0),
        (MINIMUM - 1, 4, LoanStatus.OVERDUE, 4, 1),
        (MINIMUM, 4, LoanStatus.ACTIVE, 0, 0),
        (BILL.total_fen, 4, LoanStatus.CLOSED, 0, 0),
        (BILL.total_fen + 1, 4, LoanStatus.CLOSED, 0, 0),
    ],
)
def test_paying_the_minimum_keeps_the_line_in_order(paid_fen, days, status, past_due, delinquent):
    position = revolving_position(LINE, BILL, paid_fen, DUE + timedelta(days=days))
    assert (position.status, position.days_past_due, position.days_delinquent) == (status, past_due, delinquent)


def test_interest_on_the_rest_runs_from_the_day_after_the_due_date():
    assert interest_on_rest_fen(LINE, 270_000, DUE, DUE - timedelta(days=1)) == 0
    assert interest_on_rest_fen(LINE, 270_000, DUE, DUE) == 0
    assert interest_on_rest_fen(LINE, 270_000, DUE, DUE + timedelta(days=1)) == 135
    position = revolving_position(LINE, BILL, MINIMUM, DUE + timedelta(days=10))
    assert (position.unpaid_fen, position.interest_fen, position.late_fee_fen) == (270_000, 1_350, 0)


def test_paid_in_full_costs_nothing_more():
    position = revolving_position(LINE, BILL, BILL.total_fen, DUE + timedelta(days=10))
    assert (position.unpaid_fen, position.interest_fen, position.late_fee_fen) == (0, 0, 0)


def test_the_unpaid_minimum_bears_the_late_fee_and_not_interest_besides():
    position = revolving_position(LINE, BILL, MINIMUM - 20_000, DUE + timedelta(days=10))
    assert position.minimum_unpaid_fen == 20_000
    assert position.late_fee_fen == 100  # 200.00 for ten days
    assert position.interest_fen == 1_350  # the other 2700.00


def test_no_late_fee_within_grace():
    position = revolving_position(LINE, BILL, 0, DUE + timedelta(days=3))
    assert position.late_fee_fen == 0


def test_fees_and_interest_bear_neither_interest_nor_late_fee():
    position = revolving_position(LINE, BILL, 0, DUE + timedelta(days=10))
    assert position.late_fee_fen == (MINIMUM - 3_000) * 10 * 5 // 10_000


def test_a_late_fee_charged_once_comes_on_top_of_interest():
    card = replace(LINE, late_fee_daily_rate=Decimal(0), late_fee_share=Decimal("0.05"))
    position = revolving_position(card, BILL, MINIMUM - 20_000, DUE + timedelta(days=10))
    assert position.late_fee_fen == 1_000
    assert position.interest_fen == 290_000 * 10 * 5 // 10_000


@same_every_time
@given(st.integers(0, 400_000), st.integers(0, 60))
def test_paying_more_never_costs_more(paid_fen, days):
    today = DUE + timedelta(days=days)
    less, more = (revolving_position(LINE, BILL, paid, today) for paid in (paid_fen, paid_fen + 1_000))
    assert more.interest_fen + more.late_fee_fen <= less.interest_fen + less.late_fee_fen
    assert more.unpaid_fen <= less.unpaid_fen


def test_a_negative_payment_is_refused():
    with pytest.raises(ValueError, match="payment cannot be"):
        revolving_position(LINE, BILL, -1, DUE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"statement_day": 0},
        {"due_day": 32},
        {"grace_period_days": -1},
        {"minimum_share": Decimal("1.1")},
        {"daily_rate": Decimal("-0.1")},
        {"late_fee_share": Decimal("-0.1")},
    ],
)
def test_impossible_terms_of_a_line_are_refused(wrong):
    with pytest.raises(ValueError):
        replace(LINE, **wrong)


@pytest.mark.parametrize("wrong", [{"fees_fen": -1}, {"due_date": BILL.statement_date}])
def test_an_impossible_statement_is_refused(wrong):
    with pytest.raises(ValueError):
        replace(BILL, **wrong)
