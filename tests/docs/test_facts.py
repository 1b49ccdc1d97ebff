"""Each rule that a response states is compared with its row in `data/facts/`; a number without a row is not said."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import yaml

from bot.config import ROOT
from bot.domain import read_domain

FACTS = ROOT / "data/facts"
CERTAINTIES = {"full_text", "reported", "lender"}
# Numbers of the backend stand in braces; "1." and "1、" at the beginning of a line count a list.
_FROM_THE_BACKEND = re.compile(r"\{[^{}]*\}")
_LIST_MARK = re.compile(r"(?m)^\s*\d{1,2}[.、]")
_NUMBER = re.compile(r"\d+(?:[.:：]\d+)*%?")
_LAW = re.compile(r"《[^》]+》|第[\d一二三四五六七八九十百]+条|民法典|[银金法]发〔|令〔|GB/T")


def rows() -> list[dict[str, Any]]:
    return [
        row
        for path in sorted(FACTS.glob("*.yml"))
        if path.name != "not_rules.yml"
        for row in yaml.safe_load(path.read_text(encoding="utf-8")) or []
    ]


def texts() -> dict[str, str]:
    """What each response says, all its variants, without buttons."""
    return {
        name: "\n".join(variant.get("text", "") for variant in variants) for name, variants in read_domain()["responses"].items()
    }


def not_rules() -> dict[str, list[str]]:
    path = FACTS / "not_rules.yml"
    return {name: row["numbers"] for name, row in yaml.safe_load(path.read_text(encoding="utf-8")).items()}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["id"])
def test_a_fact_says_where_it_comes_from_whom_it_covers_and_how_sure_it_is(row: dict[str, Any]) -> None:
    for name in ("states", "source", "covers", "said_in"):
        assert row[name], name
    assert row["certainty"] in CERTAINTIES
    assert isinstance(row["checked"], date)
    # Since when is not known of everything, and then it says so: `in_force: null`.
    assert row["in_force"] is None or row["in_force"] <= row["checked"]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["id"])
def test_a_response_states_the_rule_as_its_row_has_it(row: dict[str, Any]) -> None:
    said = texts()
    for response, words in row["said_in"].items():
        assert response in said, response
        for word in words:
            assert str(word) in said[response], f"{response} does not say {word!r}"
        if row["certainty"] != "lender" and not row.get("number_only"):
            assert row["source"] in said[response], f"{response} does not name {row['source']}"


def test_every_number_and_every_law_in_a_response_belongs_to_a_fact() -> None:
    covered: dict[str, str] = {}
    for row in rows():
        for response, words in row["said_in"].items():
            covered[response] = covered.get(response, "") + "\n" + row["source"] + "\n" + "\n".join(map(str, words))
    loose = []
    for response, text in texts().items():
        bare = _LIST_MARK.sub("", _FROM_THE_BACKEND.sub("", text))
        for pattern in (_NUMBER, _LAW):
            for found in pattern.findall(bare):
                if found not in covered.get(response, "") and found not in not_rules().get(response, []):
                    loose.append(f"{response}: {found}")
    assert loose == []


def test_a_number_that_is_no_rule_still_stands_where_the_list_says() -> None:
    said = texts()
    for response, numbers in not_rules().items():
        for number in numbers:
            assert number in said.get(response, ""), f"{response}: {number}"


def test_no_fact_is_named_twice() -> None:
    names = [row["id"] for row in rows()]
    assert len(names) == len(set(names))
