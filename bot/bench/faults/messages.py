"""HTTP/1.1 as far as the proxy has to know it: one call and one answer on a connection."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any

_BORROWER = re.compile(r"/v1/borrowers/([^/?]+)")
_FILING = re.compile(r"/v1/borrowers/[^/]+/(?:loans/[^/]+/(?:deferrals|restructures)|complaints)")
_READING_BACK = re.compile(r"/v1/borrowers/[^/]+/requests\?idempotency_key=")


@dataclass
class CallHead:
    """A call as the action server sent it."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes = b""

    @property
    def borrower_id(self) -> str | None:
        """On whose behalf it is made."""
        found = _BORROWER.match(self.target)
        return found.group(1) if found else None

    @property
    def is_filing(self) -> bool:
        """Whether it files a deferral, a restructure or a complaint."""
        return self.method == "POST" and bool(_FILING.fullmatch(self.target))

    @property
    def is_reading_back(self) -> bool:
        """Whether it looks for what became of a filing."""
        return bool(_READING_BACK.match(self.target))

    @property
    def kind(self) -> str:
        """The same for the same call of any borrower."""
        path = self.target.partition("?")[0].split("/")
        return f"{self.method} {'/'.join(part for part in path if not re.search(r'[0-9]', part))}"

    def written(self) -> bytes:
        """As it goes on to the backend, which is to close the connection afterwards."""
        kept = [(name, value) for name, value in self.headers if name.lower() not in ("connection", "expect")]
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{n}: {v}" for n, v in [*kept, ("Connection", "close")])]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


@dataclass
class Answer:
    """What the backend answered, or what the proxy makes of it."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @property
    def data(self) -> Any:
        """Its JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def with_data(self, data: Any) -> Answer:
        """The same with another body."""
        return Answer(self.status, self.headers, json.dumps(data, ensure_ascii=False).encode())

    def written(self) -> bytes:
        """As it goes back, with the length it has."""
        left_out = ("content-length", "connection", "transfer-encoding")
        kept = [(name, value) for name, value in self.headers if name.lower() not in left_out]
        kept += [("Content-Length", str(len(self.body))), ("Connection", "close")]
        lines = [f"HTTP/1.1 {self.status} x", *(f"{name}: {value}" for name, value in kept)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


async def read_call(reader: asyncio.StreamReader) -> CallHead | None:
    """The next call of a connection; None when there is none."""
    try:
        first, headers = await _head(reader)
        method, target, _ = first.split(" ", 2)
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        return CallHead(method, target, headers, await reader.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError, ValueError):
        return None


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """The answer of a backend that closes the connection afterwards.

    Raises:
        ConnectionError: it ended in the middle.
    """
    try:
        first, headers = await _head(reader)
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), None)
        body = await (reader.read() if length is None else reader.readexactly(length))
    except asyncio.IncompleteReadError as error:
        raise ConnectionError("the backend ended in the middle of its answer") from error
    return Answer(int(first.split(" ", 2)[1]), headers, body)


async def _head(reader: asyncio.StreamReader) -> tuple[str, list[tuple[str, str]]]:
    text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = text.rstrip("\r\n").split("\r\n")
    pairs = [line.partition(":") for line in lines]
    return first, [(name.strip(), value.strip()) for name, _, value in pairs]
