"""Figures with their confidence intervals. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_Z_95 = 1.959964


@dataclass(frozen=True)
class Share:
    """So many of so many, with the 95 % interval of Wilson.

    >>> Share(85, 100).text
    '85.0 % (76.7–90.7)'
    """

    hits: int
    total: int

    @property
    def value(self) -> float:
        """The share itself; 0 of 0 is 0."""
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound."""
        if not self.total:
            return 0.0, 1.0
        n, p, z2 = self.total, self.value, _Z_95**2
        centre = (p + z2 / (2 * n)) / (1 + z2 / n)
        reach = _Z_95 * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
        return max(0.0, centre - reach), min(1.0, centre + reach)

    @property
    def text(self) -> str:
        """In per cent, with the interval."""
        low, high = self.interval
        return f"{self.value * 100:.1f} % ({low * 100:.1f}–{high * 100:.1f})"


@dataclass(frozen=True)
class Labelled:
    """A sentence with the intents that count as right."""

    text: str
    intent: str
    accepted: frozenset[str]


@dataclass(frozen=True)
class Understood:
    """What the bot made of a sentence.

    Attributes:
        intent: what it takes it for.
        ranking: intents from the likeliest on, whatever was taken.
        confidence: of the likeliest.
        second: what else it asks, if anything.
    """

    intent: str
    ranking: tuple[str, ...]
    confidence: float
    second: str | None = None

    @property
    def is_refused(self) -> bool:
        """Whether it was taken for none of the bot's business, or not understood."""
        return self.intent in ("out_of_scope", "nlu_fallback")

    @property
    def best(self) -> str:
        """The intent taken, or the likeliest need when nothing was taken for certain."""
        if not self.is_refused:
            return self.intent
        return next((intent for intent in self.ranking if intent != "out_of_scope"), self.intent)


def share(hits: Iterable[bool]) -> Share:
    """How many of them hold."""
    found = list(hits)
    return Share(sum(found), len(found))


def accuracy(rows: Sequence[Labelled], understood: Sequence[Understood]) -> Share:
    """The intent taken, or the first offered when none was taken for certain, is the label or accepted."""
    return share(_is_right(row, said) for row, said in zip(rows, understood, strict=True))


def among_first(rows: Sequence[Labelled], understood: Sequence[Understood], count: int) -> Share:
    """A right intent is the one taken or among the first so many."""
    return share(
        _is_right(row, said) or bool(row.accepted & set(said.ranking[:count])) for row, said in zip(rows, understood, strict=True)
    )


def refused_in_scope(rows: Sequence[Labelled], understood: Sequence[Understood]) -> Share:
    """In-scope sentences that were not taken for anything."""
    pairs = zip(rows, understood, strict=True)
    return share(said.is_refused for row, said in pairs if "out_of_scope" not in row.accepted)


def confusions(rows: Sequence[Labelled], understood: Sequence[Understood]) -> Counter[tuple[str, str]]:
    """How often which intent was taken for which other."""
    pairs = zip(rows, understood, strict=True)
    return Counter((row.intent, said.best) for row, said in pairs if not _is_right(row, said))


def worst(rows: Sequence[Labelled], understood: Sequence[Understood], count: int) -> list[tuple[Labelled, Understood]]:
    """The mistakes that the bot was surest of."""
    wrong = [(row, said) for row, said in zip(rows, understood, strict=True) if not _is_right(row, said)]
    return sorted(wrong, key=lambda pair: -pair[1].confidence)[:count]


def _is_right(row: Labelled, said: Understood) -> bool:
    if "out_of_scope" in row.accepted and said.is_refused:
        return True
    return said.best in row.accepted
