"""How well values are read: borrowers' phrasings, each read exactly right, asked back where ambiguous, or silently wrong."""

from __future__ import annotations

from collections import Counter
from typing import Any

import yaml

from bot.config import ROOT
from bot.evaluation.figures import Share, share
from bot.nlu.values import Value, read_values

PATH = ROOT / "tests" / "unit" / "nlu" / "value_phrases.yml"
COUNTED = frozenset({"amount", "period", "date", "vague_time", "instalment_number", "instalment_count"})
EXPECTATIONS = frozenset({"amount", "period", "elapsed", "date", "number", "count", "remaining", "paid", "overdue", "ask"})

Phrase = dict[str, Any]


def table() -> dict[str, Any]:
    """The table: `today`, and `phrases` with what each has to be read as."""
    return dict(yaml.safe_load(PATH.read_text(encoding="utf-8")))


def expected_of(phrase: Phrase) -> Counter[tuple[str, str]]:
    """What a phrase has to be read as."""
    return Counter(
        (kind, str(value))
        for kind in EXPECTATIONS & phrase.keys()
        for value in (phrase[kind] if isinstance(phrase[kind], list) else [phrase[kind]])
    )


def read_of(value: Value) -> tuple[str, str]:
    """A value in the words of the table."""
    if value.entity == "vague_time":
        return "ask", str(value.value)
    if value.role in {"approximate", "ambiguous"}:
        return "ask", value.entity
    if value.entity == "amount" and isinstance(value.value, int):
        yuan = value.value / 100
        return "amount", str(int(yuan) if yuan == int(yuan) else yuan)
    if value.entity == "period" and value.role == "elapsed":
        return "elapsed", str(value.value)
    if value.entity == "instalment_number":
        return "number", str(value.value)
    if value.entity == "instalment_count":
        return value.role or "count", str(value.value)
    return value.entity, str(value.value)


def is_read_right(phrase: Phrase, today: Any) -> bool:
    """Whether nothing is read wrong and nothing too much."""
    read = read_values(phrase["say"], today, phrase.get("expecting"))
    return Counter(read_of(value) for value in read if value.entity in COUNTED) == expected_of(phrase)


def right() -> Share:
    """How many phrasings of the table are read right."""
    found = table()
    return share(is_read_right(phrase, found["today"]) for phrase in found["phrases"])
