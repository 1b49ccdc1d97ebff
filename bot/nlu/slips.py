"""Credit terms written by their sound (环款, 额渡): found where one character is right and the others sound alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bot.nlu import lexicon
from bot.nlu.pinyin import readings, syllable
from bot.nlu.segment import segmenter, words_of


@dataclass(frozen=True)
class _Terms:
    by_sound: dict[tuple[str, ...], str]
    lengths: tuple[int, ...]
    never_wrong: frozenset[str]
    known: frozenset[str]


def sound_slips(text: str) -> list[tuple[int, int, str]]:
    """Start, end and the term meant, by position, never overlapping.

    Careful by design: exactly one character differs and it sounds alike, it is none of the common function words, what is
    written is no dictionary word, and it does not cut into a neighbouring word.
    """
    terms = _terms()
    sounds = [syllable(character) for character in text]
    candidates = []
    for length in terms.lengths:
        for start in range(len(text) - length + 1):
            meant = terms.by_sound.get(tuple(sounds[start : start + length]))
            if meant is not None:
                written = text[start : start + length]
                if written != meant and _is_slip(written, meant, terms):
                    candidates.append((start, start + length, meant))
    if not candidates:
        return []
    words = words_of(text)
    found: list[tuple[int, int, str]] = []
    for start, end, meant in candidates:
        cut = any(s < end and start < e and not (start <= s and e <= end) for _, s, e in words)
        if not cut and not (found and found[-1][1] > start):
            found.append((start, end, meant))
    return sorted(found)


def _is_slip(written: str, meant: str, terms: _Terms) -> bool:
    wrong = [w for w, m in zip(written, meant, strict=True) if w != m]
    if len(wrong) != 1 or wrong[0] in terms.never_wrong:
        return False
    position = next(i for i, (w, m) in enumerate(zip(written, meant, strict=True)) if w != m)
    if not readings(wrong[0]) & readings(meant[position]):
        return False
    return not segmenter().has_word(written)


@lru_cache(maxsize=1)
def _terms() -> _Terms:
    table = lexicon.load("slips")
    terms = list(dict.fromkeys(table["terms"]))
    return _Terms(
        by_sound={tuple(syllable(character) for character in term): term for term in terms},
        lengths=tuple(sorted({len(term) for term in terms}, reverse=True)),
        never_wrong=frozenset(table["never_wrong"]),
        known=frozenset(terms),
    )
