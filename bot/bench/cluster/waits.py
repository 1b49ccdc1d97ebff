"""How long answers took, when, and how soon after a kill they are as quick as before."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from bot.bench.cluster.borrowers import Said

WINDOW_SECONDS = 10.0
# Back is: at most half as slow again as before. Where answers took a tenth of a second before, half of that is less than two
# runs on a busy machine differ by, so below this many seconds p95 always counts as back: nobody who reads notices.
MOST_TIMES_BEFORE = 1.5
QUICK_SECONDS = 0.3


def waits(said: Sequence[Said], spans: Sequence[tuple[float, float]]) -> list[float]:
    """How long the answers to messages of these spans took; one that was told to be cut short counts like any other."""
    return [one.answered_after for one in said if one.answered_after is not None and any(a <= one.at < b for a, b in spans)]


def share_of(seconds: Sequence[float], share: float) -> float:
    """The wait that this share of all waits does not exceed; 0 when there are none."""
    if len(seconds) < 2:
        return seconds[0] if seconds else 0.0
    return statistics.quantiles(seconds, n=100, method="inclusive")[int(share * 100) - 1]


def bar(before: Sequence[float]) -> float:
    """The p95 at which answers are back to what they were."""
    return max(MOST_TIMES_BEFORE * share_of(before, 0.95), QUICK_SECONDS)


def seconds_until_back(said: Sequence[Said], kill: float, until: float, most: float) -> float | None:
    """Seconds from a kill to the first moment whose next ten seconds of messages have a p95 of at most `most`.

    None when there is no such moment before `until`, the next thing that is done to the cluster.
    """
    for second in range(max(0, int(until - kill - WINDOW_SECONDS)) + 1):
        begin = kill + second
        found = waits(said, [(begin, min(begin + WINDOW_SECONDS, until))])
        if found and share_of(found, 0.95) <= most:
            return float(second)
    return None
