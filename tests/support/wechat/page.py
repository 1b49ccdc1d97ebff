"""A page that looks like a phone, for the simulator: plain files, nothing from outside, loopback only."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import requests
from aiohttp import web

from tests.support.wechat.account import Account
from tests.support.wechat.calls import Calls

FILES = Path(__file__).parent / "phone"
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
CHENGDU = (30.6402, 104.0433, "成都市武侯区")


def add_page(app: web.Application, account: Account, calls: Calls, backend_url: str = "", desk_token: str = "") -> None:
    """Adds the page under `/phone/`.

    Args:
        app: the server.
        account: whose phones they are.
        calls: how what is done on a phone reaches the bot.
        backend_url: of the embedded backend, for the one-time codes that nobody's phone receives; empty: none are shown.
        desk_token: opens its list of them.
    """

    async def body_of(request: web.Request) -> dict[str, Any]:
        given = await request.json()
        if not isinstance(given, dict) or not isinstance(given.get("openid"), str) or not 6 <= len(given["openid"]) <= 64:
            raise web.HTTPBadRequest(text="no openid")
        return given

    def act(work: Any) -> Any:
        async def handle(request: web.Request) -> web.Response:
            given = await body_of(request)
            task = asyncio.create_task(work(given))
            app["tasks"].add(task)
            task.add_done_callback(app["tasks"].discard)
            return web.json_response({"ok": True})

        return handle

    async def file(request: web.Request) -> web.StreamResponse:
        name = request.match_info.get("name") or "index.html"
        path = FILES / name
        if "/" in name or path.suffix not in _TYPES or not path.exists():
            raise web.HTTPNotFound()
        return web.Response(body=path.read_bytes(), content_type=_TYPES[path.suffix], charset="utf-8", headers=_HEADERS)

    async def media(request: web.Request) -> web.StreamResponse:
        found = account.media.get(request.match_info["media_id"])
        if found is None or not found[1].startswith("image/"):
            raise web.HTTPNotFound()
        return web.Response(body=found[0], content_type=found[1], headers=_HEADERS)

    async def state(request: web.Request) -> web.Response:
        given = await body_of(request)
        person = account.person(given["openid"])
        after = given.get("after") if isinstance(given.get("after"), int) else 0
        codes = await asyncio.to_thread(_codes, backend_url, desk_token) if backend_url else []
        live = {kind: left for kind, (until, left) in person.grants.items() if until > account.clock()}
        told = ", ".join(f"{left} after a {kind}" for kind, left in live.items()) or "nothing: write first"
        shown = person.shown[after:]
        return web.json_response({"shown": shown, "menu": account.menu.get("menu", account.menu), "codes": codes, "quota": told})

    async def picture(request: web.Request) -> web.Response:
        form = await request.post()
        sent = form.get("picture")
        if not isinstance(sent, web.FileField):
            raise web.HTTPBadRequest(text="no picture")
        content = sent.file.read()
        task = asyncio.create_task(calls.picture(str(form.get("openid")), content, sent.content_type))
        app["tasks"].add(task)
        task.add_done_callback(app["tasks"].discard)
        return web.json_response({"ok": True})

    app["tasks"] = set()
    app.router.add_get("/phone", lambda _: web.HTTPFound("/phone/"))
    app.router.add_get("/phone/", file)
    app.router.add_post("/phone/api/state", state)
    app.router.add_post("/phone/api/say", act(lambda given: calls.say(given["openid"], str(given["text"])[:600])))
    app.router.add_post(
        "/phone/api/tap", act(lambda given: calls.tap_item(given["openid"], str(given["id"]), str(given["title"])))
    )
    app.router.add_post("/phone/api/menu", act(lambda given: calls.event(given["openid"], "CLICK", str(given["key"]))))
    app.router.add_post("/phone/api/event", act(lambda given: calls.event(given["openid"], str(given["event"]))))
    app.router.add_post("/phone/api/location", act(lambda given: calls.location(given["openid"], *CHENGDU)))
    app.router.add_post("/phone/api/consent", act(lambda given: calls.accept_subscription(given["openid"])))
    app.router.add_post("/phone/api/picture", picture)
    app.router.add_get("/phone/media/{media_id}", media)
    app.router.add_get("/phone/{name}", file)


def _codes(backend_url: str, desk_token: str) -> list[dict[str, Any]]:
    try:
        headers = {"Authorization": f"Bearer {desk_token}"}
        answer = requests.get(f"{backend_url}/v1/desk/outbox", headers=headers, timeout=2)
        return list(answer.json()["messages"]) if answer.ok else []
    except (requests.RequestException, ValueError, KeyError):
        return []
