"""What each fault on the wire does to one call."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from bot.bench.faults.messages import Answer
from bot.bench.faults.proxy import Exchange

Fault = Callable[[Exchange], Awaitable[None]]
# Longer than the client's budget of a filing with the time-outs of the bench.
SLOW_SECONDS = 9.0
_PROBLEM = [("Content-Type", "application/problem+json")]
_PAGE = b"<!doctype html><title>502</title><h1>Bad gateway</h1>"


async def as_it_is(exchange: Exchange) -> None:
    """No fault."""
    await exchange.send((await exchange.passed_on()).written())


async def _reset_before_commit(exchange: Exchange) -> None:
    exchange.cut()


async def _reset_after_commit(exchange: Exchange) -> None:
    await exchange.passed_on()
    exchange.cut()


async def _answer_lost(exchange: Exchange) -> None:
    await exchange.passed_on()
    await exchange.until_given_up()


async def _error_500(exchange: Exchange) -> None:
    if exchange.trouble.chooser.random() < 0.5:
        await exchange.passed_on()
    status = exchange.trouble.chooser.choice([500, 502, 503])
    body, headers = exchange.trouble.chooser.choice(
        [(_problem("internal", status), _PROBLEM), (_PAGE, [("Content-Type", "text/html")]), (b"", [])]
    )
    await exchange.send(Answer(status, headers, body).written())


async def _conflict_409(exchange: Exchange) -> None:
    kind = exchange.trouble.chooser.choice(["in_progress", "in_progress_after_commit", "without_a_problem", "of_no_known_type"])
    if kind == "in_progress_after_commit":
        await exchange.passed_on()
    body, headers = {
        "without_a_problem": (b'{"error": "conflict"}', [("Content-Type", "application/json")]),
        "of_no_known_type": (_problem("something-else", 409), _PROBLEM),
    }.get(kind, (_problem("request-in-progress", 409), _PROBLEM))
    await exchange.send(Answer(409, [*headers, ("Retry-After", "1")], body).written())


async def _too_many_429(exchange: Exchange) -> None:
    body, headers = exchange.trouble.chooser.choice(
        [(_problem("too-many-requests", 429), _PROBLEM), (_PAGE, [("Content-Type", "text/html")]), (b"", [])]
    )
    after = exchange.trouble.chooser.choice(["1", "2", "60", "Wed, 21 Oct 2026 07:28:00 GMT"])
    await exchange.send(Answer(429, [*headers, ("Retry-After", after)], body).written())


async def _slow_before_commit(exchange: Exchange) -> None:
    await asyncio.sleep(SLOW_SECONDS)
    await as_it_is(exchange)


async def _slow_after_commit(exchange: Exchange) -> None:
    answer = await exchange.passed_on()
    await asyncio.sleep(SLOW_SECONDS)
    await exchange.send(answer.written())


async def _half_answer(exchange: Exchange) -> None:
    written = (await exchange.passed_on()).written()
    await exchange.send(written[: exchange.trouble.chooser.randrange(1, len(written))])


async def _wrong_type(exchange: Exchange) -> None:
    answer = await exchange.passed_on()
    kind, body = exchange.trouble.chooser.choice(
        [
            ("text/html; charset=utf-8", _PAGE),
            ("application/json", b"[]"),
            ("application/json", b'{"ok": true, "data": {"result": "success"}}'),
            ("application/json", b"null"),
            ("application/json", b'"filed"'),
            ("application/json", _other_shape(answer.data)),
            ("application/json", b""),
        ]
    )
    await exchange.send(Answer(exchange.trouble.chooser.choice([200, 201, 204]), [("Content-Type", kind)], body).written())


def _other_shape(data: Any) -> bytes:
    """Every value of another type than it was."""
    if not isinstance(data, dict):
        return b"{}"
    return json.dumps({name: [value] if not isinstance(value, list) else str(value) for name, value in data.items()}).encode()


async def _another_borrowers_answer(exchange: Exchange) -> None:
    own = await exchange.passed_on()
    await exchange.send((exchange.proxy.of_another(exchange.call, exchange.trouble.chooser) or own).written())


async def _another_borrowers_body(exchange: Exchange) -> None:
    own = await exchange.passed_on()
    other = exchange.proxy.of_another(exchange.call, exchange.trouble.chooser) or own
    await exchange.send(Answer(own.status, own.headers, other.body).written())


async def _clock_jump(exchange: Exchange) -> None:
    answer = await exchange.passed_on()
    by = timedelta(hours=exchange.trouble.chooser.choice([-26, -24, -2, 2, 24, 26]))
    await exchange.send((answer if answer.data is None else answer.with_data(_moved(answer.data, by))).written())


def _moved(value: Any, by: timedelta, name: str = "") -> Any:
    """The same with every moment at another time."""
    if isinstance(value, dict):
        return {key: _moved(inner, by, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, by) for inner in value]
    if isinstance(value, str) and (name == "as_of" or name.endswith("_at")):
        return (datetime.fromisoformat(value) + by).isoformat()
    return value


def _problem(slug: str, status: int) -> bytes:
    return json.dumps({"type": f"/problems/{slug}", "title": slug, "status": status, "detail": "…"}).encode()


# "refused" is not among them: which borrower calls is known only when the line is there, so the whole proxy is away for it.
WIRE: dict[str, Fault] = {
    "reset_before_commit": _reset_before_commit,
    "reset_after_commit": _reset_after_commit,
    "answer_lost": _answer_lost,
    "error_500_then_200": _error_500,
    "conflict_409": _conflict_409,
    "too_many_429": _too_many_429,
    "slow_before_commit": _slow_before_commit,
    "slow_after_commit": _slow_after_commit,
    "half_answer": _half_answer,
    "wrong_type": _wrong_type,
    "another_borrowers_answer": _another_borrowers_answer,
    "another_borrowers_body": _another_borrowers_body,
    "clock_jump": _clock_jump,
}
