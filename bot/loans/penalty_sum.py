"""Penalty as a sum that can be checked by hand: base × daily rate × multiplier × days, a row for each part.

The rows of an instalment add up to what `bot.loans.overdue.penalty` says, to the fen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from bot.loans.days import days_between
from bot.loans.money import Rate, daily_interest_fen, round_fen, share_fen
from bot.loans.overdue import PenaltyBase, PenaltyRules, days_past_due


class PenaltyOn(str, Enum):
    """What a row counts on."""

    PRINCIPAL = "principal"
    INTEREST = "interest"
    INSTALMENT = "instalment"
    MINIMUM_PAYMENT = "minimum_payment"


@dataclass(frozen=True)
class PenaltyRow:
    """One product of four factors, rounded once.

    Attributes:
        on: what `base_fen` is.
        base_fen: what is late.
        daily_rate: the loan's normal rate a day; of a fee charged once, its share.
        multiplier: how many times the normal rate.
        days: days counted; 1 for a fee charged once.
        from_date: first day that is not counted yet (the due date, or the day of the last payment).
        until_date: last day counted.
        amount_fen: the product.
    """

    on: PenaltyOn
    base_fen: int
    daily_rate: Fraction
    multiplier: Decimal
    days: int
    from_date: date
    until_date: date
    amount_fen: int


def penalty_rows(
    due_date: date,
    until: date,
    daily_rate: Rate,
    rules: PenaltyRules,
    *,
    principal_fen: int,
    interest_fen: int = 0,
    fee_fen: int = 0,
    since: date | None = None,
) -> tuple[PenaltyRow, ...]:
    """The parts of the penalty of one unpaid instalment; the arguments are those of `penalty`. Empty within grace."""
    if days_past_due(due_date, until) <= rules.grace_period_days:
        return ()
    start = max(due_date, since or due_date)
    days = max(0, days_between(start, until))
    whole = rules.base is PenaltyBase.INSTALMENT
    bases = [
        (
            PenaltyOn.INSTALMENT if whole else PenaltyOn.PRINCIPAL,
            principal_fen + (interest_fen + fee_fen if whole else 0),
        )
    ]
    if rules.compound_on_interest:
        bases.append((PenaltyOn.INTEREST, interest_fen))
    rate = Fraction(daily_rate)
    return tuple(
        PenaltyRow(
            on,
            base_fen,
            rate,
            rules.multiplier,
            days,
            start,
            until,
            daily_interest_fen(base_fen, rate * Fraction(rules.multiplier), days),
        )
        for on, base_fen in bases
        if base_fen and days
    )


def late_fee_rows(
    late_fen: int,
    due_date: date,
    until: date,
    *,
    grace_period_days: int,
    daily_rate: Rate,
    share: Rate,
    since: date | None = None,
) -> tuple[PenaltyRow, ...]:
    """The parts of a revolving line's late fee: a rate a day, a share once, or both. Empty within grace.

    Args:
        late_fen: what of the unpaid minimum bears it.
        due_date: of the statement.
        until: last day counted.
        grace_period_days: days in which paying costs nothing.
        daily_rate: late fee a day.
        share: late fee once.
        since: what ran up to this day is not counted again.
    """
    if not late_fen or days_past_due(due_date, until) <= grace_period_days:
        return ()
    start = max(due_date, since or due_date)
    counted_before = days_past_due(due_date, start) > grace_period_days
    on, once, days = PenaltyOn.MINIMUM_PAYMENT, Decimal(1), max(0, days_between(start, until))
    rows = []
    if daily_rate and days:
        amount_fen = daily_interest_fen(late_fen, daily_rate, days)
        rows.append(PenaltyRow(on, late_fen, Fraction(daily_rate), once, days, start, until, amount_fen))
    if share and not counted_before:
        rows.append(PenaltyRow(on, late_fen, Fraction(share), once, 1, start, until, share_fen(late_fen, share)))
    return tuple(rows)


def a_day_more_fen(rows: Iterable[PenaltyRow]) -> int:
    """What each further day adds to these rows, in whole fen."""
    return round_fen(sum((Fraction(row.base_fen) * row.daily_rate * Fraction(row.multiplier) for row in rows), Fraction(0)))


def charged_from(due_date: date, grace_period_days: int) -> date:
    """The first day on which penalty is asked: the day after grace; it then counts from the due date."""
    return due_date + timedelta(days=grace_period_days + 1)
