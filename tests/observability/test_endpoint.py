"""What Rasa sends to its action server: the token in a header and not in the address, the request id, and the trace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from rasa.utils.endpoints import EndpointConfig

from bot.observability import request_id
from bot.processes.watched_rasa import NumberedEndpoint


def called(call: Callable[[str], Awaitable[Any]]) -> list[web.Request]:
    """The calls that reached a server, while it ran."""
    seen: list[web.Request] = []

    async def take(request: web.Request) -> web.Response:
        seen.append(request)
        return web.json_response({})

    async def run() -> None:
        app = web.Application()
        app.router.add_post("/webhook", take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        await call(f"http://127.0.0.1:{port}/webhook")
        await runner.cleanup()

    asyncio.run(run())
    return seen


def test_the_token_is_in_no_address_that_a_proxy_would_log() -> None:
    async def call(url: str) -> None:
        request_id.begin("a-message")
        await NumberedEndpoint(EndpointConfig(url, token="actions-token")).request(json={"next_action": "x"})

    (request,) = called(call)
    assert request.query_string == ""
    assert request.headers["Authorization"] == "Bearer actions-token"
    assert request.headers["X-Request-Id"] == "a-message"


@pytest.mark.parametrize("shown", ["header", "address", "neither", "wrong"])
def test_the_action_server_takes_the_token_either_way_and_nothing_else(shown: str) -> None:
    from sanic import Sanic

    from bot.processes.action_server import application

    Sanic.test_mode = True
    Sanic._app_registry.pop("huanban_actions", None)
    app = application("actions-token", threads=2)

    async def run() -> int:
        import aiohttp

        server = await app.create_server("127.0.0.1", 0, return_asyncio_server=True, access_log=False)
        assert server is not None
        await server.startup()
        await server.after_start()
        port = server.server.sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}/webhook" + ("?token=actions-token" if shown == "address" else "")
        headers = {"header": {"Authorization": "Bearer actions-token"}, "wrong": {"Authorization": "Bearer another"}}.get(
            shown, {}
        )
        async with aiohttp.ClientSession() as session, session.post(url, json={"no": "call"}, headers=headers) as answer:
            status = answer.status
        server.close()
        return status

    assert asyncio.run(run()) == (400 if shown in ("header", "address") else 401)
