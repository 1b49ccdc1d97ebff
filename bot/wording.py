"""How a response of the domain is worded for this borrower: in care mode with few buttons.

A response may have a variant for care mode (长辈版) with shorter sentences; its condition is
`[{type: slot, name: care_mode, value: true}]`.
"""

from __future__ import annotations

from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

MOST_BUTTONS_IN_CARE_MODE = 3
_A_PERSON = "/request_human"


class CareWording(TemplatedNaturalLanguageGenerator):
    """Rasa's generator of responses; `endpoints.yml` names it."""

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        super().__init__(domain.responses)

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **values: Any
    ) -> dict[str, Any] | None:
        """The response, filled in; None when the domain has none of this name."""
        response: dict[str, Any] | None = await super().generate(utter_action, tracker, output_channel, **values)
        if response and response.get("buttons") and tracker.get_slot("care_mode"):
            response["buttons"] = few(response["buttons"])
        return response


def few(buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first buttons, as many as are easy to look over; the way to a person always stays.

    >>> [b["payload"] for b in few([{"payload": p} for p in ("/a", "/b", "/c", "/request_human")])]
    ['/a', '/b', '/request_human']
    """
    if len(buttons) <= MOST_BUTTONS_IN_CARE_MODE:
        return buttons
    person = [button for button in buttons if button["payload"] == _A_PERSON]
    others = [button for button in buttons if button["payload"] != _A_PERSON]
    return others[: MOST_BUTTONS_IN_CARE_MODE - len(person)] + person
