"""Binding an openid to a borrower by a one-time code, in a dialogue that the channel carries on by itself.

It comes before masking and before Rasa: the phone number and the code go to the lender and nowhere else. Neither is kept,
put into a history or written to a log. Whatever is no answer to the dialogue's question goes its usual way, and the dialogue
waits.
"""

from __future__ import annotations

import asyncio
import math
import re
import unicodedata

from bot.channels.wechat.people import People, Person
from bot.channels.wechat.said import Said
from bot.channels.wechat.speaking import Speaking
from bot.channels.wechat.store import Store
from bot.channels.wechat.words import WeChatWords
from bot.client.bindings import Bindings
from bot.client.errors import BindingCodeExpired, BindingCodeUsedUp, BindingCodeWrong, BindingNotFound, BindingTooMany

STEP_SECONDS = 600.0  # a code's own time
_SPOKEN = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
# What people write between the figures of a number.
_BETWEEN = re.compile(r"[\s\-_.,，。、]+")
_PHONE = re.compile(r"(?<!\d)(?:\+?86)?(1[3-9]\d{9})(?!\d)")
_CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")
_SOME_FIGURES = re.compile(r"\d{4,}")
_MASKED = re.compile(r"\[(?:手机号|密码|电话)\]")

_POLITE = r"(?:请|帮我|我要|我想|想要|给我)*"
_BEGIN = re.compile(rf"{_POLITE}(?:绑定|绑一下|登录|认证)(?:一下|本人|账号|账户|微信|手机号?|身份|我的?)*[吧啊呀]?")
_UNBIND = re.compile(rf"{_POLITE}(?:解绑|解除绑定|取消绑定|解除|退出登录)(?:一下|本人|账号|账户|微信|手机号?)*[吧啊呀]?")
_UNBIND_OTHERS = re.compile(rf"{_POLITE}(?:解绑|解除|取消)(?:其他|其它|别的|另外的?)(?:人|微信|账号|绑定|的|几个)*[吧啊呀]?")
_STOP = re.compile(r"(?:我)?(?:不(?:想)?绑(?:定)?了?|取消|算了|不用了?|不要了?|退出|停)[吧啊呀]?")
_AGAIN = re.compile(r"(?:重发|重新发|再发(?:一次|一遍|一个)?|没有?收到|收不到|没有?短信)(?:验证码|短信)?[了吧啊呀]?")


class BindingDialogue:
    """Binds, unbinds, and says what is needed for it.

    Args:
        store: the database.
        people: how far the dialogue has come.
        speaking: is told who speaks from then on.
        bindings: the lender.
        words: what is said.
    """

    def __init__(self, store: Store, people: People, speaking: Speaking, bindings: Bindings, words: WeChatWords) -> None:
        self._store = store
        self._people = people
        self._speaking = speaking
        self._bindings = bindings
        self._words = words

    async def answer(self, openid: str, typed: str) -> list[Said] | None:
        """The answer to a message of the dialogue; None for every other message.

        Raises:
            LoanBackendError: the lender could not be asked; the dialogue stays where it is.
        """
        text = _plain(typed)
        if _UNBIND_OTHERS.fullmatch(text):
            return await self.unbind_others(openid)
        if _UNBIND.fullmatch(text):
            return await self.unbind(openid)
        if _BEGIN.fullmatch(text):
            return await self.begin(openid)
        person = await self._store.quickly(self._people.of, openid)
        if person.binding_step is None:
            return None
        if _STOP.fullmatch(text):
            await self._store.soon(self._people.end_step, openid)
            return [self._words.said("utter_wechat_bind_stopped")]
        return await self._step(openid, person, text)

    async def begin(self, openid: str) -> list[Said]:
        """Asks for the phone number; says so when the openid is bound already."""
        binding = await asyncio.to_thread(self._bindings.of, openid)
        if binding is not None:
            return [self._words.said("utter_wechat_bound_already", display_name=binding.display_name)]
        # Before this answer takes along what waits: it may be somebody's whom the lender has unbound since.
        await self._store.soon(self._speaking.speaks_for, openid, "")
        return await self._ask_phone(openid, "utter_wechat_bind_phone")

    async def unbind(self, openid: str) -> list[Said]:
        """The openid speaks for nobody from now on."""
        gone = await asyncio.to_thread(self._bindings.unbind, openid)
        await self._store.soon(self._speaking.unbound, openid)
        return [self._words.said("utter_wechat_unbound" if gone else "utter_wechat_not_bound")]

    async def unbind_others(self, openid: str) -> list[Said]:
        """All other accounts of this openid's borrower speak for nobody from now on."""
        binding = await asyncio.to_thread(self._bindings.of, openid)
        if binding is None:
            return [self._words.said("utter_wechat_not_bound")]
        others = await asyncio.to_thread(lambda: self._bindings.unbind(openid, others=True))
        await self._store.soon(self._speaking.others_unbound, binding.borrower_id, openid)
        return [self._words.said("utter_wechat_others_unbound", others=others)]

    async def _step(self, openid: str, person: Person, text: str) -> list[Said] | None:
        if person.binding_step == "code" and _AGAIN.fullmatch(text):
            return await self._ask_phone(openid, "utter_wechat_bind_resend")
        figures = _BETWEEN.sub("", text.translate(_SPOKEN))
        if phone := _PHONE.search(figures):
            return await self._send_code(openid, phone.group(1))
        if person.binding_step == "code" and person.binding_id and (code := _CODE.search(figures)):
            return await self._confirm(openid, person.binding_id, code.group(1))
        if _SOME_FIGURES.search(figures) or _MASKED.search(text):
            again = "utter_wechat_bind_code_again" if person.binding_step == "code" else "utter_wechat_bind_phone_again"
            return [self._words.said(again)]
        return None

    async def _ask_phone(self, openid: str, response: str) -> list[Said]:
        await self._store.soon(self._people.begin_step, openid, "phone", STEP_SECONDS)
        return [self._words.said(response)]

    async def _send_code(self, openid: str, phone: str) -> list[Said]:
        try:
            started = await asyncio.to_thread(self._bindings.start, openid, phone)
        except BindingTooMany as error:
            minutes = math.ceil(int(error.details().get("retry_after_seconds", 3600)) / 60)
            return [self._words.said("utter_wechat_bind_too_many", minutes=minutes)]
        await self._store.soon(self._people.begin_step, openid, "code", STEP_SECONDS, binding_id=started.binding_id)
        minutes = round(STEP_SECONDS / 60)
        return [self._words.said("utter_wechat_bind_code", phone_tail=phone[-4:], minutes=minutes)]

    async def _confirm(self, openid: str, binding_id: str, code: str) -> list[Said]:
        try:
            binding = await asyncio.to_thread(self._bindings.confirm, binding_id, openid, code)
        except BindingCodeWrong as error:
            return [self._words.said(error.response, tries_left=error.details().get("tries_left"))]
        except (BindingCodeExpired, BindingCodeUsedUp, BindingNotFound) as error:
            await self._store.soon(self._people.end_step, openid)
            return [self._words.said(error.response)]
        await self._store.soon(self._speaking.bound, openid, binding)
        response = "utter_wechat_bound_also_elsewhere" if binding.others else "utter_wechat_bound"
        return [self._words.said(response, display_name=binding.display_name, others=binding.others)]


def _plain(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed).strip().strip("「」『』“”\"'。.!！~ ").strip()
