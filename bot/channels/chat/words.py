"""The few words that the channel itself says, when nobody else is left to say them; they stand in `domain/chat.yml`."""

from __future__ import annotations

from string import Formatter
from typing import Any

from bot.domain import read_domain


class ChannelWords:
    """Responses of the domain whose placeholders are the lender's own slots, such as `{human_phone}`."""

    def __init__(self, domain: dict[str, Any] | None = None) -> None:
        domain = read_domain() if domain is None else domain
        self._responses: dict[str, list[dict[str, Any]]] = domain["responses"]
        self._slots = {name: slot.get("initial_value") or "" for name, slot in domain["slots"].items()}

    def said(self, response: str, **values: str) -> dict[str, Any]:
        """The response as a message, its buttons not sealed yet.

        Raises:
            KeyError: the domain has no such response, or it has a placeholder that nothing fills.
        """
        variant = self._responses[response][0]
        said: dict[str, Any] = {"text": Formatter().vformat(variant["text"], (), {**self._slots, **values})}
        if variant.get("buttons"):
            said["buttons"] = [{"title": button["title"], "payload": button["payload"]} for button in variant["buttons"]]
        return said

    def text(self, response: str, **values: str) -> str:
        """The text of a response."""
        return str(self.said(response, **values)["text"])
