"""What every call passes first: request id, size, token; and what catches a failure nobody expected."""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from bot.backend.problems import Problem
from bot.backend.settings import BackendSettings
from bot.observability import request_id

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 64 * 1024
# What is still read of a body that is too large, so that the caller reads our answer and not a broken connection.
DRAIN_BYTES = 8 * 1024 * 1024
OPEN_PATHS = ("/v1/health", "/v1/openapi.json")
# Proofs are files; base64 makes four characters of three bytes.
_EVIDENCE = re.compile(r"/v1/borrowers/[^/]+/requests/[^/]+/evidence")
# Whose call an answer belongs to: a client can tell when a cache or a connection on the way has mixed answers up.
BORROWER_HEADER = b"huanban-borrower"
_OF_A_BORROWER = re.compile(r"/v1/borrowers/([A-Za-z0-9_-]{1,64})(?:/|$)")
_GOOD_TRACE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Gate:
    """ASGI application around the app: what it lets through carries the right token and a `trace_id`.

    Args:
        app: what answers the calls that pass.
        settings: the tokens, and how much slower to be.
        close: gives back what the app holds; for whoever runs several in one process.
    """

    def __init__(
        self,
        app: Callable[[Scope, Receive, Send], Awaitable[None]],
        settings: BackendSettings,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.app = app
        self.close = close
        self._service = f"Bearer {settings.service_token}".encode()
        self._desk = f"Bearer {settings.desk_token}".encode()
        self._delay_seconds = settings.delay_ms / 1000
        self._evidence_body_bytes = settings.evidence_max_bytes * 4 // 3 + MAX_BODY_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one call."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        trace_id = given if _GOOD_TRACE_ID.fullmatch(given) else request_id.current() or secrets.token_hex(12)
        scope.setdefault("state", {})["trace_id"] = trace_id
        started = False
        borrower = _OF_A_BORROWER.match(scope["path"])
        named = [(BORROWER_HEADER, borrower.group(1).encode())] if borrower else []

        async def send_with_trace_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", []), (b"x-request-id", trace_id.encode()), *named]
            await send(message)

        try:
            if self._delay_seconds:
                await asyncio.sleep(self._delay_seconds)
            self._check_token(scope["path"], headers.get(b"authorization", b""))
            is_evidence = scope["method"] == "POST" and _EVIDENCE.fullmatch(scope["path"])
            body = await _body(receive, self._evidence_body_bytes if is_evidence else MAX_BODY_BYTES)
            await self.app(scope, _replay(body, receive), send_with_trace_id)
        except Problem as problem:
            await problem.response()(scope, receive, send_with_trace_id)
        except Exception:
            log.exception("%s %s failed [%s]", scope["method"], scope["path"], trace_id)
            if not started:
                failed = Problem("internal", f"See the backend's log at {trace_id}.")
                await failed.response()(scope, receive, send_with_trace_id)

    def _check_token(self, path: str, authorization: bytes) -> None:
        if path in OPEN_PATHS:
            return
        at_desk = path.startswith("/v1/desk/")
        if not hmac.compare_digest(authorization, self._desk if at_desk else self._service):
            whose = "desk" if at_desk else "service"
            raise Problem(
                "unauthorized",
                f"Send Authorization: Bearer <{whose} token>.",
                headers={"WWW-Authenticate": 'Bearer realm="huanban"'},
            )


async def _body(receive: Receive, max_bytes: int) -> bytes:
    """The whole body.

    Raises:
        Problem: `body-too-large`.
    """
    read, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= max_bytes:
            read.append(chunk)
        more = message.get("more_body", False) and size <= max(max_bytes, DRAIN_BYTES)
    if size > max_bytes:
        raise Problem("body-too-large", f"At most {max_bytes} bytes.", max_bytes=max_bytes)
    return b"".join(read)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that hands the body over once and then waits for the connection."""
    handed_over = False

    async def replay() -> Message:
        nonlocal handed_over
        if handed_over:
            return await receive()
        handed_over = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
