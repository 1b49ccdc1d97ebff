"""When auto debit draws next. Pure: the lender's hours and "now" are arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True)
class DebitHours:
    """At which hours of the due date auto debit draws, and for how many days after it while something is unpaid."""

    hours: Sequence[time]
    retry_days: int = 0


def next_attempt(due_date: date, debit: DebitHours, now: datetime) -> datetime | None:
    """The next moment at which auto debit draws for something due on a day; None when it does not try any more.

    Args:
        due_date: the day it is due, past or to come.
        debit: the lender's hours, from early to late.
        now: an aware moment; the answer is in its time zone.

    >>> from datetime import timezone
    >>> twice = DebitHours([time(8), time(20)], retry_days=1)
    >>> next_attempt(date(2026, 11, 24), twice, datetime(2026, 11, 24, 9, tzinfo=timezone.utc)).isoformat()
    '2026-11-24T20:00:00+00:00'
    """
    day = max(due_date, now.date())
    while (day - due_date).days <= debit.retry_days:
        for hour in debit.hours:
            at = datetime.combine(day, hour, now.tzinfo)
            if at > now:
                return at
        day += timedelta(days=1)
    return None
