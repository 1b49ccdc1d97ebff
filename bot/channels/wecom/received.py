"""One message or event of `kf/sync_msg`, read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.wechat.incoming import Incoming, NotReadable

FROM_CUSTOMER = 3
_ID = re.compile(r"[0-9A-Za-z_\-]{1,64}")
_LONGEST_MESSAGE_ID = 150


@dataclass(frozen=True)
class Received:
    """What was pulled.

    Attributes:
        message_id: `msgid`, the same each time it is pulled.
        open_kfid: the account.
        external_userid: the borrower, within this corp.
        origin: 3: the borrower's own; 4: the system's; 5: a servicer's.
        sent_at: seconds since 1970.
        kind: `text`, `image`, … or `event`.
        body: what belongs to the kind.
    """

    message_id: str
    open_kfid: str
    external_userid: str
    origin: int
    sent_at: int
    kind: str
    body: Mapping[str, Any]

    @property
    def event(self) -> str:
        """What kind of event; empty for a message."""
        return _text(self.body, "event_type") if self.kind == "event" else ""

    def incoming(self) -> Incoming:
        """As the conversation takes it; opening the chat is what following is to an official account."""
        body = self.body
        is_event = self.kind == "event"
        return Incoming(
            kind=self.kind,
            openid=self.external_userid,
            account=self.open_kfid,
            delivery_key=f"m:{self.message_id}",
            created_at=self.sent_at,
            text=_text(body, "content") if self.kind == "text" else "",
            bizmsgmenuid=_text(body, "menu_id"),
            event="subscribe" if is_event else "",
            event_key=_text(body, "scene") if is_event else "",
            media_id=_text(body, "media_id"),
            latitude=_degrees(body, "latitude"),
            longitude=_degrees(body, "longitude"),
            label=_text(body, "name") or _text(body, "address"),
            title=_text(body, "title"),
            url=_text(body, "url"),
        )


def read_received(message: Any) -> Received:
    """The message in a row of `msg_list`.

    Raises:
        NotReadable: it is none; the exception's text holds nothing of it.
    """
    try:
        kind = message["msgtype"]
        body = message.get(kind) or {}
        if not isinstance(kind, str) or not isinstance(body, Mapping):
            raise TypeError
        event = body if kind == "event" else {}
        message_id = message["msgid"]
        # Events name account and borrower inside.
        open_kfid = message.get("open_kfid") or event.get("open_kfid") or ""
        external_userid = message.get("external_userid") or event.get("external_userid") or ""
        if not isinstance(message_id, str) or not 0 < len(message_id) <= _LONGEST_MESSAGE_ID:
            raise ValueError
        if not is_id(open_kfid) or (external_userid and not is_id(external_userid)):
            raise ValueError
        return Received(
            message_id, open_kfid, external_userid, int(message.get("origin", 0)), int(message.get("send_time", 0)), kind, body
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise NotReadable(f"not a message of WeCom's: {type(error).__name__}") from error


def is_id(name: object) -> bool:
    """Whether it can be the id of an account or a borrower."""
    return isinstance(name, str) and bool(_ID.fullmatch(name))


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _degrees(body: Mapping[str, Any], name: str) -> float | None:
    value = body.get(name)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
