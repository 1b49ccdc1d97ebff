"""Every answer of the public port, errors included: its headers, which pages may read it, and what a call may be."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
import requests

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot

LENDERS, STRANGERS = "https://www.lender.example", "https://evil.example"
# Method, path, and what comes of it for somebody without a token.
CALLS = (
    ("GET", "/", 404),
    ("GET", "/nothing/here", 404),
    ("GET", "/nothing%00/..%2f..%2fetc/passwd", 404),
    ("GET", "/health", 200),
    ("GET", "/ready", 200),
    ("GET", "/metrics", 404),
    ("GET", "/webhooks/web/", 200),
    ("POST", "/webhooks/web/guest", 200),
    ("POST", "/webhooks/web/messages", 401),
    ("GET", "/webhooks/web/messages", 405),
    ("DELETE", "/webhooks/web/messages", 405),
    ("GET", "/webhooks/chat/transcript", 401),
    ("POST", "/webhooks/chat/evidence", 401),
    ("GET", "/webhooks/chat/socket.io/?EIO=4&transport=polling", 200),
    ("GET", "/webhooks/chat/socket.io/?EIO=1", 400),
    ("GET", "/widget/nothing.js", 404),
    ("GET", "/widget/huanban-chat.js", 200),
    ("OPTIONS", "/webhooks/web/messages", None),
    ("TRACE", "/webhooks/web/", 405),
    ("CONNECT", "/webhooks/web/", 405),
)


def called(bot: WholeBot, method: str, path: str, **options: object) -> requests.Response:
    return requests.request(method, f"{bot.settings.bot_url}{path}", timeout=30, allow_redirects=False, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(("method", "path", "status"), CALLS, ids=[f"{method} {path}" for method, path, _ in CALLS])
def test_every_answer_has_the_headers_and_tells_nothing_of_the_server(
    bot: WholeBot, method: str, path: str, status: int | None
) -> None:
    answer = called(bot, method, path)
    assert status is None or answer.status_code == status, answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "Server" not in answer.headers and "X-Powered-By" not in answer.headers
    if not path.startswith("/widget/huanban"):
        assert answer.headers["Cache-Control"] == "no-store"
    if answer.status_code >= 400:
        for told in ("Rasa", "Sanic", "sanic", "Traceback", "site-packages", "etc/passwd", "nothing"):
            assert told not in answer.text


def test_the_demo_page_takes_nothing_from_outside_and_stands_in_no_frame(bot: WholeBot, ledger: BackendCalls) -> None:
    page = called(bot, "GET", "/demo/")
    if page.status_code == 404:
        pytest.skip("the demo is not open here")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert "frame-ancestors" in called(bot, "GET", "/demo/secure/identity/x").headers["Content-Security-Policy"]


@pytest.mark.parametrize("origin", [STRANGERS, "null", "https://www.lender.example.evil.example", "http://127.0.0.1"])
@pytest.mark.parametrize("path", ["/webhooks/web/messages", "/webhooks/web/guest", "/webhooks/chat/transcript", "/health", "/x"])
def test_no_page_of_anybody_elses_may_read_an_answer(bot: WholeBot, origin: str, path: str) -> None:
    headers = {"Origin": origin, "Authorization": f"Bearer {bot.borrower('B1001').token}"}
    for method in ("GET", "POST", "OPTIONS"):
        asked = {**headers, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        answer = called(bot, method, path, headers=asked, json={"text": "我欠多少"} if method == "POST" else None)
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_strangers_page_is_refused_before_the_bot_hears_it(bot: WholeBot, ledger: BackendCalls) -> None:
    headers = {"Origin": STRANGERS, "Authorization": f"Bearer {bot.borrower('B1001').token}"}
    answer = called(bot, "POST", "/webhooks/web/messages", headers=headers, json={"text": "我欠多少"})
    assert answer.status_code == 403 and bot.stored_conversations() == ""


def test_the_bots_own_page_may_read_the_answers_and_says_so_to_no_cache_of_another(bot: WholeBot, ledger: BackendCalls) -> None:
    own = bot.settings.bot_url
    answer = called(bot, "POST", "/webhooks/web/guest", headers={"Origin": own})
    assert answer.headers["Access-Control-Allow-Origin"] == own and "Origin" in answer.headers["Vary"]
    assert urlsplit(own).hostname == "127.0.0.1"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_a_form_of_another_page_cannot_speak_for_the_borrower(bot: WholeBot, kind: str) -> None:
    """A page can post a form anywhere, with cookies; there are none here, and without a bearer token nobody is heard."""
    answer = called(bot, "POST", "/webhooks/web/messages", data=b'{"text": "/affirm"}', headers={"Content-Type": kind})
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/webhooks/web/messages", "/webhooks/web/guest", "/webhooks/chat/transcript", "/nothing"])
def test_a_large_body_is_refused_everywhere_but_where_files_are_handed_in(bot: WholeBot, path: str) -> None:
    answer = called(bot, "POST", path, data=b"a" * 1_000_000, headers={"Authorization": f"Bearer {bot.borrower('B1001').token}"})
    assert answer.status_code in (404, 405, 413)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_upload_larger_than_a_message_is_still_taken(bot: WholeBot, ledger: BackendCalls) -> None:
    files = {"file": ("a.pdf", b"%PDF-1.7\n" + b"a" * 1_000_000)}
    headers = {"Authorization": f"Bearer {bot.borrower('B1001').token}"}
    answer = called(bot, "POST", "/webhooks/chat/evidence", files=files, data={"request_id": "DF00000001"}, headers=headers)
    assert answer.status_code in (201, 404), answer.text  # looked at, not refused for its size
    assert answer.status_code == 201 or answer.json()["type"] == "/problems/request-not-found"


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
        b"POST /webhooks/web/messages HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /webhooks/web/messages HTTP/1.1\r\nHost: x\r\nContent-Length: nonsense\r\n\r\n",
        b"POST /webhooks/web/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["TLS", "version", "long path", "long header", "length below zero", "length of letters", "chunk of letters"],
)
def test_what_is_no_call_is_refused_without_a_word_about_the_server(
    bot: WholeBot, talk: Callable[[str], Talk], raw: bytes
) -> None:
    import socket

    address = urlsplit(bot.settings.bot_url)
    with socket.create_connection(("127.0.0.1", int(address.port or 0)), timeout=20) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while chunk := line.recv(65536):
                answer += chunk
        except ConnectionResetError:
            pass
    assert b"Traceback" not in answer and b"Rasa" not in answer and b"sanic" not in answer.lower()
    talk("on_time").says("你好")
