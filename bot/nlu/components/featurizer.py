"""The Rasa featurizer that gives characters, words and sounds of a message in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import joblib
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import lexicon
from bot.nlu.clauses import clauses, sentences
from bot.nlu.components.normaliser import normalised_of
from bot.nlu.components.training_slips import TRAINING_SLIPS, Slips, TrainingSlips, slips_of
from bot.nlu.features import FeatureOptions, Vectoriser
from bot.nlu.segment import words_of

CLAUSE_ROWS = "clause_rows"

_OPTIONS = {option.name: option.default for option in fields(FeatureOptions)}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class BorrowerFeaturizer(SparseFeaturizer, GraphComponent):
    """n-grams of characters, words and toneless sounds as one sparse row; per word as well if `sequence` is on (for DIET)."""

    @classmethod
    def required_components(cls) -> list[type]:
        """It reads words."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """What it cannot run without."""
        return ["pypinyin"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The options of `bot.nlu.features.FeatureOptions`, `sequence`, and how many slips a training sentence gets."""
        slips = {"slips_per_sentence": 2, "slips_seed": 20_261_124}
        return {**SparseFeaturizer.get_default_config(), **_OPTIONS, **slips, "sequence": False}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Raises InvalidConfigException when there is nothing to make features of."""
        if not any(config.get(weight, 1) for weight in ("char_weight", "word_weight", "sound_weight")):
            raise InvalidConfigException("BorrowerFeaturizer: at least one of the weights must be more than 0.")

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Changes when a lexicon or the features do."""
        return lexicon.digest("features.py", "pinyin.py", "variants.py", "normalise.py", "slips.py", "segment.py")

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
        vectoriser: Vectoriser | None = None,
    ) -> None:
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._sequence = bool(config.get("sequence"))
        options = FeatureOptions(**{option: config[option] for option in _OPTIONS})
        self.vectoriser = vectoriser or Vectoriser(options)

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> BorrowerFeaturizer:
        """An untrained featurizer."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> BorrowerFeaturizer:
        """The featurizer as trained."""
        with model_storage.read_from(resource) as folder:
            vectoriser = Vectoriser.from_state(joblib.load(folder / "vectoriser.joblib"))
        return cls(config, execution_context.node_name, model_storage, resource, vectoriser)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the n-grams of the training sentences and of their slips, and saves them."""
        sentences = [_sentence(example) for example in training_data.training_examples if example.get(TEXT)]
        self.vectoriser.fit([*sentences, *self._slips_of(training_data).sentences])
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self.vectoriser.state(), folder / "vectoriser.joblib")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages with their features."""
        for message in messages:
            if message.get(TEXT):
                self._add_features(message)
                self._add_clause_features(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same examples with their features."""
        for example in training_data.training_examples:
            if example.get(TEXT):
                self._add_features(example)
        slips = self._slips_of(training_data)
        if slips.sentences:
            # All slips of a sentence together weigh what the sentence does: several of them leave less to chance than one.
            weight = 1 / int(self._config["slips_per_sentence"])
            rows = TrainingSlips(slips, self.vectoriser.matrix(slips.sentences), weight)
            training_data.training_examples[0].set(TRAINING_SLIPS, rows)
        return training_data

    def _slips_of(self, training_data: TrainingData) -> Slips:
        return slips_of(training_data, int(self._config["slips_seed"]), int(self._config["slips_per_sentence"]))

    def _add_features(self, message: Message) -> None:
        text, words = _sentence(message)
        sequence = None
        if self._sequence:
            sequence = scipy.sparse.coo_matrix(self.vectoriser.matrix((word, [word]) for word in words))
        sentence = scipy.sparse.coo_matrix(self.vectoriser.matrix([(text, words)]))
        self.add_features_to_message(sequence, sentence, TEXT, message)

    def _add_clause_features(self, message: Message) -> None:
        """Rows of a message's sentences and clauses, for the classifier to look at each by itself."""
        text = normalised_of(message).text
        pieces = list(dict.fromkeys([*sentences(text), *clauses(text)]))
        if len(pieces) > 1:
            read = [(piece, [word for word, _, _ in words_of(piece)]) for piece in pieces]
            message.set(CLAUSE_ROWS, list(zip(pieces, self.vectoriser.matrix(read), strict=True)))


def _sentence(message: Message) -> tuple[str, Sequence[str]]:
    words = [token.text for token in message.get(TOKENS_NAMES[TEXT])]
    return normalised_of(message).text, words
