"""Annual rates of a schedule by internal rate of return, and conversions between daily and annual.

Source: PBOC Announcement 2021 No. 3: either way of stating it is admitted, the simple one named as simple.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from bot.loans.days import days_between
from bot.loans.money import MONTHS_A_YEAR, Rate
from bot.loans.schedule import Instalment, LoanTerms, RepaymentMethod, repayment_schedule


@dataclass(frozen=True)
class AnnualRates:
    """What a loan costs a year, interest and fees together, unrounded.

    Attributes:
        monthly_irr: rate a month that discounts the payments to the principal; None for `bullet_daily`.
        simple: twelve times that (for `bullet_daily`, cost over principal, times 365 over days).
        compound: the same rate, compounded over a year.
    """

    monthly_irr: Decimal | None
    simple: Decimal
    compound: Decimal


def monthly_irr(principal_fen: int, payments_fen: Sequence[int]) -> Decimal:
    """Rate a month at which payments a month apart are worth the principal; negative when they sum to less.

    Raises:
        ValueError: a principal of zero or less, a negative payment, or nothing but zeros.
    """
    if principal_fen <= 0 or min(payments_fen, default=0) < 0 or not any(payments_fen):
        raise ValueError("a rate of return needs a principal and payments above zero")
    if sum(payments_fen) == principal_fen:
        return Decimal(0)
    with localcontext() as context:
        context.prec = 40
        # The value of the payments grows with the discount factor v = 1/(1+r), so halving finds the one place.
        low, high = Decimal(0), Decimal(1)
        while _value(payments_fen, high) < principal_fen:
            low, high = high, high * 2
        for _ in range(110):
            middle = (low + high) / 2
            if _value(payments_fen, middle) < principal_fen:
                low = middle
            else:
                high = middle
        rate = 1 / high - 1
    return +rate


def _value(payments_fen: Sequence[int], discount: Decimal) -> Decimal:
    value = Decimal(0)
    for payment_fen in reversed(payments_fen):
        value = (value + payment_fen) * discount
    return value


def annual_rates(terms: LoanTerms, instalments: Sequence[Instalment] | None = None) -> AnnualRates:
    """Yearly cost of a loan, of the instalments given (taken as a month apart) or of its regular schedule."""
    rows = repayment_schedule(terms) if instalments is None else instalments
    if terms.method is RepaymentMethod.BULLET_DAILY:
        days = days_between(terms.disbursed_date, rows[-1].due_date)
        cost = Decimal(sum(row.interest_fen + row.fee_fen for row in rows)) / terms.principal_fen
        return AnnualRates(None, cost * 365 / days, (1 + cost) ** (Decimal(365) / days) - 1)
    rate = monthly_irr(terms.principal_fen, [row.payment_fen for row in rows])
    return AnnualRates(rate, rate * MONTHS_A_YEAR, (1 + rate) ** MONTHS_A_YEAR - 1)


def annual_rate_of(daily_rate: Rate, day_base: int = 365) -> Decimal:
    """The simple yearly rate of a daily one (0.0004 a day is 0.1460 a year)."""
    return _decimal(Fraction(daily_rate) * day_base)


def daily_rate_of(annual_rate: Rate, day_base: int = 365) -> Decimal:
    """The daily rate of a simple yearly one, to show; reckon with `LoanTerms.exact_daily_rate`, which is not rounded."""
    return _decimal(Fraction(annual_rate) / day_base)


def _decimal(exact: Fraction) -> Decimal:
    return Decimal(exact.numerator) / exact.denominator


def percent(rate: Decimal, places: int = 2) -> Decimal:
    """A rate in per cent, rounded half up.

    >>> percent(Decimal("0.1460009"))
    Decimal('14.60')
    """
    return (rate * 100).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
