"""What comes in, before the bot: the binding dialogue, events, pictures, lists. And what goes out: WeChat's forms."""

from __future__ import annotations

from bot.channels.wechat.binding import BindingDialogue
from bot.channels.wechat.cards import Cards
from bot.channels.wechat.fonts import find_font
from bot.channels.wechat.forms import Forms, shanghai_today
from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.lists import Lists
from bot.channels.wechat.media import Download, Media
from bot.channels.wechat.menu import Menu
from bot.channels.wechat.people import People
from bot.channels.wechat.said import Meant, Said
from bot.channels.wechat.scenes import Scenes
from bot.channels.wechat.speaking import CHANNEL, Speaking
from bot.channels.wechat.store import Store
from bot.channels.wechat.words import WeChatWords
from bot.client import LoanClient
from bot.identity import Speaker

# WeChat itself puts this in the place of what official accounts cannot get, such as a sticker.
_NOT_SUPPORTED = "不支持的消息类型"


class Front:
    """The conversation's side of the channel, made once for a server.

    Args:
        store: the database, opened after this module was imported.
        client: the lender.
        download: fetches a picture from WeChat; it blocks.
        today: the fixed calendar day, or empty.
        channel: whose accounts they are, to the lender and in conversation ids.

    Attributes:
        forms: makes of an answer what WeChat can send.
        menu: the account's menu.

    Raises:
        ConfigurationError: the menu's file cannot be used.
    """

    def __init__(self, store: Store, client: LoanClient, download: Download, today: str = "", channel: str = CHANNEL) -> None:
        self._store = store
        self._people = People(store)
        self._lists = Lists(store)
        self._words = words = WeChatWords()
        bindings = client.bindings(channel)
        self._speaking = Speaking(store, self._people, self._lists, bindings, channel)
        self._binding = BindingDialogue(store, self._people, self._speaking, bindings, words)
        self._media = Media(store, self._people, self._speaking, client, download, words)
        self.menu = Menu()
        self._scenes = Scenes(self._speaking, self.menu, words)
        self.forms = Forms(words, Cards(words, find_font(), shanghai_today(today)), self._lists, self._people)

    async def private(self, incoming: Incoming) -> list[Said] | None:
        """The answer to what must be kept nowhere (a telephone number, a code), or None when it is something else.

        It wants the text as it came; nothing of it goes anywhere but to the lender.

        Raises:
            LoanBackendError: the lender could not be asked.
        """
        if incoming.bizmsgmenuid:
            return None
        said = incoming.text if incoming.kind == "text" else incoming.recognition if incoming.kind == "voice" else ""
        return await self._binding.answer(incoming.openid, said) if said.strip() else None

    async def hear(self, incoming: Incoming) -> Meant | list[Said]:
        """What the bot is to read, or what is to be said without asking it; an empty list is silence.

        Raises:
            LoanBackendError: the lender could not be asked.
        """
        if incoming.kind == "event":
            came_to = await self._scenes.answer(incoming)
            return await self._obeyed(incoming.openid, came_to) if isinstance(came_to, str) else came_to
        text = incoming.recognition if incoming.kind == "voice" else incoming.text if incoming.kind == "text" else ""
        if not text.strip():
            return await self._media.answer(incoming)
        if incoming.kind == "text" and _NOT_SUPPORTED in text and text.startswith("【"):
            return [self._words.said("utter_wechat_kind_unknown")]
        payload = await self._store.quickly(self._lists.meant, incoming.openid, text, incoming.bizmsgmenuid)
        return Meant(text=text) if payload is None else await self._obeyed(incoming.openid, payload)

    async def speaker(self, openid: str) -> Speaker:
        """Who speaks: the borrower that the openid is bound to, or a guest.

        Raises:
            LoanBackendError: it cannot be looked up.
        """
        return await self._speaking.speaker(openid)

    async def known(self, openid: str) -> tuple[Speaker, bool | None]:
        """Who speaks, and whether letters are large and sentences short, when anybody has said.

        Raises:
            LoanBackendError: it cannot be looked up.
        """
        return await self._speaking.known(openid)

    async def _obeyed(self, openid: str, payload: str) -> Meant | list[Said]:
        """What a payload of the bot's or of the channel's own comes to; a text is read like a typed one."""
        if payload.startswith("/"):
            return Meant(payload=payload)
        if payload == "~bind":
            return await self._binding.begin(openid)
        if payload == "~unbind":
            return await self._binding.unbind(openid)
        if payload.startswith("~rate "):
            await self._store.soon(self._people.rate, int(payload.removeprefix("~rate ")))
            return [self._words.said("utter_wechat_rated")]
        return Meant(text=payload)
