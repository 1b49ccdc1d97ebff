"""WeChat's calls to an account's address: signed, perhaps encrypted, five seconds, three tries."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import aiohttp
import xmltodict
from wechatpy.crypto import WeChatCrypto

from tests.support.wechat.account import NO_ANSWER, Account, Person, checked


@dataclass
class Outcome:
    """How a message went: status and body of each try (0: no answer in time), and what came with the last."""

    tries: list[tuple[int, str]] = field(default_factory=list)
    reply: dict[str, Any] | None = None
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """The words of a passive reply; empty when there was none."""
        return str((self.reply or {}).get("Content") or "")


class Calls:
    """Makes the calls.

    Args:
        account: whose messages they are.
        url: the address that its server configuration names.
        hang_up_seconds: after which a call is given up.
        tries: how often a message is delivered.
        same_nonce: whether a repeated call is the same to the last character, or signed anew.
    """

    def __init__(
        self, account: Account, url: str, *, hang_up_seconds: float = 5.0, tries: int = 3, same_nonce: bool = False
    ) -> None:
        self.account = account
        self.url = url
        self.hang_up_seconds = hang_up_seconds
        self.tries = tries
        self.same_nonce = same_nonce
        self.session: aiohttp.ClientSession | None = None

    # What people do.

    async def say(self, openid: str, text: str, **options: Any) -> Outcome:
        """Somebody types a message."""
        person = self.account.person(openid)
        self.account.show(person, "borrower", "text", text=text)
        self.account.grant(person, "message")
        return await self.deliver(person, {"MsgType": "text", "Content": text}, **options)

    async def tap(self, openid: str, title: str) -> Outcome:
        """Somebody taps an item of the newest menu message that has it."""
        person = self.account.person(openid)
        menus = [row for row in person.shown if row["kind"] == "menu" and any(title in item for _, item in row["items"])]
        assert menus, f"no menu message offers {title!r}: {person.shown}"
        item_id, content = next(item for item in menus[-1]["items"] if title in item[1])
        return await self.tap_item(openid, item_id, content)

    async def tap_item(self, openid: str, item_id: str, content: str) -> Outcome:
        """Somebody taps this item of a menu message."""
        person = self.account.person(openid)
        self.account.show(person, "borrower", "text", text=content)
        self.account.grant(person, "click")
        return await self.deliver(person, {"MsgType": "text", "Content": content, "bizmsgmenuid": item_id})

    async def event(self, openid: str, event: str, key: str = "", **more: Any) -> Outcome:
        """An event, such as CLICK, subscribe, SCAN."""
        person = self.account.person(openid)
        if event == "unsubscribe":
            person.follows = False
        elif event in ("CLICK", "subscribe", "SCAN"):
            person.follows = True
            self.account.grant(person, "click")
        fields = {"MsgType": "event", "Event": event, **({"EventKey": key} if key else {}), **more}
        return await self.deliver(person, fields)

    async def picture(self, openid: str, content: bytes, mime: str = "image/png") -> Outcome:
        """Somebody sends a picture."""
        person = self.account.person(openid)
        media_id = f"media-{secrets.token_hex(8)}"
        self.account.media[media_id] = (content, mime)
        self.account.show(person, "borrower", "image", media_id=media_id)
        self.account.grant(person, "message")
        return await self.deliver(person, {"MsgType": "image", "MediaId": media_id, "PicUrl": "http://mmbiz.qpic.cn/x"})

    async def location(self, openid: str, latitude: float, longitude: float, label: str) -> Outcome:
        """Somebody sends where they are."""
        person = self.account.person(openid)
        self.account.show(person, "borrower", "text", text=f"📍 {label}")
        self.account.grant(person, "message")
        fields = {"MsgType": "location", "Location_X": latitude, "Location_Y": longitude, "Scale": 15, "Label": label}
        return await self.deliver(person, fields)

    async def accept_subscription(self, openid: str, choice: str = "accept") -> Outcome:
        """Somebody answers the question about a subscribe message."""
        person = self.account.person(openid)
        if choice == "accept":
            person.consents += 1
        row = {"TemplateId": self.account.template_id, "SubscribeStatusString": choice, "PopupScene": 2}
        return await self.event(openid, "subscribe_msg_popup_event", SubscribeMsgPopupEvent={"List": row})

    # How it is delivered.

    async def deliver(self, person: Person, fields: dict[str, Any], urls: list[str] | None = None) -> Outcome:
        """Delivers until there is an answer; the phone shows it, or that there is none.

        Args:
            person: who did something.
            fields: what they did.
            urls: where each try goes; the account's address when None.
        """
        xml = self.message(person.openid, fields)
        outcome = Outcome()
        began = asyncio.get_running_loop().time()
        query = self.query(xml)
        for number in range(self.tries):
            if number and not self.same_nonce:
                query = self.query(xml)
            status, body = await self.post(urls[number] if urls else self.url, *query)
            outcome.tries.append((status, body))
            if status == 200:
                outcome.reply = self.read(body, query[0])
                break
        outcome.seconds = asyncio.get_running_loop().time() - began
        if outcome.tries[-1][0] != 200:
            self.account.show(person, "system", "text", text=NO_ANSWER)
        elif outcome.reply is not None:
            self._show(person, outcome.reply)
        return outcome

    def message(self, openid: str, fields: dict[str, Any]) -> str:
        """The XML of a message."""
        whole = {
            "ToUserName": self.account.own_id,
            "FromUserName": openid,
            "CreateTime": int(self.account.clock()),
            **fields,
            **({} if fields["MsgType"] == "event" else {"MsgId": self.account.message_id()}),
        }
        return f"<xml>{_nodes(whole)}</xml>"

    def query(self, xml: str, token: str | None = None, timestamp: int | None = None) -> tuple[dict[str, str], str]:
        """Query and body of a call with this message, signed now."""
        token = self.account.token if token is None else token
        moment = str(int(self.account.clock()) if timestamp is None else timestamp)
        nonce = secrets.token_hex(5)
        query = {"signature": signature(token, moment, nonce), "timestamp": moment, "nonce": nonce}
        if self.account.mode == "plain":
            return query, xml
        crypto = WeChatCrypto(token, self.account.aes_key, self.account.app_id)
        sealed = xmltodict.parse(crypto.encrypt_message(xml, nonce, moment))["xml"]
        query |= {"encrypt_type": "aes", "msg_signature": sealed["MsgSignature"]}
        body = f"<ToUserName><![CDATA[{self.account.own_id}]]></ToUserName><Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt>"
        in_clear = xml[5:-6] if self.account.mode == "compatible" else ""
        return query, f"<xml>{in_clear.replace('<ToUserName>', '<To>').replace('</ToUserName>', '</To>')}{body}</xml>"

    async def post(self, url: str, query: dict[str, str], body: str | bytes) -> tuple[int, str]:
        """Status and body of one call; 0 when there was no answer in time, or no server."""
        if self.session is None:
            self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        timeout = aiohttp.ClientTimeout(total=self.hang_up_seconds)
        data = body.encode() if isinstance(body, str) else body
        headers = {"Content-Type": "text/xml"}
        try:
            async with self.session.post(url, params=query, data=data, timeout=timeout, headers=headers) as answer:
                return answer.status, await answer.text()
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return 0, ""

    async def get(self, query: dict[str, str]) -> tuple[int, str]:
        """The call by which the address is verified."""
        if self.session is None:
            self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        async with self.session.get(self.url, params=query) as answer:
            return answer.status, await answer.text()

    def read(self, body: str, query: dict[str, str]) -> dict[str, Any] | None:
        """The passive reply in an answer; None for `success` and for nothing.

        Raises:
            AssertionError: WeChat would say that the service is out of order.
        """
        if body in ("", "success"):
            return None
        fields = xmltodict.parse(body)["xml"]
        if self.account.mode != "plain":
            crypto = WeChatCrypto(self.account.token, self.account.aes_key, self.account.app_id)
            plain = crypto.decrypt_message(body, fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"])
            fields = xmltodict.parse(plain)["xml"]
        assert fields["FromUserName"] == self.account.own_id, fields
        if fields["MsgType"] == "text":
            checked(fields["Content"])
        return dict(fields)

    async def close(self) -> None:
        """Gives back the connections."""
        if self.session is not None:
            await self.session.close()

    def _show(self, person: Person, reply: dict[str, Any]) -> None:
        kind = reply["MsgType"]
        if kind == "text":
            self.account.show(person, "account", "text", text=reply["Content"], by="passive")
        elif kind == "image":
            self.account.show(person, "account", "image", media_id=reply["Image"]["MediaId"], by="passive")
        elif kind == "news":
            item = reply["Articles"]["item"]
            what = {"title": item["Title"], "text": item["Description"] or "", "url": item["Url"]}
            self.account.show(person, "account", "news", by="passive", **what)


def signature(token: str, *parts: str) -> str:
    """SHA-1 of the parts, sorted."""
    return hashlib.sha1("".join(sorted([token, *parts])).encode()).hexdigest()


def _nodes(fields: dict[str, Any]) -> str:
    def node(name: str, value: Any) -> str:
        if isinstance(value, dict):
            return f"<{name}>{_nodes(value)}</{name}>"
        return f"<{name}>{value}</{name}>" if isinstance(value, int) else f"<{name}>{_text(str(value))}</{name}>"

    return "".join(node(name, value) for name, value in fields.items())


def _text(value: str) -> str:
    return escape(value) if "]]>" in value else f"<![CDATA[{value}]]>"
