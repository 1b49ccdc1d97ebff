"""The bot's own words come back: what stands on a button is typed as often as it is tapped.

A title of the domain is taken for the intent that its button carries, so a lender who renames a button need not teach the
classifier anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from bot.domain import read_domain

_NO_LETTER = re.compile(r"[\s，。？！,.!?、~…]")


def bare(text: str) -> str:
    """A text without punctuation and white space."""
    return _NO_LETTER.sub("", text)


@cache
def intents_of_titles() -> dict[str, str]:
    """The intent of each button title; titles whose button carries a value too are left out, and so are ambiguous ones."""
    found: dict[str, set[str]] = {}
    for title, payload in _buttons(read_domain()):
        if "{" not in payload or '"quote_id"' in payload or '"request_id"' in payload or '"offer_id"' in payload:
            found.setdefault(bare(title), set()).add(payload.lstrip("/").split("{")[0])
    return {title: intents.pop() for title, intents in found.items() if len(intents) == 1}


def intent_of(text: str) -> str | None:
    """The intent of a text that is a button's title; None for any other text."""
    return intents_of_titles().get(bare(text))


def _buttons(domain: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for variants in domain["responses"].values():
        for variant in variants:
            for button in variant.get("buttons", []):
                yield button["title"], button["payload"]
