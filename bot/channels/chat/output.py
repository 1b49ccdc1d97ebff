"""What the bot says, on its way into the history and from there to every device of the conversation."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from rasa.core.channels.channel import OutputChannel

from bot.channels import payloads

log = logging.getLogger(__name__)

Keep = Callable[[str, dict[str, Any]], Awaitable[None]]


class ChatOutput(OutputChannel):
    """Rasa's output channel for one turn of the chat.

    Args:
        keep: puts a message of a conversation into the history and sends it to the devices.
        secret: what payloads are sealed with.

    Attributes:
        count: how many messages the bot has said through it.
    """

    def __init__(self, keep: Keep, secret: str) -> None:
        self._keep = keep
        self._secret = secret
        self.count = 0

    @classmethod
    def name(cls) -> str:
        """The name of the response variants in the domain; the chat shares its words with the web over HTTP."""
        return "web"

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """One message. Rasa's own splits at blank lines; a table and its heading belong together."""
        await self._say(recipient_id, {"text": text})

    async def send_text_with_buttons(self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any) -> None:
        """One message with its buttons."""
        shown = [{"title": button["title"], "payload": button["payload"]} for button in buttons]
        await self._say(recipient_id, {"text": text, "buttons": payloads.issue_within(shown, recipient_id, self._secret)})

    async def send_custom_json(self, recipient_id: str, json_message: Any, **kwargs: Any) -> None:
        """A card, `{"card": {"type": …}}`; anything else is no message of this channel."""
        card = json_message.get("card") if isinstance(json_message, dict) else None
        if not isinstance(card, dict) or not isinstance(card.get("type"), str):
            log.warning("the chat shows cards only; something else was left out")
            return
        await self._say(recipient_id, {"card": payloads.issue_within(card, recipient_id, self._secret)})

    async def send_image_url(self, recipient_id: str, image: str, **kwargs: Any) -> None:
        """Left out: the widget loads nothing from outside."""
        log.warning("the chat shows no images; one was left out")

    async def send_attachment(self, recipient_id: str, attachment: Any, **kwargs: Any) -> None:
        """Left out: what an attachment says is a card here."""
        log.warning("the chat shows no attachments; one was left out")

    async def send_elements(self, recipient_id: str, elements: Iterable[dict[str, Any]], **kwargs: Any) -> None:
        """Left out, as attachments are."""
        log.warning("the chat shows no elements; some were left out")

    async def _say(self, conversation_id: str, said: dict[str, Any]) -> None:
        self.count += 1
        await self._keep(conversation_id, said)
