"""A borrower's text as the rest of the bot reads it: half width, simplified, slips mended, each position traceable.

What is kept, so that nothing is lost: the sentence's own punctuation (as ，。？！), numbers, and the place of every
character in what the borrower typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import opencc

from bot.nlu import lexicon
from bot.nlu.slips import sound_slips

MASK = "***"
EMOJI = "[表情]"

_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u23e9-\u23ff\u3030\u303d\u3297\u3299\U000e0020-\U000e007f]"
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\ufe00-\ufe0f\u20e3\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# WeChat writes its own faces as [微笑].
_FACE = re.compile(r"\[(?!表情\])[\u4e00-\u9fff]{1,3}\]")
_CJK = "\u4e00-\u9fff"
_PUNCTUATION = (
    (re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))"), "，"),
    (re.compile(r"\?"), "？"),
    (re.compile(r"!"), "！"),
    (re.compile(r";|；"), "，"),
    (re.compile(r"(?<!\d):|:(?!\d)"), "："),
    (re.compile(r"\.{2,}|…+|(?<=[\u4e00-\u9fff])\.(?!\d)|。。+|．"), "。"),
    (re.compile(r"[—–―─－]|(?<=\d)～(?=\d)"), "-"),
    (re.compile(r"[～〜]"), "~"),
    (re.compile(r"\*{2,}|\*(?=\d)|(?<=\d)\*"), MASK),
    (re.compile(r"(?:\*\*\*){2,}"), MASK),
)
_SPACES = (
    (re.compile(r"[\n\r]+"), "，"),
    (re.compile(r"[\s\u3000]+"), " "),
    (re.compile(r"^ | $"), ""),
    (re.compile(rf"(?<=[{_CJK}，。？！：]) | (?=[{_CJK}，。？！：])"), ""),
)
_REPEATS = (
    (re.compile(r"，[，。]+|。[，。]+"), lambda m: "。" if "。" in m.group() else "，"),
    (re.compile(r"[，。]*？[，。？！]*"), "？"),
    (re.compile(r"[，。]*！[，。！]*"), "！"),
    (re.compile(r"~{2,}"), "~"),
    (re.compile(rf"([{_CJK}a-z])\1{{3,}}"), lambda m: m.group(1) * 2),
    (re.compile(r"^[，。：~]+"), ""),
)
_Replacement = "str | Callable[[re.Match[str]], str]"


@dataclass(frozen=True)
class Normalised:
    """A normalised text and where it comes from.

    Attributes:
        text: the normalised text.
        starts, ends: for each character of `text`, the span of the original text that it stands for.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` (not empty) stands in the original text."""
        return self.starts[start], max(self.ends[start:end])


class _Draft:
    """A text being rewritten, each character with the span it came from."""

    def __init__(self, text: str, spans: list[tuple[int, int]]) -> None:
        self.text = text
        self.spans = spans

    def substitute(self, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]) -> None:
        """Replaces every match. A replacement of the same length keeps its places; another shares the whole span."""
        match = pattern.search(self.text)
        if match is None:
            return
        text: list[str] = []
        spans: list[tuple[int, int]] = []
        position = 0
        while match is not None:
            new = replacement if isinstance(replacement, str) else replacement(match)
            start, end = match.span()
            text += (self.text[position:start], new)
            spans += self.spans[position:start]
            if len(new) == end - start:
                spans += self.spans[start:end]
            elif new:
                whole = (self.spans[start][0], self.spans[end - 1][1])
                spans += [whole] * len(new)
            position = end
            match = pattern.search(self.text, end) if end > start else None
        self.text = "".join([*text, self.text[position:]])
        self.spans = spans + self.spans[position:]

    def replace(self, start: int, end: int, new: str) -> None:
        """Puts `new`, of the same length, in the place of `text[start:end]`."""
        self.text = self.text[:start] + new + self.text[end:]


def normalise(text: str) -> Normalised:
    """The text as parsers and features read it, with a map back to the original; normalising twice changes nothing."""
    draft = _characters(text)
    for _ in range(5):
        before = draft.text
        _rewrite(draft)
        if draft.text == before:
            break
    if not draft.text and _EMOJI.search(text):
        draft = _Draft(EMOJI, [(0, len(text))] * len(EMOJI))
    return Normalised(draft.text, tuple(s for s, _ in draft.spans), tuple(e for _, e in draft.spans))


def read_as_known(text: Normalised) -> Normalised:
    """A normalised text for the classifier: the lender's own product names give way to well-known ones of their kind.

    Values are read from the text without this, so that a product keeps the name the lender gave it.
    """
    names = _own_names()
    if not any(name in text.text for name in names):
        return text
    draft = _Draft(text.text, list(zip(text.starts, text.ends, strict=True)))
    for name, known in names.items():
        draft.substitute(re.compile(re.escape(name)), known)
    return Normalised(draft.text, tuple(s for s, _ in draft.spans), tuple(e for _, e in draft.spans))


@lru_cache(maxsize=1)
def _own_names() -> dict[str, str]:
    """The longest first, so that 青禾花账单分期 is not taken for 青禾花."""
    rows = lexicon.load("own_products")["own_products"]
    return {row["name"]: row["read_as"] for row in sorted(rows, key=lambda row: -len(row["name"]))}


def _characters(text: str) -> _Draft:
    """Character by character: half width, lower case, simplified; invisible ones and emoji dropped."""
    characters: list[str] = []
    spans: list[tuple[int, int]] = []
    for index, character in enumerate(text):
        if character > "\x7f" or character < " ":
            if _EMOJI.match(character) or _INVISIBLE.match(character):
                continue
            if not _CJK[0] <= character <= _CJK[2]:
                compatible = unicodedata.normalize("NFKC", character)
                character = compatible if len(compatible) == 1 else character
        characters.append(character.lower() if character.isascii() else character)
        spans.append((index, index + 1))
    plain = "".join(characters)
    simplified = str(_converter().convert(plain))
    if len(simplified) != len(plain):
        simplified = "".join(c if len(c) == 1 else plain[i] for i, c in enumerate(map(_converter().convert, plain)))
    return _Draft(simplified, spans)


def _rewrite(draft: _Draft) -> None:
    for pattern, replacement in (*_PUNCTUATION, *_SPACES):
        draft.substitute(pattern, replacement)
    draft.substitute(_FACE, "")
    for repeat, once in _REPEATS:
        draft.substitute(repeat, once)
    words = _rewriting()
    draft.substitute(words.always, lambda match: words.meant[match.group()])
    if words.sometimes.search(draft.text):
        draft.substitute(words.sometimes, lambda match: words.in_context(match))
    for pattern, right, unless in words.patterns:
        if pattern.search(draft.text) and not (unless and unless.search(draft.text)):
            draft.substitute(pattern, right)
    for start, end, right in reversed(sound_slips(draft.text)):
        draft.replace(start, end, right)
    for pattern, right in words.dialect:
        draft.substitute(pattern, right)


@dataclass(frozen=True)
class _Rewriting:
    always: re.Pattern[str]
    meant: dict[str, str]
    sometimes: re.Pattern[str]
    context: re.Pattern[str]
    never_beside: dict[str, tuple[str, ...]]
    patterns: tuple[tuple[re.Pattern[str], str, re.Pattern[str] | None], ...]
    dialect: tuple[tuple[re.Pattern[str], str], ...]

    def in_context(self, match: re.Match[str]) -> str:
        """What hb or 华北 means here: the product where credit is talked about, else itself."""
        around = match.string[: match.start()] + "\n" + match.string[match.end() :]
        before, after = match.string[max(0, match.start() - 3) : match.start()], match.string[match.end() :][:3]
        beside = self.never_beside.get(match.group(), ())
        if any(before.endswith(word) or after.startswith(word) for word in beside) or not self.context.search(around):
            return match.group()
        return self.meant[match.group()]


@lru_cache(maxsize=1)
def _rewriting() -> _Rewriting:
    products = lexicon.load("products")
    slips = lexicon.load("slips")
    always = {alias: p["name"] for p in products["products"] for alias in p.get("spellings", [])}
    sometimes = {alias: p["name"] for p in products["products"] for alias in p.get("in_context", [])}
    always |= {wrong: right for right, wrongs in slips["words"].items() for wrong in wrongs}
    return _Rewriting(
        always=any_of(always),
        meant=always | sometimes,
        sometimes=any_of(sometimes),
        context=any_of(products["credit_context"]),
        never_beside={word: tuple(beside) for word, beside in products["not_in_context"].items()},
        patterns=tuple((re.compile(p), right, re.compile(unless) if unless else None) for p, right, unless in slips["patterns"]),
        dialect=tuple((re.compile(pattern), right) for pattern, right in lexicon.load("dialect")),
    )


def any_of(words: object) -> re.Pattern[str]:
    """A pattern for any of the words, the longest first; Latin ones only as whole words."""
    by_length = sorted(set(words), key=len, reverse=True)  # type: ignore[call-overload]
    parts = [rf"(?<![a-z0-9]){re.escape(w)}(?![a-z0-9])" if w.isascii() else re.escape(w) for w in by_length]
    return re.compile("|".join(parts))


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
