"""What a loan costs: a period's interest as a sum that can be checked by hand, and the ceiling a court looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from bot.loans.days import days_between
from bot.loans.money import daily_interest_fen, monthly_interest_fen, round_fen
from bot.loans.schedule import LoanTerms, RepaymentMethod

# Fafa 2017 No. 22, art. 2: all costs together, on the borrower's request; no ceiling of the contract itself.
CEILING_RATE = Decimal("0.24")


class InterestBy(str, Enum):
    """How an instalment's cost is counted."""

    MONTH = "month"
    DAY = "day"
    FLAT_FEE = "flat_fee"


@dataclass(frozen=True)
class InterestSum:
    """One instalment's interest (or fee) and what it was made of.

    Attributes:
        by: month: base × yearly rate ÷ 12; day: base × daily rate × days; flat fee: base × fee rate ÷ term.
        base_fen: principal that bears it.
        rate: yearly, daily or whole fee rate, as `by` says.
        count: days, or number of instalments of a flat fee; 12 by month.
        amount_fen: the result.
    """

    by: InterestBy
    base_fen: int
    rate: Fraction
    count: int
    amount_fen: int


def interest_sum(terms: LoanTerms, opening_fen: int, start: date, due_date: date) -> InterestSum:
    """How the cost of the instalment due on a day comes about, by the terms alone.

    Args:
        terms: the loan's.
        opening_fen: principal owed before it.
        start: the day from which its interest counts.
        due_date: its due date.
    """
    if terms.method is RepaymentMethod.FLAT_FEE:
        rate = Fraction(terms.fee_rate or 0)
        fee_fen = round_fen(Fraction(terms.principal_fen) * rate / terms.term)
        return InterestSum(InterestBy.FLAT_FEE, terms.principal_fen, rate, terms.term, fee_fen)
    if terms.method.by_day:
        days = max(0, days_between(start, due_date))
        rate = terms.exact_daily_rate
        return InterestSum(InterestBy.DAY, opening_fen, rate, days, daily_interest_fen(opening_fen, rate, days))
    rate = Fraction(terms.annual_rate or 0)
    return InterestSum(InterestBy.MONTH, opening_fen, rate, 12, monthly_interest_fen(opening_fen, rate))


def is_over_ceiling(simple_annual_rate: Decimal, ceiling: Decimal = CEILING_RATE) -> bool:
    """Whether interest and fees of the plan together come to more than the ceiling a year."""
    return simple_annual_rate > ceiling
