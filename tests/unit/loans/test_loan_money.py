from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.loans.money import daily_interest_fen, fen, monthly_interest_fen, round_fen, share_fen
from tests.unit.loans.properties import same_every_time


@same_every_time
@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_rounding_agrees_with_decimal_half_up_below_zero_too(exact):
    assert round_fen(exact) == int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@same_every_time
@given(st.fractions(min_value=0, max_value=10**9))
def test_rounding_is_never_off_by_more_than_half_a_fen(exact):
    assert Fraction(-1, 2) < round_fen(exact) - exact <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1234.50", 123450), ("0.01", 1), ("7", 700), ("7.5", 750), ("-3.20", -320), ("007.10", 710)],
)
def test_yuan_as_text_become_fen(text, expected):
    assert fen(text) == expected


@pytest.mark.parametrize(
    "text", ["", "1,234.50", "1.005", "1.", ".5", "1e3", " 1", "1元", "１２", "nan", "--1", "+1", "1\n", "1/2"]
)
def test_what_is_not_an_amount_in_yuan_is_refused(text):
    with pytest.raises(ValueError, match="not an amount in yuan"):
        fen(text)


def test_interest_multiplies_before_it_divides():
    assert monthly_interest_fen(300000, Decimal("0.1825")) == 4563  # with 0.1825/12 first it would be 4562
    assert daily_interest_fen(100000, Fraction(Decimal("0.1825")) / 365, 1) == 50


def test_each_month_of_interest_is_rounded_for_itself():
    assert monthly_interest_fen(300000, Decimal("0.1825"), months=3) == 3 * 4563


def test_no_days_and_no_rate_cost_nothing():
    assert daily_interest_fen(100000, Decimal("0.0005"), 0) == 0
    assert daily_interest_fen(100000, Decimal(0), 30) == 0
    assert share_fen(0, Decimal("0.1")) == 0


@pytest.mark.parametrize("reckon", [daily_interest_fen, monthly_interest_fen])
def test_interest_does_not_run_backwards(reckon):
    with pytest.raises(ValueError, match="cannot run for -1"):
        reckon(100000, Decimal("0.1"), -1)
