"""What the WeChat channel consists of: made once for a server."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.channels.wechat.consents import Consents
from bot.channels.wechat.decisions import Decisions
from bot.channels.wechat.deliveries import Deliveries
from bot.channels.wechat.platform import Platform
from bot.channels.wechat.quota import Quota
from bot.channels.wechat.replies import Patience, Replies
from bot.channels.wechat.sending import Sending
from bot.channels.wechat.shape import FrontOf, Shape
from bot.channels.wechat.signature import Door
from bot.channels.wechat.store import Store
from bot.channels.wechat.turns import OnNewMessage, Turns
from bot.channels.wechat.words import WeChatWords
from bot.client import LoanClient
from bot.config import Settings


@dataclass(frozen=True)
class WeChatParts:
    """What the WeChat channel consists of."""

    settings: Settings
    store: Store
    door: Door
    rows: Deliveries
    quota: Quota
    platform: Platform
    turns: Turns
    sending: Sending
    replies: Replies
    decisions: Decisions
    consents: Consents

    @classmethod
    def of(
        cls, settings: Settings, on_new_message: OnNewMessage, patience: Patience | None = None, front: FrontOf | None = None
    ) -> WeChatParts:
        """The parts for these settings.

        Args:
            settings: the settings in force.
            on_new_message: the bot.
            patience: how long calls are held; WeChat's own times when None.
            front: what understands and shapes; the real one when None.

        Raises:
            ConfigurationError: a setting cannot be used, or the database cannot be opened.
        """
        door = Door(settings.wechat)
        client = LoanClient(
            settings.backend_url,
            settings.service_token,
            connect_timeout=settings.connect_timeout_seconds,
            read_timeout=settings.read_timeout_seconds,
            connections=settings.client_connections,
        )
        words = WeChatWords()
        makes_front = (lambda *_: front) if front is not None else _real_front()  # before the store, which makes its tables
        store = Store(settings.wechat.db)
        platform = Platform(settings.wechat, store)
        rows, quota = Deliveries(store), Quota(store)
        understood: FrontOf = makes_front(store, client, platform.download_media, settings.today)
        shape = Shape(understood.forms, store)
        sending = Sending(store, rows, quota, platform, shape, allowed=settings.wechat.service_messages)
        consents = Consents(store, settings.wechat, words)
        turns = Turns(
            store, rows, understood, on_new_message, words, settings.conversation_secret, consents.asked_with, sending.soon
        )
        replies = Replies(store, rows, turns, sending, shape, platform, words, patience)
        decisions = Decisions(settings.wechat, store, rows, sending, platform, client, words, consents)
        return cls(settings, store, door, rows, quota, platform, turns, sending, replies, decisions, consents)

    def begin(self) -> None:
        """For a process that Sanic has made of this one: it takes up turns under a name of its own."""
        self.rows.runner = secrets.token_hex(8)


def _real_front() -> Callable[..., Any]:
    from bot.channels.wechat.front import Front

    return Front
