"""The metrics of all processes, each with its labels; deploy/grafana/huanban.json draws them.

No label holds anything of a borrower: channels, stages, actions, routes and outcomes are names out of the code.
"""

from __future__ import annotations

import time
from collections import deque

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 60.0)
RECENT_SECONDS = 30.0

messages = Counter("huanban_messages", "Messages that were answered or failed.", ["channel", "outcome"])
stages = Histogram("huanban_stage_seconds", "What a message spends its time on.", ["stage"], buckets=_SECONDS)
in_progress = Gauge("huanban_messages_in_progress", "Messages that have come and are not answered yet.")
queue = Histogram("huanban_queue_seconds", "From a message's acceptance to the begin of its turn.", buckets=_SECONDS)
queue_recent = Gauge(
    "huanban_queue_recent_seconds", "Mean wait of the last half minute's messages; what the autoscaler looks at."
)
fallbacks = Counter("huanban_fallbacks", "Messages that were not understood, or are nobody's business here.", ["intent"])
actions = Histogram("huanban_action_seconds", "How long an action took.", ["action"], buckets=_SECONDS)
actions_failed = Counter("huanban_actions_failed", "Actions that ended in an exception.", ["action"])
filings = Counter(
    "huanban_filings",
    "Filings by how they ended: filed, filed_already, being_processed, not_filed, unknown.",
    ["kind", "outcome"],
)
backend_errors = Counter(
    "huanban_backend_errors",
    "Answers of the loan backend that could not be used: unreachable, no_answer, server_error, too_many_calls, malformed.",
    ["reason"],
)
backend_requests = Counter("huanban_backend_requests", "Calls that the loan backend answered.", ["method", "route", "status"])
backend_seconds = Histogram("huanban_backend_request_seconds", "How long an answer took.", ["route"], buckets=_SECONDS)
events_waiting = Gauge("huanban_events_waiting", "Events that wait for the broker to come back.")
events_dropped = Counter(
    "huanban_events_dropped",
    "Events that were given up: too many waited (the oldest go first), the broker refused them, or the process ended.",
)
part_reachable = Gauge("huanban_part_reachable", "1 when the last look found this part there, else 0.", ["part"])

CONTENT_TYPE = CONTENT_TYPE_LATEST


class RecentWaits:
    """The mean wait of the last half minute; 0 when nobody came."""

    def __init__(self) -> None:
        self._waits: deque[tuple[float, float]] = deque(maxlen=10_000)

    def add(self, seconds: float) -> None:
        """One message began after so long a wait."""
        self._waits.append((time.monotonic(), seconds))

    def mean(self) -> float:
        """In seconds."""
        while self._waits and self._waits[0][0] < time.monotonic() - RECENT_SECONDS:
            self._waits.popleft()
        return sum(seconds for _, seconds in self._waits) / len(self._waits) if self._waits else 0.0


recent_waits = RecentWaits()
queue_recent.set_function(recent_waits.mean)


def began(waited_seconds: float) -> None:
    """A message's turn begins after it has waited so long."""
    queue.observe(waited_seconds)
    recent_waits.add(waited_seconds)


def text() -> bytes:
    """All metrics in Prometheus' text format."""
    return bytes(generate_latest(REGISTRY))
