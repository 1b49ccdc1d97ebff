"""Sounds of characters, without tones and with the mergers that southern speakers and keyboards make (zh=z, n=l, ing=in)."""

from __future__ import annotations

from functools import cache

from pypinyin import Style, pinyin
from pypinyin.style import convert as convert_style

# The reading that matters to a lender where a character has several; `pypinyin` alone would say hái for 还.
_CREDIT_READINGS = {"还": "huan", "行": "xing", "重": "chong", "长": "chang", "得": "de", "了": "le", "差": "cha", "调": "tiao"}
_SECOND_READINGS = {"还": "hai", "行": "hang"}


@cache
def syllable(character: str) -> str:
    """The merged syllable of a Chinese character (征 → "zen"), or "" for anything else."""
    if not "\u4e00" <= character <= "\u9fff":
        return ""
    if character in _CREDIT_READINGS:
        return merged(_CREDIT_READINGS[character])
    return merged(pinyin(character, style=Style.NORMAL)[0][0])


@cache
def second_syllable(character: str) -> str:
    """The other common reading of a character (还 → "hai"), merged, or "" where one reading is enough."""
    return merged(_SECOND_READINGS.get(character, ""))


@cache
def readings(character: str) -> frozenset[str]:
    """Every merged reading of a Chinese character, for comparing spellings; empty for anything else."""
    if not "\u4e00" <= character <= "\u9fff":
        return frozenset()
    every = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    return frozenset(merged(convert_style(reading, Style.NORMAL, strict=False)) for reading in every)


def merged(reading: str) -> str:
    """A toneless reading with zh/z, ch/c, sh/s, n/l, f/h before u, ing/in, eng/en and ang/an made one.

    >>> merged("zheng"), merged("ning"), merged("shang")
    ('zen', 'lin', 'san')
    """
    for retroflex, plain in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if reading.startswith(retroflex):
            reading = plain + reading[2:]
    if reading.startswith("n") and len(reading) > 1:
        reading = "l" + reading[1:]
    for nasal in ("ang", "eng", "ing"):
        if reading.endswith(nasal):
            reading = reading[:-1]
    return reading.replace("lve", "lue").replace("lv", "lu")
