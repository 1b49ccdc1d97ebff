"""The WeChat channel on a real server before a bot that follows a script, and WeChat's side of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import rasa.core.channels.channel as rasa_channels
from aiohttp import web
from rasa.core.run import _create_app_without_api

from bot import config
from bot.channels.wechat import WeChatChannel
from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.parts import WeChatParts
from bot.channels.wechat.replies import Patience
from bot.channels.wechat.said import Meant, Piece, Said
from bot.identity import Speaker
from tests.support.chat import ScriptedBot, chat_settings, free_port
from tests.support.wechat.account import Account, Person
from tests.support.wechat.api import add_api
from tests.support.wechat.calls import Calls

WAIT_SECONDS = 10.0
# WeChat's five seconds in a fifth of the time.
SHORT = 0.2
PATIENCE = Patience(in_time=4.0 * SHORT, ride=4.7 * SHORT, hang_up=8.0 * SHORT, look=0.02)


class PlainFront:
    """Understands text only, and shows text only: for tests of what lies below."""

    def __init__(self) -> None:
        self.forms = PlainForms()
        self.heard: list[Incoming] = []

    async def private(self, incoming: Incoming) -> list[Said] | None:
        return [Said("这是验证码")] if incoming.text == "246810" else None

    async def hear(self, incoming: Incoming) -> Meant | list[Said]:
        self.heard.append(incoming)
        if incoming.kind == "text":
            return Meant(text=incoming.text)
        if incoming.event == "click":
            return Meant(payload=f"/{incoming.event_key}")
        return [] if incoming.kind == "event" else [Said(f"收到{incoming.kind}")]

    async def known(self, openid: str) -> tuple[Speaker, bool | None]:
        return Speaker("wechat", None, openid), True if openid == "oElder" else None


class PlainForms:
    """A text for each message, as long as there is room, else all in one; buttons as a menu where there may be one."""

    def pieces(self, said: Sequence[Said], openid: str, *, may_use_service_messages: bool, at_most: int) -> list[Piece]:
        buttons = [button for one in said for button in one.buttons]
        texts = [one.text for one in said if one.text]
        if len(texts) > at_most:
            texts = ["\n\n".join(texts)]
        if not buttons:
            return [Piece("text", text=text) for text in texts]
        if not may_use_service_messages:
            lines = "\n".join(f"{place}. {button.title}" for place, button in enumerate(buttons, start=1))
            return [Piece("text", text="\n\n".join([*texts, lines]))]
        items = tuple((str(place), button.title) for place, button in enumerate(buttons, start=1))
        return [*(Piece("text", text=text) for text in texts[:-1]), Piece("menu", text=(texts or ["请选"])[-1], items=items)]


class RunningWeChat:
    """A server of the bot's with the channel, and WeChat's side."""

    def __init__(self, url: str, parts: WeChatParts, bot: ScriptedBot, front: Any, weixin: Weixin) -> None:
        self.url = url
        self.parts = parts
        self.bot = bot
        self.front = front
        self.weixin = weixin
        self.calls = weixin.calls

    def person(self, openid: str = "oBorrower") -> Person:
        """Somebody with a phone."""
        return self.weixin.account.person(openid)

    async def sees(self, text: str, openid: str = "oBorrower") -> dict[str, Any]:
        """Waits until the phone shows it.

        Raises:
            AssertionError: it did not.
        """
        person = self.person(openid)
        return await until(
            lambda: next((row for row in person.shown if text in str(row.get("text"))), None), lambda: person.shown
        )


class Weixin:
    """WeChat's side: an account, its platform's addresses on a port, and its calls."""

    def __init__(self, account: Account, url: str, calls: Calls) -> None:
        self.account = account
        self.url = url
        self.calls = calls


async def until(found: Callable[[], Any], otherwise: Callable[[], Any] = lambda: "nothing") -> Any:
    """The first thing that is there.

    Raises:
        AssertionError: it did not come.
    """
    for _ in range(int(WAIT_SECONDS / 0.02)):
        there = found()
        if there:
            return there
        await asyncio.sleep(0.02)
    raise AssertionError(f"it did not come; there was: {otherwise()}")


@contextlib.asynccontextmanager
async def weixin_of(account: Account, *, hang_up_seconds: float = 5 * SHORT, **options: Any) -> AsyncIterator[Weixin]:
    """WeChat's side on a port of its own."""
    app = web.Application(client_max_size=20 * 1024 * 1024)
    add_api(app, account)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    calls = Calls(account, "", hang_up_seconds=hang_up_seconds, **options)
    try:
        yield Weixin(account, f"http://127.0.0.1:{port}", calls)
    finally:
        await calls.close()
        await runner.cleanup()


def wechat_environment(account: Account, api_url: str) -> dict[str, str]:
    """Settings of a bot that has this account."""
    return {
        "HUANBAN_WECHAT_APP_ID": account.app_id,
        "HUANBAN_WECHAT_TOKEN": account.token,
        "HUANBAN_WECHAT_AES_KEY": account.aes_key,
        "HUANBAN_WECHAT_SECRET": account.secret,
        "HUANBAN_WECHAT_API_URL": api_url,
    }


@contextlib.asynccontextmanager
async def running_channel(
    folder: Path,
    weixin: Weixin,
    bot: ScriptedBot | None = None,
    *,
    front: Any = None,
    patience: Patience = PATIENCE,
    **env: object,
) -> AsyncIterator[RunningWeChat]:
    """The channel as Rasa mounts it, over a database in `folder`; another one over the same folder is a restart, or a colleague.

    Args:
        folder: where the database is.
        weixin: WeChat's side.
        bot: what answers; an echo when None.
        front: understands and shapes; a plain one when None.
        patience: how long calls are held.
        env: settings, as `HUANBAN_…=value`.
    """
    bot = bot or ScriptedBot()
    front = front or PlainFront()
    environment = {**wechat_environment(weixin.account, weixin.url), **{name: str(value) for name, value in env.items()}}
    settings: config.Settings = chat_settings(folder, environment)
    channel = WeChatChannel(settings, patience, front)
    app = _create_app_without_api(None)
    app.ctx.agent = bot  # Rasa looks for one that handles messages
    rasa_channels.register([channel], app, route="/webhooks/")
    port = free_port()
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    await server.after_start()
    parts: WeChatParts = app.blueprints["wechat_channel"].ctx.parts
    url = f"http://127.0.0.1:{port}/webhooks/wechat/webhook"
    weixin.calls.url = weixin.calls.url or url
    try:
        yield RunningWeChat(url, parts, bot, front, weixin)
    finally:
        await server.before_stop()
        server.close()
        for connection in server.connections:
            connection.close_if_idle()
        await server.after_stop()
        if weixin.calls.url == url:
            weixin.calls.url = ""
