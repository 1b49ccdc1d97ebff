"""The WeCom channel on a real server before a bot that follows a script, and WeCom's side of it on a port of its own."""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import rasa.core.channels.channel as rasa_channels
import sqlalchemy as sa
import xmltodict
from aiohttp import web
from rasa.core.run import _create_app_without_api
from wechatpy.crypto import WeChatCrypto

from bot.channels.wechat.speaking import guest_id
from bot.channels.wecom import WeComChannel
from bot.channels.wecom.accounts import accounts
from bot.channels.wecom.parts import WeComParts
from bot.identity import Speaker
from tests.support.chat import ScriptedBot, chat_settings, free_port
from tests.support.wechat.running import PlainFront, until
from tests.support.wecom.service import ACCOUNT, Customer, Service, ServiceRefuses

HER = "wmqfasd1e1927831291723123109rAAA"


class TextFront(PlainFront):
    """Understands text only, of guests of this channel."""

    async def known(self, openid: str) -> tuple[Speaker, bool | None]:
        return Speaker("wecom", None, guest_id(openid, "wecom")), None


class WeCom:
    """WeCom's side: the platform's addresses, and its callbacks to the corp's."""

    def __init__(self, service: Service, url: str) -> None:
        self.service = service
        self.url = url
        self.callback_url = ""

    async def says(self, text: str, external_userid: str = HER, times: int = 1) -> list[int]:
        """Somebody types; the callback comes so often."""
        self.service.write(external_userid, "text", {"content": text})
        return await self.calls_back(times)

    async def taps(self, title: str, external_userid: str = HER) -> list[int]:
        """Somebody taps an item of a menu message."""
        self.service.tap(external_userid, title)
        return await self.calls_back()

    async def calls_back(self, times: int = 1) -> list[int]:
        """The callback that tells there is something; the statuses it was answered with."""
        query, body = self.call(self.xml())
        return [(await self.post(query, body))[0] for _ in range(times)]

    def xml(self, **fields: str) -> str:
        """A callback in clear, with a new token for the pull."""
        self.service.message_token = f"ENC{secrets.token_hex(16)}"
        values = {
            "ToUserName": self.service.corp_id,
            "CreateTime": str(int(self.service.clock())),
            "MsgType": "event",
            "Event": "kf_msg_or_event",
            "Token": self.service.message_token,
            "OpenKfId": ACCOUNT,
            **fields,
        }
        return "<xml>" + "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in values.items()) + "</xml>"

    def call(self, xml: str, *, token: str = "", corp_id: str = "", timestamp: int | None = None) -> tuple[dict[str, str], str]:
        """Query and body of a callback, encrypted and signed."""
        crypto = WeChatCrypto(token or self.service.token, self.service.aes_key, corp_id or self.service.corp_id)
        moment, nonce = str(int(self.service.clock()) if timestamp is None else timestamp), secrets.token_hex(5)
        sealed = xmltodict.parse(crypto.encrypt_message(xml, nonce, moment))["xml"]
        query = {"msg_signature": sealed["MsgSignature"], "timestamp": moment, "nonce": nonce}
        return query, f"<xml><ToUserName>{self.service.corp_id}</ToUserName><Encrypt>{sealed['Encrypt']}</Encrypt></xml>"

    async def post(self, query: dict[str, str], body: str | bytes) -> tuple[int, str]:
        """Status and body of a call."""
        async with aiohttp.ClientSession() as session:
            data = body.encode() if isinstance(body, str) else body
            async with session.post(self.callback_url, params=query, data=data) as answer:
                return answer.status, await answer.text()

    async def verifies(self, words: str, token: str = "") -> tuple[int, str]:
        """The call by which the address is entered."""
        crypto = WeChatCrypto(self.service.token, self.service.aes_key, self.service.corp_id)
        echo = xmltodict.parse(crypto.encrypt_message(words, "n", "1"))["xml"]["Encrypt"]
        moment, nonce = str(int(self.service.clock())), secrets.token_hex(5)
        parts = sorted([token or self.service.token, moment, nonce, echo])
        signature = hashlib.sha1("".join(parts).encode()).hexdigest()
        query = {"msg_signature": signature, "timestamp": moment, "nonce": nonce, "echostr": echo}
        async with aiohttp.ClientSession() as session, session.get(self.callback_url, params=query) as answer:
            return answer.status, await answer.text()

    async def sees(self, text: str, external_userid: str = HER) -> dict[str, Any]:
        """Waits until the phone shows it.

        Raises:
            AssertionError: it did not.
        """
        customer = self.service.customer(external_userid)
        found: dict[str, Any] = await until(
            lambda: next((row for row in customer.shown if row["from"] == "account" and text in str(row.get("text"))), None),
            lambda: customer.shown,
        )
        return found

    def customer(self, external_userid: str = HER) -> Customer:
        """Somebody."""
        return self.service.customer(external_userid)


async def all_read(parts: WeComParts) -> None:
    """Waits until everything that a callback has told of is pulled and written down.

    Raises:
        AssertionError: it never was.
    """
    query = sa.select(accounts.c.open_kfid).where(accounts.c.asked > accounts.c.done)
    await until(lambda: not parts.store.read(lambda c: c.execute(query).all()))


@contextlib.asynccontextmanager
async def wecom_of(service: Service) -> AsyncIterator[WeCom]:
    """The platform's addresses on a port."""
    app = web.Application(client_max_size=20 * 1024 * 1024)

    def answering(work: Any, *, with_token: bool = True) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                if with_token:
                    service.check(request.path, request.query.get("access_token", ""))
                answer = await work(request)
            except ServiceRefuses as refusal:
                answer = {"errcode": refusal.errcode, "errmsg": refusal.message}
            if isinstance(answer, web.StreamResponse):
                return answer
            return web.json_response({"errcode": 0, "errmsg": "ok", **answer})

        return handle

    async def token(request: web.Request) -> dict[str, Any]:
        given = service.new_token(request.query.get("corpid", ""), request.query.get("corpsecret", ""))
        return {"access_token": given, "expires_in": 7200}

    async def sync(request: web.Request) -> dict[str, Any]:
        return service.sync(json.loads(await request.text()))

    async def send(request: web.Request) -> dict[str, Any]:
        return service.send(json.loads(await request.text()))

    async def send_on_event(request: web.Request) -> dict[str, Any]:
        return service.send_on_event(json.loads(await request.text()))

    async def state(request: web.Request) -> dict[str, Any]:
        asked = json.loads(await request.text())
        return {"service_state": 3 if service.customer(asked["external_userid"]).by_person else 1}

    async def upload(request: web.Request) -> dict[str, Any]:
        form = await request.post()
        file = form.get("media")
        if not isinstance(file, web.FileField):
            raise ServiceRefuses(41005, "media data missing")
        media_id = f"media-{secrets.token_hex(8)}"
        service.media[media_id] = (file.file.read(), file.content_type)
        return {"type": request.query.get("type"), "media_id": media_id}

    async def download(request: web.Request) -> web.Response:
        found = service.media.get(request.query.get("media_id", ""))
        if found is None:
            raise ServiceRefuses(40007, "invalid media_id")
        return web.Response(body=found[0], content_type=found[1])

    app.router.add_get("/cgi-bin/gettoken", answering(token, with_token=False))
    app.router.add_post("/cgi-bin/kf/sync_msg", answering(sync))
    app.router.add_post("/cgi-bin/kf/send_msg", answering(send))
    app.router.add_post("/cgi-bin/kf/send_msg_on_event", answering(send_on_event))
    app.router.add_post("/cgi-bin/kf/service_state/get", answering(state))
    app.router.add_post("/cgi-bin/media/upload", answering(upload))
    app.router.add_get("/cgi-bin/media/get", answering(download))
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield WeCom(service, f"http://127.0.0.1:{port}")
    finally:
        await runner.cleanup()


def wecom_environment(service: Service, api_url: str) -> dict[str, str]:
    """Settings of a bot that answers this corp's customer service."""
    return {
        "HUANBAN_WECOM_CORP_ID": service.corp_id,
        "HUANBAN_WECOM_TOKEN": service.token,
        "HUANBAN_WECOM_AES_KEY": service.aes_key,
        "HUANBAN_WECOM_SECRET": service.secret,
        "HUANBAN_WECOM_API_URL": api_url,
    }


@contextlib.asynccontextmanager
async def running_channel(
    folder: Path, wecom: WeCom, bot: ScriptedBot | None = None, *, front: Any = None, real_front: bool = False, **env: object
) -> AsyncIterator[WeComParts]:
    """The channel as Rasa mounts it, over a database in `folder`; another one over the same folder is a restart.

    Args:
        folder: where the database is.
        wecom: WeCom's side.
        bot: what answers; an echo when None.
        front: understands and shapes; a plain one when None.
        real_front: the real one instead.
        env: settings, as `HUANBAN_…=value`.
    """
    environment = {**wecom_environment(wecom.service, wecom.url), **{name: str(value) for name, value in env.items()}}
    channel = WeComChannel(chat_settings(folder, environment), None if real_front else front or TextFront())
    app = _create_app_without_api(None)
    app.ctx.agent = bot or ScriptedBot()
    rasa_channels.register([channel], app, route="/webhooks/")
    port = free_port()
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    await server.after_start()
    wecom.callback_url = f"http://127.0.0.1:{port}/webhooks/wecom/webhook"
    try:
        parts: WeComParts = app.blueprints["wecom_channel"].ctx.parts
        yield parts
    finally:
        await server.before_stop()
        server.close()
        for connection in server.connections:
            connection.close_if_idle()
        await server.after_stop()
