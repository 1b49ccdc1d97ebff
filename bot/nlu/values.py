"""Everything a borrower's sentence names, in one reading: sums, days, durations, instalments, names, reasons, loans.

The single parsers each look for their own kind; here the overlaps are settled (三天后 is a day and no duration) and every
place is mapped back to the text that the borrower typed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from bot.nlu import amounts, dates, entities, instalment_numbers, periods, references
from bot.nlu.normalise import Normalised, normalise

AMOUNT = "amount"
PERIOD = "period"
DATE = "date"
VAGUE_TIME = "vague_time"
INSTALMENT_NUMBER = "instalment_number"
INSTALMENT_COUNT = "instalment_count"
LOAN_REFERENCE = "loan_reference"


@dataclass(frozen=True)
class Value:
    """One thing named in a text.

    Attributes:
        entity: "amount", "period", "date", "vague_time", "instalment_number", "instalment_count", "product", "bank",
            "city", "hardship_reason", "card_last4" or "loan_reference".
        value: fen for an exact amount, ISO text for a period or date, a reason code for a vague time, the canonical name
            or code for everything else.
        start, end: the place in the text as typed.
        role: None when it may be used after an echo; else why it may not be used as it is: "approximate", "ambiguous",
            "relative" (amount: "half", "all", "minimum", "remainder"), "elapsed" (a duration gone by), "remaining",
            "paid", "overdue" (how many instalments).
        text: as typed.
        extra: bounds (`lower_fen`, `upper_fen`, `lower_days`, `upper_days`), `reason` of what is not precise, `district`.
    """

    entity: str
    value: int | str
    start: int
    end: int
    role: str | None
    text: str
    extra: dict[str, int | str] = field(default_factory=dict)


def read_values(text: str, today: date, expecting: str | None = None) -> list[Value]:
    """What a text names, by position.

    Args:
        text: as the borrower typed it.
        today: the Shanghai calendar day to count from.
        expecting: "amount" or "loan_reference" when the bot has just asked for one: a bare number then is one.
    """
    normalised = normalise(text)
    plain = normalised.text
    if not plain:
        return []
    named = entities.find_entities(plain)
    pointed = references.find_loan_references(plain, expecting)
    taken = [(e.start, e.end) for e in named if e.entity in {"product", "bank", "card_last4"}]
    found = [_value(e.entity, e.value, e, normalised, extra=_extra(district=e.district)) for e in named]
    found += [_value(LOAN_REFERENCE, r.value, r, normalised) for r in pointed]

    shut_off = taken + [(r.start, r.end) for r in pointed if not r.value == "all"]
    arrears = [(e.start, e.end) for e in named if e.value == "wage_arrears"]
    for instalment in instalment_numbers.find_instalments(plain):
        if _claim(instalment.start, instalment.end, taken):
            entity = INSTALMENT_NUMBER if instalment.kind == instalment_numbers.NUMBER else INSTALMENT_COUNT
            role = None if instalment.kind in {instalment_numbers.NUMBER, instalment_numbers.COUNT} else instalment.kind
            found.append(_value(entity, instalment.value, instalment, normalised, role=role))
    for day in dates.find_dates(plain, today):
        inside_wages = day.reason == "payday" and _overlaps(day.start, day.end, arrears)
        if not _overlaps(day.start, day.end, shut_off) and not inside_wages and _claim(day.start, day.end, taken):
            found.append(_date_value(day, normalised))
    for period in periods.find_periods(plain):
        if _claim(period.start, period.end, taken):
            found.append(_period_value(period, normalised))
    for amount in amounts.find_amounts(plain, expecting):
        if _claim(amount.start, amount.end, taken):
            found.append(_amount_value(amount, normalised))
    return sorted(found, key=lambda value: (value.start, value.end))


def _claim(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    """Takes a span for one reading; False when another has it already."""
    if _overlaps(start, end, taken):
        return False
    taken.append((start, end))
    return True


def _overlaps(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(s < end and start < e for s, e in spans)


def _date_value(day: dates.DateMention, normalised: Normalised) -> Value:
    if day.date is None:
        return _value(VAGUE_TIME, day.reason or "no_day", day, normalised)
    role = None if day.kind == periods.PRECISE else day.kind
    return _value(DATE, day.date.isoformat(), day, normalised, role=role, extra=_extra(reason=day.reason))


def _period_value(period: periods.PeriodMention, normalised: Normalised) -> Value:
    if period.value is None:
        return _value(VAGUE_TIME, period.reason or "a_while", period, normalised)
    role = "elapsed" if period.elapsed else None if period.kind == periods.PRECISE else period.kind
    bounds = _extra(lower_days=period.lower_days, upper_days=period.upper_days)
    return _value(PERIOD, period.value, period, normalised, role=role, extra=bounds)


def _amount_value(amount: amounts.Amount, normalised: Normalised) -> Value:
    if amount.fen is None:
        return _value(AMOUNT, amount.kind, amount, normalised, role="relative")
    if not amount.approximate:
        return _value(AMOUNT, amount.fen, amount, normalised)
    bounds = _extra(lower_fen=amount.lower_fen, upper_fen=amount.upper_fen)
    return _value(AMOUNT, amount.fen, amount, normalised, role=amount.kind, extra=bounds)


def _extra(**members: int | str | None) -> dict[str, int | str]:
    return {name: member for name, member in members.items() if member is not None}


def _value(
    entity: str,
    value: int | str,
    mention: amounts.Amount
    | dates.DateMention
    | entities.Entity
    | instalment_numbers.InstalmentMention
    | periods.PeriodMention
    | references.LoanReference,
    normalised: Normalised,
    role: str | None = None,
    extra: dict[str, int | str] | None = None,
) -> Value:
    start, end = normalised.original_span(mention.start, mention.end)
    return Value(entity, value, start, end, role, mention.text, extra or {})
