"""What being late leaves behind: spells of lateness, how long a credit bureau keeps them, and what to settle first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.loans.days import add_months, days_between

# Five years from the day the bad conduct ended: Regulation on Credit Reporting (State Council 2013 No. 631), art. 16.
KEPT_MONTHS = 60


@dataclass(frozen=True)
class LateSpell:
    """A time in which something of a loan was past due without a break.

    Attributes:
        since_date: due date of the first late instalment.
        days_past_due: the most days that any of its instalments was late.
        ended_date: the day on which the last of it was paid; None while something is unpaid.
    """

    since_date: date
    days_past_due: int
    ended_date: date | None

    def is_reported(self, reported_from_days_past_due: int) -> bool:
        """Whether it got so long that the lender reports it."""
        return self.days_past_due >= reported_from_days_past_due

    @property
    def kept_until_date(self) -> date | None:
        """Until when a credit bureau keeps it; None while it goes on, for the years begin with its end."""
        return add_months(self.ended_date, KEPT_MONTHS) if self.ended_date else None


def late_spells(instalments: Iterable[tuple[date, date | None]], today: date) -> tuple[LateSpell, ...]:
    """The spells of one loan, the latest first.

    Args:
        instalments: due date and day of the last payment of each instalment; None where something of it is unpaid.
        today: days are counted up to it.
    """
    late = sorted((due, paid) for due, paid in _past_due(instalments, today))
    spells: list[LateSpell] = []
    for due, paid in late:
        days = days_between(due, paid or today)
        last = spells[-1] if spells else None
        if last and (last.ended_date is None or due <= last.ended_date):
            ended = None if last.ended_date is None or paid is None else max(last.ended_date, paid)
            spells[-1] = LateSpell(last.since_date, max(last.days_past_due, days), ended)
        else:
            spells.append(LateSpell(due, days, paid))
    return tuple(reversed(spells))


def _past_due(instalments: Iterable[tuple[date, date | None]], today: date) -> Iterable[tuple[date, date | None]]:
    return ((due, paid) for due, paid in instalments if due < (paid or today))


@dataclass(frozen=True)
class Arrears:
    """What of one loan is past due.

    Attributes:
        loan_id: of the loan.
        overdue_fen: to be paid for nothing to be past due.
        days_past_due: of the oldest unpaid instalment.
        reported_on_date: the day on which it is, or was, first to be reported.
    """

    loan_id: str
    overdue_fen: int
    days_past_due: int
    reported_on_date: date

    def is_reported(self, today: date) -> bool:
        """Whether that day has come."""
        return self.reported_on_date <= today


def reported_on(due_date: date, reported_from_days_past_due: int) -> date:
    """The day on which an instalment unpaid since its due date is first to be reported."""
    return due_date + timedelta(days=reported_from_days_past_due)


def settle_first(arrears: Sequence[Arrears], today: date) -> list[Arrears]:
    """The order in which paying helps most: what can still be kept out of the record, soonest first; then the longest late."""

    def place(row: Arrears) -> tuple[bool, int, str]:
        urgency = -row.days_past_due if row.is_reported(today) else days_between(today, row.reported_on_date)
        return row.is_reported(today), urgency, row.loan_id

    return sorted(arrears, key=place)
