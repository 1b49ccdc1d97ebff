"""One id for a borrower's message, from the channel through the action server to the loan backend's audit trail.

It travels between processes in the header `X-Request-Id` and within one in a context variable, which threads and tasks inherit.
"""

from __future__ import annotations

import contextvars
import re
import secrets
import time

HEADER = "X-Request-Id"
_GOOD = re.compile(r"[A-Za-z0-9._-]{1,64}")
_current: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)
_accepted: contextvars.ContextVar[float | None] = contextvars.ContextVar("accepted_at", default=None)


def begin(given: str | None = None, accepted_at: float | None = None) -> str:
    """The id of what begins here; everything this task does from now on carries it.

    Args:
        given: what a caller sent; another is made when it is missing or is no plain id.
        accepted_at: since when it has waited (`time.time`); now when None.
    """
    chosen = given if given and _GOOD.fullmatch(given) else secrets.token_hex(12)
    _current.set(chosen)
    _accepted.set(time.time() if accepted_at is None else accepted_at)
    return chosen


def current() -> str | None:
    """The id of what is under way; None outside of any request."""
    return _current.get()


def waited_seconds() -> float:
    """For how long this request has waited since it was accepted; 0 outside of any request."""
    accepted = _accepted.get()
    return 0.0 if accepted is None else max(0.0, time.time() - accepted)


def headers() -> dict[str, str]:
    """What a call to another process carries of it."""
    chosen = current()
    return {HEADER: chosen} if chosen else {}
