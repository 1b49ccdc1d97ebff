"""How amounts, days and moments are written for borrowers.

>>> yuan(123450)
'1,234.50元'
>>> day(date(2026, 12, 15))
'12月15日(周二)'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

from bot.client.results import Instalment, Loan, Payment

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
_WEEKDAYS = "一二三四五六日"


def yuan(fen: int) -> str:
    """An amount of fen in yuan, with thousands marked."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}元"


def day(value: date, today: date | None = None) -> str:
    """A day with its weekday; with its year when that is not the year of `today`.

    >>> day(date(2027, 1, 3), today=date(2026, 11, 24))
    '2027年1月3日(周日)'
    """
    year = f"{value.year}年" if today is not None and value.year != today.year else ""
    return f"{year}{value.month}月{value.day}日(周{_WEEKDAYS[value.weekday()]})"


def moment(value: datetime) -> str:
    """A moment in Shanghai, to the minute.

    >>> moment(datetime(2026, 11, 24, 7, 5, tzinfo=timezone.utc))
    '11月24日15:05'
    """
    local = value.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def clock(value: datetime) -> str:
    """The time of day in Shanghai."""
    return f"{value.astimezone(SHANGHAI):%H:%M}"


_INSTALMENT_MARKS = {"overdue": " 已逾期", "deferred": " 已延期", "paid": " 已还"}
_PAYMENT_MARKS = {"booked": "已入账", "processing": "处理中", "failed": "没有成功"}


def plan_row(instalment: Instalment, today: date | None = None) -> str:
    """One line of a plan."""
    mark = _INSTALMENT_MARKS.get(instalment.status, "")
    return f"第{instalment.instalment_number}期 {day(instalment.due_date, today)} {yuan(instalment.outstanding_fen)}{mark}"


def loan_row(loan: Loan, today: date | None = None) -> str:
    """One line of a list of loans: what it is, when and how much is next."""
    if loan.status == "overdue":
        return f"{loan.product_name} 逾期{loan.days_past_due}天 {yuan(loan.overdue_fen)}"
    if loan.next_due_date is None or loan.next_due_fen is None:
        return f"{loan.product_name} {yuan(loan.outstanding_fen)}"
    return f"{loan.product_name} {day(loan.next_due_date, today)} {yuan(loan.next_due_fen)}"


def payment_row(payment: Payment, today: date | None = None) -> str:
    """One line of a list of payments."""
    return f"{day(payment.value_date, today)} {yuan(payment.amount_fen)} {_PAYMENT_MARKS.get(payment.status, '')}"


def listed(names: Iterable[str]) -> str:
    """Names in one sentence, each once.

    >>> listed(["青禾借", "青禾花", "青禾借"])
    '青禾借、青禾花'
    """
    return "、".join(dict.fromkeys(names))


def lines(rows: Iterable[str]) -> str:
    """Rows below one another."""
    return "\n".join(rows)


def shown(values: Mapping[str, Any], today: date | None = None) -> dict[str, Any]:
    """Values named with their unit, written for borrowers and named without it.

    `extra_interest_fen` becomes `extra_interest` in yuan, `new_due_date` keeps its name and becomes a day, `undo_until_at`
    becomes `undo_until`. What has no unit stays as it is. Values that are still text, as in a problem document, are read first.

    >>> shown({"fee_fen": 100, "latest_date": "2026-12-24", "max_days": 30})
    {'fee': '1.00元', 'latest_date': '12月24日(周四)', 'max_days': 30}
    """
    written: dict[str, Any] = {}
    for name, value in values.items():
        if value is None:
            written[name] = ""
        elif name.endswith("_fen"):
            written[name[:-4]] = yuan(int(value))
        elif name.endswith("_date"):
            written[name] = day(date.fromisoformat(value) if isinstance(value, str) else value, today)
        elif name.endswith("_at"):
            written[name[:-3]] = moment(datetime.fromisoformat(value) if isinstance(value, str) else value)
        elif isinstance(value, (str, int, float, bool)):
            written[name] = value
    return written
