"""Every test that the threat model and the list of dependencies name is there, and every row names one."""

from __future__ import annotations

import ast
import re

import pytest

from bot.config import ROOT

PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize(("path", "name"), NAMED, ids=[f"{path}::{name}" for path, name in NAMED])
def test_a_named_test_is_there(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    assert name in functions


def test_each_of_the_ten_has_a_row_with_what_is_done_what_shows_it_and_what_is_left_open() -> None:
    rows = re.findall(r"^\| (API\d+) [^|]+\|([^|]+)\|([^|]+)\|([^|]+)\|([^|]+)\|$", PAGE, re.MULTILINE)
    assert [row[0] for row in rows] == [f"API{number}" for number in range(1, 11)]
    for row in rows:
        assert "::test_" in row[3] and row[4].strip(), row[0]


def test_every_other_threat_names_what_shows_it_and_what_is_left_open() -> None:
    section = PAGE[PAGE.index("## Beyond the ten") :]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| **")]
    assert len(rows) >= 6
    for row in rows:
        assert len(row) == 4 and "::test_" in row[2] and row[3].strip(" |"), row[0]


def test_no_test_is_named_in_another_way_that_nobody_checks() -> None:
    assert len(re.findall(r"`tests/[\w/]+\.py::", PAGE)) >= len(NAMED) >= 40
    assert not re.findall(r"`tests/[\w/]+::", PAGE)
