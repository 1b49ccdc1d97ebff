"""docs/scale.md says what its command computes from the figures beside it."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.bench.scale import FIGURES, Assumed, assumptions, needs, table
from bot.config import ROOT

MEASURED = json.loads(FIGURES.read_text(encoding="utf-8"))
PAGE = (ROOT / "docs/scale.md").read_text(encoding="utf-8")


def test_the_page_holds_the_assumptions_and_the_needs_as_they_are_computed() -> None:
    assert assumptions(Assumed()) in PAGE
    assert table(MEASURED, Assumed()) in PAGE


def test_twice_the_borrowers_write_twice_as_much() -> None:
    def messages_of(assumed: Assumed) -> float:
        found = {what: much for what, much, _ in needs(MEASURED, assumed)}
        return float(found["messages a day, mean"].replace(",", ""))

    assert messages_of(replace(Assumed(), borrowers=20_000_000)) == 2 * messages_of(Assumed())


def test_every_row_says_where_its_figure_comes_from() -> None:
    assert {source for _, _, source in needs(MEASURED, Assumed())} == {"m", "c"}
