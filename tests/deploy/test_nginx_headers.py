"""What nginx itself answers, a 404 or the news that nobody is behind it, carries the same headers as the bot's answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests

from bot.bench import servers
from bot.config import ROOT
from bot.processes.supervisor import free_port

WANTED = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


class Bot(BaseHTTPRequestHandler):
    """Answers as the public port does, with a policy of its own where it has one."""

    def do_GET(self) -> None:  # noqa: N802
        self.send_response(200)
        for name, value in {**WANTED, "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'"}.items():
            if name != "Strict-Transport-Security":
                self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def public(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Nginx as deployed, in front of a port on which nobody listens yet: its address, and that port."""
    behind, public_port = free_port(), free_port()
    text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for name in ("rasa:5005", "actions:5055", "backend:8001"):
        text = text.replace(f"server {name}", f"server 127.0.0.1:{behind}")
    for port, own in ((8080, public_port), (8081, free_port()), (8082, free_port())):
        text = text.replace(f"listen {port}", f"listen 127.0.0.1:{own}")
    conf = tmp_path / "nginx.conf"
    conf.write_text(text.replace("/tmp/nginx", str(tmp_path / "nginx")), encoding="utf-8")
    try:
        command = [servers.binary("nginx"), "-c", str(conf), "-g", "daemon off; master_process off;"]
        with servers.running(command, tmp_path / "log", lambda: servers.listens(public_port)):
            yield f"http://127.0.0.1:{public_port}", behind
    except servers.NotHere as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize(
    "path", ["/nothing", "/metrics", "/webhooks/web/messages", "/webhooks/chat/socket.io/", "/widget/x.js", "/health"]
)
def test_nginxs_own_answers_have_the_headers(public: tuple[str, int], path: str) -> None:
    answer = requests.get(f"{public[0]}{path}", timeout=20)
    assert answer.status_code == (404 if path in ("/nothing", "/metrics") else 502)
    for name, value in WANTED.items():
        assert value in answer.headers[name], name
    assert not re.search(r"\d", answer.headers.get("Server", "")), "the version is told"


@pytest.mark.parametrize("path", ["/health", "/webhooks/chat/socket.io/", "/webhooks/web/"])
def test_what_the_bot_says_of_its_own_answer_is_said_once_and_stays(public: tuple[str, int], path: str) -> None:
    bot = ThreadingHTTPServer(("127.0.0.1", public[1]), Bot)
    Thread(target=bot.serve_forever, daemon=True).start()
    try:
        answer = requests.get(f"{public[0]}{path}", timeout=20)
    finally:
        bot.shutdown()
        bot.server_close()
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == "default-src 'self'; frame-ancestors 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
