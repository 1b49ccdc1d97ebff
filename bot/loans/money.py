"""Exact amounts: integer fen outside, fractions inside, one rounding at the end."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

# A yearly rate divided by 365 has no finite decimal form, so an exact daily rate may be a fraction.
Rate = Decimal | Fraction

MONTHS_A_YEAR = 12

_YUAN = re.compile(r"-?[0-9]+(\.[0-9]{1,2})?")


def round_fen(exact: Fraction | Decimal | int) -> int:
    """Whole fen: a half goes up (away from zero), as lenders post it.

    Multiply first and divide last before calling: a rate divided beforehand loses the half that decides.

    Args:
        exact: an unrounded amount in fen.

    >>> round_fen(Decimal("0.5")), round_fen(Fraction(300000 * 1825, 10000 * 12))
    (1, 4563)
    """
    amount = Fraction(exact)
    magnitude = (2 * abs(amount.numerator) + amount.denominator) // (2 * amount.denominator)
    return magnitude if amount >= 0 else -magnitude


def fen(text: str) -> int:
    """Fen of an amount written in yuan with at most two decimals.

    Raises:
        ValueError: anything else, thousands separators and a third decimal included.

    >>> fen("1234.50"), fen("7")
    (123450, 700)
    """
    if not _YUAN.fullmatch(text):
        raise ValueError(f"not an amount in yuan: {text!r}")
    return int(Fraction(text) * 100)


def share_fen(amount_fen: int, share: Rate) -> int:
    """A share of an amount (0.1 is a tenth), in whole fen."""
    return round_fen(Fraction(amount_fen) * Fraction(share))


def daily_interest_fen(principal_fen: int, daily_rate: Rate, days: int) -> int:
    """Simple interest of a number of days, in whole fen.

    Raises:
        ValueError: a negative number of days.
    """
    if days < 0:
        raise ValueError(f"interest cannot run for {days} days")
    return round_fen(Fraction(principal_fen) * Fraction(daily_rate) * days)


def monthly_interest_fen(principal_fen: int, annual_rate: Rate, months: int = 1) -> int:
    """Simple interest of whole months in whole fen: a twelfth of the yearly rate each, each month rounded for itself."""
    if months < 0:
        raise ValueError(f"interest cannot run for {months} months")
    return round_fen(Fraction(principal_fen) * Fraction(annual_rate) / MONTHS_A_YEAR) * months
