"""How a response of the domain is worded for this borrower: in care mode in short sentences and with few buttons.

A response may have a variant for care mode (长辈版) beside its normal one; its condition is
`[{type: slot, name: care_mode, value: true}]`, with the normal variant's own conditions and channel if it has any. It needs no
buttons: it takes those of the normal variant.
"""

from __future__ import annotations

from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

MOST_BUTTONS_IN_CARE_MODE = 3
# Ways out of a question: to a person, or not to answer it.
_A_PERSON = "/request_human"
_NOT_SAID = '"not_said"'

Variant = dict[str, Any]
Responses = dict[str, list[Variant]]


class CareWording(TemplatedNaturalLanguageGenerator):
    """Rasa's generator of responses; `endpoints.yml` names it."""

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        super().__init__(domain.responses)

    @property
    def responses(self) -> Responses:
        """All variants; Rasa puts those of a model here when it has loaded one."""
        return self._responses

    @responses.setter
    def responses(self, responses: Responses) -> None:
        self._responses = responses
        self._in_care_mode = TemplatedNaturalLanguageGenerator(
            {name: for_care_mode(variants) for name, variants in responses.items()}
        )

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **values: Any
    ) -> dict[str, Any] | None:
        """The response, filled in; None when the domain has none of this name."""
        response: dict[str, Any] | None
        if not wants_care(tracker):
            response = await super().generate(utter_action, tracker, output_channel, **values)
            return response
        response = await self._in_care_mode.generate(utter_action, tracker, output_channel, **values)
        if response and response.get("buttons"):
            response["buttons"] = few(response["buttons"])
        return response


def wants_care(tracker: DialogueStateTracker) -> bool:
    """Whether large letters are on: as was said in this conversation, else as the channel knows it of this borrower."""
    said = tracker.get_slot("care_mode")
    if said is None and tracker.latest_message is not None:
        said = (tracker.latest_message.metadata or {}).get("care_mode")
    return said is True


def is_for_care_mode(variant: Variant) -> bool:
    """Whether a variant is said in care mode only."""
    return any(condition["name"] == "care_mode" for condition in variant.get("condition") or ())


def same_but_for_care_mode(one: Variant, other: Variant) -> bool:
    """Whether two variants are said on the same channel and under the same conditions, care mode left aside."""
    return _when(one) == _when(other)


def for_care_mode(variants: list[Variant]) -> list[Variant]:
    """The variants as care mode has them: one that is written for it instead of the normal one, with the buttons of that.

    Rasa picks at random among variants whose conditions hold; as the condition of care mode is taken off here, a variant with a
    condition of another kind still goes before one without.

    >>> normal, short = {"text": "长", "buttons": [1]}, {"text": "短", "condition": [{"name": "care_mode", "value": True}]}
    >>> [(variant["text"], variant["buttons"]) for variant in for_care_mode([normal, short])]
    [('短', [1])]
    """
    short = [variant for variant in variants if is_for_care_mode(variant)]
    normal = [variant for variant in variants if not is_for_care_mode(variant)]
    kept = [variant for variant in normal if not any(same_but_for_care_mode(variant, other) for other in short)]
    return kept + [_as_the_only_one(variant, normal) for variant in short]


def few(buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first buttons, as many as are easy to look over; the way to a person, and not to answer, always stay.

    >>> [b["payload"] for b in few([{"payload": p} for p in ("/a", "/b", "/c", "/request_human")])]
    ['/a', '/b', '/request_human']
    """
    if len(buttons) <= MOST_BUTTONS_IN_CARE_MODE:
        return buttons
    ways_out = [button for button in buttons if _is_a_way_out(button)]
    others = [button for button in buttons if not _is_a_way_out(button)]
    return others[: MOST_BUTTONS_IN_CARE_MODE - len(ways_out)] + ways_out


def _is_a_way_out(button: dict[str, Any]) -> bool:
    return button["payload"] == _A_PERSON or _NOT_SAID in button["payload"]


def _when(variant: Variant) -> tuple[Any, ...]:
    conditions = [(c["name"], c["value"]) for c in variant.get("condition") or () if c["name"] != "care_mode"]
    return variant.get("channel"), sorted(conditions, key=str)


def _as_the_only_one(short: Variant, normal: list[Variant]) -> Variant:
    taken = {key: value for key, value in short.items() if key != "condition"}
    others = [condition for condition in short["condition"] if condition["name"] != "care_mode"]
    if others:
        taken["condition"] = others
    buttons = next((variant.get("buttons") for variant in normal if same_but_for_care_mode(variant, short)), None)
    return {"buttons": buttons, **taken} if buttons else taken
