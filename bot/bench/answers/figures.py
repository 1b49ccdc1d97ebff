"""Figures, bars and verdicts: pure functions over what was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that this share of all values does not exceed.

    >>> percentile([5.0, 1.0, 4.0, 2.0, 3.0], 0.95), percentile([1.0, 2.0], 0.5)
    (5.0, 1.0)
    """
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


@dataclass(frozen=True)
class Bar:
    """What a figure of ours is held against: at most (or, for a rate, at least) so many times another bot's.

    Attributes:
        against: reference or floor; None for a figure that is held against `factor` itself.
    """

    figure: str
    against: str | None
    factor: float
    at_least: bool = False

    def bound(self, figures: Mapping[str, Mapping[str, float]]) -> float:
        """The value that ours may not pass."""
        return self.factor * (figures[self.against][self.figure] if self.against else 1.0)

    def holds(self, figures: Mapping[str, Mapping[str, float]]) -> bool:
        """Whether ours is on the right side of it."""
        ours, bound = figures["ours"][self.figure], self.bound(figures)
        return ours >= bound if self.at_least else ours <= bound

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {self.factor:g} × {self.against}" if self.against else f"{sign} {self.factor:g}"


@dataclass(frozen=True)
class Figure:
    """A row of the table: key in the report, how it is called, decimals."""

    key: str
    name: str
    decimals: int = 0


FIGURES = (
    Figure("p50_ms", "a message answered by an action, p50, ms", 1),
    Figure("p95_ms", "the same, p95, ms", 1),
    Figure("a_second", "messages a second, 32 borrowers at once", 1),
    Figure("growth_200", "messages 181–200 against 2–20, times", 2),
    Figure("growth_1000", "messages 981–1,000 against 2–20, times", 2),
    Figure("memory_mib", "memory of the Rasa process, model loaded, MiB"),
    Figure("memory_after_mib", "the same after the bench, MiB"),
    Figure("start_seconds", "start to ready, s", 1),
    Figure("training_seconds", "training, s"),
)
# Issue 7, "Fast".
BARS = (
    Bar("p50_ms", "reference", 0.5),
    Bar("p50_ms", "floor", 1.5),
    Bar("p95_ms", "reference", 0.5),
    Bar("p95_ms", "floor", 1.5),
    Bar("a_second", "reference", 3.0, at_least=True),
    Bar("growth_1000", None, 1.2),
    Bar("memory_mib", "reference", 1.0),
    Bar("start_seconds", "reference", 1.0),
    Bar("training_seconds", "reference", 0.5),
)
NAMES = ("ours", "reference", "floor")


def table(figures: Mapping[str, Mapping[str, float]]) -> str:
    """All figures with their bars; a figure that a bot was not measured for stays empty."""
    lines = ["| figure | ours | reference | floor | bar |", "|---|---|---|---|---|"]
    for figure in FIGURES:
        values = [figures[name].get(figure.key) for name in NAMES]
        shown = ["" if value is None else f"{value:,.{figure.decimals}f}" for value in values]
        bars = [f"{'✓' if bar.holds(figures) else '✗'} {bar}" for bar in BARS if bar.figure == figure.key]
        lines.append(f"| {figure.name} | {' | '.join(shown)} | {'; '.join(bars)} |")
    return "\n".join(lines)


def verdicts(figures: Mapping[str, Mapping[str, float]]) -> list[dict[str, object]]:
    """Each bar with what was measured, for the report."""
    return [
        {
            "figure": bar.figure,
            "bar": str(bar),
            "ours": figures["ours"][bar.figure],
            "bound": bar.bound(figures),
            "holds": bar.holds(figures),
        }
        for bar in BARS
    ]
