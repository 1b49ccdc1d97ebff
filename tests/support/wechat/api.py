"""The platform's own addresses (`/cgi-bin/…`), as the bot calls them."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any

from aiohttp import web

from tests.support.wechat.account import Account, PlatformRefuses


def add_api(app: web.Application, account: Account, delay_seconds: float = 0.0) -> None:
    """Adds the addresses to an app.

    Args:
        app: the server.
        account: whose calls they are.
        delay_seconds: how long each takes.
    """

    def answering(work: Any, *, with_token: bool = True) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            await asyncio.sleep(delay_seconds)
            try:
                if with_token:
                    account.check(request.path, request.query.get("access_token", ""))
                answer = await work(request)
            except PlatformRefuses as refusal:
                answer = {"errcode": refusal.errcode, "errmsg": refusal.message}
            if isinstance(answer, web.StreamResponse):
                return answer
            return web.json_response({"errcode": 0, "errmsg": "ok"} if answer is None else answer)

        return handle

    async def token(request: web.Request) -> dict[str, Any]:
        for fault in list(account.faults):
            if fault[0] == "token":
                account.faults.remove(fault)
                raise PlatformRefuses(fault[1], "invalid ip 127.0.0.1, not in whitelist" if fault[1] == 40164 else "fault")
        given = account.new_token(request.query.get("appid", ""), request.query.get("secret", ""))
        return {"access_token": given, "expires_in": 7200}

    async def send(request: web.Request) -> None:
        account.send(json.loads(await request.text()))

    async def send_subscription(request: web.Request) -> None:
        account.send_subscribe_message(json.loads(await request.text()))

    async def upload(request: web.Request) -> dict[str, Any]:
        form = await request.post()
        file = form.get("media")
        if not isinstance(file, web.FileField):
            raise PlatformRefuses(41005, "media data missing")
        media_id = f"media-{secrets.token_hex(8)}"
        account.media[media_id] = (file.file.read(), file.content_type)
        return {"type": request.query.get("type"), "media_id": media_id, "created_at": int(account.clock())}

    async def download(request: web.Request) -> web.Response:
        found = account.media.get(request.query.get("media_id", ""))
        if found is None:
            raise PlatformRefuses(40007, "invalid media_id")
        return web.Response(body=found[0], content_type=found[1])

    async def create_menu(request: web.Request) -> None:
        account.menu = json.loads(await request.text())

    async def addresses(_: web.Request) -> dict[str, Any]:
        return {"ip_list": ["101.226.62.77"]}

    app.router.add_get("/cgi-bin/token", answering(token, with_token=False))
    app.router.add_post("/cgi-bin/message/custom/send", answering(send))
    app.router.add_post("/cgi-bin/message/subscribe/bizsend", answering(send_subscription))
    app.router.add_post("/cgi-bin/media/upload", answering(upload))
    app.router.add_get("/cgi-bin/media/get", answering(download))
    app.router.add_post("/cgi-bin/menu/create", answering(create_menu))
    app.router.add_get("/cgi-bin/getcallbackip", answering(addresses))
