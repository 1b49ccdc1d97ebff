"""Borrowers' phrasings of sums, days, durations and instalments: exactly right or asked back, never silently wrong."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from bot.evaluation.values import COUNTED, EXPECTATIONS, expected_of, read_of, table
from bot.nlu.values import read_values

TABLE = table()
PHRASES: list[dict[str, Any]] = TABLE["phrases"]


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
