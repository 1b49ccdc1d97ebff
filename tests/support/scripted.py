"""A loan backend that misbehaves on order: each call is answered by the next line of a script."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Call:
    """A call as it arrived."""

    method: str
    path: str
    body: Any
    key: str | None


@dataclass
class Script:
    """What the backend will answer, in order, and what it was asked. An answer is a status with a body, or a fault."""

    answers: list[tuple[int, Any] | str]
    calls: list[Call] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


class _Handler(BaseHTTPRequestHandler):
    script: Script
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.script.calls.append(Call(self.command, self.path, body, self.headers.get("Idempotency-Key")))
        answer = self.script.answers.pop(0) if self.script.answers else (500, {})
        if answer == "drop":  # read, perhaps committed, and gone
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        if answer == "half":
            self.send_response(201)
            self.send_header("content-length", "1000")
            self.end_headers()
            self.wfile.write(b'{"request_id": "DF')
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        if answer == "slow":
            time.sleep(1.5)
            answer = (500, {})
        if answer == "garbage":
            payload, status = b"<html>oops</html>", 201
        else:
            assert isinstance(answer, tuple)
            status, payload = answer[0], json.dumps(answer[1]).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(payload)))
        for name, value in self.script.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_POST = do_PUT = do_DELETE = _answer

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def scripted_backend(*answers: tuple[int, Any] | str, **headers: str) -> Iterator[tuple[str, Script]]:
    """A backend on a free port with a script; gives its URL and the script."""
    script = Script(list(answers), headers={name.replace("_", "-"): value for name, value in headers.items()})
    handler = type("Handler", (_Handler,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", script
    finally:
        server.shutdown()
        server.server_close()
