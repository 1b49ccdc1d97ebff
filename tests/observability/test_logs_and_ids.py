"""Logs carry the request id and nothing that was not meant to be written; traces do nothing unless switched on."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading

import pytest

from bot.config import ROOT, ConfigurationError
from bot.observability import logs, request_id, tracing
from bot.observability import settings as observability_settings
from bot.observability.stages import stage


def line(**extra: object) -> dict[str, object]:
    record = logging.LogRecord("bot.x", logging.INFO, "x.py", 1, "a message was %s", ("answered",), None)
    record.__dict__.update(extra)
    read: dict[str, object] = json.loads(logs.JsonLines("rasa").format(record))
    return read


def test_a_json_line_names_process_and_request_and_only_known_fields() -> None:
    request_id.begin("abc-123")
    row = line(channel="chat", seconds=0.5, text="我的身份证是110101199003071234")
    assert row["process"] == "rasa" and row["request_id"] == "abc-123"
    assert row["message"] == "a message was answered" and row["channel"] == "chat" and row["seconds"] == 0.5
    assert "text" not in row


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "id\n{}", "身份"])
def test_an_id_that_could_break_a_log_or_a_header_is_replaced(given: str) -> None:
    assert request_id.begin(given) != given
    assert request_id.headers() == {"X-Request-Id": request_id.current()}


def test_the_wait_counts_from_the_acknowledgement() -> None:
    import time

    request_id.begin(accepted_at=time.time() - 7)
    assert 7 <= request_id.waited_seconds() < 8


def test_traces_are_not_even_imported_while_they_are_off() -> None:
    program = (
        "import sys\nfrom bot.observability import tracing\nfrom bot.observability.stages import stage\n"
        "tracing.configure('rasa', '')\nwith stage('decide'), tracing.span('x', {}): pass\n"
        "assert tracing.headers() == {} and tracing.trace_id() is None\n"
        "assert not [m for m in sys.modules if m.startswith('opentelemetry')]\n"
    )
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, check=False).returncode == 0


def test_spans_of_two_processes_are_one_trace_and_reach_the_collector() -> None:
    from http.server import BaseHTTPRequestHandler, HTTPServer

    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    received: list[ExportTraceServiceRequest] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            assert self.path == "/v1/traces"
            received.append(ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    collector = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    try:
        tracing.configure("rasa", f"http://127.0.0.1:{collector.server_port}")
        with stage("act"):
            carried = tracing.headers()
        with tracing.span("action action_x", carried):
            here = tracing.trace_id()
        tracing.shut_down()
    finally:
        tracing.shut_down()
        collector.shutdown()
    spans = [s for r in received for rs in r.resource_spans for ss in rs.scope_spans for s in ss.spans]
    assert {span.name for span in spans} == {"act", "action action_x"}
    assert {span.trace_id.hex() for span in spans} == {here}
    child = next(span for span in spans if span.name == "action action_x")
    assert child.parent_span_id == next(span for span in spans if span.name == "act").span_id


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"HUANBAN_LOG_FORMAT": "xml"}, "text or json"),
        ({"HUANBAN_LOG_LEVEL": "loud"}, "debug, info or warning"),
        ({"HUANBAN_OTLP_ENDPOINT": "collector:4318"}, "http address"),
    ],
)
def test_a_setting_that_cannot_be_used_is_said(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        observability_settings.load(environment)


def test_at_debug_level_only_we_and_rasa_speak(capsys: pytest.CaptureFixture[str]) -> None:
    """A framework below us would write what came in before anything of it is masked."""
    names = (
        "",
        "websockets.server",
        "engineio.server",
        "urllib3.connectionpool",
        "aiohttp.client",
        "bot.channels.web",
        "rasa.core",
    )
    before = [(logging.getLogger(name), logging.getLogger(name).level) for name in (*names, "bot", "actions", "rasa", "rasa_sdk")]
    handlers = logging.getLogger().handlers
    try:
        logs.configure("rasa", "text", "debug")
        for name in names:
            logging.getLogger(name).debug("said by %s", name or "root")
        said = capsys.readouterr().out
    finally:
        logging.getLogger().handlers = handlers
        for logger, level in before:
            logger.setLevel(level)
    assert "said by bot.channels.web" in said and "said by rasa.core" in said
    assert not [name for name in names[1:5] if f"said by {name}" in said] and "said by root" not in said
