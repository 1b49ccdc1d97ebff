"""How many days before a due date somebody wants to be reminded: "提前三天"; no length of time that a deferral could take."""

from __future__ import annotations

import re

from bot.nlu.numerals import whole_number

_DAYS_BEFORE = re.compile(r"(?:提前|前)(\d{1,2}|[一两二三四五六七八九十])天")


def days_before(text: str) -> int | None:
    """The number of days; None when the text names none.

    >>> days_before("还款前五天发短信告诉我")
    5
    """
    found = _DAYS_BEFORE.search(text)
    return whole_number(found.group(1)) if found else None
