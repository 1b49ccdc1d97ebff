"""Repayment schedules: what is due when, by each of the ways loans are repaid here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from itertools import pairwise

from bot.loans.days import days_between, due_dates
from bot.loans.money import MONTHS_A_YEAR, daily_interest_fen, monthly_interest_fen, round_fen, share_fen

LONGEST_TERM = 600


class RepaymentMethod(str, Enum):
    """How a loan is repaid; `_daily` methods count interest by actual days, the others by twelfths of a year."""

    EQUAL_PAYMENT = "equal_payment"
    EQUAL_PAYMENT_DAILY = "equal_payment_daily"
    EQUAL_PRINCIPAL = "equal_principal"
    EQUAL_PRINCIPAL_DAILY = "equal_principal_daily"
    INTEREST_ONLY = "interest_only"
    INTEREST_ONLY_DAILY = "interest_only_daily"
    BULLET_DAILY = "bullet_daily"
    FLAT_FEE = "flat_fee"

    @property
    def by_day(self) -> bool:
        """Whether interest is counted by actual days."""
        return self.value.endswith("_daily")

    @property
    def by_month(self) -> bool:
        """Whether interest is a twelfth of the yearly rate each month."""
        return self in (RepaymentMethod.EQUAL_PAYMENT, RepaymentMethod.EQUAL_PRINCIPAL, RepaymentMethod.INTEREST_ONLY)

    @property
    def level(self) -> bool:
        """Whether every instalment comes to the same payment."""
        return self in (RepaymentMethod.EQUAL_PAYMENT, RepaymentMethod.EQUAL_PAYMENT_DAILY)

    @property
    def principal_last(self) -> bool:
        """Whether the whole principal is repaid with the last instalment."""
        return self in (
            RepaymentMethod.INTEREST_ONLY,
            RepaymentMethod.INTEREST_ONLY_DAILY,
            RepaymentMethod.BULLET_DAILY,
        )


@dataclass(frozen=True)
class LoanTerms:
    """What borrower and lender agreed; enough to draw up the schedule.

    Attributes:
        principal_fen: amount lent, above zero.
        method: how it is repaid.
        term: number of instalments, 1 to 600; 1 for `bullet_daily`.
        disbursed_date: when the money went out; interest starts that day.
        first_due_date: due date of the first instalment, after `disbursed_date`.
        anchor_day: day of the month to come back to after a short month; the first due date's own when None.
        annual_rate: simple yearly rate, for methods that count by month (and by day, divided by `day_base`).
        daily_rate: rate a day, for `_daily` methods; wins over `annual_rate` there.
        fee_rate: fee of all instalments together as a share of the principal, for `flat_fee` only.
        day_base: days a contract's year has, 365 or 360.

    Raises:
        ValueError: any of this is missing or impossible; the message says which.
    """

    principal_fen: int
    method: RepaymentMethod
    term: int
    disbursed_date: date
    first_due_date: date
    anchor_day: int | None = None
    annual_rate: Decimal | None = None
    daily_rate: Decimal | None = None
    fee_rate: Decimal | None = None
    day_base: int = 365

    def __post_init__(self) -> None:
        if self.principal_fen <= 0:
            raise ValueError(f"the principal must be above zero, not {self.principal_fen} fen")
        if not 1 <= self.term <= LONGEST_TERM:
            raise ValueError(f"a loan has 1 to {LONGEST_TERM} instalments, not {self.term}")
        if self.method is RepaymentMethod.BULLET_DAILY and self.term != 1:
            raise ValueError(f"a loan repaid at once has one instalment, not {self.term}")
        if self.first_due_date <= self.disbursed_date:
            raise ValueError(f"the first due date {self.first_due_date} must be after the loan of {self.disbursed_date}")
        if self.anchor_day is not None and not 1 <= self.anchor_day <= 31:
            raise ValueError(f"the anchor day must be a day of the month, not {self.anchor_day}")
        if self.day_base not in (360, 365):
            raise ValueError(f"a contract's year has 360 or 365 days, not {self.day_base}")
        self._check_rates()

    def _check_rates(self) -> None:
        for name in ("annual_rate", "daily_rate", "fee_rate"):
            rate = getattr(self, name)
            if rate is not None and not (rate.is_finite() and rate >= 0):
                raise ValueError(f"{name} must be zero or more, not {rate}")
        if self.method.by_month and self.annual_rate is None:
            raise ValueError(f"{self.method.value} needs an annual_rate")
        if self.method.by_day and self.annual_rate is None and self.daily_rate is None:
            raise ValueError(f"{self.method.value} needs a daily_rate or an annual_rate")
        if (self.method is RepaymentMethod.FLAT_FEE) != (self.fee_rate is not None):
            raise ValueError("a fee_rate is needed for flat_fee, and only there")

    @property
    def exact_daily_rate(self) -> Fraction:
        """Normal interest a day: `daily_rate`, or the yearly rate over `day_base`; zero for `flat_fee` with neither."""
        if self.daily_rate is not None:
            return Fraction(self.daily_rate)
        return Fraction(self.annual_rate or 0) / self.day_base


@dataclass(frozen=True)
class Instalment:
    """One row of a schedule.

    Attributes:
        instalment_number: from 1.
        due_date: last day on time.
        opening_principal_fen: owed before this instalment.
        principal_fen: repaid with it.
        interest_fen: interest with it.
        fee_fen: fee with it.
        days: days of interest for `_daily` methods, else None.
    """

    instalment_number: int
    due_date: date
    opening_principal_fen: int
    principal_fen: int
    interest_fen: int
    fee_fen: int = 0
    days: int | None = None

    @property
    def payment_fen(self) -> int:
        """All of it together."""
        return self.principal_fen + self.interest_fen + self.fee_fen

    @property
    def closing_principal_fen(self) -> int:
        """Owed after this instalment."""
        return self.opening_principal_fen - self.principal_fen


def repayment_schedule(terms: LoanTerms) -> tuple[Instalment, ...]:
    """All instalments in order; their principal sums to the loan, and the last takes every rounding difference."""
    return schedule_over(terms, due_dates(terms.first_due_date, terms.term, terms.anchor_day))


def regular_payment_fen(terms: LoanTerms) -> int:
    """What every instalment but the last comes to: the payment where it is level, else the principal part."""
    return _regular_fen(terms, due_dates(terms.first_due_date, terms.term, terms.anchor_day))


def schedule_over(
    terms: LoanTerms,
    on_dates: Sequence[date],
    first_number: int = 1,
    payment_fen: int | None = None,
    fee_total_fen: int | None = None,
) -> tuple[Instalment, ...]:
    """The schedule of `terms` on given due dates instead of the regular ones (after a deferral, say).

    Args:
        terms: its `term`, `first_due_date` and `anchor_day` do not count here.
        on_dates: due dates, strictly increasing, after `terms.disbursed_date`.
        first_number: number of the first row.
        payment_fen: pay this much each time until nothing is left, so perhaps on fewer days; the last day takes the rest. For
            equal principal and flat fee it is the principal part. None: spread over all due dates.
        fee_total_fen: flat fee of all rows together; by default the fee rate's share of the principal.

    Raises:
        ValueError: no or unordered dates, a payment of zero or less or for a method without regular ones.
    """
    _check_dates(terms, on_dates)
    if payment_fen is not None and (payment_fen <= 0 or terms.method.principal_last):
        raise ValueError(f"{terms.method.value} cannot be repaid by {payment_fen} fen each time")
    part_fen = _regular_fen(terms, on_dates) if payment_fen is None else payment_fen
    rows: list[Instalment] = []
    opening_fen, start = terms.principal_fen, terms.disbursed_date
    for number, due_date in enumerate(on_dates, start=first_number):
        interest_fen = _interest_fen(terms, opening_fen, start, due_date)
        principal_fen = opening_fen
        if due_date != on_dates[-1]:
            principal_fen = _principal_part_fen(terms.method, part_fen, interest_fen, opening_fen)
        days = days_between(start, due_date) if terms.method.by_day else None
        rows.append(Instalment(number, due_date, opening_fen, principal_fen, interest_fen, days=days))
        opening_fen, start = opening_fen - principal_fen, due_date
        if payment_fen is not None and not opening_fen:
            break
    if terms.method is RepaymentMethod.FLAT_FEE:
        total_fen = share_fen(terms.principal_fen, terms.fee_rate or Decimal(0)) if fee_total_fen is None else fee_total_fen
        return _with_fee(rows, total_fen)
    return tuple(rows)


def _check_dates(terms: LoanTerms, on_dates: Sequence[date]) -> None:
    periods = pairwise((terms.disbursed_date, *on_dates))
    if not on_dates or any(later <= earlier for earlier, later in periods):
        raise ValueError("due dates must follow one another, and the first must be after the loan")
    if terms.method is RepaymentMethod.BULLET_DAILY and len(on_dates) != 1:
        raise ValueError(f"a loan repaid at once has one due date, not {len(on_dates)}")


def _interest_fen(terms: LoanTerms, opening_fen: int, start: date, due_date: date) -> int:
    if terms.method.by_day:
        return daily_interest_fen(opening_fen, terms.exact_daily_rate, days_between(start, due_date))
    if terms.method.by_month:
        return monthly_interest_fen(opening_fen, terms.annual_rate or Decimal(0))
    return 0


def _principal_part_fen(method: RepaymentMethod, part_fen: int, interest_fen: int, opening_fen: int) -> int:
    """Principal of an instalment before the last: never below zero, never more than is left."""
    if method.principal_last:
        return 0
    return max(0, min(part_fen - interest_fen if method.level else part_fen, opening_fen))


def _regular_fen(terms: LoanTerms, on_dates: Sequence[date]) -> int:
    if terms.method.principal_last:
        return 0
    if not terms.method.level:
        return round_fen(Fraction(terms.principal_fen, len(on_dates)))
    return round_fen(_level_payment(terms, on_dates))


def _level_payment(terms: LoanTerms, on_dates: Sequence[date]) -> Fraction:
    """The exact payment that, made on every date, repays the principal with interest.

    With growth g1, g2, … from date to date it is P·g1·g2·…·gn / (1 + gn + gn·gn-1 + …): for equal months the usual
    P·r·(1+r)^n / ((1+r)^n − 1), and P/n when there is no interest.
    """
    if terms.method.by_day:
        periods = pairwise((terms.disbursed_date, *on_dates))
        growth = [1 + terms.exact_daily_rate * days_between(start, end) for start, end in periods]
    else:
        growth = [1 + Fraction(terms.annual_rate or 0) / MONTHS_A_YEAR] * len(on_dates)
    grown, worth = Fraction(1), Fraction(0)
    for factor in reversed(growth):
        worth += grown  # a payment on this date, carried to the last one
        grown *= factor
    return terms.principal_fen * grown / worth


def _with_fee(rows: list[Instalment], total_fen: int) -> tuple[Instalment, ...]:
    """The rows with an equal share of the fee each; the last takes what has not been charged."""
    part_fen = round_fen(Fraction(total_fen, len(rows)))
    charged: list[Instalment] = []
    left_fen = total_fen
    for position, row in enumerate(rows, start=1):
        fee_fen = left_fen if position == len(rows) else min(part_fen, left_fen)
        charged.append(replace(row, fee_fen=fee_fen))
        left_fen -= fee_fen
    return tuple(charged)
