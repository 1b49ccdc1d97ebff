"""The action server: `python -m bot.processes.action_server`; rasa-sdk's executor behind a door of ours.

rasa-sdk's own server obeys anybody, and sends the whole request, conversation included, back in its errors. This one wants
the token that `endpoints.yml` gives to Rasa, and tells a caller nothing but what went wrong. It keeps a thread per
connection to the loan backend, because actions call it with blocking requests off the event loop.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot import config
from bot.observability import logs, tracing
from bot.observability import settings as observability_settings
from bot.observability.sanic_calls import end_well, name_the_number, number_calls, watching_calls
from bot.processes import public_port
from bot.processes.watched_actions import readiness_of, watched_run

log = logging.getLogger(__name__)


def application(token: str, threads: int, settings: config.Settings | None = None) -> Sanic:
    """The action server's Sanic application.

    Args:
        token: what a caller has to show, as `Authorization: Bearer` or `?token=`.
        threads: how many actions may wait for the loan backend at once.
        settings: whose loan backend is looked at, and who may see metrics (nobody, when None).
    """
    app = Sanic("huanban_actions", configure_logging=False)
    executor = ActionExecutor()
    executor.register_package("actions")

    @app.before_server_start
    async def give_each_waiting_action_a_thread(_: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        # asyncio's default is the number of cores plus four, and then the borrowers wait for each other.
        loop.set_default_executor(ThreadPoolExecutor(threads, thread_name_prefix="action"))

    readiness = readiness_of(executor, settings)
    app.blueprint(watching_calls(readiness, settings.metrics_token if settings else ""))
    public_port.answer_errors_plainly(app)
    public_port.mark_answers(app)
    app.register_middleware(number_calls, "request")
    app.register_middleware(name_the_number, "response")
    end_well(app, readiness)

    @app.post("/webhook")
    async def run(request: Request) -> HTTPResponse:
        # Ours comes as a header; `?token=` is how Rasa alone would show it.
        shown = (request.headers.get("authorization") or "").removeprefix("Bearer ") or str(request.args.get("token", ""))
        if not hmac.compare_digest(shown.encode(), token.encode()):
            log.warning("a call without the token was refused")
            return json_response({"error": "not authorised"}, status=401)
        return await watched_run(executor, request, _run)

    return app


async def _run(executor: ActionExecutor, request: Request) -> HTTPResponse:
    try:
        call: Any = request.json
    except Exception:  # whatever Sanic raises for it, the body is no JSON
        call = None
    if not isinstance(call, dict) or not isinstance(call.get("tracker"), dict):
        return json_response({"error": "not an action call"}, status=400)
    name = str(call.get("next_action"))
    if name not in executor.actions:
        # Whatever was sent as a name is neither said back nor logged.
        log.error("an action was asked for that is not here; are Rasa and the action server of one release?")
        return json_response({"error": "no such action"}, status=404)
    try:
        result = await executor.run(call)
    except ActionExecutionRejection as rejection:
        return json_response({"error": rejection.message, "action_name": name}, status=400)
    except Exception:
        log.exception("%s failed", name)
        return json_response({"error": "the action failed", "action_name": name}, status=500)
    return json_response(result)


def serve() -> None:
    """Serves until it is told to stop."""
    settings = config.load()
    watching = observability_settings.load()
    tracing.configure("actions", watching.otlp_endpoint)
    app = application(settings.actions_token, threads=settings.client_connections, settings=settings)
    logs.configure("actions", watching.log_format, watching.log_level)
    app.run(host=settings.actions_host, port=settings.actions_port, workers=1, access_log=False)


if __name__ == "__main__":
    serve()
