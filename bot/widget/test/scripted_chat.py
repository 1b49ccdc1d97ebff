"""A bot that follows a script and speaks the widget's protocol: for the widget's own tests, its bench and its development.

`python -m bot.widget.test.scripted_chat` serves the demo page against it. What it says stands in `scripted_chat.yml`; nothing
here understands anything.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import re
import sys
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar, cast

import socketio  # type: ignore[import-untyped]
import yaml
from aiohttp import web

WIDGET = Path(__file__).resolve().parent.parent
SCRIPT = Path(__file__).with_suffix(".yml")
T = TypeVar("T")
Json = dict[str, Any]


def token_for(borrower_id: str, *, mark: str = "") -> str:
    """A token as the widget reads one; this server believes any. A mark makes another token of the same borrower."""
    claims = base64.urlsafe_b64encode(json.dumps({"sub": borrower_id, "mark": mark}).encode()).decode().rstrip("=")
    return f"head.{claims}.seal"


@dataclass
class Conversation:
    """What one borrower and the bot said."""

    messages: list[Json] = field(default_factory=list)
    by_client_id: dict[str, Json] = field(default_factory=dict)
    care_mode: bool = False
    read: str | None = None
    ratings: list[Json] = field(default_factory=list)
    evidence: list[Json] = field(default_factory=list)


class ScriptedChat:
    """The server, in a thread of its own; a context manager.

    Attributes:
        url: where it is.
        received: every `say` that came in, in order, repeats included: `(who, body)`.
        connects: how often a socket was greeted, with the `auth` it showed.
        pages: HTML by name, served at `/pages/<name>` with the headers beside it.
        refused_tokens: tokens that are not valid any more.
        next_problem: what the next `say` is answered with instead of being taken.
        answers: whether anything is answered at all.
        takes_file: the answer to the next uploads when it is not 201.
    """

    def __init__(self, port: int = 0) -> None:
        self.script: Json = yaml.safe_load(SCRIPT.read_text(encoding="utf-8"))
        self.conversations: dict[str, Conversation] = {}
        self.received: list[tuple[str, Json]] = []
        self.connects: list[Json] = []
        self.renewals: list[str] = []
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}
        self.refused_tokens: set[str] = set()
        self.origin_allowed = True
        self.next_problem: Json | None = None
        self.answers = True
        self.answer_after = 0.02
        self.token_seconds = 3600.0
        self.takes_file: tuple[int, str] | None = None
        self.url = ""
        self._port = port
        self._down = False
        self._sequence = 0
        self._who: dict[str, str] = {}
        self._lines: list[asyncio.WriteTransport] = []
        self._loop = asyncio.new_event_loop()
        self._sockets = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*")
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._runner: web.AppRunner | None = None

    def __enter__(self) -> ScriptedChat:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the scripted chat did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def conversation(self, who: str) -> Conversation:
        """What a borrower said and heard; empty for one who said nothing yet."""
        return self.conversations.setdefault(who, Conversation())

    def say(self, who: str, *messages: Json) -> list[Json]:
        """The bot says something of its own accord."""
        return self._call(self._tell(who, [dict(message) for message in messages]))

    def type(self, who: str, *, on: bool) -> None:
        """The typing sign."""
        self._call(self._sockets.emit("typing", {"on": on}, room=who))

    def expire(self, who: str) -> None:
        """Tells the widget that its token's time is over."""
        self._call(self._sockets.emit("expired", {}, room=who))

    def cut(self) -> None:
        """The line is cut, and stays so until `mend`."""
        self._down = True
        self._call(self._hang_up())

    def mend(self) -> None:
        """The line is back."""
        self._down = False

    def said_by(self, who: str) -> list[str]:
        """What a borrower said, as the conversation has it: each message once."""
        return [m["text"] for m in self.conversation(who).messages if m["from"] == "borrower"]

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()

    async def _start(self) -> None:
        @web.middleware
        async def gate(request: web.Request, handler: Any) -> web.StreamResponse:
            if self._down and request.path.startswith("/webhooks/"):
                return web.Response(status=503)
            if "Upgrade" in request.headers and request.transport:
                self._lines.append(cast(asyncio.WriteTransport, request.transport))
            answer: web.StreamResponse = await handler(request)
            return answer

        app = web.Application(middlewares=[gate], client_max_size=20 * 1024 * 1024)
        self._sockets.attach(app, socketio_path="/webhooks/chat/socket.io")
        for name in ("connect", "disconnect", "say", "read", "rate", "care_mode", "renew"):
            self._sockets.on(name, getattr(self, f"_on_{name}"))
        app.router.add_post("/webhooks/web/guest", self._guest)
        app.router.add_post("/webhooks/chat/evidence", self._evidence)
        app.router.add_get("/webhooks/chat/transcript", self._transcript)
        app.router.add_get("/pages/{name}", self._page)
        app.router.add_get("/widget/{name}", self._widget)
        app.router.add_get("/demo/borrowers", self._demo_borrowers)
        app.router.add_post("/demo/token", self._demo_token)
        app.router.add_get("/demo/state", self._demo_state)
        app.router.add_get("/demo/{name:.*}", self._demo_file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _stop(self) -> None:
        await self._hang_up()
        await self._sockets.shutdown()
        if self._runner:
            await self._runner.cleanup()
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _hang_up(self) -> None:
        for line in self._lines:
            line.abort()
        self._lines.clear()

    # ── socket.io ──

    async def _on_connect(self, sid: str, _: Json, auth: Json | None = None) -> None:
        auth = auth or {}
        self.connects.append(auth)
        who = who_of(auth.get("token"))
        if not self.origin_allowed:
            raise socketio.exceptions.ConnectionRefusedError("origin-not-allowed")
        if who is None or auth.get("token") in self.refused_tokens:
            raise socketio.exceptions.ConnectionRefusedError("token-not-valid")
        self._who[sid] = who
        await self._sockets.enter_room(sid, who)
        conversation = self.conversation(who)
        after = auth.get("after")
        ids = [m["id"] for m in conversation.messages]
        missed = conversation.messages[ids.index(after) + 1 :] if after in ids else conversation.messages
        hello = {
            "guest": who.startswith("guest-"),
            "care_mode": conversation.care_mode,
            "expires_at": self._expiry(),
            "read": conversation.read,
            "messages": missed,
        }
        await self._sockets.emit("hello", hello, to=sid)

    async def _on_disconnect(self, sid: str, *_: object) -> None:
        self._who.pop(sid, None)

    async def _on_say(self, sid: str, body: Json) -> Json:
        who = self._who[sid]
        self.received.append((who, body))
        conversation = self.conversation(who)
        if body["id"] in conversation.by_client_id:
            return {"ok": True, "message": conversation.by_client_id[body["id"]]}
        if self.next_problem:
            problem, self.next_problem = self.next_problem, None
            return {"ok": False, "problem": problem}
        text = body.get("title") or body["text"]
        (message,) = await self._tell(who, [{"from": "borrower", "text": text, "client_id": body["id"]}])
        conversation.by_client_id[body["id"]] = message
        if self.answers:
            asyncio.ensure_future(self._answer(who, body))
        return {"ok": True, "message": message}

    async def _on_read(self, sid: str, body: Json) -> None:
        conversation = self.conversation(self._who[sid])
        conversation.read = max(conversation.read or "", body["id"])
        await self._sockets.emit("read", body, room=self._who[sid], skip_sid=sid)

    async def _on_rate(self, sid: str, body: Json) -> Json:
        self.conversation(self._who[sid]).ratings.append(body)
        return {"ok": True}

    async def _on_care_mode(self, sid: str, body: Json) -> Json:
        self.conversation(self._who[sid]).care_mode = body["on"]
        return {"ok": True}

    async def _on_renew(self, sid: str, body: Json) -> Json:
        self.renewals.append(body["token"])
        if who_of(body["token"]) != self._who[sid] or body["token"] in self.refused_tokens:
            return {"ok": False, "problem": {"type": "/problems/token-not-valid", "status": 401}}
        return {"ok": True, "expires_at": self._expiry()}

    async def _answer(self, who: str, body: Json) -> None:
        await self._sockets.emit("typing", {"on": True}, room=who)
        await asyncio.sleep(self.answer_after)
        said = body.get("payload") or body.get("text") or ""
        replies = self.script["replies"].get(said) or [{"text": self.script["otherwise"].format(said)}]
        await self._sockets.emit("typing", {"on": False}, room=who)
        await self._tell(who, replies)

    async def _tell(self, who: str, messages: list[Json]) -> list[Json]:
        told = []
        for message in messages:
            self._sequence += 1
            moment = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
            told.append({"id": f"{self._sequence:012d}", "at": moment, "from": "bot", **with_moments(message)})
        self.conversation(who).messages += told
        await self._sockets.emit("messages", {"messages": told}, room=who)
        return told

    def _expiry(self) -> str:
        return (datetime.now(timezone.utc) + timedelta(seconds=self.token_seconds)).isoformat()

    # ── HTTP ──

    async def _guest(self, _: web.Request) -> web.Response:
        self._sequence += 1
        claims = base64.urlsafe_b64encode(json.dumps({"guest": f"guest-{self._sequence}"}).encode()).decode().rstrip("=")
        return web.json_response({"token": f"head.{claims}.seal"})

    async def _evidence(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form["file"]
        if self.takes_file is not None:
            problem = {"type": f"/problems/{self.takes_file[1]}", "status": self.takes_file[0]}
            return web.json_response(problem, status=self.takes_file[0], content_type="application/problem+json")
        assert isinstance(file, web.FileField)
        size = len(file.file.read())
        who = who_of(request.headers.get("Authorization", "").removeprefix("Bearer ")) or ""
        taken = {"evidence_id": "EV1", "name": file.filename, "size": size, "kind": file.content_type}
        self.conversation(who).evidence.append({**taken, "request_id": form["request_id"]})
        return web.json_response(taken, status=201)

    async def _transcript(self, request: web.Request) -> web.Response:
        who = who_of(request.headers.get("Authorization", "").removeprefix("Bearer ")) or ""
        lines = [f"{m['from']}: {m['text']}" for m in self.conversation(who).messages if m.get("text")]
        return web.Response(text="\n".join(lines))

    async def _page(self, request: web.Request) -> web.Response:
        if request.match_info["name"] not in self.pages:
            return web.Response(status=404)
        html, headers = self.pages[request.match_info["name"]]
        return web.Response(text=html, content_type="text/html", charset="utf-8", headers=headers)

    async def _widget(self, request: web.Request) -> web.Response:
        return packed_file(WIDGET / "dist" / Path(request.match_info["name"]).name)

    async def _demo_file(self, request: web.Request) -> web.Response:
        policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'"
        answer = packed_file(WIDGET / "demo" / (Path(request.match_info["name"]).name or "index.html"))
        answer.headers["Content-Security-Policy"] = policy
        return answer

    async def _demo_borrowers(self, _: web.Request) -> web.Response:
        return web.json_response({"borrowers": self.script["demo"]["borrowers"]})

    async def _demo_token(self, request: web.Request) -> web.Response:
        borrower_id = (await request.json())["borrower_id"]
        return web.json_response(
            {"token": token_for(borrower_id, mark=str(time.time())), "expires_in_seconds": self.token_seconds}
        )

    async def _demo_state(self, request: web.Request) -> web.Response:
        state = dict(self.script["demo"]["state"])
        filed = any(body.get("payload") == "file" for _, body in self.received)
        if not filed:
            state["requests"] = []
        return web.json_response(with_moments({**state, "borrower": {"borrower_id": request.query.get("borrower_id")}}))


def packed_file(path: Path) -> web.Response:
    """A file as the bot serves it: gzipped."""
    if not path.is_file():
        return web.Response(status=404)
    kinds = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
    content = gzip.compress(path.read_bytes(), 9)
    return web.Response(
        body=content,
        content_type=kinds.get(path.suffix, "application/octet-stream"),
        charset="utf-8",
        headers={"Content-Encoding": "gzip", "Cache-Control": "no-cache"},
    )


def who_of(token: object) -> str | None:
    """Whom a token names; None for what is no token."""
    try:
        part = str(token).split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return str(claims.get("sub") or claims["guest"])
    except (IndexError, ValueError, KeyError):
        return None


def with_moments(value: Any) -> Any:
    """The same with `now+9m` and the like, also in seconds, hours and days, put as moments."""
    if isinstance(value, dict):
        return {key: with_moments(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_moments(inner) for inner in value]
    found = re.fullmatch(r"now([+-]\d+)([smhd])", value) if isinstance(value, str) else None
    if not found:
        return value
    unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[found[2]]
    return (datetime.now(timezone.utc) + timedelta(**{unit: int(found[1])})).isoformat(timespec="seconds")


def main() -> None:
    """Serves the demo page until Ctrl-C."""
    with ScriptedChat(int(sys.argv[1]) if len(sys.argv) > 1 else 0) as chat:
        print(f"{chat.url}/demo/", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
