"""The WeCom channel: what is registered with Rasa (docs/wechat.md, the section on WeCom)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, text
from sanic.response import json as json_response

from bot import config
from bot.channels.wechat.calls import body_of, refused
from bot.channels.wechat.shape import FrontOf
from bot.channels.wechat.signature import Refused
from bot.channels.wechat.turns import SWEEP_SECONDS, UNCLAIMED_SECONDS, OnNewMessage
from bot.channels.wecom.parts import CHANNEL, WeComParts

log = logging.getLogger(__name__)

ENDING_SECONDS = 5.0


class WeComChannel(InputChannel):
    """Rasa's input channel for WeCom's customer service; `credentials.yml` names it.

    Args:
        settings: the settings in force; without a corp id there is no channel, and its addresses are not there.
        front: what understands and shapes; the real one when None.
    """

    def __init__(self, settings: config.Settings, front: FrontOf | None = None) -> None:
        self._settings = settings
        self._front = front

    @classmethod
    def name(cls) -> str:
        """Part of the URL."""
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """The channel with the settings in force."""
        return cls(config.load())

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's address, `/webhooks/wecom/webhook`.

        Raises:
            ConfigurationError: a setting is missing or cannot be used, or the database cannot be opened.
        """
        wecom = Blueprint("wecom_channel", __name__)
        if not self._settings.wecom.corp_id:
            return wecom
        parts = WeComParts.of(self._settings, on_new_message, self._front)
        wecom.ctx.parts = parts

        @wecom.get("/")
        async def health(_: Request) -> HTTPResponse:
            return json_response({"status": "ok"})

        @wecom.get("/webhook")
        async def verify(request: Request) -> HTTPResponse:
            try:
                return text(parts.door.echo(dict(request.args)))
            except Refused as error:
                return refused(error)

        @wecom.post("/webhook", stream=True)
        async def receive(request: Request) -> HTTPResponse:
            try:
                news = parts.door.news(dict(request.args), await body_of(request))
            except Refused as error:
                return refused(error)
            if news is not None:
                # Written down first: a process that ends now pulls after its restart.
                await parts.store.soon(parts.accounts.ask, news.open_kfid, news.token)
                parts.puller.wake(news.open_kfid)
            return text("success")

        @wecom.listener("after_server_start")
        async def begin(app: Sanic, _: Any) -> None:
            parts.begin()
            if not self._settings.redis_url:
                await parts.store.soon(parts.rows.end_leases)
                await parts.store.soon(parts.accounts.end_leases)
            await parts.store.soon(parts.accounts.ask_for_all)
            wecom.ctx.tasks = [asyncio.create_task(_sweep(parts)), asyncio.create_task(parts.decisions.watch())]

        @wecom.listener("before_server_stop")
        async def end(app: Sanic, _: Any) -> None:
            for task in wecom.ctx.tasks:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            await parts.puller.finish(ENDING_SECONDS)
            await parts.turns.finish(ENDING_SECONDS)
            await parts.sending.finish(ENDING_SECONDS)

        return wecom


async def _sweep(parts: WeComParts) -> None:
    """Takes up what a process left behind when it ended, and what could not be pulled, again and again."""
    rounds = 0
    while True:
        try:
            for open_kfid in await parts.store.soon(parts.accounts.unread):
                parts.puller.wake(open_kfid)
            for external_userid in await parts.store.soon(parts.rows.abandoned):
                parts.turns.wake(external_userid)
            for number, external_userid in await parts.store.soon(parts.rows.left_behind, UNCLAIMED_SECONDS, "service"):
                parts.sending.soon(number, external_userid)
            if rounds % 720 == 0:
                await parts.store.soon(parts.rows.forget_old)
                await parts.store.soon(parts.threads.forget_old)
        except Exception:
            log.exception("what waits could not be looked up")
        rounds += 1
        await asyncio.sleep(SWEEP_SECONDS)
