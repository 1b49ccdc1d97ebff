"""Opening hours at their edges."""

from __future__ import annotations

from datetime import date, time
from itertools import islice

import pytest

from bot.loans.opening_hours import OpeningHours, Span, wait_minutes
from bot.loans.protection import can_be_deleted, pause_runs_until

DAY = Span(time(9), time(17, 30))
OFFICE = OpeningHours((DAY,) * 5 + (None, None), frozenset({date(2026, 11, 26)}))
TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("day", "at", "open_then"),
    [
        (TUESDAY, time(8, 59, 59), False),
        (TUESDAY, time(9), True),
        (TUESDAY, time(17, 29, 59), True),
        (TUESDAY, time(17, 30), False),
        (date(2026, 11, 26), time(12), False),  # closed by date
        (date(2026, 11, 28), time(12), False),  # Saturday
    ],
)
def test_the_last_minute_counts_and_closing_time_does_not(day: date, at: time, open_then: bool) -> None:
    assert OFFICE.is_open(day, at) is open_then


@pytest.mark.parametrize(
    ("day", "at", "opens"),
    [
        (TUESDAY, time(6), (TUESDAY, time(9))),
        (TUESDAY, time(20), (date(2026, 11, 25), time(9))),
        (date(2026, 11, 25), time(18), (date(2026, 11, 27), time(9))),  # over the closed day
        (date(2026, 11, 27), time(18), (date(2026, 11, 30), time(9))),  # over the weekend
    ],
)
def test_the_next_opening_passes_over_days_without_people(day: date, at: time, opens: tuple[date, time]) -> None:
    assert OFFICE.next_opening(day, at) == opens


def test_where_nobody_ever_is_there_is_no_next_opening() -> None:
    assert OpeningHours((None,) * 7).next_opening(TUESDAY, time(9)) is None
    assert list(OpeningHours((None,) * 7).whole_hours(TUESDAY, time(9))) == []


def test_a_call_back_begins_on_the_hour_after_now_and_ends_before_closing() -> None:
    hours = [at.hour for day, at in OFFICE.whole_hours(TUESDAY, time(14)) if day == TUESDAY]
    assert hours == [15, 16]  # not 14, which has begun, and not 17, as it would end at 18
    first = next(iter(islice(OFFICE.whole_hours(TUESDAY, time(16)), 1)))
    assert first == (date(2026, 11, 25), time(9))


def test_nobody_waits_less_than_a_minute() -> None:
    assert wait_minutes(0, people=1, minutes_each=5) == 1
    assert wait_minutes(4, people=1, minutes_each=5) == 20


def test_asking_again_for_a_pause_makes_it_longer_or_leaves_it() -> None:
    assert pause_runs_until(TUESDAY, 15, None) == date(2026, 12, 9)
    assert pause_runs_until(TUESDAY, 15, date(2026, 12, 1)) == date(2026, 12, 9)
    assert pause_runs_until(TUESDAY, 15, date(2026, 12, 24)) == date(2026, 12, 24)


def test_what_the_law_keeps_stays_whatever_the_situation() -> None:
    assert not can_be_deleted("required_by_law", set())
    assert not can_be_deleted("owing", {"owing"})
    assert can_be_deleted("with_agency", {"owing"})
