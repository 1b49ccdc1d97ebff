"""Borrowers' phrasings of sums, days, durations and instalments: exactly right or asked back, never silently wrong."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.nlu.values import Value, read_values

TABLE = yaml.safe_load((Path(__file__).parent / "value_phrases.yml").read_text(encoding="utf-8"))
PHRASES: list[dict[str, Any]] = TABLE["phrases"]
COUNTED = {"amount", "period", "date", "vague_time", "instalment_number", "instalment_count"}
EXPECTATIONS = {"amount", "period", "elapsed", "date", "number", "count", "remaining", "paid", "overdue", "ask"}


def expected_of(phrase: dict[str, Any]) -> Counter[tuple[str, str]]:
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


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase["say"])
def test_phrase_is_read_exactly_or_asked_back(phrase: dict[str, Any]) -> None:
    read = read_values(phrase["say"], TABLE["today"], phrase.get("expecting"))
    assert Counter(read_of(value) for value in read if value.entity in COUNTED) == expected_of(phrase)


def test_table_is_large_enough_and_says_nothing_twice() -> None:
    said = Counter((phrase["say"], phrase.get("expecting")) for phrase in PHRASES)
    assert len(said) >= 300
    assert [phrase for phrase, times in said.items() if times > 1] == []


def test_table_uses_only_known_words() -> None:
    unknown = {key for phrase in PHRASES for key in phrase} - EXPECTATIONS - {"say", "expecting"}
    assert unknown == set()
    assert TABLE["today"] == date(2026, 11, 23)
