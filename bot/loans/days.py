"""Calendar days of a loan: due dates by anchor day, and the periods a borrower asks for."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

_DURATION = re.compile(r"P([1-9][0-9]{0,3})([DWMI])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def days_between(earlier: date, later: date) -> int:
    """Days from one day to another, the first counted and the last not; negative when `later` is earlier."""
    return (later - earlier).days


def day_in_month(year: int, month: int, anchor_day: int) -> date:
    """The anchor day of a month, or the month's last day when the month is shorter."""
    return date(year, month, min(anchor_day, calendar.monthrange(year, month)[1]))


def add_months(day: date, months: int, anchor_day: int | None = None) -> date:
    """The anchor day so many months later (earlier, when negative).

    Args:
        day: only its month counts when an anchor day is given.
        months: how far to go.
        anchor_day: day of the month to come back to after a short month; the day's own by default.

    >>> add_months(date(2026, 2, 28), 1, anchor_day=31)
    datetime.date(2026, 3, 31)
    """
    index = day.year * 12 + day.month - 1 + months
    return day_in_month(index // 12, index % 12 + 1, anchor_day or day.day)


def due_dates(first_due_date: date, term: int, anchor_day: int | None = None) -> tuple[date, ...]:
    """Due dates of all instalments, a month apart, not moved for holidays.

    The first is as given; the others fall on the anchor day (the first date's day by default), cut to the month's end.
    """
    return (first_due_date, *(add_months(first_due_date, months, anchor_day) for months in range(1, term)))


class PeriodUnit(str, Enum):
    """What a period counts; the value is the letter it is written with."""

    DAYS = "D"
    WEEKS = "W"
    MONTHS = "M"
    INSTALMENTS = "I"
    UNTIL = ""


@dataclass(frozen=True)
class Period:
    """How long a borrower asks for: `P15D`, `P2W`, `P3M`, `P2I` (two instalments, our own letter), or the day itself.

    Attributes:
        unit: what is counted; `UNTIL` when the day itself is named.
        count: how many, from 1 to 9999; 0 when the day itself is named.
        until_date: the day named, else None.
    """

    unit: PeriodUnit
    count: int = 0
    until_date: date | None = None

    def __post_init__(self) -> None:
        if (self.unit is PeriodUnit.UNTIL) != (self.until_date is not None):
            raise ValueError("a period either names a day or counts something")
        if self.unit is PeriodUnit.UNTIL and self.count:
            raise ValueError("a period that names a day counts nothing")
        if self.unit is not PeriodUnit.UNTIL and not 1 <= self.count <= 9999:
            raise ValueError(f"a period counts from 1 to 9999, not {self.count}")

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period written in `text`.

        Raises:
            ValueError: neither `P<1-9999><D|W|M|I>` nor a day of the calendar (`2026-12-15`).

        >>> str(Period.parse("P2I")), Period.parse("2026-12-15").until_date
        ('P2I', datetime.date(2026, 12, 15))
        """
        counted = _DURATION.fullmatch(text)
        if counted:
            return cls(PeriodUnit(counted[2]), int(counted[1]))
        if not _DAY.fullmatch(text):
            raise ValueError(f"not a period: {text!r}; expected P15D, P2W, P3M, P2I or 2026-12-15")
        return cls(PeriodUnit.UNTIL, until_date=date.fromisoformat(text))

    def __str__(self) -> str:
        return self.until_date.isoformat() if self.until_date else f"P{self.count}{self.unit.value}"

    def end_from(self, day: date, anchor_day: int | None = None) -> date:
        """The day this period leads to when it starts at `day`; the day itself when it names one.

        Instalments are a month apart, so they count as months here.
        """
        if self.until_date:
            return self.until_date
        if self.unit in (PeriodUnit.MONTHS, PeriodUnit.INSTALMENTS):
            return add_months(day, self.count, anchor_day)
        return day + timedelta(days=self.count * (7 if self.unit is PeriodUnit.WEEKS else 1))
