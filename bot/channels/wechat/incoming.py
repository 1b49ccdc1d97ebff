"""One message or event of WeChat's, read: whatever wechatpy raises on the way is one refusal here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import xmltodict
from wechatpy.parser import parse_message

MAX_BODY_BYTES = 64 * 1024


class NotReadable(Exception):  # noqa: N818 - a sentence: it is not readable
    """A body that is no message of WeChat's; the message is for the log and holds nothing of the body."""


@dataclass(frozen=True)
class Incoming:
    """What a borrower did, as the platform tells it.

    Attributes:
        kind: `text`, `image`, `voice`, `video`, `shortvideo`, `location`, `link`, `file`, `event`, or the platform's name of
            something newer.
        openid: who, within this account.
        account: the account's own id (`gh_…`), to which the message was sent.
        delivery_key: the same for every delivery of the same message.
        created_at: seconds since 1970, by the platform's clock.
        text: what was typed; for a menu message its title.
        bizmsgmenuid: id of the menu message's item that was tapped.
        event: lower case, such as `click`, `view`, `subscribe`, `unsubscribe`, `scan`, `location`.
        event_key: of a menu or a scene, without the prefix `qrscene_`.
        ticket: of a scanned code.
        media_id: of a picture, a voice or a video.
        format: of a voice.
        recognition: what WeChat heard in a voice, when the account has that right.
        title: of a link or a file.
        status: of an event that reports on a message sent, such as `success`.
        consents: template and choice (`accept`, `reject`) of each subscribe message that the borrower was asked about.
    """

    kind: str
    openid: str
    account: str
    delivery_key: str
    created_at: int
    text: str = ""
    bizmsgmenuid: str = ""
    event: str = ""
    event_key: str = ""
    ticket: str = ""
    media_id: str = ""
    format: str = ""
    recognition: str = ""
    latitude: float | None = None
    longitude: float | None = None
    label: str = ""
    title: str = ""
    url: str = ""
    picture_url: str = ""
    status: str = ""
    consents: tuple[tuple[str, str], ...] = ()

    @property
    def is_typed(self) -> bool:
        """Whether the borrower sent a message of their own, which opens the window of 48 hours."""
        return self.kind != "event" and not self.bizmsgmenuid

    def to_json(self) -> dict[str, Any]:
        """As it is kept until it is answered."""
        return {key: value for key, value in asdict(self).items() if value not in ("", None, ())}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Incoming:
        """What `to_json` kept."""
        return cls(**{**kept, "consents": ()})


def read_incoming(xml: bytes | str) -> Incoming:
    """The message in a body that has been verified (and decrypted).

    Raises:
        NotReadable: it is no message; wechatpy raises TypeError, KeyError, ExpatError, ValueError and others for that.
    """
    try:
        text = xml.decode("utf-8") if isinstance(xml, bytes) else xml
        fields = xmltodict.parse(text)["xml"]
        parse_message(text)  # its own view of what a message has to have
        return _incoming({key: "" if value is None else value for key, value in fields.items()})
    except Exception as error:  # all that wechatpy, xmltodict and expat raise on bad input
        raise NotReadable(f"not a message of WeChat's: {type(error).__name__}") from error


def _incoming(fields: dict[str, Any]) -> Incoming:
    def text(name: str) -> str:
        value = fields.get(name, "")
        return value if isinstance(value, str) else ""

    kind, openid, event = text("MsgType").lower(), text("FromUserName"), text("Event").lower()
    event_key = text("EventKey")
    if not kind or not openid or len(openid) > 64 or not openid.isascii() or (kind == "event" and not event):
        raise ValueError("a name is missing")
    created_at = int(text("CreateTime"))
    return Incoming(
        kind=kind,
        openid=openid,
        account=text("ToUserName"),
        delivery_key=_delivery_key(text("MsgId") if kind != "event" else "", openid, created_at, event, event_key, kind),
        created_at=created_at,
        text=text("Content"),
        bizmsgmenuid=text("bizmsgmenuid"),
        event=event,
        event_key=event_key.removeprefix("qrscene_") if event == "subscribe" else event_key,
        ticket=text("Ticket"),
        media_id=text("MediaId"),
        format=text("Format"),
        recognition=text("Recognition"),
        latitude=_degrees(text("Location_X") or text("Latitude")),
        longitude=_degrees(text("Location_Y") or text("Longitude")),
        label=text("Label"),
        title=text("Title"),
        url=text("Url"),
        picture_url=text("PicUrl"),
        status=text("Status"),
        consents=_consents(fields.get("SubscribeMsgPopupEvent")),
    )


def _delivery_key(message_id: str, openid: str, created_at: int, event: str, event_key: str, kind: str) -> str:
    """A message by its MsgId; an event by sender, time, event and key, since location events of one second are two."""
    if message_id:
        return f"m:{message_id}"[:160]
    return f"e:{openid}:{created_at}:{event or kind}:{event_key}"[:160]


def _consents(popup: Any) -> tuple[tuple[str, str], ...]:
    """A list when the borrower was asked about several, one element when about one."""
    listed = popup.get("List") if isinstance(popup, dict) else None
    rows = listed if isinstance(listed, list) else [listed]
    return tuple((str(row.get("TemplateId")), str(row.get("SubscribeStatusString"))) for row in rows if isinstance(row, dict))


def _degrees(written: str) -> float | None:
    return float(written) if written else None
