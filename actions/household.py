"""What a borrower tells of her household in one breath: "一个月挣3000，房租800吃饭1000"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.loans.money import fen
from bot.nlu.aspects import patterns

# A number without a unit is yuan when it is as long as sums of a household are.
_BARE_YUAN = re.compile(r"(?<![0-9.])[1-9][0-9]{2,6}(?![0-9.])")
_WORDS = {"income": "household_income", "expenses": "household_expenses", "payment": "restructure_monthly"}


@dataclass(frozen=True)
class Household:
    """Sums in fen a month; None where nothing was said."""

    income_fen: int | None = None
    expenses_fen: int | None = None

    @property
    def is_told(self) -> bool:
        """Whether the message says anything of it."""
        return self.income_fen is not None or self.expenses_fen is not None


def household_said(text: str, sums: Sequence[tuple[int, int, int]], asked: str | None = None) -> Household:
    """Income and essential expenses of a message; expenses told one by one are added up.

    A sum belongs to the word before it, since the last sum; one without a word to the one before.

    Args:
        text: the message.
        sums: its amounts as (start, end, fen); numbers without a unit are found here.
        asked: `income` or `expenses`, when that is what was asked: a sum without a word is that.
    """
    bare = [
        (hit.start(), hit.end(), fen(hit.group()))
        for hit in _BARE_YUAN.finditer(text)
        if not _within(hit.span(), sums) and not patterns()["household_no_sum"].match(text[hit.end() :])
    ]
    told: dict[str | None, list[int]] = {"income": [], "expenses": [], "payment": []}
    kind, since = asked, 0
    for start, end, sum_fen in sorted([*sums, *bare]):
        kind = _kind_of(text[since:start]) or kind
        if kind is not None:
            told[kind].append(sum_fen)
        since = end
    return Household(
        income_fen=sum(told["income"]) if told["income"] else None,
        expenses_fen=sum(told["expenses"]) if told["expenses"] else None,
    )


def _kind_of(words: str) -> str | None:
    """What the last of these words is about."""
    ends = {kind: max((hit.end() for hit in patterns()[name].finditer(words)), default=0) for kind, name in _WORDS.items()}
    kind = max(ends, key=lambda one: ends[one])
    return kind if ends[kind] else None


def _within(span: tuple[int, int], sums: Sequence[tuple[int, int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end, _ in sums)
