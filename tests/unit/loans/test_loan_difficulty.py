"""What a household can pay, which way is recommended, whom a waiver of penalty is for; at their edges."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.loans.affordability import affordable_fen, payment_range
from bot.loans.fee_waiver import WaiverRules, WhyNot, spread
from bot.loans.hardship import Because, Way, recommended

KEPT = Decimal("0.2")
TODAY = date(2026, 11, 24)
LASTING = ["unemployed"]


@pytest.mark.parametrize(
    ("income", "expenses", "other", "expected"),
    [
        (400_000, 250_000, 30_000, 96_000),  # four fifths of 1,200 yuan, whole tens of yuan
        (400_000, 250_000, 0, 120_000),
        (400_000, 398_740, 0, 1_000),  # 12.60 left, 10.08 of it, 10
        (400_000, 398_760, 0, 0),  # 12.40 left, 9.92 of it
        (400_000, 400_000, 0, 0),
        (0, 250_000, 0, 0),
    ],
)
def test_a_household_pays_what_is_left_after_expenses_but_for_a_reserve(
    income: int, expenses: int, other: int, expected: int
) -> None:
    assert affordable_fen(income, expenses, other, KEPT, 1_000) == expected


def test_a_plan_that_takes_no_less_than_the_present_one_leaves_nothing_to_choose() -> None:
    assert payment_range(100_000, 100_000, 1_000) is None
    assert payment_range(99_001, 100_000, 1_000) is None  # rounded up to a step it is not less
    found = payment_range(98_001, 100_000, 1_000)
    assert found is not None and found.min_fen == found.max_fen == found.suggested_fen == 99_000


def test_the_suggested_payment_never_lies_below_what_the_longest_plan_takes() -> None:
    found = payment_range(90_000, 100_000, 1_000)
    assert found is not None and found.suggested_fen == 90_000


@pytest.mark.parametrize(
    ("possible", "reason", "expected"),
    [
        ({Way.INTEREST_FREE_DEFERRAL, Way.RESTRUCTURE}, "unemployed", (Way.INTEREST_FREE_DEFERRAL, Because.COSTS_NOTHING)),
        ({Way.DEFERRAL, Way.RESTRUCTURE}, "unemployed", (Way.RESTRUCTURE, Because.INCOME_IS_LOWER)),
        ({Way.DEFERRAL}, "unemployed", (Way.DEFERRAL, Because.GAP_IS_SHORT)),
        ({Way.DEFERRAL, Way.RESTRUCTURE}, "wage_arrears", (Way.DEFERRAL, Because.GAP_IS_SHORT)),
        ({Way.DEFERRAL, Way.RESTRUCTURE}, None, (Way.DEFERRAL, Because.CHANGES_LEAST)),
        ({Way.RESTRUCTURE, Way.ASSISTANCE}, None, (Way.RESTRUCTURE, Because.ONLY_WAY_LEFT)),
        ({Way.MINIMUM_PAYMENT, Way.RESTRUCTURE}, None, (Way.MINIMUM_PAYMENT, Because.STAYS_ON_TIME)),
        ({Way.ASSISTANCE}, None, (Way.ASSISTANCE, Because.NOTHING_ELSE)),
    ],
)
def test_the_way_that_fits_best(possible: set[Way], reason: str | None, expected: tuple[Way, Because]) -> None:
    found = recommended(possible, reason, lasting_reasons=LASTING)
    assert (found.way, found.because) == expected


def test_nothing_is_recommended_while_a_request_waits() -> None:
    found = recommended({Way.ASSISTANCE}, None, lasting_reasons=LASTING, request_waits=True)
    assert (found.way, found.because) == (None, Because.REQUEST_WAITS)


ILLNESS = WaiverRules(Decimal(1), 20_000, frozenset({"illness"}), frozenset({"illness_on_record"}), max_days_past_due=30)


@pytest.mark.parametrize(
    ("penalty", "days", "reason", "flags", "granted", "expected"),
    [
        (1_000, 12, "illness", [], [], None),
        (1_000, 12, None, ["illness_on_record"], [], None),
        (1_000, 30, "illness", [], [], None),
        (1_000, 31, "illness", [], [], WhyNot.OVERDUE_TOO_LONG),
        (1_000, 12, "unemployed", [], [], WhyNot.REASON_NOT_COVERED),
        (1_000, 12, None, [], [], WhyNot.REASON_NOT_COVERED),
        (0, 0, "illness", [], [], WhyNot.NOTHING_OWED),
        (1_000, 12, "illness", [], [date(2025, 11, 25)], WhyNot.USED_UP),
        (1_000, 12, "illness", [], [date(2025, 11, 24)], None),  # a year later to the day
    ],
)
def test_whom_a_waiver_is_for(
    penalty: int, days: int, reason: str | None, flags: list[str], granted: list[date], expected: WhyNot | None
) -> None:
    assert ILLNESS.why_not(penalty, days, reason, flags, granted, TODAY) == expected


def test_a_waiver_for_everybody_needs_no_reason_and_never_goes_beyond_its_limit() -> None:
    half = WaiverRules(Decimal("0.5"), max_waived_fen=20_000)
    assert half.why_not(1_000, 400, None, [], [], TODAY) is None
    assert [half.waived_fen(penalty) for penalty in (1, 3, 39_999, 90_000)] == [1, 2, 20_000, 20_000]


def test_what_is_waived_comes_off_the_oldest_penalty_first() -> None:
    assert spread(150, [100, 80, 20]) == [100, 50, 0]
    assert spread(0, [100]) == [0] and spread(100, []) == []
