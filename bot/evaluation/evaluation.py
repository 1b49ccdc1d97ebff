"""All figures of one model, and how they are written down."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.evaluation import figures, sets, values
from bot.evaluation.figures import Labelled, Share, Understood, share
from bot.evaluation.model import UnderstandingModel


@dataclass
class Evaluation:
    """The figures of one model, by name, with what a report needs beside them."""

    shares: dict[str, Share] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    worst: list[tuple[Labelled, Understood]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "shares": {
                name: {"hits": s.hits, "total": s.total, "value": s.value, "interval_95": s.interval}
                for name, s in self.shares.items()
            },
            "numbers": self.numbers,
            "confusions": [{"label": a, "taken_for": b, "times": n} for (a, b), n in self.confusions.most_common()],
            "worst": [
                {"text": row.text, "label": row.intent, "taken_for": said.best, "confidence": said.confidence}
                for row, said in self.worst
            ],
        }


def evaluate(model: UnderstandingModel, data: Path, out_of_scope: Path) -> Evaluation:
    """Every figure on `data` (labelled) and on the project's own sets."""
    found = Evaluation()
    rows = sets.labelled(data)
    said = model.understand_all([row.text for row in rows])
    found.shares["accuracy"] = figures.accuracy(rows, said)
    found.shares["right among the first three"] = figures.among_first(rows, said, 3)
    found.shares["in scope, refused"] = figures.refused_in_scope(rows, said)
    strangers = model.understand_all(sets.lines(out_of_scope))
    found.shares["out of scope, refused"] = share(one.is_refused for one in strangers)
    crises = model.understand_all([row.text for row in sets.labelled(sets.SETS / "crisis.tsv")])
    found.shares["crisis, recognised"] = share(one.intent == "crisis" for one in crises)
    found.shares["crisis, false alarms"] = share(
        one.intent == "crisis" for row, one in zip(rows, said, strict=True) if "crisis" not in row.accepted
    )
    contrasts = sets.labelled(sets.SETS / "crisis_contrasts.tsv")
    found.shares["crisis, false alarms on look-alikes"] = share(
        one.intent == "crisis" for one in model.understand_all([row.text for row in contrasts])
    )
    for name in sets.SLIPS:
        clean, slipped = sets.slips(name)
        for kind, sentences in (("clean", clean), ("slipped", slipped)):
            understood = model.understand_all([row.text for row in sentences])
            found.shares[f"{name}, {kind}"] = figures.accuracy(sentences, understood)
        loss = found.shares[f"{name}, clean"].value - found.shares[f"{name}, slipped"].value
        found.numbers[f"{name}, points lost"] = round(loss * 100, 1)
    found.shares["two asks, the first answered"], found.shares["two asks, both found"] = _two_asks(model)
    found.shares["values, right or asked back"] = values.right()
    taken = model.milliseconds([row.text for row in rows][:300])
    found.numbers["milliseconds a message, p50"] = round(statistics.median(taken), 2)
    found.numbers["milliseconds a message, p95"] = round(taken[int(len(taken) * 0.95)], 2)
    found.confusions = figures.confusions(rows, said)
    found.worst = figures.worst(rows, said, 25)
    return found


def _two_asks(model: UnderstandingModel) -> tuple[Share, Share]:
    rows = sets.rows_of(sets.SETS / "two_asks.tsv")
    said = model.understand_all([row["utterance"] for row in rows])
    first = share(
        one.intent in {row["first_intent"], row["second_intent"] or row["first_intent"]}
        for row, one in zip(rows, said, strict=True)
    )
    both = share(
        {one.intent, one.second} == {row["first_intent"], row["second_intent"]}
        for row, one in zip(rows, said, strict=True)
        if row["second_intent"]
    )
    return first, both


def table(evaluations: dict[str, Evaluation]) -> str:
    """The figures of one or more models side by side."""
    first = next(iter(evaluations.values()))
    names = [*first.shares, *first.numbers]
    width = max(len(name) for name in names) + 2
    lines = ["".ljust(width) + "".join(title.ljust(28) for title in evaluations)]
    for name in names:
        cells = [
            found.shares[name].text if name in found.shares else str(found.numbers.get(name, "–"))
            for found in evaluations.values()
        ]
        lines.append(name.ljust(width) + "".join(cell.ljust(28) for cell in cells))
    return "\n".join(lines)
