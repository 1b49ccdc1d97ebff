"""The Rasa component that has the rest of the pipeline read a borrower's text in its normal form."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import lexicon
from bot.nlu.normalise import Normalised, normalise, read_as_known

NORMALISED_TEXT = "normalised_text"


@lru_cache(maxsize=1024)
def _cached(text: str) -> Normalised:
    return read_as_known(normalise(text))


def normalised_of(message: Message, attribute: str = TEXT) -> Normalised:
    """The text of a message as tokenizer and featurizers read it: in normal form when `TextNormaliser` ran, else as is."""
    text = message.get(attribute) or ""
    if attribute == TEXT and message.get(NORMALISED_TEXT) is not None:
        return _cached(text)
    return Normalised(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class TextNormaliser(GraphComponent):
    """Sets `normalised_text`; the text itself stays as typed, so that tracker and entity places are the borrower's."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> TextNormaliser:
        """A component; it has no settings and no state."""
        return cls()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Changes when a lexicon or the normaliser does."""
        return lexicon.digest("normalise.py", "slips.py", "pinyin.py", "segment.py")

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages, each with its normalised text."""
        for message in messages:
            text = message.get(TEXT)
            if isinstance(text, str):
                message.set(NORMALISED_TEXT, _cached(text).text)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same examples, each with its normalised text."""
        self.process(training_data.training_examples)
        return training_data
