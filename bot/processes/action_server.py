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
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot import config

log = logging.getLogger(__name__)


def application(token: str, threads: int) -> Sanic:
    """The action server's Sanic application.

    Args:
        token: what a caller has to show as `?token=`.
        threads: how many actions may wait for the loan backend at once.
    """
    app = Sanic("huanban_actions", configure_logging=False)
    executor = ActionExecutor()
    executor.register_package("actions")

    @app.before_server_start
    async def give_each_waiting_action_a_thread(_: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        # asyncio's default is the number of cores plus four, and then the borrowers wait for each other.
        loop.set_default_executor(ThreadPoolExecutor(threads, thread_name_prefix="action"))

    @app.get("/health")
    async def health(_: Request) -> HTTPResponse:
        return json_response({"status": "ok", "actions": len(executor.actions)})

    @app.post("/webhook")
    async def run(request: Request) -> HTTPResponse:
        if not hmac.compare_digest(str(request.args.get("token", "")).encode(), token.encode()):
            log.warning("a call without the token was refused")
            return json_response({"error": "not authorised"}, status=401)
        return await _run(executor, request)

    return app


async def _run(executor: ActionExecutor, request: Request) -> HTTPResponse:
    try:
        call: Any = request.json
    except Exception:  # whatever Sanic raises for it, the body is no JSON
        call = None
    if not isinstance(call, dict) or not isinstance(call.get("tracker"), dict):
        return json_response({"error": "not an action call"}, status=400)
    name = str(call.get("next_action"))
    try:
        result = await executor.run(call)
    except ActionExecutionRejection as rejection:
        return json_response({"error": rejection.message, "action_name": name}, status=400)
    except ActionNotFoundException:
        log.error("no such action: %s", name)
        return json_response({"error": "no such action", "action_name": name}, status=404)
    except Exception:
        log.exception("%s failed", name)
        return json_response({"error": "the action failed", "action_name": name}, status=500)
    return json_response(result)


def serve() -> None:
    """Serves until it is told to stop."""
    settings = config.load()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    app = application(settings.actions_token, threads=settings.client_connections)
    app.run(host="127.0.0.1", port=settings.actions_port, workers=1, access_log=False)


if __name__ == "__main__":
    serve()
