"""The Rasa component that adds broken variants to the training sentences; it does nothing to a borrower's message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import lexicon
from bot.nlu.variants import slips


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SlipMaker(GraphComponent):
    """Stands first in the pipeline, so that everything behind it sees the variants too."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How many variants a sentence gets, and the seed they are made with."""
        return {"per_sentence": 1, "seed": 20_261_124}

    def __init__(self, config: dict[str, Any]) -> None:
        self._per_sentence, self._seed = int(config["per_sentence"]), int(config["seed"])

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SlipMaker:
        """A component; it has no state."""
        return cls(config)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Changes when the variants do."""
        return lexicon.digest("variants.py")

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages."""
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The examples, and a variant of each."""
        examples = [example for example in training_data.training_examples if example.get(TEXT) and example.get(INTENT)]
        made = [
            Message.build(broken, intent=examples[number].get(INTENT))
            for number, broken in slips([example.get(TEXT) for example in examples], self._seed, self._per_sentence)
        ]
        return training_data.merge(TrainingData(training_examples=made))
