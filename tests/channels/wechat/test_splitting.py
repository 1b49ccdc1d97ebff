"""Long texts in several messages: bounded, whole in sentence, link and emoji, and nothing lost."""

from __future__ import annotations

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.wechat.splitting import TEXT_BYTES, packed, shortened, size, split

EMOJI = ["👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "❤️", "1️⃣", "😀"]
LINK = "https://pay.example.com/p/AbC-123_~x?y=%E4%BD%A0&z=1#top"
WORDS = st.sampled_from(["还款", "您好。", "一共", "1,234.50元", "，", "！", "\n", "\n\n", " ", "]]>", "a", *EMOJI, LINK])
TEXTS = st.lists(WORDS, max_size=400).map("".join)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(min_value=120, max_value=700))
def test_every_part_fits_and_nothing_but_white_space_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < size(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(min_value=120, max_value=700))
def test_no_part_begins_or_ends_within_an_emoji_a_link_or_the_end_of_a_section(text: str, limit: int) -> None:
    atoms = regex.findall(r"https?://[!-~]+|\]\]>|\X", "".join(text.split()))
    in_parts = [atom for part in split(text, limit) for atom in regex.findall(r"https?://[!-~]+|\]\]>|\X", "".join(part.split()))]
    # A link may touch what stood behind a line break only in this test's own joining.
    if "://" not in text:
        assert in_parts == atoms
    assert sum(atom.count(LINK) for atom in in_parts) == text.count(LINK)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=900))
def test_any_text_at_all_is_split_within_the_limit(text: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        return
    assert all(size(part) <= TEXT_BYTES for part in split(text))
    assert "".join("".join(split(text, 200)).split()) == "".join(text.split())


def test_a_cut_comes_at_the_end_of_a_sentence() -> None:
    parts = split("这是一句不长的话。" * 100)
    assert len(parts) == 2 and all(part.endswith("。") for part in parts)


def test_a_closing_quotation_mark_stays_with_its_sentence() -> None:
    sentence = "他说：“今天不还也行。”"
    assert all(part.endswith("”") for part in split(sentence * 80))


def test_a_link_at_the_end_is_moved_whole() -> None:
    text = "付款在这个安全页面上。" * 61 + "\n" + LINK
    assert size(text) > TEXT_BYTES
    assert split(text)[-1].endswith(LINK) and LINK not in "".join(split(text)[:-1])


def test_a_link_longer_than_a_message_is_cut_and_ends() -> None:
    parts = split("https://example.com/" + "a" * 5000)
    assert "".join(parts) == "https://example.com/" + "a" * 5000 and all(size(part) <= TEXT_BYTES for part in parts)


def test_short_texts_share_a_message_with_a_blank_line_between() -> None:
    assert packed(["一。", "二。"], 100) == ["一。\n\n二。"]
    assert packed(["一" * 30, "二" * 30], 100) == ["一" * 30, "二" * 30]
    assert packed(["", "  "], 100) == []


def test_a_title_is_shortened_between_characters() -> None:
    assert shortened("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 30) == "👨‍👩‍👧‍👦…"
    assert shortened("还款", 6) == "还款"
