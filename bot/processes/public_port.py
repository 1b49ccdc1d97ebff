"""What every answer of a Sanic server of ours carries, and what a call may be: errors, 404s and refusals included.

Sanic's own error pages repeat the address, Rasa's root tells its version, and a body may hold a hundred megabytes before
anybody has looked at it. Here an error is a problem document (RFC 9457) that tells nothing, the headers are on every answer, and
a body that is no upload has to be small. What a channel says itself about an answer stays as it says it.
"""

from __future__ import annotations

import logging
from typing import Any

from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse
from sanic.response import json as json_response

log = logging.getLogger(__name__)

# The widget's packets are the largest of what is no upload, and hold at most 64 KiB; a form around one takes a little more.
MOST_BYTES = 72 * 1024
# What is still read of a body that is too large, and thrown away, so that the caller reads our answer and not a broken line.
DRAINED_BYTES = 8 * 1024 * 1024
MAY_BE_LARGE = ("/webhooks/chat/evidence",)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
_TITLES = {
    400: "malformed-call",
    401: "not-authorised",
    404: "not-found",
    405: "method-not-allowed",
    408: "too-slow",
    413: "too-large",
    503: "unavailable",
}
_HIDDEN = ("/",)


def close(app: Sanic) -> None:
    """Puts all of it on the server that borrowers reach."""
    answer_errors_plainly(app)
    mark_answers(app)
    take_small_bodies(app)

    @app.middleware("request")
    async def hide_what_is_nobodys_business(request: Request) -> HTTPResponse | None:
        return _problem(404) if request.path in _HIDDEN else None


def mark_answers(app: Sanic) -> None:
    """The security headers on every answer; one that is there already stays."""

    @app.middleware("response")
    async def mark(_: Request, answer: BaseHTTPResponse) -> None:
        if answer is not None:
            for name, value in HEADERS.items():
                answer.headers.setdefault(name, value)


def answer_errors_plainly(app: Sanic) -> None:
    """An error says which kind it is and nothing of the call, the code or the machine."""

    async def refuse(request: Request, error: Exception) -> HTTPResponse:
        status = int(getattr(error, "status_code", 500) or 500) if isinstance(error, SanicException) else 500
        if status >= 500:
            # The address of a call may hold a token or a name; its number finds the rest.
            log.error("a call failed: %s", type(error).__name__, exc_info=error)
        if status == 413 and request.stream is not None:
            request.stream.request_max_size = DRAINED_BYTES
        allowed = {k: v for k, v in (getattr(error, "headers", None) or {}).items() if k.lower() == "allow"}
        return _problem(status, allowed)

    app.error_handler.add(SanicException, refuse)
    app.error_handler.add(Exception, refuse)


def take_small_bodies(app: Sanic) -> None:
    """A body is refused as soon as it is announced or grows too large, before it is gathered; uploads look after themselves."""

    @app.signal("http.lifecycle.handle")
    async def limit(request: Request, **_: Any) -> None:
        if request.stream is not None and request.path not in MAY_BE_LARGE:
            request.stream.request_max_size = MOST_BYTES


def _problem(status: int, headers: dict[str, str] | None = None) -> HTTPResponse:
    kind = _TITLES.get(status, "failed" if status >= 500 else "refused")
    return json_response(
        {"type": f"/problems/{kind}", "title": kind.replace("-", " "), "status": status},
        status=status,
        headers={**(headers or {}), "content-type": "application/problem+json"},
    )
