"""What `bot.observability` needs of Rasa: its stages timed, its calls numbered, and its own calls for operators."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable
from typing import Any

import rasa.core.run
import requests
import sqlalchemy as sa
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from bot.config import Settings
from bot.observability import metrics, request_id, tracing
from bot.observability.readiness import Part, Readiness
from bot.observability.sanic_calls import end_well, name_the_number, number_calls, watching_calls
from bot.observability.stages import stage, timed
from bot.privacy import serving
from bot.processes import public_port
from bot.processes.swift_calls import KeptSession, check_schema_once

log = logging.getLogger(__name__)

# Rasa's own methods, by the stage of a message's way that they are.
_STAGES = (
    (MessageProcessor, "fetch_tracker_and_update_session", "load"),
    (MessageProcessor, "_parse_message_with_graph", "understand"),
    (MessageProcessor, "_predict_next_with_tracker", "decide"),
    (RemoteAction, "run", "act"),
    (MessageProcessor, "save_tracker", "store"),
)
NOT_UNDERSTOOD = ("nlu_fallback", "out_of_scope")


class NumberedEndpoint(EndpointConfig):
    """The action server's endpoint; what is sent there carries the request id and the trace.

    Rasa would put the token into the address, which every proxy between the two writes into its log; here it is a header.
    """

    def __init__(self, endpoint: EndpointConfig) -> None:
        own = {**endpoint.__dict__, "token": None}
        if endpoint.token:
            own["headers"] = {**endpoint.headers, "Authorization": f"Bearer {endpoint.token}"}
        self.__dict__.update(own)
        self._kept = KeptSession(headers=self.headers)

    def session(self) -> KeptSession:
        """One session for all calls, where Rasa opens and closes one for each."""
        return self._kept

    async def request(self, *arguments: Any, **options: Any) -> Any:
        """As Rasa's own."""
        options["headers"] = {**request_id.headers(), **tracing.headers(), **options.get("headers", {})}
        return await super().request(*arguments, **options)


def watch(settings: Settings) -> None:
    """Times Rasa's stages, and gives the server that Rasa is about to make its calls for operators. Once a process."""
    check_schema_once()
    for owner, name, stage_name in _STAGES:
        setattr(owner, name, timed(stage_name, getattr(owner, name)))
    Agent.handle_message = _counted(Agent.handle_message)
    MessageProcessor.handle_message = _begun(MessageProcessor.handle_message)
    MessageProcessor.parse_message = _understood(MessageProcessor.parse_message)
    make = rasa.core.run.configure_app

    def make_and_watch(*arguments: Any, **options: Any) -> Sanic:
        app = make(*arguments, **options)
        add_calls(app, settings)
        return app

    rasa.core.run.configure_app = make_and_watch


def add_calls(app: Sanic, settings: Settings) -> None:
    """`/health`, `/ready` and `/metrics`, a number for every call, and the doors closed."""
    public_port.close(app)
    readiness = Readiness(parts_of(app, settings))
    app.blueprint(watching_calls(readiness, settings.metrics_token))
    serving.attach(app, settings)
    app.register_middleware(number_calls, "request")
    app.register_middleware(name_the_number, "response")
    # After the channels, whose turns end while this server says already that it takes nobody new.
    end_well(app, readiness)


def parts_of(app: Sanic, settings: Settings) -> list[Part]:
    """What Rasa needs. Without its action server it still says that it cannot answer, so that part is looked at only."""
    parts = [
        Part("model", lambda: bool(getattr(app.ctx, "agent", None) and app.ctx.agent.is_ready())),
        Part("conversations", _database(settings.tracker_db)),
        Part("chat", _database(settings.chat_db)),
        Part("actions", _answers(settings.actions_url.removesuffix("/webhook") + "/health"), required=False),
    ]
    if settings.redis_url:
        parts.append(Part("redis", _redis(settings.redis_url)))
    return parts


def _database(url: str) -> Callable[[], bool]:
    engine = sa.create_engine(url) if url.startswith("sqlite") else sa.create_engine(url, pool_size=1, pool_pre_ping=True)

    def is_there() -> bool:
        with engine.connect() as connection:
            return bool(connection.execute(sa.text("SELECT 1")).scalar() == 1)

    return is_there


def _redis(url: str) -> Callable[[], bool]:
    import redis  # type: ignore[import-untyped]

    client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
    return lambda: bool(client.ping())


def _answers(url: str) -> Callable[[], bool]:
    session = requests.Session()
    return lambda: session.get(url, timeout=2).status_code == 200


def _counted(handle: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(handle)
    async def handle_and_count(agent: Agent, message: Any) -> Any:
        if request_id.current() is None:
            request_id.begin()
        channel, began = str(message.input_channel), time.perf_counter()
        outcome = "failed"
        metrics.in_progress.inc()
        try:
            with stage("whole"):
                result = await handle(agent, message)
            outcome = "answered"
            return result
        finally:
            metrics.in_progress.dec()
            metrics.messages.labels(channel, outcome).inc()
            seconds = round(time.perf_counter() - began, 4)
            log.info("a message was %s", outcome, extra={"channel": channel, "outcome": outcome, "seconds": seconds})

    return handle_and_count


def _begun(handle: Callable[..., Any]) -> Callable[..., Any]:
    """The lock is held: the turn begins, and the wait is over."""

    @functools.wraps(handle)
    async def handle_after_waiting(processor: MessageProcessor, message: Any) -> Any:
        metrics.began(request_id.waited_seconds())
        return await handle(processor, message)

    return handle_after_waiting


def _understood(parse: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(parse)
    async def parse_and_count(*arguments: Any, **options: Any) -> Any:
        parsed = await parse(*arguments, **options)
        intent = (parsed.get("intent") or {}).get("name")
        if intent is None or intent in NOT_UNDERSTOOD:
            metrics.fallbacks.labels(intent or "nlu_fallback").inc()
        return parsed

    return parse_and_count
