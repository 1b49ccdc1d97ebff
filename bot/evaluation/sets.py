"""The sets that are measured on: TSV files with a header line. None of their sentences is ever trained on."""

from __future__ import annotations

import csv
from pathlib import Path

from bot.config import ROOT
from bot.evaluation.figures import Labelled

SETS = ROOT / "tests" / "nlu" / "sets"
SLIPS = ("homophones", "swapped", "traditional", "dictation", "dialect")


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a TSV by column name; a missing column is empty."""
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            {k: v or "" for k, v in row.items() if k} for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def labelled(path: Path) -> list[Labelled]:
    """Sentences with their intent and others that count as right (separated by commas)."""
    return [
        Labelled(row["utterance"], row["intent"], frozenset({row["intent"], *_names(row.get("also_acceptable", ""))}))
        for row in rows_of(path)
    ]


def slips(name: str) -> tuple[list[Labelled], list[Labelled]]:
    """The clean sentences of a set, and the same with slips."""
    rows = rows_of(SETS / f"{name}.tsv")
    return tuple(  # type: ignore[return-value]
        [Labelled(row[column], row["intent"], frozenset({row["intent"]})) for row in rows] for column in ("clean", "slipped")
    )


def lines(path: Path) -> list[str]:
    """Plain sentences, one a line; a header `utterance` is passed over."""
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and line != "utterance"]


def _names(text: str) -> set[str]:
    return {name.strip() for name in text.replace("|", ",").replace("/", ",").split(",") if name.strip()}
