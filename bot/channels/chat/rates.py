"""How much one borrower, or one IP address, may ask of the bot: token buckets, each server's own."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class Rates:
    """A token bucket for each key: as many at once as a minute allows, and then as they drip in.

    Args:
        per_minute: how many a minute.
        clock: seconds that only go forward; tests put their own here.
        most_keys: above this many buckets, full ones are forgotten.
    """

    def __init__(self, per_minute: float, clock: Callable[[], float] = time.monotonic, most_keys: int = 10_000) -> None:
        self._size = max(1.0, per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._most_keys = most_keys
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> int:
        """Takes one; 0 when it was there, else in how many whole seconds it will be."""
        now = self._clock()
        left, since = self._buckets.get(key, (self._size, now))
        left = min(self._size, left + (now - since) * self._per_second)
        if left < 1:
            self._buckets[key] = (left, now)
            return max(1, math.ceil((1 - left) / self._per_second))
        if len(self._buckets) >= self._most_keys and key not in self._buckets:
            self._forget_the_full(now)
        self._buckets[key] = (left - 1, now)
        return 0

    def _forget_the_full(self, now: float) -> None:
        """A full bucket is as good as none; if none is full, those untouched for longest go."""
        full_after = self._size / self._per_second
        kept = {key: bucket for key, bucket in self._buckets.items() if now - bucket[1] < full_after}
        if len(kept) >= self._most_keys:
            newest = sorted(kept.items(), key=lambda item: item[1][1])[len(kept) // 2 :]
            kept = dict(newest)
        self._buckets = kept
