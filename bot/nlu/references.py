"""Which of several loans: 第二个 → "2", 最近要还的 → "nearest", 金额大的那笔 → "largest", 都要 → "all"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.nlu import lexicon
from bot.nlu.numerals import whole_number

_ORDINAL = re.compile(
    r"(?:第|头)\s*(?P<n>\d{1,2}|[一二两三四五六七八九十]{1,2})\s*(?:笔|个(?!月|星期|礼拜|人|号|问题|小时|孩子|电话)|条(?!件)|项|份(?!额)|单|款)(?:贷款|借款|账单|欠款)?|第(?P<bare>[一二三四五六七八九])(?=$|[，。？！])"
)
_BARE = re.compile(r"(?:选|要|就)?\s*(?P<n>\d{1,2}|[一二三四五六七八九])\s*(?:号|个|吧|。)?")


@dataclass(frozen=True)
class LoanReference:
    """One of several loans, pointed at: `value` is "1", "2", …, "nearest", "largest", "smallest", "last" or "all"."""

    start: int
    end: int
    value: str
    text: str


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = lexicon.load("loan_references")
    return tuple((value, re.compile("|".join(f"(?:{p})" for p in patterns))) for value, patterns in table.items())


def find_loan_references(text: str, expecting: str | None = None) -> list[LoanReference]:
    """The references to a loan in a text, by position, never overlapping.

    Args:
        text: normalised (half width, lower case).
        expecting: "loan_reference" when the bot has just asked which loan; then a bare "2" or "二" is one.
    """
    if expecting == "loan_reference" and (match := _BARE.fullmatch(text.strip())):
        return [LoanReference(0, len(text), str(whole_number(match["n"])), text)]
    found: list[LoanReference] = []
    for value, pattern in _patterns():
        for match in pattern.finditer(text):
            if not any(other.start < match.end() and match.start() < other.end for other in found):
                found.append(LoanReference(match.start(), match.end(), value, match.group()))
    for match in _ORDINAL.finditer(text):
        number = whole_number(match["n"] or match["bare"])
        if number and not any(other.start < match.end() and match.start() < other.end for other in found):
            found.append(LoanReference(match.start(), match.end(), str(number), match.group()))
    return sorted(found, key=lambda reference: reference.start)
