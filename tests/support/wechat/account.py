"""WeChat's side of an official account: who follows it, what it may send them, and what their phones show.

Written from the platform's rules (anchors: part C1), not from the bot's code, so that the two can disagree.
"""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

OUTSIDE_WINDOW, QUOTA, NOT_FOLLOWED, NO_CONSENT, BAD_TOKEN, NO_RIGHT, BUSY = 45015, 45047, 43004, 43101, 40001, 48001, -1
NO_ANSWER = "该公众号提供的服务出现故障，请稍后再试"


class PlatformRefuses(Exception):
    """An errcode with its message."""

    def __init__(self, errcode: int, message: str) -> None:
        super().__init__(f"{errcode} {message}")
        self.errcode = errcode
        self.message = message


@dataclass
class Person:
    """Somebody with a phone. `shown` is what the chat on it shows, in order."""

    openid: str
    follows: bool = True
    grants: dict[str, tuple[float, int]] = field(default_factory=dict)  # kind → until when, how many are left
    consents: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)
    service_messages: int = 0

    def texts(self) -> list[str]:
        """What the account said, as far as it is text."""
        return [row["text"] for row in self.shown if row["from"] == "account" and row.get("text")]


class Account:
    """The account, as the platform keeps it.

    Args:
        token: that calls are signed with.
        aes_key: 43 characters, or empty.
        mode: `plain`, `compatible` or `safe`.
        may_send: whether it may send customer-service messages.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        token: str = "token-of-the-simulator",
        aes_key: str = "",
        mode: str = "",
        *,
        may_send: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.app_id = "wx0123456789abcdef"
        self.secret = "secret-of-the-simulator"
        self.own_id = "gh_0123456789ab"
        self.template_id = "template-of-the-simulator"
        self.token = token
        self.aes_key = aes_key
        self.mode = mode or ("safe" if aes_key else "plain")
        self.may_send = may_send
        self.clock = clock
        self.people: dict[str, Person] = {}
        self.menu: dict[str, Any] = {}
        self.media: dict[str, tuple[bytes, str]] = {}
        self.tokens: list[str] = []
        self.tokens_given = 0
        self.faults: list[tuple[str, int]] = []  # the next calls of a path that are refused, and with what
        self.subscribe_messages: list[dict[str, Any]] = []
        self._ids = itertools.count(int(clock() * 1000) * 1000)

    def person(self, openid: str) -> Person:
        """Somebody; they follow the account from now on, if they are new."""
        return self.people.setdefault(openid, Person(openid))

    def message_id(self) -> str:
        """A new MsgId."""
        return str(next(self._ids))

    # What people do grants messages.

    def grant(self, person: Person, kind: str) -> None:
        """`message`: 5 in 48 hours; `click`: 3 in a minute."""
        seconds, number = (48 * 3600, 5) if kind == "message" else (60, 3)
        person.grants[kind] = (self.clock() + seconds, number)

    def show(self, person: Person, sender: str, kind: str, **what: Any) -> None:
        """Puts something on the phone's screen."""
        row = {"from": sender, "kind": kind, "at": self.clock(), "number": len(person.shown), **what}
        person.shown.append(row)

    # What the account sends.

    def new_token(self, app_id: str, secret: str) -> str:
        """A token; the one before the last is worthless from now on."""
        if app_id != self.app_id:
            raise PlatformRefuses(40013, "invalid appid")
        if secret != self.secret:
            raise PlatformRefuses(40125, "invalid appsecret")
        self.tokens_given += 1
        self.tokens = [*self.tokens[-1:], f"token-{secrets.token_hex(12)}"]
        return self.tokens[-1]

    def check(self, path: str, token: str) -> None:
        """Refuses a call without a token in force, and those that a test wants refused."""
        for fault in list(self.faults):
            if fault[0] in path:
                self.faults.remove(fault)
                raise PlatformRefuses(fault[1], "a fault on order")
        if token not in self.tokens:
            raise PlatformRefuses(BAD_TOKEN, "invalid credential, access_token is invalid or not latest")

    def send(self, message: dict[str, Any]) -> None:
        """A customer-service message."""
        if not self.may_send:
            raise PlatformRefuses(NO_RIGHT, "api unauthorized")
        person = self.people.get(str(message.get("touser")))
        if person is None or not person.follows:
            raise PlatformRefuses(NOT_FOLLOWED, "require subscribe")
        shown = self._shown(message)
        live = {kind: left for kind, (until, left) in person.grants.items() if until > self.clock()}
        if not live:
            raise PlatformRefuses(OUTSIDE_WINDOW, "response out of time limit or subscription is canceled")
        kind = next((kind for kind in ("click", "message") if live.get(kind, 0) > 0), None)
        if kind is None:
            raise PlatformRefuses(QUOTA, "out of response count limit")
        until, left = person.grants[kind]
        person.grants[kind] = (until, left - 1)
        person.service_messages += 1
        self.show(person, "account", **shown, by="service")

    def send_subscribe_message(self, message: dict[str, Any]) -> None:
        """A subscribe message, for a consent."""
        person = self.people.get(str(message.get("touser")))
        if message.get("template_id") != self.template_id:
            raise PlatformRefuses(40037, "invalid template_id")
        if person is None or person.consents <= 0:
            raise PlatformRefuses(NO_CONSENT, "user refuse to accept the msg")
        person.consents -= 1
        self.subscribe_messages.append(message)
        text = "\n".join(str(row["value"]) for row in message["data"].values())
        self.show(person, "account", "subscribe", text=text, by="subscribe")

    def _shown(self, message: dict[str, Any]) -> dict[str, Any]:
        kind = str(message.get("msgtype"))
        body = message.get(kind)
        if not isinstance(body, dict):
            raise PlatformRefuses(40008, "invalid message type")
        if kind == "text":
            return {"kind": "text", "text": checked(body["content"])}
        if kind == "image":
            if body.get("media_id") not in self.media:
                raise PlatformRefuses(40007, "invalid media_id")
            return {"kind": "image", "media_id": body["media_id"]}
        if kind == "news":
            (article,) = body["articles"]
            return {"kind": "news", "title": article["title"], "text": article["description"], "url": article["url"]}
        if kind == "msgmenu":
            items = [(str(row["id"]), str(row["content"])) for row in body["list"]]
            return {"kind": "menu", "text": checked(body["head_content"]), "items": items, "tail": body.get("tail_content", "")}
        if kind == "miniprogrampage":
            return {"kind": "miniprogram", "title": body["title"], "url": body["pagepath"]}
        raise PlatformRefuses(40008, "invalid message type")


def checked(text: str) -> str:
    """A text that is not too long.

    Raises:
        PlatformRefuses: 45002.
    """
    if not 0 < len(text.encode()) <= 2048:
        raise PlatformRefuses(45002, "content size out of limit")
    return text
