"""Numbers before anybody asks what they count."""

from __future__ import annotations

from decimal import Decimal

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.amounts import find_amounts
from bot.nlu.numerals import numerals, whole_number


@given(st.integers(min_value=1, max_value=9_999_999))
def test_a_number_in_full_chinese_is_read_back(number: int) -> None:
    (numeral,) = numerals(cn2an.an2cn(number, "low"))
    assert numeral.whole == number


@given(st.integers(min_value=1, max_value=9_999_999))
def test_a_number_in_bankers_characters_is_read_back_as_a_sum(number: int) -> None:
    (amount,) = find_amounts(cn2an.an2cn(number, "rmb"))
    assert amount.fen == number * 100


@given(st.integers(min_value=1, max_value=999_999_99))
def test_a_sum_in_digits_is_read_to_the_fen(fen: int) -> None:
    (amount,) = find_amounts(f"还{fen // 100}.{fen % 100:02d}元")
    assert (amount.fen, amount.kind) == (fen, "exact")


@given(st.integers(min_value=10_000, max_value=99_999_999))
def test_thousands_separators_change_nothing(yuan: int) -> None:
    (amount,) = find_amounts(f"{yuan:,}元")
    assert amount.fen == yuan * 100


@given(st.integers(1, 9), st.integers(1, 9))
def test_a_last_digit_counts_in_the_next_scale(first: int, second: int) -> None:
    digits = "零一二三四五六七八九"
    assert numerals(f"{digits[first]}万{digits[second]}")[0].value == first * 10_000 + second * 1000
    assert numerals(f"{first}万{second}")[0].value == first * 10_000 + second * 1000


@pytest.mark.parametrize("text", ["千万别", "万一", "十分", "百分之", "万分"])
def test_words_with_a_scale_in_them_are_no_numbers(text: str) -> None:
    assert [n.text for n in numerals(text) if n.scaled] == []


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [("两三千", 2000, 3000), ("十几", 11, 19), ("三千多", 3000, 3999), ("几百", 200, 900), ("三千五六", 3500, 3600)],
)
def test_bounds_of_a_loose_number(text: str, lower: int, upper: int) -> None:
    (numeral,) = numerals(text)
    assert (numeral.lower, numeral.upper, numeral.exact) == (Decimal(lower), Decimal(upper), False)


def test_nominal_sum_of_a_loose_amount_lies_within_its_bounds() -> None:
    for text in ("八百来块", "两三千", "两万出头", "不到五千", "千把块", "一万二百", "3000到5000元", "五百以上"):
        (amount,) = find_amounts(text)
        assert amount.approximate
        assert amount.lower_fen is not None and amount.fen is not None and amount.upper_fen is not None
        assert amount.lower_fen <= amount.fen <= amount.upper_fen


@given(st.text(alphabet="一二两三四五六七八九十百千万亿零几半0123456789.,kw块元毛角分多来把天个月年号期第*", max_size=12))
def test_no_text_of_numbers_and_units_breaks_the_reading(text: str) -> None:
    assert all(0 <= a.start < a.end <= len(text) for a in find_amounts(text))
    assert all(0 <= n.start < n.end <= len(text) for n in numerals(text))


def test_whole_number_reads_a_numeral_and_nothing_else() -> None:
    assert (whole_number("十二"), whole_number("12"), whole_number("12期"), whole_number("十几")) == (12, 12, None, None)
