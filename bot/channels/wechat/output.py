"""What the bot says in one turn, as messages of the conversation; how WeChat shows them is decided when they are sent."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from rasa.core.channels.channel import OutputChannel

from bot.channels.wechat.said import Button, Said

log = logging.getLogger(__name__)


class WeChatOutput(OutputChannel):
    """Rasa's output channel for one turn.

    Attributes:
        said: what the bot has said, in order.
    """

    def __init__(self) -> None:
        self.said: list[Said] = []

    @classmethod
    def name(cls) -> str:
        """The name of the response variants in the domain."""
        return "wechat"

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """One message. Rasa's own splits at blank lines; a table and its heading belong together."""
        self.said.append(Said(text=text))

    async def send_text_with_buttons(self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any) -> None:
        """One message with its buttons."""
        self.said.append(Said(text=text, buttons=tuple(Button(button["title"], button["payload"]) for button in buttons)))

    async def send_custom_json(self, recipient_id: str, json_message: Any, **kwargs: Any) -> None:
        """A card, `{"card": {"type": …}}`; anything else is no message of this channel."""
        card = json_message.get("card") if isinstance(json_message, dict) else None
        if not isinstance(card, dict) or not isinstance(card.get("type"), str):
            log.warning("WeChat shows cards only; something else was left out")
            return
        self.said.append(Said(card=card))

    async def send_image_url(self, recipient_id: str, image: str, **kwargs: Any) -> None:
        """Left out: pictures are drawn here, not fetched from an address that the bot happens to name."""
        log.warning("WeChat shows no images by address; one was left out")

    async def send_attachment(self, recipient_id: str, attachment: Any, **kwargs: Any) -> None:
        """Left out: what an attachment says is a card here."""
        log.warning("WeChat shows no attachments; one was left out")

    async def send_elements(self, recipient_id: str, elements: Iterable[dict[str, Any]], **kwargs: Any) -> None:
        """Left out, as attachments are."""
        log.warning("WeChat shows no elements; some were left out")
