"""`/health`, `/ready` and `/metrics` of a Sanic server, the request id of its calls, and its end.

`/health` and `/ready` tell anybody yes or no. Which part is missing, and the metrics, are told to whom shows the token.
"""

from __future__ import annotations

from typing import Any

from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, raw
from sanic.response import json as json_response

from bot.observability import metrics, request_id, tracing
from bot.observability.readiness import Readiness, shows_token


def watching_calls(readiness: Readiness, token: str) -> Blueprint:
    """The calls, for the root of a server.

    Args:
        readiness: the parts of the process.
        token: what a caller has to show as `Authorization: Bearer` to see more than yes or no.
    """
    calls = Blueprint("watching")

    @calls.get("/health")
    async def health(_: Request) -> HTTPResponse:
        return json_response({"status": "ok"})

    @calls.get("/ready")
    async def ready(request: Request) -> HTTPResponse:
        is_ready = await readiness.is_ready()
        answer: dict[str, object] = {"status": "ready" if is_ready else "not-ready"}
        if shows_token(request.headers.get("authorization"), token):
            answer["parts"] = await readiness.found()
        return json_response(answer, status=200 if is_ready else 503)

    @calls.get("/metrics")
    async def show_metrics(request: Request) -> HTTPResponse:
        if not shows_token(request.headers.get("authorization"), token):
            return json_response({"status": "not-found"}, status=404)
        await readiness.found()
        return raw(metrics.text(), content_type=metrics.CONTENT_TYPE)

    return calls


def end_well(app: Sanic, readiness: Readiness) -> None:
    """An end that is said before it begins, and seen to the last span.

    Sanic runs what is registered for its end from the last to the first: called after the channels have registered theirs, this
    says "not ready" before the first of them waits for its turns.
    """

    @app.listener("before_server_stop")
    async def take_nobody_new(*_: Any) -> None:
        readiness.is_ending = True

    @app.listener("after_server_stop")  # not before it: the turns under way end in between, and their spans with them
    async def send_what_is_left(*_: Any) -> None:
        await tracing.shut_down_beside_the_loop()


def number_calls(request: Request) -> None:
    """Request middleware: from here on everything done for this call carries its id."""
    request.ctx.request_id = request_id.begin(request.headers.get(request_id.HEADER.lower()))


def name_the_number(request: Request, response: HTTPResponse) -> None:
    """Response middleware: the caller learns the id, for asking about it later."""
    number = getattr(request.ctx, "request_id", None)
    if number and response is not None:
        response.headers.setdefault(request_id.HEADER, number)
