"""The Rasa component that calls a bare value `inform`, whatever the classifier made of it."""

from __future__ import annotations

import inspect
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import bare_value


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class BareValueRule(GraphComponent):
    """Stands behind the classifier and the extractor in the pipeline; see `bot.nlu.bare_value`."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> BareValueRule:
        """A component; it has no settings and no state."""
        return cls()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Changes when the rule does."""
        return inspect.getsource(bare_value)

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages; those that are a bare value carry the intent `inform`."""
        for message in messages:
            spans = [(e["entity"], e.get("start", 0), e.get("end", 0)) for e in message.get(ENTITIES) or []]
            if bare_value.is_bare_value(message.get(TEXT) or "", spans):
                message.set(INTENT, {INTENT_NAME_KEY: "inform", PREDICTED_CONFIDENCE_KEY: 1.0}, add_to_output=True)
        return messages
