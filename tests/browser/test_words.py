"""What the bot's cards name by a key has its words in the widget."""

from __future__ import annotations

import re
from pathlib import Path

from bot.config import ROOT

ACTIONS = sorted((ROOT / "actions").glob("*.py"))
WORDS = (ROOT / "bot/widget/src/words/zh-Hans.ts").read_text(encoding="utf-8")


def keys_of(table: str) -> set[str]:
    found = re.search(rf"\n  {table}: \{{(.*?)\n  \}},", WORDS, re.S)
    assert found, table
    return set(re.findall(r"^\s+(\w+):", found[1], re.M))


def summary_cards(path: Path) -> list[str]:
    """The text around each summary card that a file shows."""
    text = path.read_text(encoding="utf-8")
    return [text[max(0, found.start() - 900) : found.end() + 500] for found in re.finditer(r'"type": "summary"', text)]


def test_every_row_of_a_summary_has_its_name() -> None:
    named = {name for path in ACTIONS for near in summary_cards(path) for name in re.findall(r'"name": "([a-z_]+)"', near)}
    assert len(named) > 10
    assert named - keys_of("rows") == set()


def test_every_kind_of_summary_has_its_name() -> None:
    kinds = {
        kind
        for path in ACTIONS
        for near in summary_cards(path)
        for kind in re.findall(r'"type": "summary", "kind": "([a-z_]+)"', near)
    }
    assert len(kinds) > 3
    assert kinds - keys_of("kinds") == set()


def test_every_kind_of_request_has_its_name() -> None:
    from typing import get_args

    from bot.backend.lender_file import RequestKind

    assert set(get_args(RequestKind)) - keys_of("kinds") == set()


def test_every_secure_page_has_its_name() -> None:
    from typing import get_args

    from bot.backend.wire_paying import LinkPurpose

    assert set(get_args(LinkPurpose)) - keys_of("purposes") == set()
