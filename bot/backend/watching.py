"""The gate with what operators need: `/health`, `/ready` and `/metrics` before it, each call numbered, timed and logged."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

from bot.backend.gate import Gate, Message, Receive, Scope, Send
from bot.backend.reads import BOT, Reads
from bot.observability import metrics, request_id, tracing
from bot.observability.readiness import Readiness, shows_token

log = logging.getLogger(__name__)


class WatchedGate(Gate):
    """ASGI application like `Gate`; use `watched_by` once it is made."""

    readiness: Readiness = Readiness([])
    metrics_token: str = ""

    reads: Reads | None = None

    def watched_by(self, readiness: Readiness, metrics_token: str, reads: Reads | None = None) -> WatchedGate:
        """The gate, which knows its parts, who may see its metrics (nobody, when the token is empty), and where readings go."""
        self.readiness, self.metrics_token, self.reads = readiness, metrics_token, reads
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one call."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if scope["path"] in ("/health", "/ready", "/metrics"):
            await self._watch(scope["path"], headers.get("authorization"), send)
            return
        status, began = 0, time.perf_counter()

        async def send_and_look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        request_id.begin(headers.get(request_id.HEADER.lower()))
        try:
            with tracing.span("backend", headers, method=scope["method"]):
                await super().__call__(scope, receive, send_and_look)
        finally:
            # The route's pattern, never the path: that names borrowers.
            route = str(getattr(scope.get("route"), "path", None) or "none")
            seconds = time.perf_counter() - began
            metrics.backend_requests.labels(scope["method"], route, str(status)).inc()
            metrics.backend_seconds.labels(route).observe(seconds)
            fields = {"method": scope["method"], "route": route, "status": status, "seconds": round(seconds, 4)}
            log.info("a call was answered", extra=fields)
            self._note_reading(scope, status)

    def _note_reading(self, scope: Scope, status: int) -> None:
        """The bot has read something of a borrower's; what the desk reads is written down where it is read."""
        borrower_id, route = (scope.get("path_params") or {}).get("borrower_id"), scope.get("route")
        if self.reads is None or scope["method"] != "GET" or status != 200 or not borrower_id or route is None:
            return
        if not scope["path"].startswith("/v1/desk/"):
            self.reads.note(str(borrower_id), BOT, str(getattr(route, "operation_id", None) or route.path)[:40])

    async def _watch(self, path: str, authorization: str | None, send: Send) -> None:
        allowed = shows_token(authorization, self.metrics_token)
        if path == "/health":
            await _answer(send, 200, {"status": "ok"})
        elif path == "/metrics" and allowed:
            await self.readiness.found()
            await _answer(send, 200, metrics.text(), metrics.CONTENT_TYPE)
        elif path == "/metrics":
            await _answer(send, 404, {"status": "not-found"})
        else:
            is_ready = await self.readiness.is_ready()
            answer: dict[str, Any] = {"status": "ready" if is_ready else "not-ready"}
            if allowed:
                answer["parts"] = await self.readiness.found()
            await _answer(send, 200 if is_ready else 503, answer)


async def _answer(send: Send, status: int, body: bytes | dict[str, Any], content_type: str = "application/json") -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
