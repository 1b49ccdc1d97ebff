"""Calls of the action server: checked as Rasa checks them, over connections that stay open."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web
from jsonschema import ValidationError, validate
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig

from bot.processes import swift_calls
from bot.processes.watched_rasa import NumberedEndpoint

SCHEMA = RemoteAction.action_response_format_spec()
ANSWERS: list[Any] = [
    {"events": [], "responses": []},
    {},
    [],
    None,
    {"events": None},
    {"events": [], "responses": ["text"]},
    {"events": [{"event": "slot", "name": "a", "value": {"b": [1]}, "timestamp": None}], "responses": [{"text": "x"}]},
    {"events": [{"event": "slot", "value": 1}]},
    {"events": [{"event": "slot", "name": 3, "value": 1}]},
    {"events": [{"event": "active_loop", "name": None}, {"event": "followup", "name": "a_form"}]},
    {"events": [{"event": "followup"}]},
    {"events": [{"event": "no such event"}]},
    {"events": [{"name": "nameless"}]},
    {"events": ["slot"]},
    {"events": [{"event": "slot", "name": "a", "value": 1, "timestamp": "yesterday"}]},
    {"events": [{"event": "bot", "text": "x", "data": {}, "metadata": {}}]},
    {"events": [{"event": "bot", "text": 3}]},
    {"events": [{"event": "user", "text": "x", "parse_data": {"intent": {"name": "greet"}, "entities": []}}]},
    {"events": [{"event": "user", "parse_data": {"entities": [{"value": 1}]}}]},
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_refused_when_and_only_when_rasa_refuses_it(answer: Any) -> None:
    try:
        validate(answer, SCHEMA)
        fits = True
    except ValidationError:
        fits = False
    action = RemoteAction("action_x", None)
    if fits:
        assert swift_calls._is_valid(action, answer) is True
    else:
        with pytest.raises(ValidationError, match="custom actions"):
            swift_calls._is_valid(action, answer)


def test_an_answer_of_the_plain_kind_is_not_looked_at_twice() -> None:
    assert all(swift_calls._is_plainly_valid(ANSWERS[n]) for n in (0, 1, 6, 9, 15))


def test_calls_share_a_connection_and_a_new_one_follows_when_it_was_closed() -> None:
    connections: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        assert request.transport is not None
        if request.transport not in connections:
            connections.append(request.transport)
        response = web.json_response({"token": request.headers.get("Authorization")})
        if "close" in await request.text():
            response.force_close()
        return response

    async def run() -> list[Any]:
        app = web.Application()
        app.router.add_post("/webhook", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        endpoint = NumberedEndpoint(EndpointConfig(f"http://127.0.0.1:{port}/webhook", token="secret"))
        told = [await endpoint.request(json={"n": n}, timeout=5) for n in ("one", "two", "close", "three")]
        await endpoint.session().close()
        await runner.cleanup()
        return told

    told = asyncio.run(run())
    assert told == [{"token": "Bearer secret"}] * 4
    assert len(connections) == 2
