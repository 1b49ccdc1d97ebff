"""Times that name no day (发工资那天, 过完年, 二天): what the bot has to ask back, each with the reason why."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.nlu import lexicon


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = lexicon.load("vague_times")
    return tuple((reason, re.compile("|".join(f"(?:{p})" for p in patterns))) for reason, patterns in table.items())


def find_vague_times(text: str) -> list[tuple[int, int, str]]:
    """Start, end and reason code of each vague time, by position, never overlapping.

    The reason codes are the keys of data/lexicon/vague_times.yml. Where two fit, the one that starts first wins, then
    the longer, then the one that stands higher in the file.
    """
    found = [
        (match.start(), -match.end(), order, reason)
        for order, (reason, pattern) in enumerate(_patterns())
        for match in pattern.finditer(text)
        if match.end() > match.start()
    ]
    chosen: list[tuple[int, int, str]] = []
    for start, negative_end, _, reason in sorted(found):
        if not chosen or start >= chosen[-1][1]:
            chosen.append((start, -negative_end, reason))
    return chosen
