"""The words of the WeChat channel: sentences are responses of the domain, labels of cards stand in data/wechat/cards.yml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from bot.channels.wechat.said import Button, Said
from bot.config import ROOT
from bot.domain import read_domain

CHANNEL = "wechat"
CARDS_FILE = ROOT / "data" / "wechat" / "cards.yml"
SAYINGS_FILE = ROOT / "data" / "wechat" / "sayings.yml"


@lru_cache(maxsize=1)
def _domain() -> Mapping[str, Any]:
    """The domain, read once a process: it takes a second."""
    return read_domain()


class WeChatWords:
    """Responses of the domain as the channel itself says them, and the labels of cards.

    A response's variant for the channel comes first. Placeholders are the values given and the lender's own slots.
    """

    def __init__(
        self, domain: Mapping[str, Any] | None = None, cards_file: Path = CARDS_FILE, sayings_file: Path = SAYINGS_FILE
    ) -> None:
        domain = _domain() if domain is None else domain
        self._responses: Mapping[str, list[dict[str, Any]]] = domain["responses"]
        self._slots = {name: slot.get("initial_value") or "" for name, slot in domain["slots"].items()}
        self.labels: Mapping[str, Any] = yaml.safe_load(cards_file.read_text(encoding="utf-8"))
        self._sayings = yaml.safe_load(sayings_file.read_text(encoding="utf-8"))["in_place_of"]

    def said(self, response: str, **values: object) -> Said:
        """The response as a message of the bot.

        Raises:
            KeyError: the domain has no such response, or it has a placeholder that nothing fills.
        """
        variants = self._responses[response]
        plain = [variant for variant in variants if not variant.get("condition")] or variants
        variant = next((row for row in plain if row.get("channel") == CHANNEL), plain[0])
        filled = {**self._slots, **values}

        def fill(text: str) -> str:
            return Formatter().vformat(text, (), filled)

        buttons = tuple(Button(fill(row["title"]), fill(row["payload"])) for row in variant.get("buttons") or ())
        return Said(fill(variant["text"]), buttons)

    def text(self, response: str, **values: object) -> str:
        """The text of a response."""
        return self.said(response, **values).text

    def in_wechat(self, text: str) -> str:
        """A text of the bot's, with what is only true on the lender's site said as it is here (data/wechat/sayings.yml)."""
        for said, instead in self._sayings:
            text = text.replace(said, instead)
        return text

    def label(self, group: str, name: object) -> str:
        """A short word, such as that of a row or a status; empty when there is none."""
        return str((self.labels.get(group) or {}).get(str(name)) or "")
