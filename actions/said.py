"""Days and months of a bill or a due day, as borrowers name them. Pure functions over what they wrote."""

from __future__ import annotations

from datetime import date

from bot.loans.days import add_months
from bot.nlu.numerals import numerals, whole_number
from bot.nlu.values import DATE, VAGUE_TIME, Value, read_values

_LONGEST_MONTH = 31


def due_day_said(text: str, today: date) -> int | None:
    """The day of the month that a text wishes for: the last one it names, as what it moves from comes before.

    >>> day = date(2026, 11, 24)
    >>> [due_day_said(said, day) for said in ("从12号改到二十号", "改到月底", "每个月15号", "8", "发工资以后", "改一下")]
    [20, 30, 15, 8, None, None]
    """
    days = [found for value in read_values(text, today) if (found := _day_in(value)) is not None]
    bare = whole_number(text.strip()) if not days else None
    return days[-1] if days else bare if bare is not None and bare <= _LONGEST_MONTH else None


def _day_in(value: Value) -> int | None:
    if value.entity == DATE:
        return date.fromisoformat(str(value.value)).day
    return _number_in(value) if (value.entity, value.value) == (VAGUE_TIME, "recurring") else None


def month_said(text: str, today: date, aspects: list[str]) -> date | None:
    """The first day of the month that a question is about; None when it names none.

    A month without a year is the nearest: one more than half a year ahead was last year's.

    >>> month_said("12月要还多少", date(2026, 11, 24), []), month_said("三月份的账单", date(2026, 11, 24), [])
    (datetime.date(2026, 12, 1), datetime.date(2027, 3, 1))
    >>> month_said("上个月还了吗", date(2026, 11, 24), ["bill_last_month"])
    datetime.date(2026, 10, 1)
    """
    first = today.replace(day=1)
    for aspect, months in (("bill_this_month", 0), ("bill_next_month", 1), ("bill_last_month", -1)):
        if aspect in aspects:
            return add_months(first, months)
    named = [value for value in read_values(text, today) if (value.entity, value.value) == (VAGUE_TIME, "no_day")]
    number = _number_in(named[0]) if named else None
    if number is None or not 1 <= number <= 12:
        return None
    months = (number - today.month) % 12
    return add_months(first, months if months <= 6 else months - 12)


def _number_in(value: Value) -> int | None:
    found = numerals(value.text)
    return found[-1].whole if found else None
