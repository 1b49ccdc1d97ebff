"""What `bot.observability` needs of the action server: its parts, and each action timed, traced and logged."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable

import requests
from rasa_sdk.executor import ActionExecutor
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import config
from bot.observability import metrics, tracing
from bot.observability.readiness import Part, Readiness

log = logging.getLogger(__name__)

Run = Callable[[ActionExecutor, Request], Awaitable[HTTPResponse]]


def readiness_of(executor: ActionExecutor, settings: config.Settings | None) -> Readiness:
    """The action server's parts: its actions, and the loan backend.

    Without the backend an action still has words for it, so that one is looked at and not required.
    """
    parts = [Part("actions", lambda: bool(executor.actions))]
    if settings is not None:
        session, url = requests.Session(), f"{settings.backend_url.rstrip('/')}/v1/health"
        parts.append(Part("backend", lambda: session.get(url, timeout=2).status_code == 200, required=False))
    return Readiness(parts)


async def watched_run(executor: ActionExecutor, request: Request, run: Run) -> HTTPResponse:
    """The action's answer, after its time has been put down under its name."""
    name, began = _name(executor, request), time.perf_counter()
    with tracing.span(f"action {name}", dict(request.headers)):
        answer = await run(executor, request)
    seconds = time.perf_counter() - began
    metrics.actions.labels(name).observe(seconds)
    if answer.status >= 500:
        metrics.actions_failed.labels(name).inc()
    log.info("an action was run", extra={"action": name, "status": answer.status, "seconds": round(seconds, 4)})
    return answer


def _name(executor: ActionExecutor, request: Request) -> str:
    """The action's name; a caller's made-up one becomes no label."""
    try:
        name = str(request.json.get("next_action"))
    except Exception:  # no JSON, or no object: the answer will say so
        return "none"
    return name if name in executor.actions else "none"
