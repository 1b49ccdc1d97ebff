"""What Rasa does anew at each call of the action server, done once: the schema of its answer, and the connection.

Rasa checks the schema itself, each of its subschemas, before it checks an answer against it, which is a third of a message's time
(docs/performance.md), and each event against the schemas of all kinds of event; and it opens a connection for each call. What is
checked, and what is sent, stays the same.
"""

from __future__ import annotations

import asyncio
import functools
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import aiohttp
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]
from jsonschema.validators import validator_for  # type: ignore[import-untyped]
from rasa.core.actions.action import RemoteAction

# Below the 5 s after which servers like Sanic's older ones hang up: a call never meets a connection that is being closed.
_KEEP_SECONDS = 3.0


def check_schema_once() -> None:
    """From now on Rasa's answers of actions are checked against a schema that has been checked. Once a process."""
    # Rasa has no hook for it, and makes its `RemoteAction`s itself.
    RemoteAction._validate_action_result = _is_valid


def _is_valid(_: RemoteAction, result: Any) -> bool:
    if _is_plainly_valid(result):
        return True
    error = best_match(_whole().iter_errors(result))
    if error is not None:
        error.message += ". The action server's answer is not what Rasa's documentation of custom actions describes."
        raise error
    return True


def _is_plainly_valid(result: Any) -> bool:
    """Whether the answer fits, found by the schema of each event's own kind; when not, the whole schema has the last word.

    An event has to fit exactly one kind, and a kind with another name in its `event` cannot be it.
    """
    parts = _parts()
    if not parts.without_events.is_valid(result):
        return False
    for event in result.get("events", []):
        if not parts.any_event.is_valid(event):
            return False
        kinds = [*parts.kinds.get(event["event"], ()), *parts.kinds_of_any_name]
        if sum(kind.is_valid(event) for kind in kinds) != 1:
            return False
    return True


@dataclass(frozen=True)
class _Parts:
    """Rasa's schema, taken apart: each a validator."""

    without_events: Any  # the answer; of its events only that they are a list
    any_event: Any  # what every event has
    kinds: dict[str, list[Any]]  # by the name that an event of the kind has
    kinds_of_any_name: list[Any]


@functools.lru_cache(maxsize=1)
def _parts() -> _Parts:
    whole = _whole()
    kind, schema = type(whole), whole.schema
    events = schema["properties"]["events"]
    item = events["items"]
    outer = {**schema, "properties": {**schema["properties"], "events": {k: v for k, v in events.items() if k != "items"}}}
    kinds: dict[str, list[Any]] = {}
    nameless: list[Any] = []
    for one in item["oneOf"]:
        name = one["properties"].get("event", {}).get("const")
        (nameless if name is None else kinds.setdefault(name, [])).append(kind(one))
    return _Parts(kind(outer), kind({k: v for k, v in item.items() if k != "oneOf"}), kinds, nameless)


@functools.lru_cache(maxsize=1)
def _whole() -> Any:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


class KeptSession:
    """A session whose connections stay open; leaving `async with` does not close it. One for each event loop."""

    def __init__(self, **options: Any) -> None:
        self._options = options
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __aenter__(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is None or self._session.closed or self._loop is not loop:
            # As many calls at once as there are messages; the action server has its own bound.
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_SECONDS)
            jar = aiohttp.DummyCookieJar()
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=jar, **self._options)
            self._loop = loop
        return self._session

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()
