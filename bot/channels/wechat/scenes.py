"""Events of the account: somebody follows, leaves, scans a code, taps the menu."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.menu import Menu
from bot.channels.wechat.said import Button, Said
from bot.channels.wechat.speaking import Speaking
from bot.channels.wechat.words import WeChatWords
from bot.client.errors import LoanBackendError

log = logging.getLogger(__name__)


class Scenes:
    """What events come to: words, or a payload to be obeyed.

    Args:
        speaking: who it is, and who leaves.
        menu: what keys and scenes stand for.
        words: what is said.
    """

    def __init__(self, speaking: Speaking, menu: Menu, words: WeChatWords) -> None:
        self._speaking = speaking
        self._menu = menu
        self._words = words

    async def answer(self, incoming: Incoming) -> str | list[Said]:
        """A payload that the event stands for, or what is said to it; an empty list where nothing is to be said.

        Raises:
            LoanBackendError: the lender could not be asked.
        """
        if incoming.event == "click":
            tapped = self._menu.tapped(incoming.event_key)
            return tapped.does if tapped else [self._words.said("utter_wechat_kind_unknown")]
        if incoming.event == "subscribe":
            return await self._welcome(incoming)
        if incoming.event == "scan":
            scanned = self._menu.scanned(incoming.event_key)
            return scanned.does if scanned else [self._words.said("utter_wechat_welcome_bound")]
        if incoming.event == "unsubscribe":
            try:
                await self._speaking.leave(incoming.openid)
                await self._speaking.tidy()  # others, whom the lender could not be told of then
            except LoanBackendError as error:
                log.warning("somebody left, and the lender could not be told yet: %s", error)
        return []  # a view, a report on a message sent, where somebody is: nobody waits for an answer

    async def _welcome(self, incoming: Incoming) -> list[Said]:
        is_bound = await self._speaking.borrower_id(incoming.openid) is not None
        said = self._words.said("utter_wechat_welcome_bound" if is_bound else "utter_wechat_welcome")
        scanned = self._menu.scanned(incoming.event_key)
        if scanned is None:
            return [said]
        wanted = Button(scanned.title, scanned.does)
        others = tuple(button for button in said.buttons if button.payload != wanted.payload)
        return [replace(said, buttons=(wanted, *others))]
