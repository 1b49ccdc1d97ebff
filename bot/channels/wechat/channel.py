"""The WeChat channel: what is registered with Rasa (docs/wechat.md)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import replace
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, text
from sanic.response import json as json_response

from bot import config
from bot.channels.guard import plain_text
from bot.channels.wechat.calls import body_of, refused
from bot.channels.wechat.deliveries import Replayed
from bot.channels.wechat.incoming import Incoming, NotReadable, read_incoming
from bot.channels.wechat.parts import WeChatParts
from bot.channels.wechat.replies import CannotAnswerYet, Patience
from bot.channels.wechat.shape import FrontOf
from bot.channels.wechat.signature import Refused
from bot.channels.wechat.turns import SWEEP_SECONDS, UNCLAIMED_SECONDS, OnNewMessage

log = logging.getLogger(__name__)

ENDING_SECONDS = 5.0


class WeChatChannel(InputChannel):
    """Rasa's input channel for a WeChat official account; `credentials.yml` names it.

    Args:
        settings: the settings in force; without an app id there is no channel, and its addresses are not there.
        patience: how long calls are held; WeChat's own times when None.
        front: what understands and shapes; the real one when None.
    """

    def __init__(self, settings: config.Settings, patience: Patience | None = None, front: FrontOf | None = None) -> None:
        self._settings = settings
        self._patience = patience
        self._front = front

    @classmethod
    def name(cls) -> str:
        """Part of the URL."""
        return "wechat"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """The channel with the settings in force."""
        return cls(config.load())

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's address, `/webhooks/wechat/webhook`.

        Raises:
            ConfigurationError: a setting is missing or cannot be used, or the database cannot be opened.
        """
        wechat = Blueprint("wechat_channel", __name__)
        if not self._settings.wechat.app_id:
            return wechat
        parts = WeChatParts.of(self._settings, on_new_message, self._patience, self._front)
        wechat.ctx.parts = parts

        @wechat.get("/")
        async def health(_: Request) -> HTTPResponse:
            return json_response({"status": "ok"})

        @wechat.get("/webhook")
        async def verify(request: Request) -> HTTPResponse:
            try:
                return text(parts.door.echo(dict(request.args)))
            except Refused as error:
                return refused(error)

        @wechat.post("/webhook", stream=True)
        async def receive(request: Request) -> HTTPResponse:
            try:
                call = parts.door.opened(dict(request.args), await body_of(request))
                incoming = read_incoming(call.xml)
                delivery = await parts.store.quickly(parts.rows.accept, incoming, _kept, call.nonce)
            except (Refused, Replayed, NotReadable) as error:
                return refused(error)
            if delivery.is_new:
                if incoming.consents:
                    await parts.store.soon(parts.consents.noted, incoming)
                if incoming.event == "unsubscribe":
                    await parts.store.soon(parts.rows.forget, incoming.openid)
                parts.turns.take(delivery, incoming)
            try:
                reply = await parts.replies.to(incoming, delivery)
            except CannotAnswerYet:
                return text("", status=503)
            if not reply:
                return text("success")
            return text(parts.door.sealed(reply, call.nonce), content_type="application/xml; charset=utf-8")

        @wechat.listener("after_server_start")
        async def begin(app: Sanic, _: Any) -> None:
            parts.begin()
            if not self._settings.redis_url:
                await parts.store.soon(parts.rows.end_leases)
            wechat.ctx.tasks = [asyncio.create_task(_sweep(parts)), asyncio.create_task(parts.decisions.watch())]

        @wechat.listener("before_server_stop")
        async def end(app: Sanic, _: Any) -> None:
            for task in wechat.ctx.tasks:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            await parts.turns.finish(ENDING_SECONDS)
            await parts.sending.finish(ENDING_SECONDS)

        return wechat


def _kept(incoming: Incoming) -> Incoming | None:
    """What may lie in the database as long as a message waits for its turn: masked; nothing of what may be a one-time code."""
    if incoming.text.strip().isdecimal():
        return None
    return replace(incoming, text=plain_text(incoming.text), recognition=plain_text(incoming.recognition))


async def _sweep(parts: WeChatParts) -> None:
    """Takes up what a process left behind when it ended, again and again."""
    rounds = 0
    while True:
        try:
            for openid in await parts.store.soon(parts.rows.abandoned):
                parts.turns.wake(openid)
            way = "service" if parts.sending.allowed else "waiting"
            for number, openid in await parts.store.soon(parts.rows.left_behind, UNCLAIMED_SECONDS, way):
                parts.sending.soon(number, openid)
            if rounds % 720 == 0:
                await parts.store.soon(parts.rows.forget_old)
        except Exception:
            log.exception("what waits could not be looked up")
        rounds += 1
        await asyncio.sleep(SWEEP_SECONDS)
