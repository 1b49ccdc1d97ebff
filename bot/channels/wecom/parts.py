"""What the WeCom channel consists of: made once for a server, mostly of the WeChat channel's parts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.channels.wechat.consents import Consents
from bot.channels.wechat.decisions import Decisions
from bot.channels.wechat.deliveries import Deliveries
from bot.channels.wechat.front import Front
from bot.channels.wechat.quota import Quota
from bot.channels.wechat.sending import Sending
from bot.channels.wechat.shape import FrontOf, Shape
from bot.channels.wechat.turns import OnNewMessage, Turns
from bot.channels.wechat.words import WeChatWords
from bot.channels.wecom.accounts import Accounts, Threads, WeComStore
from bot.channels.wecom.door import WeComDoor
from bot.channels.wecom.forms import WeComForms
from bot.channels.wecom.platform import WeComPlatform, as_account
from bot.channels.wecom.pulling import Puller
from bot.client import LoanClient
from bot.config import Settings

CHANNEL = "wecom"


@dataclass(frozen=True)
class WeComParts:
    """What the WeCom channel consists of."""

    store: WeComStore
    door: WeComDoor
    accounts: Accounts
    threads: Threads
    platform: WeComPlatform
    rows: Deliveries
    turns: Turns
    sending: Sending
    puller: Puller
    decisions: Decisions

    @classmethod
    def of(cls, settings: Settings, on_new_message: OnNewMessage, front: FrontOf | None = None) -> WeComParts:
        """The parts for these settings.

        Args:
            settings: the settings in force.
            on_new_message: the bot.
            front: what understands and shapes; the real one when None.

        Raises:
            ConfigurationError: a setting is missing or cannot be used, or the database cannot be opened.
        """
        account = as_account(settings.wecom)
        door = WeComDoor(settings.wecom)
        client = LoanClient(
            settings.backend_url,
            settings.service_token,
            connect_timeout=settings.connect_timeout_seconds,
            read_timeout=settings.read_timeout_seconds,
            connections=settings.client_connections,
        )
        words = WeChatWords()
        store = WeComStore(settings.wecom.db)
        accounts, threads = Accounts(store), Threads(store)
        platform = WeComPlatform(settings.wecom, store, threads)
        rows = Deliveries(store)
        understood: FrontOf = front or Front(store, client, platform.download_media, settings.today, CHANNEL)
        shape = Shape(WeComForms(understood.forms), store)
        sending = Sending(store, rows, Quota(store), platform, shape, allowed=True)
        consents = Consents(store, account, words)  # there are no subscribe messages here: nobody is asked
        turns = Turns(
            store,
            rows,
            understood,
            on_new_message,
            words,
            settings.conversation_secret,
            consents.asked_with,
            sending.soon,
            CHANNEL,
        )
        puller = Puller(store, accounts, threads, platform, rows, turns)
        decisions = Decisions(account, store, rows, sending, platform, client, words, consents, CHANNEL)
        return cls(store, door, accounts, threads, platform, rows, turns, sending, puller, decisions)

    def begin(self) -> None:
        """For a process that Sanic has made of this one: it takes up turns under a name of its own."""
        self.rows.runner = secrets.token_hex(8)
        self.puller.begin()
