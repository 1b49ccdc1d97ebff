"""Who has large letters on hears short sentences, one question at a time, and nothing else than the others hear.

Looked at is what is said in care mode: the variant for it where there is one, else the normal variant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from bot.domain import read_domain
from bot.wording import for_care_mode, is_for_care_mode, same_but_for_care_mode

LONGEST_SENTENCE = 25  # characters, what is filled in counted as so many:
FILLED_IN = "一二三四"
LONGEST_WITHOUT_A_SHORT_VARIANT = 60
# A short variant has more line breaks and a few more words, but is not to become a speech.
MAY_GROW_BY = 1.25
# It is short in its sentences, not in what it says: of the pairs of characters of the normal variant, so many are there again.
SAYS_AGAIN = 0.55

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
# A source, or the moment of figures; read by who wants to know more.
_NOTE = re.compile(r"\([^()]*\)")
_LIST_MARK = re.compile(r"(?m)^\s*\d{1,2}[.、]\s*")
_NUMBER = re.compile(r"\d+(?:[.:：]\d+)*%?")
_LAW = re.compile(r"《[^》]+》|第[\d一二三四五六七八九十百]+条|民法典|[银金法]发〔|令〔|GB/T")
# Said by a channel itself, outside the conversation in which the borrower's wishes are known: these have no variants at all.
_OF_A_CHANNEL = ("utter_turn_", "utter_transcript_", "utter_wechat_")


class Pair(NamedTuple):
    """What is said in care mode, and to everybody else."""

    name: str
    short: dict[str, Any]
    normal: dict[str, Any]

    def __str__(self) -> str:
        conditions = [condition["value"] for condition in self.normal.get("condition") or ()]
        return "-".join([self.name, *map(str, conditions)])


def responses() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for name, variants in read_domain()["responses"].items():
        if not name.startswith(_OF_A_CHANNEL):
            yield name, variants


def pairs() -> list[Pair]:
    found = []
    for name, variants in responses():
        for short in filter(is_for_care_mode, variants):
            normal = [other for other in variants if not is_for_care_mode(other) and same_but_for_care_mode(short, other)]
            assert len(normal) == 1, f"{name}: the variant {short['text']!r} stands beside {len(normal)} normal ones"
            found.append(Pair(name, short, normal[0]))
    return found


def spoken(text: str) -> str:
    """A text with something filled in, without its notes."""
    return _NOTE.sub("", _PLACEHOLDER.sub(FILLED_IN, text))


def sentences(text: str) -> list[str]:
    return [sentence for sentence in map(str.strip, re.split("[。！？；\n]", spoken(text))) if sentence]


def numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(_LIST_MARK.sub("", _PLACEHOLDER.sub("", text))))


def pairs_of_characters(text: str) -> list[str]:
    """What a text says, roughly: each two Chinese characters that stand together."""
    runs = re.findall("[\u4e00-\u9fff]+", _PLACEHOLDER.sub(" ", text))
    return [run[at : at + 2] for run in runs for at in range(len(run) - 1)]


def test_no_sentence_is_long_and_one_question_is_asked_at_a_time() -> None:
    wrong = []
    for name, variants in responses():
        for said in for_care_mode(variants):
            text = said.get("text", "")
            wrong += [f"{name}: {sentence}" for sentence in sentences(text) if len(sentence) > LONGEST_SENTENCE]
            if text.count("？") > 1:
                wrong.append(f"{name} asks {text.count('？')} things")
    assert wrong == []


def test_a_long_response_has_a_short_variant() -> None:
    without = [
        name
        for name, variants in responses()
        for said in for_care_mode(variants)
        if said in variants and len(spoken(said.get("text", ""))) > LONGEST_WITHOUT_A_SHORT_VARIANT
    ]
    assert without == []


@pytest.mark.parametrize("pair", pairs(), ids=str)
def test_a_short_variant_says_what_the_normal_one_says(pair: Pair) -> None:
    short, normal = pair.short["text"], pair.normal["text"]
    assert set(_PLACEHOLDER.findall(short)) == set(_PLACEHOLDER.findall(normal))
    assert numbers(short) == numbers(normal)
    assert set(_LAW.findall(short)) == set(_LAW.findall(normal))
    said = pairs_of_characters(normal)
    assert not said or sum(words in short for words in said) >= SAYS_AGAIN * len(said), "much of the normal variant is missing"
    assert len(spoken(short)) <= max(LONGEST_WITHOUT_A_SHORT_VARIANT, MAY_GROW_BY * len(spoken(normal)))
    for note in _NOTE.findall(short):
        for words in filter(None, re.split("[()，：；。、]", note)):
            assert words in normal, f"the note {note} has {words!r} of its own"
    offered = [button["payload"] for button in pair.normal.get("buttons", [])]
    assert all(button["payload"] in offered for button in pair.short.get("buttons", []))


def test_there_are_short_variants_and_they_are_read() -> None:
    assert len(pairs()) > 300
    assert sentences("您{overdue}还没还(截至{as_of})。现在能补吗？") == ["您一二三四还没还", "现在能补吗"]
