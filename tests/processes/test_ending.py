"""A process that is asked to end: not ready from that moment on, its turns end, and their spans reach the collector."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import aiohttp
import pytest
import requests
from sanic import Sanic

from bot.config import ROOT
from bot.observability import tracing
from bot.observability.stages import stage
from bot.processes.action_server import application
from bot.processes.supervisor import die_with_parent, free_port

# Rasa's server but for Rasa: a turn that goes on for two seconds, and a channel that waits for it as each of ours does.
RASA = """
import asyncio, sys
from types import SimpleNamespace
from sanic import Sanic
from sanic.response import text
from bot import config
from bot.observability import tracing
from bot.observability.stages import stage
from bot.processes.watched_rasa import add_calls

app = Sanic("rasa", configure_logging=False)
app.ctx.agent = SimpleNamespace(is_ready=lambda: True)

async def turn():
    with stage("act"):
        await asyncio.sleep(2)

@app.get("/turn")
async def begin(_):
    while not hasattr(app.ctx, "erasing"):  # it serves already while the last of its own start goes on
        await asyncio.sleep(0.1)
    app.ctx.turn = asyncio.ensure_future(turn())
    return text("begun")

@app.listener("before_server_stop")
async def let_turns_end(*_):
    await app.ctx.turn

add_calls(app, config.load())
tracing.configure("rasa", sys.argv[2])
app.run(host="127.0.0.1", port=int(sys.argv[1]), workers=1, access_log=False)
"""
# The action server, with an action that takes its time.
ACTIONS = """
import asyncio, sys
from sanic.response import json
from bot.observability import tracing
from bot.processes import action_server

async def slowly(executor, request):
    await asyncio.sleep(2)
    return json({})

action_server._run = slowly
app = action_server.application("actions-token", threads=2)
tracing.configure("actions", sys.argv[2])
app.run(host="127.0.0.1", port=int(sys.argv[1]), workers=1, access_log=False)
"""


class Collector:
    """Takes spans, or is of no use: "hangs" for longer than anybody waits, or answers "503"."""

    def __init__(self, how: str = "takes") -> None:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        self.names: list[str] = []
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802
                sent = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
                spans = [span for one in sent.resource_spans for scope in one.scope_spans for span in scope.spans]
                outer.names += [span.name for span in spans]
                if how == "hangs":
                    outer.released.wait(20)
                with contextlib.suppress(ConnectionError):
                    self.send_response(503 if how == "503" else 200)
                    self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextlib.contextmanager
def collecting(how: str = "takes") -> Iterator[Collector]:
    collector = Collector(how)
    threading.Thread(target=collector.server.serve_forever, daemon=True).start()
    try:
        yield collector
    finally:
        collector.released.set()
        collector.server.shutdown()


@contextlib.contextmanager
def serving(program: str, folder: Path, collector: Collector) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The program, once it is ready; its URL and process."""
    port = free_port()
    own = {"HUANBAN_STATE_DIR": str(folder), "HUANBAN_BACKEND_URL": f"http://127.0.0.1:{free_port()}"}
    others = {name: value for name, value in os.environ.items() if not name.startswith("HUANBAN_")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", program, str(port), collector.url],
            cwd=ROOT,
            env={**others, **own, "TF_CPP_MIN_LOG_LEVEL": "3"},
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 90
        while _status(url) != 200:
            assert process.poll() is None and time.monotonic() < end, (folder / "log").read_text()[-2000:]
            time.sleep(0.1)
        yield url, process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _status(url: str) -> int:
    try:
        return requests.get(f"{url}/ready", timeout=5).status_code
    except requests.ConnectionError:
        return 0


def test_rasa_is_not_ready_while_its_last_turn_ends_and_the_turns_span_arrives(tmp_path: Path) -> None:
    with collecting() as collector, serving(RASA, tmp_path, collector) as (url, process):
        requests.get(f"{url}/turn", timeout=60)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert _status(url) == 503
        assert process.wait(20) == 0
        assert "act" in collector.names


def test_the_span_of_an_action_that_ends_after_its_server_was_asked_to_arrives(tmp_path: Path) -> None:
    with collecting() as collector, serving(ACTIONS, tmp_path, collector) as (url, process):
        answers: list[int] = []

        def call() -> None:
            headers = {"Authorization": "Bearer actions-token"}
            answers.append(requests.post(f"{url}/webhook", json={}, headers=headers, timeout=20).status_code)

        calling = threading.Thread(target=call)
        calling.start()
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        calling.join()
        assert answers == [200]
        assert collector.names == ["action none"]


def test_the_action_server_is_not_ready_once_it_is_asked_to_end() -> None:
    Sanic.test_mode = True
    Sanic._app_registry.pop("huanban_actions", None)
    app = application("actions-token", threads=2)

    async def run() -> list[int]:
        server = await app.create_server("127.0.0.1", 0, return_asyncio_server=True, access_log=False)
        assert server is not None
        await server.startup()
        await server.after_start()
        url = f"http://127.0.0.1:{server.server.sockets[0].getsockname()[1]}/ready"
        found = []
        async with aiohttp.ClientSession() as session:
            for is_asked in (False, True):
                if is_asked:
                    await server.before_stop()
                async with session.get(url) as answer:
                    found.append(answer.status)
        server.close()
        await server.after_stop()
        return found

    assert asyncio.run(run()) == [200, 503]


def test_a_collector_that_hangs_neither_stops_the_loop_nor_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "ENDING_SECONDS", 1.0)

    async def run() -> tuple[float, float]:
        began = last = time.monotonic()
        longest = 0.0
        ending = asyncio.create_task(tracing.shut_down_beside_the_loop())
        while not ending.done():
            await asyncio.sleep(0.01)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        await ending
        return time.monotonic() - began, longest

    with collecting("hangs") as collector:
        tracing.configure("rasa", collector.url)
        with stage("act"):
            pass
        seconds, longest = asyncio.run(run())
        assert collector.names == ["act"]
    assert 0.9 < seconds < 2.5
    assert longest < 0.7, "the event loop stood still"


def test_a_process_ends_though_its_collector_wants_it_to_try_again_for_a_minute() -> None:
    program = (
        "import sys\nfrom bot.observability import tracing\ntracing.configure('backend', sys.argv[1])\n"
        "with tracing.span('x'): pass\ntracing.shut_down()\n"
    )
    with collecting("503") as collector:
        ran = subprocess.run([sys.executable, "-W", "ignore", "-c", program, collector.url], cwd=ROOT, timeout=30, check=False)
    assert ran.returncode == 0
    assert collector.names
