"""Auto debit draws at the lender's hours: on the due date first, and for some days after it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

import pytest

from bot.loans.auto_debit import DebitHours, next_attempt

SHANGHAI = timezone(timedelta(hours=8))
DUE = date(2026, 12, 12)
THREE_TIMES = DebitHours([time(8), time(14), time(20)], retry_days=2)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(1, 23), at(12, 8)),  # before the due date: its first hour
        (at(12, 7, 59), at(12, 8)),
        (at(12, 8), at(12, 14)),  # the hour that has begun is over
        (at(12, 19, 59), at(12, 20)),
        (at(12, 20), at(13, 8)),  # unpaid at the day's end: the next morning
        (at(14, 20), None),  # the last of two more days
        (at(20, 0), None),
    ],
)
def test_the_next_attempt_is_the_next_hour_that_is_left(now: datetime, expected: datetime | None) -> None:
    assert next_attempt(DUE, THREE_TIMES, now) == expected


def test_without_more_days_nothing_is_drawn_after_the_due_date() -> None:
    assert next_attempt(DUE, DebitHours([time(8)]), at(12, 9)) is None
