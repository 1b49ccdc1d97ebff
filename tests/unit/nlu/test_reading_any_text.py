"""Whatever is typed, reading it ends, claims only places that exist and never the same number twice."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.dates import find_dates
from bot.nlu.periods import find_periods
from bot.nlu.values import read_values

TODAY = date(2026, 11, 23)
NUMBERS = {"amount", "period", "date", "vague_time", "instalment_number", "instalment_count", "card_last4"}
PIECES = st.sampled_from(
    "三千五 1万2 3.5k 半个月 两个星期 缓两期 下个月15号 月底 过完年 等发工资 "
    "第三期 分12期 尾号1234 ， 还 晚 左右 多 到 或者 十 二天 周三 12-10 "
    "12.10 2026年 12月 10号 个月 块 后 前 大概 360借条 每月 😭 花被 都要 第一笔 三天 一半 0 9 零 千万 半 年 底".split(" ")
    + [" "]
)
TEXTS = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=10).map("".join))
DAYS = st.dates(date(2024, 1, 1), date(2035, 12, 31))


@given(TEXTS, DAYS)
def test_places_exist_and_numbers_are_read_once(text: str, today: date) -> None:
    read = read_values(text, today)
    assert all(0 <= value.start < value.end <= len(text) for value in read)
    counted = sorted((value.start, value.end) for value in read if value.entity in NUMBERS)
    assert all(first[1] <= second[0] or first == second for first, second in zip(counted, counted[1:], strict=False))


@given(DAYS)
def test_words_for_days_count_from_the_given_today(today: date) -> None:
    expected = {"今天": 0, "明天": 1, "后天": 2, "大后天": 3, "外后天": 3, "昨天": -1, "三天后": 3, "过十天": 10}
    for word, days in expected.items():
        (day,) = find_dates(word, today)
        assert (day.date, day.kind) == (today + timedelta(days=days), "precise")


@given(DAYS)
def test_the_end_of_the_month_is_its_last_day(today: date) -> None:
    (day,) = find_dates("月底", today)
    assert day.date is not None
    assert (day.date.month, (day.date + timedelta(days=1)).day) == (today.month, 1)


@given(DAYS, st.integers(1, 28))
def test_a_bare_day_is_never_past_and_asked_back_when_it_is_over(today: date, number: int) -> None:
    (day,) = find_dates(f"{number}号", today)
    assert day.date is not None and day.date >= today and day.date.day == number
    assert (day.kind == "ambiguous") == (number < today.day)


@given(DAYS, st.sampled_from("一二三四五六日"))
def test_a_weekday_is_this_weeks_or_asked_back(today: date, name: str) -> None:
    (day,) = find_dates(f"周{name}", today)
    wanted = "一二三四五六日".index(name)
    if wanted > today.weekday():
        assert (day.kind, day.date) == ("precise", today + timedelta(days=wanted - today.weekday()))
    else:
        assert day.kind in {"vague", "ambiguous"}


@given(DAYS, st.sampled_from("一二三四五六日"))
def test_next_weeks_weekday_lies_in_next_week(today: date, name: str) -> None:
    (day,) = find_dates(f"下周{name}", today)
    assert day.date is not None
    assert (day.date - (today - timedelta(days=today.weekday()))).days == 7 + "一二三四五六日".index(name)


@given(st.integers(1, 60), st.sampled_from([("天", "D", 1), ("个月", "M", 1), ("个星期", "D", 7), ("周", "D", 7)]))
def test_every_count_of_days_weeks_and_months_is_exact(number: int, unit: tuple[str, str, int]) -> None:
    word, letter, times = unit
    (period,) = find_periods(f"晚{number}{word}")
    assert (period.value, period.kind) == (f"P{number * times}{letter}", "precise")
