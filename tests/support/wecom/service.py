"""WeCom's side of customer service: what people write, what may be sent to them, and what their phones show.

Written from the platform's rules (its pages 94670, 94677 and 95122, and anchors: part C1), not from the bot's code.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

TOO_MANY, TOO_LATE, BY_PERSON, BAD_MESSAGE_TOKEN, BAD_TOKEN, NO_ACCOUNT, BUSY = 95001, 95002, 95018, 95007, 40014, 95000, -1
ACCOUNT = "wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q"


class ServiceRefuses(Exception):
    """An errcode with its message."""

    def __init__(self, errcode: int, message: str) -> None:
        super().__init__(f"{errcode} {message}")
        self.errcode = errcode
        self.message = message


@dataclass
class Customer:
    """Somebody in WeChat who talks to an account; `shown` is what the chat shows, in order."""

    external_userid: str
    left: int = 0
    until: float = 0.0
    by_person: bool = False
    shown: list[dict[str, Any]] = field(default_factory=list)

    def texts(self) -> list[str]:
        """What the account said."""
        return [str(row["text"]) for row in self.shown if row["from"] == "account" and row.get("text")]


class Service:
    """A corp with its customer service, as the platform keeps it.

    Args:
        clock: seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.corp_id = "ww0123456789abcdef"
        self.secret = "secret-of-the-customer-service"
        self.token = "tokenOfTheCallback"
        self.aes_key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
        self.clock = clock
        self.customers: dict[str, Customer] = {}
        self.log: list[dict[str, Any]] = []  # of all accounts, in order; a cursor is a place in it
        self.message_token = ""
        self.tokens: list[str] = []
        self.tokens_given = 0
        self.codes: dict[str, str] = {}  # code of a welcome → who
        self.media: dict[str, tuple[bytes, str]] = {}
        self.faults: list[tuple[str, int]] = []  # the next calls of a path that are refused, and with what
        self.pulls: list[dict[str, Any]] = []
        self.page = 100

    def customer(self, external_userid: str) -> Customer:
        """Somebody."""
        return self.customers.setdefault(external_userid, Customer(external_userid))

    # What people do.

    def write(self, external_userid: str, kind: str, body: dict[str, Any], *, origin: int = 3, age: float = 0.0) -> str:
        """Somebody writes; the message's id."""
        customer = self.customer(external_userid)
        if origin == 3:
            customer.left, customer.until = 5, self.clock() + 48 * 3600
        customer.shown.append({"from": "borrower" if origin == 3 else "servicer", "kind": kind, **body})
        return self._append(
            {
                "open_kfid": ACCOUNT,
                "external_userid": external_userid,
                "send_time": int(self.clock() - age),
                "origin": origin,
                "msgtype": kind,
                kind: body,
            }
        )

    def tap(self, external_userid: str, title: str) -> str:
        """Somebody taps an item of the newest menu message that has it."""
        menus = [row for row in self.customer(external_userid).shown if row["kind"] == "msgmenu"]
        item_id = next(item_id for item_id, content in menus[-1]["items"] if content == title)
        return self.write(external_userid, "text", {"content": title, "menu_id": item_id})

    def enter(self, external_userid: str, scene: str = "") -> str:
        """Somebody opens the chat for the first time in a while; the code for their welcome."""
        code = f"CODE{secrets.token_hex(8)}"
        self.codes[code] = external_userid
        self.event("enter_session", external_userid=external_userid, scene=scene, welcome_code=code)
        return code

    def event(self, event: str, **fields: Any) -> str:
        """An event; these name account and borrower inside."""
        body = {"event_type": event, "open_kfid": ACCOUNT, **fields}
        return self._append({"send_time": int(self.clock()), "origin": 4, "msgtype": "event", "event": body})

    def _append(self, message: dict[str, Any]) -> str:
        message_id = f"kf{secrets.token_hex(12)}"
        self.log.append({"msgid": message_id, **message})
        return message_id

    # What the corp calls.

    def new_token(self, corp_id: str, secret: str) -> str:
        """A token."""
        if corp_id != self.corp_id:
            raise ServiceRefuses(40013, "invalid corpid")
        if secret != self.secret:
            raise ServiceRefuses(40001, "invalid credential")
        self.tokens_given += 1
        self.tokens.append(f"access-{secrets_hex()}")
        return self.tokens[-1]

    def check(self, path: str, token: str) -> None:
        """Refuses a call without a token in force, and those that a test wants refused."""
        for fault in list(self.faults):
            if fault[0] in path:
                self.faults.remove(fault)
                raise ServiceRefuses(fault[1], "a fault on order")
        if token not in self.tokens:
            raise ServiceRefuses(BAD_TOKEN, "invalid access_token")

    def sync(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A page of what came after the cursor."""
        self.pulls.append(asked)
        if asked.get("open_kfid") != ACCOUNT:
            raise ServiceRefuses(NO_ACCOUNT, "invalid open_kfid")
        if asked.get("token") and asked["token"] != self.message_token:
            raise ServiceRefuses(BAD_MESSAGE_TOKEN, "invalid msg token")
        begin = int(str(asked.get("cursor") or "c0").removeprefix("c"))
        end = min(len(self.log), begin + min(self.page, int(asked.get("limit", 1000))))
        return {"next_cursor": f"c{end}", "has_more": int(end < len(self.log)), "msg_list": self.log[begin:end]}

    def send(self, message: dict[str, Any]) -> dict[str, Any]:
        """A message within what a borrower's own allows."""
        if message.get("open_kfid") != ACCOUNT:
            raise ServiceRefuses(NO_ACCOUNT, "invalid open_kfid")
        customer = self.customers.get(str(message.get("touser")))
        if customer is None or customer.until < self.clock():
            raise ServiceRefuses(TOO_LATE, "send msg time limit exceed")
        if customer.by_person:
            raise ServiceRefuses(BY_PERSON, "send msg session status invalid")
        shown = self._shown(message)
        if customer.left <= 0:
            raise ServiceRefuses(TOO_MANY, "send msg count limit exceed")
        customer.left -= 1
        customer.shown.append({"from": "account", "by": "send_msg", **shown})
        return {"msgid": f"kf{secrets_hex()}"}

    def send_on_event(self, message: dict[str, Any]) -> dict[str, Any]:
        """A welcome, for its code."""
        if message.get("msgtype") not in ("text", "msgmenu"):
            raise ServiceRefuses(40008, "invalid message type")
        who = self.codes.pop(str(message.get("code")), None)
        if who is None:
            raise ServiceRefuses(40073, "invalid code")
        self.customer(who).shown.append({"from": "account", "by": "send_msg_on_event", **self._shown(message)})
        return {"msgid": f"kf{secrets_hex()}"}

    def _shown(self, message: dict[str, Any]) -> dict[str, Any]:
        kind = str(message.get("msgtype"))
        body = message.get(kind)
        if not isinstance(body, dict):
            raise ServiceRefuses(40008, "invalid message type")
        if kind == "text":
            return {"kind": kind, "text": checked(body["content"], 2048)}
        if kind == "msgmenu":
            rows = body["list"]
            if not 0 < len(rows) <= 10:
                raise ServiceRefuses(95008, "menu item count limit exceed")
            items = [(row["click"]["id"], checked(row["click"]["content"], 128)) for row in rows if row["type"] == "click"]
            return {"kind": kind, "text": checked(body["head_content"], 1024), "items": items}
        if kind == "image":
            self._must_be_media(body["media_id"])
            return {"kind": kind, "media_id": body["media_id"]}
        if kind == "link":
            self._must_be_media(body["thumb_media_id"])
            return {"kind": kind, "text": checked(body["title"], 128), "url": checked(body["url"], 2048)}
        raise ServiceRefuses(40008, "invalid message type")

    def _must_be_media(self, media_id: str) -> None:
        if media_id not in self.media:
            raise ServiceRefuses(40007, "invalid media_id")


def checked(text: str, most: int) -> str:
    """A text that is not too long.

    Raises:
        ServiceRefuses: 45002.
    """
    if not 0 < len(text.encode()) <= most:
        raise ServiceRefuses(45002, "content size out of limit")
    return text


def secrets_hex() -> str:
    """Something nobody guesses."""
    return secrets.token_hex(12)
