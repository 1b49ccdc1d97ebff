"""What the two halves of the channel hand to each other: what the bot says, and what WeChat can send of it.

The protocol (deliveries, five seconds, quota, platform) knows nothing of how things are worded; the forms (menus, lists, tables,
binding) know nothing of XML and quotas. This is all that lies between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Button:
    """One answer to tap; the payload is as the bot made it, not sealed."""

    title: str
    payload: str


@dataclass(frozen=True)
class Said:
    """One message of the bot, as the conversation made it."""

    text: str = ""
    buttons: tuple[Button, ...] = ()
    card: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        buttons = [{"title": button.title, "payload": button.payload} for button in self.buttons]
        return {"text": self.text, "buttons": buttons, "card": dict(self.card) if self.card is not None else None}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Said:
        """What `to_json` kept."""
        buttons = tuple(Button(button["title"], button["payload"]) for button in kept.get("buttons") or ())
        return cls(kept.get("text") or "", buttons, kept.get("card"))


@dataclass(frozen=True)
class Piece:
    """One thing WeChat can send: exactly one of these kinds.

    Attributes:
        kind: `menu` and `miniprogram` exist only as customer-service messages, the others as passive replies too.
        text: the text, at most 2,048 bytes of UTF-8, or the menu's head.
        items: of a menu: id and title of each.
        tail: of a menu: what stands below it.
        title: of news and mini-programmes, as `description`, `url` (for a mini-programme: the page's path) and `picture_url`.
        png: of an image; it is uploaded as temporary media.
    """

    kind: Literal["text", "menu", "news", "image", "miniprogram"]
    text: str = ""
    items: tuple[tuple[str, str], ...] = ()
    tail: str = ""
    title: str = ""
    description: str = ""
    url: str = ""
    picture_url: str = ""
    png: bytes = b""


@dataclass(frozen=True)
class Meant:
    """What the bot is given to read: a text of the borrower's, or a payload that the bot itself made. Exactly one of the two."""

    text: str = ""
    payload: str = ""
