"""Forgetting what is older than the lender keeps it (`HUANBAN_CONVERSATION_DAYS`): in every store, in small transactions.

Safe to run twice and on several machines at once: each deletes what it finds, and the second finds nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from bot.privacy.keepers import Counts, Keeper

log = logging.getLogger(__name__)

DAY_SECONDS = 24 * 3600.0


def forget(
    keepers: Sequence[Keeper],
    days: float,
    *,
    now: float | None = None,
    pretend: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[str, Counts]:
    """Deletes what ended more than so many days ago; how much of each kind, by store.

    A store that fails is left for the next time; the others are gone on with.
    """
    before = (time.time() if now is None else now) - days * DAY_SECONDS
    done: dict[str, Counts] = {}
    for keeper in keepers:
        try:
            done[keeper.name] = keeper.forget_idle(before, pretend=pretend, stopped=stopped)
        except Exception as error:
            log.error("%s could not forget: %s", keeper.name, type(error).__name__, exc_info=error)
    return done


def told(done: dict[str, Counts]) -> str:
    """What was forgotten, in a line; empty when nothing was.

    >>> told({"chat": {"chat_messages": 40, "chat_ratings": 0}, "conversations": {"events": 0}})
    'chat: 40 chat_messages'
    """
    stores = {name: ", ".join(f"{n:,} {kind}" for kind, n in counts.items() if n) for name, counts in done.items()}
    return "; ".join(f"{name}: {text}" for name, text in stores.items() if text)
