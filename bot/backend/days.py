"""Days as the lender file writes them: `2026-12-15`, or told from today: `today`, `today+3d`, `today-2m`, `today-1m-5d`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from bot.loans.days import add_months

_RELATIVE = re.compile(r"today((?:[+-][0-9]{1,4}[dm])*)")
_STEP = re.compile(r"([+-][0-9]{1,4})([dm])")


class Day:
    """A day of the lender file, fixed or relative.

    >>> Day.parse("today-1m-5d").on(date(2026, 3, 31))
    datetime.date(2026, 2, 23)
    """

    def __init__(self, fixed: date | None = None, steps: tuple[tuple[int, str], ...] = ()) -> None:
        self._fixed = fixed
        self._steps = steps

    @classmethod
    def parse(cls, value: object) -> Day:
        """The day written in the file.

        Raises:
            ValueError: neither form; the message shows both.
        """
        if isinstance(value, Day):
            return value
        if type(value) is date:  # YAML reads 2026-12-15 as a date by itself; a moment is a date's subclass
            return cls(value)
        text = str(value).replace(" ", "")
        relative = _RELATIVE.fullmatch(text)
        if relative:
            return cls(steps=tuple((int(count), unit) for count, unit in _STEP.findall(relative[1])))
        try:
            return cls(date.fromisoformat(text))
        except ValueError:
            raise ValueError(f"{value!r} is not a day; write 2026-12-15, today, today+3d or today-2m") from None

    def on(self, today: date) -> date:
        """The calendar day meant when the file is read on `today`."""
        if self._fixed:
            return self._fixed
        day = today
        for count, unit in self._steps:
            day = day + timedelta(days=count) if unit == "d" else add_months(day, count)
        return day

    def __str__(self) -> str:
        steps = "".join(f"{count:+d}{unit}" for count, unit in self._steps)
        return self._fixed.isoformat() if self._fixed else f"today{steps}"

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[Any], Day]]:
        """Makes it a field of pydantic models."""
        yield cls.parse
