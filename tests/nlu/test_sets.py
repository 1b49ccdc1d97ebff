"""The evaluation sets are what they say, and nothing of them is trained on."""

from __future__ import annotations

import re

import pytest
import yaml

from bot.config import ROOT
from bot.domain import read_domain
from bot.evaluation import sets

DOMAIN = read_domain()
# Named by no words of a borrower: a button of the bot leads to them.
BY_BUTTON_ONLY = {"request_rebuild_credit"}
INTENTS = {intent if isinstance(intent, str) else next(iter(intent)) for intent in DOMAIN["intents"]}


def bare(text: str) -> str:
    return re.sub(r"[\s，。？！,.!?、~…；;]", "", text).lower()


def training_sentences() -> dict[str, str]:
    found = {}
    for path in sorted((ROOT / "data/nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                if line.strip():
                    found[line.strip()[2:].strip()] = block["intent"]
    return found


def set_sentences() -> list[tuple[str, str]]:
    return [
        (path.name, value)
        for path in sorted(sets.SETS.glob("*.tsv"))
        for row in sets.rows_of(path)
        for column, value in row.items()
        if column in ("utterance", "clean", "slipped")
    ]


def test_no_sentence_of_a_set_is_trained_on() -> None:
    trained = {bare(text) for text in training_sentences()}
    # Two characters can hardly be said in another way.
    assert [(name, text) for name, text in set_sentences() if len(bare(text)) > 3 and bare(text) in trained] == []


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("crisis", 150),
        ("homophones", 60),
        ("swapped", 60),
        ("traditional", 60),
        ("dictation", 60),
        ("dialect", 60),
        ("own_dev", 400),
    ],
)
def test_a_set_is_as_large_as_it_has_to_be_and_names_known_intents(name: str, least: int) -> None:
    rows = sets.rows_of(sets.SETS / f"{name}.tsv")
    assert len(rows) >= least
    assert {row["intent"] for row in rows} - INTENTS == set()


def test_every_intent_of_the_domain_has_sentences_enough_and_none_stands_in_two() -> None:
    count: dict[str, int] = {}
    seen: dict[str, str] = {}
    for path in sorted((ROOT / "data/nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                text = line.strip()[2:].strip()
                if text:
                    count[block["intent"]] = count.get(block["intent"], 0) + 1
                    assert seen.setdefault(text, block["intent"]) == block["intent"], text
    missing = {intent for intent in INTENTS if count.get(intent, 0) < 60} - {"nlu_fallback"} - BY_BUTTON_ONLY
    assert missing == set()
