"""Arithmetic of calendar days as borrowers count them, and the days with a name of data/lexicon/calendar.yml."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from bot.nlu import lexicon

# A day without a year that lies further ahead than this is more likely one of the past: ask.
FURTHEST_AHEAD = timedelta(days=200)

DayOf = Callable[[date], "date | None"]


def day_or_none(year: int, month: int | None, day: int | None) -> date | None:
    """The calendar day, or None when there is no such day (30 February)."""
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None


def add_months(day: date, months: int) -> date:
    """As many months later; a day that the month lacks becomes its last.

    >>> add_months(date(2026, 11, 30), 3)
    datetime.date(2027, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def last_of_month(day: date) -> date:
    """The last day of the month that a day lies in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def first_of_month(word: str, today: date) -> date:
    """The first day of the month that 这个月, 下个月, 上个月 and their like mean."""
    if word.startswith("下下"):
        months = 2
    elif word.startswith(("下", "次")):
        months = 1
    elif word.startswith("上上"):
        months = -2
    else:
        months = -1 if word.startswith("上") else 0
    return add_months(today.replace(day=1), months)


def next_month_with(day_number: int, today: date) -> date:
    """The first such day in a later month than today's."""
    month = today.replace(day=1)
    while True:
        month = add_months(month, 1)
        if day := day_or_none(month.year, month.month, day_number):
            return day


@lru_cache(maxsize=1)
def named_days() -> dict[str, list[tuple[re.Pattern[str], DayOf]]]:
    """The named days by table ("solar", "spring_festival"): a pattern, and which day it is from a given today on."""
    words = lexicon.load("calendar")
    first_days = sorted(words["first_lunar_day"].values())

    def solar(month: int, day: int) -> DayOf:
        return lambda today: next(d for d in (date(today.year, month, day), date(today.year + 1, month, day)) if d >= today)

    def lunar(offset: int) -> DayOf:
        return lambda today: next((d for f in first_days if (d := f + timedelta(days=offset)) >= today), None)

    return {
        "solar": [(re.compile(pattern), solar(*month_day)) for pattern, month_day in words["solar"].items()],
        "spring_festival": [
            (re.compile(rf"(?<!过)(?<!过了)(?<!过完)(?:{pattern})(?!之?以?[后前]|过后)"), lunar(offset))
            for pattern, offset in words["spring_festival"].items()
        ],
    }
