"""Days in a borrower's words: 下个月15号, 月底, 大后天 → a calendar day; 发工资那天, 过完年 → vague, to be asked back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.nlu import date_patterns as patterns
from bot.nlu.calendar_days import (
    FURTHEST_AHEAD,
    add_months,
    day_or_none,
    first_of_month,
    last_of_month,
    named_days,
    next_month_with,
)
from bot.nlu.numerals import plain_digits, whole_number
from bot.nlu.periods import PRECISE, find_periods
from bot.nlu.vague_times import find_vague_times

APPROXIMATE = "approximate"
AMBIGUOUS = "ambiguous"
VAGUE = "vague"

# Vague times that hold a word for a day and must win over it: 下个月发工资, 过了元旦, 国庆后.
_EVENTS = frozenset({"payday", "after_holiday", "before_holiday", "harvest", "pending_funds", "weekend", "lunar_date"})


@dataclass(frozen=True)
class DateMention:
    """A day somewhere in a text.

    Attributes:
        start, end: where it stands.
        date: the Shanghai calendar day; None when none is named.
        kind: "precise"; "approximate" (15号左右); "ambiguous" (10号, when the 10th of this month is over: the likelier
            day is in `date`); "vague" (发工资那天).
        reason: why it is not precise: "about", "after_date", "passed_this_month", "today_or_next_week", or for vague ones
            "payday", "no_day", "range", "after_holiday", …, as in data/lexicon/vague_times.yml.
        text: as written.
    """

    start: int
    end: int
    date: date | None
    kind: str
    text: str
    reason: str | None = None


_Found = tuple[int, int, "date | None", str, "str | None"]


def find_dates(text: str, today: date) -> list[DateMention]:
    """The days of a text, by position; empty when there is none. What they are for is not looked at.

    Args:
        text: normalised (half width, lower case).
        today: the Shanghai calendar day to count from.
    """
    plain = patterns.JANUARY.sub("1月", plain_digits(text))
    chosen: list[DateMention] = []
    for source in _SOURCES:
        for start, end, day, kind, reason in source(plain, today):
            if not any(other.start < end and start < other.end for other in chosen):
                chosen.append(DateMention(start, end, day, kind, text[start:end], reason))
    chosen.sort(key=lambda mention: mention.start)
    if len(chosen) > 1:  # 下个月领了工资马上还: 马上 adds nothing
        chosen = [mention for mention in chosen if mention.reason != "later"] or chosen[:1]
    return _without_payday_of_known_day([_loosened(plain, mention) for mention in chosen])


def _ranges(plain: str, today: date) -> Iterator[_Found]:
    for pattern in (patterns.RANGE, patterns.TWO_DAYS):
        for match in pattern.finditer(plain):
            yield match.start(), match.end(), None, VAGUE, "range"


def _recurring(plain: str, today: date) -> Iterator[_Found]:
    for match in patterns.RECURRING.finditer(plain):
        yield match.start(), match.end(), None, VAGUE, "recurring"


def _full_dates(plain: str, today: date) -> Iterator[_Found]:
    for match in patterns.FULL.finditer(plain):
        year = match["year"]
        number = int("".join(str("零一二三四五六七八九".find(c)) for c in year)) if not year.isdecimal() else int(year)
        month = whole_number(match["month"] or match["m2"])
        day_number = whole_number(match["day"] or match["d2"])
        day = day_or_none(number + 2000 if number < 100 else number, month, day_number)
        if day is None and match["dash"]:
            continue
        yield match.start(), match.end(), day, *(_precise() if day else (VAGUE, "no_such_day"))


def _month_days(plain: str, today: date) -> Iterator[_Found]:
    for match in patterns.MONTH_DAY.finditer(plain):
        month, day_number = whole_number(match["month"]), whole_number(match["day"])
        if month is None or not 1 <= month <= 12:
            continue
        years = {"今年": today.year, "明年": today.year + 1, "后年": today.year + 2, "去年": today.year - 1}
        if match["year"]:
            day = day_or_none(years[match["year"]], month, day_number)
            yield match.start(), match.end(), day, *(_precise() if day else (VAGUE, "no_such_day"))
        else:
            yield match.start(), match.end(), *_next_of(month, day_number, today)
    for match in patterns.SLASH.finditer(plain):
        month, day_number = int(match["month"]), int(match["day"])
        if not 1 <= month <= 12 or not 1 <= day_number <= 31:
            continue
        cued = (
            match["tail"]
            or patterns.SLASH_CUE.search(plain[: match.start()])
            or match["dash"] != "."
            and match.group() == plain.strip("，。？！ ")
        )
        if cued or match["dash"] == "/" or match["dash"] == "-" and patterns.SLASH_VERB.match(plain, match.end()):
            yield match.start(), match.end(), *_next_of(month, day_number, today)


def _relative_month_days(plain: str, today: date) -> Iterator[_Found]:
    for match in patterns.RELATIVE_DAY.finditer(plain):
        day_number = whole_number(match["day"])
        first = first_of_month(match["rel"], today)
        day = day_or_none(first.year, first.month, day_number)
        yield match.start(), match.end(), day, *(_precise() if day else (VAGUE, "no_such_day"))


def _bare_days(plain: str, today: date) -> Iterator[_Found]:
    """10号: the next such day; ambiguous when this month's is over."""
    for match in patterns.DAY.finditer(plain):
        day_number = whole_number(match["day"].replace("廿", "二十"))
        if day_number is None or not 1 <= day_number <= 31:
            continue
        day = day_or_none(today.year, today.month, day_number)
        if day is not None and day >= today:
            yield match.start(), match.end(), day, *_precise()
            continue
        reason = "passed_this_month" if day else "no_such_day"
        yield match.start(), match.end(), next_month_with(day_number, today), AMBIGUOUS, reason


def _month_ends(plain: str, today: date) -> Iterator[_Found]:
    for match in patterns.MONTH_END.finditer(plain):
        bare = match.group().lstrip("的")
        if not (match["rel"] or match["month"]) and not bare.startswith("月"):
            continue
        if match["month"]:
            month = whole_number(match["month"])
            if month is None or not 1 <= month <= 12:
                continue
            year = today.year + (match["year"] == "明年" or (not match["year"] and month < today.month))
            day = last_of_month(date(year, month, 1))
            if not match["year"] and day > today + FURTHEST_AHEAD:
                yield match.start(), match.end(), None, VAGUE, "past_date"
            else:
                yield match.start(), match.end(), day, *_precise()
        else:
            yield match.start(), match.end(), last_of_month(first_of_month(match["rel"] or "这个月", today)), *_precise()
    for match in patterns.YEAR_END.finditer(plain):
        words = match["year"] or match["short"] or ""
        yield match.start(), match.end(), date(today.year + {"明": 1, "后": 2}.get(words[:1], 0), 12, 31), *_precise()


def _weekdays(plain: str, today: date) -> Iterator[_Found]:
    monday = today - timedelta(days=today.weekday())
    for match in patterns.WEEKDAY.finditer(plain):
        if match["more"]:
            yield match.start(), match.end(), None, VAGUE, "range"
            continue
        relative = (match["rel"] or "").rstrip("个")
        weeks = {"下": 1, "下下": 2, "上": -1, "上上": -2}.get(relative, 0)
        day = monday + timedelta(days=7 * weeks + patterns.WEEKDAYS[match["day"]])
        if weeks or day > today:
            yield match.start(), match.end(), day, *_precise()
        elif day == today and relative:
            yield match.start(), match.end(), day, *_precise()
        elif day == today:
            yield match.start(), match.end(), day, AMBIGUOUS, "today_or_next_week"
        else:
            yield match.start(), match.end(), None, VAGUE, "passed_weekday"


def _day_words(plain: str, today: date) -> Iterator[_Found]:
    for match in patterns.DAY_WORD.finditer(plain):
        yield match.start(), match.end(), today + timedelta(days=patterns.DAY_WORDS[match.group()]), *_precise()


def _distances(plain: str, today: date) -> Iterator[_Found]:
    """三天后, 两周以后, 再过十天, 半个月前: counted from today, unless another day is named as the start."""
    for period in find_periods(plain):
        if period.value is None or period.value.endswith("I"):
            continue
        before = plain[: period.start]
        ahead, ago = patterns.FROM_NOW.match(plain, period.end), patterns.AGO.match(plain, period.end)
        waited = patterns.WAITED.search(before)
        if patterns.OTHER_ANCHOR.search(before) or not (ahead or ago or waited):
            continue
        sign = -1 if ago else 1
        start = period.start if not waited else period.start - (len(before) - waited.start("wait"))
        end = (ahead or ago).end() if ahead or ago else period.end  # type: ignore[union-attr]
        number = sign * int(period.value[1:-1])
        day = today + timedelta(days=number) if period.value.endswith("D") else add_months(today, number)
        kind, reason = _precise() if period.kind == PRECISE else (APPROXIMATE, "about")
        yield start, end, day, kind, reason


def _spring_days(plain: str, today: date) -> Iterator[_Found]:
    yield from _days_by_name(plain, today, "spring_festival")


def _named_days(plain: str, today: date) -> Iterator[_Found]:
    yield from _days_by_name(plain, today, "solar")


def _days_by_name(plain: str, today: date, table: str) -> Iterator[_Found]:
    for pattern, day_of in named_days()[table]:
        for match in pattern.finditer(plain):
            day = day_of(today)
            if day is None or day - today > FURTHEST_AHEAD:
                yield match.start(), match.end(), None, VAGUE, "holiday"
            else:
                yield match.start(), match.end(), day, *_precise()


def _vague(plain: str, today: date) -> Iterator[_Found]:
    for start, end, reason in find_vague_times(plain):
        yield start, end, None, VAGUE, reason
    for match in patterns.MONTH_ALONE.finditer(plain):
        yield match.start(), match.end(), None, VAGUE, "no_day"


def _events(plain: str, today: date) -> Iterator[_Found]:
    for start, end, reason in find_vague_times(plain):
        if reason in _EVENTS:
            yield start, end, None, VAGUE, reason


_SOURCES: tuple[Callable[[str, date], Iterator[_Found]], ...] = (
    _full_dates,
    _recurring,
    _ranges,
    _month_days,
    _relative_month_days,
    _spring_days,
    _events,
    _month_ends,
    _named_days,
    _weekdays,
    _day_words,
    _bare_days,
    _distances,
    _vague,
)


def _loosened(plain: str, mention: DateMention) -> DateMention:
    """The mention as approximate when 左右, 大概 or 以后 stands beside it."""
    if mention.date is None or mention.kind == APPROXIMATE:
        return mention
    if after := patterns.LOOSE_AFTER.match(plain, mention.end):
        return replace(mention, end=after.end(), kind=APPROXIMATE, reason="about", text=plain[mention.start : after.end()])
    if after := patterns.OPEN_AFTER.match(plain, mention.end):
        return replace(mention, end=after.end(), kind=APPROXIMATE, reason="after_date", text=plain[mention.start : after.end()])
    if patterns.LOOSE_BEFORE.search(plain[: mention.start]):
        return replace(mention, kind=APPROXIMATE, reason="about")
    return mention


def _without_payday_of_known_day(mentions: list[DateMention]) -> list[DateMention]:
    """我15号发工资, 15号发了工资就还: the day is named, so payday needs no asking back."""
    kept = []
    for index, mention in enumerate(mentions):
        previous = mentions[index - 1] if index else None
        if mention.reason == "payday" and previous and previous.date and mention.start - previous.end <= 2:
            continue
        kept.append(mention)
    return kept


def _precise() -> tuple[str, None]:
    return PRECISE, None


def _next_of(month: int, day_number: int | None, today: date) -> tuple[date | None, str, str | None]:
    """The next such day; vague when it is over this year and next year's is far."""
    this_year, next_year = day_or_none(today.year, month, day_number), day_or_none(today.year + 1, month, day_number)
    if this_year is None and next_year is None:
        return None, VAGUE, "no_such_day"
    for day in (this_year, next_year):
        if day is not None and today <= day <= today + FURTHEST_AHEAD:
            return day, *_precise()
    return None, VAGUE, "past_date"
