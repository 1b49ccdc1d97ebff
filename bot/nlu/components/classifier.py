"""The Rasa intent classifier: a linear model over the sparse features of a message."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import joblib
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import lexicon
from bot.nlu.components.featurizer import CLAUSE_ROWS
from bot.nlu.components.training_slips import training_slips_of
from bot.nlu.linear_model import LinearModel, LinearOptions

CLAUSE_GUESSES = "clause_guesses"  # [(clause, intent, probability)]

_OPTIONS = {option.name: option.default for option in fields(LinearOptions)}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Names the intent and ranks the others, with probabilities; trains in seconds and answers in a fraction of one ms."""

    @classmethod
    def required_components(cls) -> list[type]:
        """It reads features."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        """What it cannot run without."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The options of `bot.nlu.linear_model.LinearOptions`, and how long the ranking is (0: every intent)."""
        return {**_OPTIONS, "ranking_length": 10}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Changes when the model does."""
        return lexicon.digest("linear_model.py")

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: LinearModel | None = None
    ) -> None:
        self._options = LinearOptions(**{option: config[option] for option in _OPTIONS})
        self._ranking_length = int(config["ranking_length"])
        self._model_storage = model_storage
        self._resource = resource
        self.model = model

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> LinearIntentClassifier:
        """An untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """The classifier as trained; one that saw no two intents has no model and names none."""
        with model_storage.read_from(resource) as folder:
            model = joblib.load(folder / "linear_model.joblib")
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples with an intent and a text, and saves the model."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        labels = [example.get(INTENT) for example in examples]
        if len(set(labels)) > 1:
            rows, weights = [_row(example) for example in examples], [1.0] * len(examples)
            slips = training_slips_of(training_data)
            if slips is not None:
                rows.append(slips.rows)
                labels += slips.slips.intents
                weights += [slips.weight] * len(slips.slips.intents)
            rows = scipy.sparse.vstack(rows, format="csr")
            self.model = LinearModel.train(rows, labels, self._options, weights)
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self.model, folder / "linear_model.joblib")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages, each with its intent and ranking; a message without features gets no intent."""
        for message in messages:
            row = _row(message) if message.get(TEXT) else None
            ranking = []
            if row is not None and row.nnz and self.model is not None:
                ranking = [
                    {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: probability}
                    for intent, probability in self.model.ranking(row)
                ]
            intent = ranking[0] if ranking else {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}
            message.set(INTENT, intent, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking[: self._ranking_length or None], add_to_output=True)
            if self.model is not None:
                guesses = [(piece, *self.model.ranking(row)[0]) for piece, row in message.get(CLAUSE_ROWS) or [] if row.nnz]
                message.set(CLAUSE_GUESSES, guesses)
        return messages


def _row(message: Message) -> scipy.sparse.csr_matrix:
    """The sentence features of a message side by side, as one row."""
    sparse, dense = message.get_sparse_features(TEXT)[1], message.get_dense_features(TEXT)[1]
    parts = [scipy.sparse.csr_matrix(part.features) for part in (sparse, dense) if part is not None]
    if not parts:
        return scipy.sparse.csr_matrix((1, 1))
    return parts[0] if len(parts) == 1 else scipy.sparse.hstack(parts, format="csr")
