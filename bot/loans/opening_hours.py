"""When people can be reached: opening hours by weekday, the next opening, times for a call back, and how long one waits.

Pure: a moment is a day and a time of day of Asia/Shanghai, both arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

_LOOK_AHEAD_DAYS = 60


@dataclass(frozen=True)
class Span:
    """A part of a day; `closes` is the first moment at which nobody is there any more."""

    opens: time
    closes: time


@dataclass(frozen=True)
class OpeningHours:
    """Hours of a week.

    Attributes:
        week: Monday to Sunday; None for a day on which nobody is there.
        closed_dates: further days on which nobody is there.
    """

    week: tuple[Span | None, ...]
    closed_dates: frozenset[date] = frozenset()

    def on(self, day: date) -> Span | None:
        """The hours of a day; None when it has none."""
        return None if day in self.closed_dates else self.week[day.weekday()]

    def is_open(self, day: date, at: time) -> bool:
        """Whether somebody is there.

        >>> OpeningHours((Span(time(8), time(22)),) * 7).is_open(date(2026, 11, 24), time(22))
        False
        """
        span = self.on(day)
        return span is not None and span.opens <= at < span.closes

    def next_opening(self, day: date, at: time) -> tuple[date, time] | None:
        """When somebody will be there next, counted from a moment at which nobody is; None when not within two months."""
        for ahead in range(_LOOK_AHEAD_DAYS):
            span = self.on(day + timedelta(days=ahead))
            if span is not None and (ahead or at < span.opens):
                return day + timedelta(days=ahead), span.opens
        return None

    def whole_hours(self, day: date, at: time) -> Iterator[tuple[date, time]]:
        """The full hours, after a moment, at which a call can begin: each has to be over an hour later."""
        for ahead in range(_LOOK_AHEAD_DAYS):
            then = day + timedelta(days=ahead)
            span = self.on(then)
            if span is None:
                continue
            for hour in range(24):
                begins = time(hour)
                ends_in_time = hour < 23 and time(hour + 1) <= span.closes
                if span.opens <= begins and ends_in_time and (ahead or begins > at):
                    yield then, begins


def wait_minutes(waiting: int, people: int, minutes_each: int) -> int:
    """How long the next one waits, roughly, when so many wait and so many people take so long for each.

    >>> [wait_minutes(waiting, people=3, minutes_each=6) for waiting in (0, 2, 3, 7)]
    [1, 1, 6, 12]
    """
    return max(1, waiting // people * minutes_each)
