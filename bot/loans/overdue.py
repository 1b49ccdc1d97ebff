"""Being late: days, grace, penalty interest, and the 24 % check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from bot.loans.days import days_between
from bot.loans.money import Rate, daily_interest_fen, monthly_interest_fen


class LoanStatus(str, Enum):
    """How a loan stands."""

    ACTIVE = "active"
    IN_GRACE = "in_grace"
    OVERDUE = "overdue"
    CLOSED = "closed"


class PenaltyBase(str, Enum):
    """What penalty interest is counted on."""

    PRINCIPAL = "principal"
    INSTALMENT = "instalment"


@dataclass(frozen=True)
class PenaltyRules:
    """A product's rules for being late.

    Attributes:
        multiplier: penalty rate over the normal daily rate (1.5 is half as much again).
        base: the overdue principal, or the whole unpaid instalment.
        compound_on_interest: overdue interest bears interest at the penalty rate too (PBOC Yinfa 2003 No. 251, art. 3).
        grace_period_days: days after the due date in which paying costs nothing; later the penalty counts from the due
            date.

    Raises:
        ValueError: a negative number, or interest that would bear penalty twice.
    """

    multiplier: Decimal = Decimal("1.5")
    base: PenaltyBase = PenaltyBase.PRINCIPAL
    compound_on_interest: bool = False
    grace_period_days: int = 0

    def __post_init__(self) -> None:
        if not self.multiplier.is_finite() or self.multiplier < 0 or self.grace_period_days < 0:
            raise ValueError("a penalty multiplier and a grace period are zero or more")
        if self.compound_on_interest and self.base is PenaltyBase.INSTALMENT:
            raise ValueError("the whole instalment bears penalty already; interest cannot bear it again")


@dataclass(frozen=True)
class Penalty:
    """Penalty of one overdue instalment; `total_fen` is both parts.

    Attributes:
        days_past_due: days from the due date, 0 when not past it.
        penalty_interest_fen: on the rules' base.
        compound_interest_fen: on overdue interest, where the rules have it.
    """

    days_past_due: int
    penalty_interest_fen: int
    compound_interest_fen: int

    @property
    def total_fen(self) -> int:
        """Both parts."""
        return self.penalty_interest_fen + self.compound_interest_fen


@dataclass(frozen=True)
class CapCheck:
    """All costs against a yearly ceiling on the principal.

    Attributes:
        cost_fen: interest, compound, penalty and fees together.
        cap_fen: the most the ceiling allows for these days.
    """

    cost_fen: int
    cap_fen: int

    @property
    def over_cap_fen(self) -> int:
        """What lies above the ceiling, 0 when nothing does."""
        return max(0, self.cost_fen - self.cap_fen)


@dataclass(frozen=True)
class RolledMonth:
    """One month of penalty added to the balance it is counted on."""

    month: int
    base_fen: int
    added_fen: int

    @property
    def balance_fen(self) -> int:
        """Owed after this month."""
        return self.base_fen + self.added_fen


def days_past_due(due_date: date, today: date) -> int:
    """Days since the due date; the day after it is day 1, and up to it 0."""
    return max(0, days_between(due_date, today))


def days_delinquent(due_date: date, today: date, grace_period_days: int) -> int:
    """Days since the end of grace; within grace 0."""
    return max(0, days_past_due(due_date, today) - grace_period_days)


def loan_status(oldest_unpaid_due_date: date | None, today: date, grace_period_days: int = 0) -> LoanStatus:
    """How a loan stands by its oldest unpaid due date; closed when there is none."""
    if oldest_unpaid_due_date is None:
        return LoanStatus.CLOSED
    if not days_past_due(oldest_unpaid_due_date, today):
        return LoanStatus.ACTIVE
    late = days_delinquent(oldest_unpaid_due_date, today, grace_period_days)
    return LoanStatus.OVERDUE if late else LoanStatus.IN_GRACE


def penalty(
    due_date: date,
    until: date,
    daily_rate: Rate,
    rules: PenaltyRules,
    *,
    principal_fen: int,
    interest_fen: int = 0,
    fee_fen: int = 0,
    since: date | None = None,
) -> Penalty:
    """Penalty of one unpaid instalment if it is paid (or looked at) on `until`.

    Args:
        due_date: its due date.
        until: last day counted.
        daily_rate: the loan's normal rate a day.
        rules: the product's.
        principal_fen: unpaid principal.
        interest_fen: unpaid interest.
        fee_fen: unpaid fee; bears penalty only with `PenaltyBase.INSTALMENT`.
        since: count from here, after a part payment that settled the penalty up to that day; the due date by default.
            Grace is judged by the due date all the same.
    """
    late_days = days_past_due(due_date, until)
    if late_days <= rules.grace_period_days:
        return Penalty(late_days, 0, 0)
    days = max(0, days_between(max(due_date, since or due_date), until))
    rate = Fraction(daily_rate) * Fraction(rules.multiplier)
    base_fen = principal_fen + (interest_fen + fee_fen if rules.base is PenaltyBase.INSTALMENT else 0)
    compound_fen = daily_interest_fen(interest_fen, rate, days) if rules.compound_on_interest else 0
    return Penalty(late_days, daily_interest_fen(base_fen, rate, days), compound_fen)


def cap_check(principal_fen: int, days: int, cost_fen: int, cap_rate: Decimal = Decimal("0.24"), day_base: int = 365) -> CapCheck:
    """Whether the costs of some days exceed a yearly ceiling; a borrower can ask a court to cut the rest.

    Source: Fafa 2017 No. 22, art. 2 (24 % a year, all costs together, on the borrower's request).
    """
    return CapCheck(cost_fen, daily_interest_fen(principal_fen, Fraction(cap_rate) / day_base, days))


def rolled_up_penalty(balance_fen: int, annual_rate: Decimal, multiplier: Decimal, months: int) -> tuple[RolledMonth, ...]:
    """Penalty added to the balance month by month: only where a contract says so, and to show what it does."""
    rolled: list[RolledMonth] = []
    for month in range(1, months + 1):
        base_fen = rolled[-1].balance_fen if rolled else balance_fen
        added_fen = monthly_interest_fen(base_fen, Fraction(annual_rate) * Fraction(multiplier))
        rolled.append(RolledMonth(month, base_fen, added_fen))
    return tuple(rolled)
