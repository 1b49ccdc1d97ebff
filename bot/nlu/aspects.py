"""What exactly is asked within an intent: "会不会坐牢" and "会不会上门" are both questions about being late.

An intent says which topic a message belongs to; an aspect, which sentence of the answer the borrower waits for. Aspects are
words in `data/lexicon/aspects/<topic>.yml`: `name: [word, …]`; a word may be a regular expression in slashes (`"/几点.{0,3}前/"`,
in quotes: YAML reads a brace otherwise).
"""

from __future__ import annotations

import hashlib
import re
from functools import cache

import yaml

from bot.nlu.lexicon import LEXICON_DIR

ASPECTS_DIR = LEXICON_DIR / "aspects"


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """One pattern for each aspect, in the order of the files and of their rows.

    Raises:
        ValueError: two files name the same aspect.
    """
    found: dict[str, re.Pattern[str]] = {}
    for path in sorted(ASPECTS_DIR.glob("*.yml")):
        for name, words in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
            if name in found:
                raise ValueError(f"the aspect {name} is in {path.name} and in an earlier file")
            found[name] = re.compile("|".join(_pattern(str(word)) for word in words))
    return found


def find_aspects(text: str) -> list[tuple[str, int, int]]:
    """Aspects named in a text, each once, with the span of its first mention; in the order in which they are mentioned."""
    hits = [(name, hit.start(), hit.end()) for name, pattern in patterns().items() if (hit := pattern.search(text))]
    return sorted(hits, key=lambda hit: hit[1])


def digest() -> str:
    """A hash of every aspect file; they are kept out of `lexicon.digest`, since nothing that is trained leans on them."""
    digested = hashlib.sha256()
    for path in sorted(ASPECTS_DIR.glob("*.yml")):
        digested.update(path.read_bytes())
    return digested.hexdigest()


def _pattern(word: str) -> str:
    return f"(?:{word[1:-1]})" if len(word) > 2 and word[0] == word[-1] == "/" else re.escape(word)
