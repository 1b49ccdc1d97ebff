"""How an instalment's interest comes about, by hand, against the schedules of the vectors."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from bot.loans.cost import CEILING_RATE, InterestBy, interest_sum, is_over_ceiling
from bot.loans.schedule import repayment_schedule
from tests.unit.loans.loan_vectors import loan


@pytest.mark.parametrize("loan_id", ["L01", "L02", "L03", "L04", "L06"])
def test_by_month_every_row_is_base_times_yearly_rate_over_twelve(loan_id: str) -> None:
    terms = loan(loan_id)
    for row in repayment_schedule(terms):
        found = interest_sum(terms, row.opening_principal_fen, terms.disbursed_date, row.due_date)
        assert (found.by, found.count) == (InterestBy.MONTH, 12)
        assert found.amount_fen == row.interest_fen


def test_by_day_every_row_is_base_times_daily_rate_times_days() -> None:
    terms = loan("L05")
    rows = repayment_schedule(terms)
    starts = [terms.disbursed_date, *(row.due_date for row in rows)]
    for row, (start, _) in zip(rows, pairwise(starts), strict=True):
        found = interest_sum(terms, row.opening_principal_fen, start, row.due_date)
        assert (found.by, found.count, found.amount_fen) == (InterestBy.DAY, row.days, row.interest_fen)


def test_a_flat_fee_is_the_principals_share_over_the_term() -> None:
    terms = loan("L08")
    rows = repayment_schedule(terms)
    found = interest_sum(terms, rows[3].opening_principal_fen, terms.disbursed_date, rows[3].due_date)
    assert (found.by, found.base_fen, found.count) == (InterestBy.FLAT_FEE, terms.principal_fen, terms.term)
    assert found.amount_fen == rows[3].fee_fen


def test_exactly_the_ceiling_is_not_above_it() -> None:
    assert not is_over_ceiling(CEILING_RATE)
    assert is_over_ceiling(CEILING_RATE + Decimal("0.0001"))
