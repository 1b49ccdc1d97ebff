"""Masking in sentences as borrowers write them: what is private goes, however it is written; what only looks like it stays."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.channels.guard import plain_text
from bot.channels.masking import mask
from bot.config import ROOT
from tests.unit.channels.masking_sentences import NOT_PRIVATE, PRIVATE

CHINESE = "零一二三四五六七八九"
FULL_WIDTH = "０１２３４５６７８９"
BEFORE = ("", "我电话", "打给我：", "号码是 ", "麻烦用这个", "还有，")
AFTER = ("", "，谢谢", "。", " 收到了吗", "是我的", "\n多谢")


@pytest.mark.parametrize(("written", "kept"), PRIVATE, ids=[written for written, _ in PRIVATE])
def test_what_is_private_is_gone_and_the_rest_stays(written: str, kept: str) -> None:
    assert mask(written) == kept


@pytest.mark.parametrize("written", NOT_PRIVATE)
def test_what_only_looks_private_is_kept_as_it_was_written(written: str) -> None:
    assert mask(written) == written


def check_digit_of_card(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def check_digit_of_id(digits: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 11]


def number(length: int) -> st.SearchStrategy[str]:
    return st.text(alphabet="0123456789", min_size=length, max_size=length)


MOBILES = st.builds(lambda second, rest: f"1{second}{rest}", st.sampled_from("3456789"), number(9))
CARDS = (
    st.integers(min_value=13, max_value=16)
    .flatmap(lambda length: number(length).map(lambda rest: f"62{rest}" + check_digit_of_card(f"62{rest}")))
    .filter(lambda digits: not re.match(r"\d{6}(?:18|19|20)\d{2}[01]\d[0-3]\d", digits))
)  # an identity card could read like this
ID_CARDS = st.builds(
    lambda place, year, month, day, order: (
        f"{place}{year}{month:02d}{day:02d}{order}" + check_digit_of_id(f"{place}{year}{month:02d}{day:02d}{order}")
    ),
    st.sampled_from(["110105", "510103", "440305", "650102"]),
    st.integers(min_value=1930, max_value=2012),
    st.integers(min_value=1, max_value=12),
    st.integers(min_value=1, max_value=28),
    number(3),
)
WAYS: dict[str, Callable[[str], str]] = {
    "plain": lambda digits: digits,
    "full width": lambda digits: "".join(FULL_WIDTH[int(d)] if d.isdigit() else d for d in digits),
    "in Chinese": lambda digits: "".join(CHINESE[int(d)] if d.isdigit() else d for d in digits),
    "half in Chinese": lambda digits: "".join(CHINESE[int(d)] if d.isdigit() and n % 2 else d for n, d in enumerate(digits)),
    "one by one": lambda digits: " ".join(digits),
    "lower case": lambda digits: digits.lower(),
    "with what cannot be seen": lambda digits: "\u200b".join(digits),
}
GROUPED: dict[str, Callable[[str, str], str]] = {
    "[手机号]": lambda d, sep: sep.join((d[:3], d[3:7], d[7:])),
    "[身份证号]": lambda d, sep: sep.join((d[:6], d[6:14], d[14:])),
    "[银行卡号]": lambda d, sep: sep.join(d[n : n + 4] for n in range(0, len(d), 4)),
}
PRIVATE_NUMBERS = st.one_of(
    MOBILES.map(lambda d: (d, "[手机号]")), ID_CARDS.map(lambda d: (d, "[身份证号]")), CARDS.map(lambda d: (d, "[银行卡号]"))
)


@settings(max_examples=300, deadline=None)
@given(PRIVATE_NUMBERS, st.sampled_from(sorted(WAYS)), st.sampled_from(BEFORE), st.sampled_from(AFTER))
def test_a_private_number_is_gone_in_whatever_digits_it_is_written(
    private: tuple[str, str], way: str, before: str, after: str
) -> None:
    digits, name = private
    assert plain_text(before + WAYS[way](digits) + after) == before + name + after


@settings(max_examples=200, deadline=None)
@given(PRIVATE_NUMBERS, st.sampled_from(" -.·—"), st.sampled_from(BEFORE), st.sampled_from(AFTER))
def test_a_private_number_is_gone_in_whatever_groups_it_is_written(
    private: tuple[str, str], separator: str, before: str, after: str
) -> None:
    digits, name = private
    written = GROUPED[name](digits, separator)
    assert mask(before + written + after) == before + name + after


@settings(max_examples=200, deadline=None)
@given(st.lists(PRIVATE_NUMBERS, min_size=2, max_size=4), st.sampled_from(["，", "\n", " 和 ", "；", "、"]))
def test_several_numbers_in_a_message_are_all_gone(private: list[tuple[str, str]], between: str) -> None:
    kept = mask(between.join(digits for digits, _ in private))
    assert kept == between.join(name for _, name in private)


# Eleven digits that begin like a mobile number are one, even before 块: nobody owes ten thousand million.
@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=1, max_value=10**12 - 1), st.sampled_from(["元", "块", "元钱", "块钱", "万"]), st.booleans())
def test_no_amount_is_taken_for_a_number_of_somebodys(fen: int, unit: str, grouped: bool) -> None:
    amount = f"{fen / 100:,.2f}" if grouped else f"{fen // 100}"
    for sentence in (f"还欠{amount}{unit}", f"先还{amount}{unit}行不行", f"{amount}{unit}", f"密码锁了，还扣{amount}{unit}"):
        assert mask(sentence) == sentence


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["DF", "RS", "CP", "AS", "PV", "DD"]), number(8), number(4), st.dates())
def test_no_request_no_card_tail_and_no_day_is_taken_for_a_number_of_somebodys(
    kind: str, request: str, tail: str, day: object
) -> None:
    sentence = f"{kind}{request}，尾号{tail}，{day}，贷款L{tail}"
    assert mask(sentence) == sentence


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789一二三号路村区栋[]姓名验证码是我叫王芳妈本人的电话地址 -@.x，：", max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_masked(text: str) -> None:
    assume("[" not in text)
    kept = mask(plain_text(text))
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", kept) or re.search(r"号|[A-Z]|元|块|万|亿", kept)


def test_no_example_that_the_bot_learns_from_holds_what_is_private() -> None:
    """Thirty-five thousand real sentences: whatever masking changes among them is private, or a mistake of masking."""
    changed = set()
    for path in sorted((ROOT / "data" / "nlu").rglob("*.yml")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip().startswith("- "):
                text = re.sub(r"\[([^\]]+)\](\{[^}]*\}|\([^)]*\))", r"\1", line.strip()[2:])
                changed |= {text} if mask(text) != text else set()
    for path in sorted((ROOT / "tests" / "nlu" / "sets").glob("*.tsv")):
        with path.open(encoding="utf-8") as file:
            changed |= {row[0] for row in csv.reader(file, delimiter="\t") if mask(row[0]) != row[0]}
    assert changed <= ALLOWED, changed - ALLOWED


ALLOWED = {"我叫李秀英", "我叫张伟，你能给我起个网名吗"}
HOSTILE = (
    "1" * 1000,
    "1 " * 500,
    "一" * 1000,
    "号" * 1000,
    "路12号" * 200,
    "村三组" * 300,
    "a" * 1000,
    "a@" * 500,
    "@" * 1000,
    "a.b-" * 250,
    "我妈" * 500,
    "我叫" * 500,
    "验证码" * 330,
    "密码是a" * 200,
    "住在区路" * 250,
    "地址：区" * 250,
    "62 " * 330,
    "[" * 1000,
    "人民南路" * 250,
    "138 " * 250,
    "138，" * 250,
    "13-" * 330,
    "账号1 " * 250,
    "账号1234 " * 120,
    "密码a!" * 250,
    "微信a-" * 250,
    "叫我王" * 330,
    "我叫" + "AB " * 330,
    "每期" * 500,
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:6])
def test_no_message_makes_masking_think_for_long(text: str) -> None:
    # A pattern that backtracks would take minutes here, and this room of tests would not end.
    assert mask(mask(text)) == mask(text)
