"""The normal form of a borrower's text, and the way back to what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.normalise import EMOJI, normalise, read_as_known

FORMS = [
    ("花被还最底还款可以不", "花呗还最低还款可以不"),
    ("借唄額度還剩幾多錢", "借呗额度还剩几多钱"),
    ("我要延其还款", "我要延期还款"),
    ("沿期环款", "延期还款"),
    ("于期两天罚西多少", "逾期两天罚息多少"),
    ("借呗预期了怎么办", "借呗逾期了怎么办"),
    ("花呗还最第还款", "花呗还最低还款"),
    ("额渡没了", "额度没了"),
    ("huabei要怎么还", "花呗要怎么还"),
    ("蚂蚁借呗", "借呗"),
    ("HB还不上了", "花呗还不上了"),
    ("华北逾期好几天", "花呗逾期好几天"),
    ("欠３，５００元", "欠3,500元"),
    ("还 500 行不行", "还500行不行"),
    ("手里没钱 ,,, 缓缓吧...", "手里没钱，缓缓吧。"),
    ("什么???!!", "什么？"),
    ("扣了*****元", "扣了***元"),
    ("扣了＊＊＊元", "扣了***元"),
    ("还不起了😭😭", "还不起了"),
    ("借\u200b呗", "借呗"),
    ("还不起[流泪]", "还不起"),
    ("急急急急急急", "急急"),
    ("莫得钱咋个办", "没有钱怎么办"),
    ("还差好多", "还差多少"),
    ("好久扣款", "什么时候扣款"),
    ("我\n还不起", "我，还不起"),
]


@pytest.mark.parametrize(("typed", "normal"), FORMS)
def test_normal_form(typed: str, normal: str) -> None:
    assert normalise(typed).text == normal


@pytest.mark.parametrize(
    "ordinary",
    [
        "华北地区有没有网点",
        "预期年化收益是多少",
        "身份证过期了怎么办",
        "语气好一点",
        "这里系统繁忙",
        "积分起兑多少",
        "延七个月",
        "换卡扣款",
        "我生病做手术费用高",
        "好多人都在问",
        "好久没用了",
        "第二天",
        "我的hb铅笔",
    ],
)
def test_ordinary_words_stay(ordinary: str) -> None:
    assert normalise(ordinary).text == ordinary


def test_a_message_of_emoji_alone_keeps_a_mark_of_it() -> None:
    normalised = normalise("😭😭")
    assert normalised.text == EMOJI
    assert normalised.original_span(0, len(EMOJI)) == (0, 2)


@pytest.mark.parametrize(
    ("typed", "word", "original"),
    [
        ("我的花被还不上", "花呗", "花被"),
        ("😭我的huabei还不上", "花呗", "huabei"),
        ("用  蚂蚁借呗 行吗", "借呗", "蚂蚁借呗"),
        ("我要沿期", "延期", "沿期"),
        ("还差好多钱", "多少", "好多"),
        ("最低還款額", "最低还款额", "最低還款額"),
    ],
)
def test_places_lead_back_to_what_was_typed(typed: str, word: str, original: str) -> None:
    normalised = normalise(typed)
    start = normalised.text.index(word)
    begin, end = normalised.original_span(start, start + len(word))
    assert typed[begin:end] == original


PIECES = st.sampled_from(
    "花被 huabei hb 华北 预期 逾期 了 还 最底 還款 ， , 。 ... ? ！ *** ** 3,500 ３ 三千五 "
    "😭 \u200b [哭] 莫得 好多 好久 扣 咋个 环款 延其 额渡 "
    "借 呗 遭 啥 a B ~ ~~".split(" ")
    + [" ", "\n"]
)


@given(st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=12).map("".join)))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@given(st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=12).map("".join)))
def test_every_character_comes_from_somewhere(text: str) -> None:
    normalised = normalise(text)
    assert len(normalised.starts) == len(normalised.ends) == len(normalised.text)
    assert all(0 <= start < end <= len(text) for start, end in zip(normalised.starts, normalised.ends, strict=True))
    assert list(normalised.starts) == sorted(normalised.starts)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("青禾借是什么", "借呗是什么"),
        ("青禾花账单分期怎么还", "花呗账单分期怎么还"),
        ("青禾是骗子吗", "你们是骗子吗"),
        ("花呗是什么", "花呗是什么"),
    ],
)
def test_the_lenders_own_products_are_read_as_known_ones_of_their_kind(written: str, read: str) -> None:
    assert read_as_known(normalise(written)).text == read


def test_what_is_read_as_a_known_product_is_found_again_where_it_was_typed() -> None:
    known = read_as_known(normalise("我的青禾花账单"))
    start = known.text.index("花呗")
    assert known.original_span(start, start + 2) == (2, 5)
