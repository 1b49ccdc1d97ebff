"""Whether a process can do its work: every part it needs is asked, at most every two seconds however often somebody asks."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.observability import metrics

log = logging.getLogger(__name__)

KEPT_SECONDS = 2.0
ANSWER_SECONDS = 3.0


@dataclass(frozen=True)
class Part:
    """Something a process needs.

    Attributes:
        name: in the answer and in `huanban_part_reachable`.
        is_there: looks; it may block, and whatever it raises means no.
        required: without it the process can do nothing. Without the others it has words for what it cannot do, and
            taking it out of service would only leave the borrower with fewer words.
    """

    name: str
    is_there: Callable[[], bool]
    required: bool = True


class Readiness:
    """The parts of a process and how they stood when last asked."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._asked_at = float("-inf")
        self._found: dict[str, bool] = {}
        self._lock = asyncio.Lock()
        self.is_ending = False

    async def found(self) -> dict[str, bool]:
        """How each part stands."""
        async with self._lock:
            if time.monotonic() - self._asked_at > KEPT_SECONDS:
                answers = await asyncio.gather(*(self._ask(part) for part in self._parts))
                self._found = {part.name: answer for part, answer in zip(self._parts, answers, strict=True)}
                self._asked_at = time.monotonic()
                for name, is_there in self._found.items():
                    metrics.part_reachable.labels(name).set(is_there)
        return self._found

    async def is_ready(self) -> bool:
        """Whether borrowers may be sent here."""
        found = await self.found()
        return not self.is_ending and all(found[part.name] for part in self._parts if part.required)

    async def _ask(self, part: Part) -> bool:
        try:
            is_there = await asyncio.wait_for(asyncio.to_thread(part.is_there), ANSWER_SECONDS)
        except Exception as error:
            log.warning("%s is not there: %s", part.name, type(error).__name__)
            return False
        return is_there


def shows_token(authorization: str | None, token: str) -> bool:
    """Whether a call may see metrics; nobody may where no token is set."""
    return bool(token) and hmac.compare_digest((authorization or "").encode(), f"Bearer {token}".encode())
