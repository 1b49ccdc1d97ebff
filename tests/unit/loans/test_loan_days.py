from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.loans.days import Period, PeriodUnit, add_months, days_between, due_dates
from tests.unit.loans.properties import same_every_time

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "anchor_day", "expected"),
    [
        (date(2026, 1, 31), 1, None, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, None, date(2028, 2, 29)),
        (date(2026, 2, 28), 1, 31, date(2026, 3, 31)),
        (date(2026, 2, 28), 1, None, date(2026, 3, 28)),
        (date(2026, 3, 31), 1, 31, date(2026, 4, 30)),
        (date(2026, 12, 15), 1, None, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, None, date(2025, 12, 15)),
        (date(2028, 2, 29), 12, 29, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, 29, date(2032, 2, 29)),
        (date(2026, 5, 10), 0, None, date(2026, 5, 10)),
    ],
)
def test_months_end_early_where_they_are_short_and_come_back_to_the_anchor(day, months, anchor_day, expected):
    assert add_months(day, months, anchor_day) == expected


def test_due_dates_of_a_loan_of_the_31st_run_through_a_leap_february():
    days = due_dates(date(2027, 12, 31), 5, 31)
    assert [day.isoformat() for day in days] == ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]


def test_a_first_due_date_off_the_anchor_stands_and_the_rest_follow_the_anchor():
    assert due_dates(date(2026, 11, 20), 3, 8) == (date(2026, 11, 20), date(2026, 12, 8), date(2027, 1, 8))


@same_every_time
@given(DAYS, st.integers(1, 60), st.integers(1, 31))
def test_due_dates_are_one_a_month_and_strictly_increasing(first, term, anchor_day):
    days = due_dates(first, term, anchor_day)
    assert len(days) == term
    months = [day.year * 12 + day.month for day in days]
    assert months == list(range(months[0], months[0] + term))


def test_days_between_count_the_first_day_and_not_the_last():
    assert days_between(date(2028, 2, 28), date(2028, 3, 1)) == 2
    assert days_between(date(2026, 3, 1), date(2026, 2, 28)) == -1


@pytest.mark.parametrize("text", ["P1D", "P15D", "P2W", "P3M", "P2I", "P9999D", "2026-12-15", "2028-02-29"])
def test_a_period_is_written_as_it_was_read(text):
    assert str(Period.parse(text)) == text


@same_every_time
@given(st.sampled_from("DWMI"), st.integers(1, 9999))
def test_every_counted_period_reads_back_the_same(letter, count):
    period = Period.parse(f"P{count}{letter}")
    assert (period.unit, period.count, Period.parse(str(period))) == (PeriodUnit(letter), count, period)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "P0D",
        "P-3D",
        "P+3D",
        "P3",
        "3D",
        "P3d",
        "p3D",
        "P1.5M",
        "P1M15D",
        "PT3H",
        "P1Y",
        "P10000D",
        "P015D",
        " P3D",
        "P3D\n",
        "P３D",
        "2026-02-29",
        "2026-13-01",
        "2026-1-5",
        "20261215",
        "2026-12-15T00:00",
        "２０２６-12-15",
        "0000-01-01",
        "半个月",
    ],
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError):
        Period.parse(text)


@same_every_time
@given(st.text(max_size=12))
def test_any_text_is_a_period_or_a_value_error(text):
    try:
        period = Period.parse(text)
    except ValueError:
        return
    assert str(period) == text


@pytest.mark.parametrize(
    "parts",
    [
        (PeriodUnit.DAYS, 0),
        (PeriodUnit.MONTHS, -1),
        (PeriodUnit.DAYS, 3, date(2026, 12, 15)),
        (PeriodUnit.UNTIL,),
        (PeriodUnit.UNTIL, 3, date(2026, 12, 15)),
    ],
)
def test_a_period_that_contradicts_itself_cannot_be_made(parts):
    with pytest.raises(ValueError, match="a period"):
        Period(*parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P15D", date(2026, 2, 15)),
        ("P2W", date(2026, 2, 14)),
        ("P1M", date(2026, 2, 28)),
        ("P2I", date(2026, 3, 31)),
        ("2026-12-15", date(2026, 12, 15)),
    ],
)
def test_where_a_period_leads_from_the_last_day_of_january(text, expected):
    assert Period.parse(text).end_from(date(2026, 1, 31)) == expected


@same_every_time
@given(DAYS, st.integers(1, 400))
def test_weeks_are_seven_days(day, count):
    weeks = Period(PeriodUnit.WEEKS, count).end_from(day)
    assert weeks == Period(PeriodUnit.DAYS, count * 7).end_from(day) == day + timedelta(days=7 * count)
