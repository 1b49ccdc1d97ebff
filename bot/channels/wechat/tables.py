"""A plan as text that stays aligned on a phone.

WeChat's font gives every Chinese character, every full-width figure and every full-width space the same width, and ordinary
figures a narrower one that differs between phones. So a table is built of full-width characters only. A bubble holds about
fifteen of them at the normal size; with large letters a row takes two lines, and nothing has to stand below anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

MOST_ROWS = 6
_FULL_WIDTH = {ord(narrow): chr(ord(narrow) + 0xFEE0) for narrow in "0123456789.,-/+"} | {ord(" "): "\u3000"}
SPACE = "\u3000"


def full_width(text: str) -> str:
    """Figures and spaces as wide as Chinese characters.

    >>> full_width("12月5日 1080.84")
    '１２月５日　１０８０．８４'
    """
    return text.translate(_FULL_WIDTH)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    r"""The rows as lines: the first column to the left, all others to the right, a space between two.

    >>> print("\n".join(aligned([["12月5日", "980.00"], ["1月15日", "1080.84"]])))
    １２月５日　　９８０．００
    １月１５日　１０８０．８４
    """
    wide = [[full_width(cell) for cell in row] for row in rows]
    if not wide:
        return []
    widths = [max(len(row[column]) for row in wide) for column in range(len(wide[0]))]
    return [
        SPACE.join(
            cell.ljust(width, SPACE) if column == 0 else cell.rjust(width, SPACE)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip(SPACE)
        for row in wide
    ]


def figure(fen: int) -> str:
    """An amount without unit and thousands marks, which a narrow table has no room for.

    >>> figure(108084)
    '1080.84'
    """
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def short_day(value: date) -> str:
    """A day without year and weekday; the month has always two places, so that days stand below each other.

    >>> short_day(date(2027, 1, 5))
    '01月05日'
    """
    return f"{value.month:02d}月{value.day:02d}日"


def unpaid(instalments: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The instalments of a card on which something is still owed, in order."""
    return [row for row in instalments if int(row.get("outstanding_fen", row.get("payment_fen", 0))) > 0]


def plan_lines(instalments: Sequence[Mapping[str, Any]], marks: Mapping[str, str], *, large_letters: bool) -> list[str]:
    """A line for each instalment, six at most; in large letters two.

    Args:
        instalments: rows of a plan's card that are still to pay.
        marks: words for a status, such as `overdue`; none for what needs none.
        large_letters: care mode.
    """
    shown = instalments[:MOST_ROWS]
    days = [short_day(date.fromisoformat(str(row["due_date"]))) for row in shown]
    sums = [figure(int(row.get("outstanding_fen", row.get("payment_fen", 0)))) for row in shown]
    said = [marks.get(str(row.get("status")), "") for row in shown]
    if large_letters:
        return [
            line for day, amount, mark in zip(days, sums, said, strict=True) for line in (f"{day}{_behind(mark)}", f"{amount}元")
        ]
    lines = aligned([[day, amount] for day, amount in zip(days, sums, strict=True)])
    # A mark stands in a line of its own, or the row would be too long and break wherever it does.
    return [part for line, mark in zip(lines, said, strict=True) for part in ((line, f"{SPACE}（{mark}）") if mark else (line,))]


def _behind(mark: str) -> str:
    return f"（{mark}）" if mark else ""
