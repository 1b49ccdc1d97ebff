"""The Rasa component around `bot.nlu.crisis`."""

from __future__ import annotations

from typing import Any

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import lexicon
from bot.nlu.components.normaliser import normalised_of
from bot.nlu.components.training_slips import training_slips_of
from bot.nlu.crisis import CrisisModel, split

CRISIS_PROBABILITY = "crisis_probability"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CrisisDetector(GraphComponent):
    """Sets `crisis_probability`; what follows from it is decided by `IntentJudge`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The options of `CrisisModel.train`."""
        return {"weight": 2.0, "regularisation": 0.5}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Changes when the detector does."""
        return lexicon.digest("crisis.py", "clauses.py", "pinyin.py")

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: CrisisModel | None = None
    ) -> None:
        self._config, self._model_storage, self._resource, self.model = config, model_storage, resource, model

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> CrisisDetector:
        """An untrained detector."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CrisisDetector:
        """The detector as trained; one that saw no such talk has no model and detects nothing."""
        with model_storage.read_from(resource) as folder:
            state = joblib.load(folder / "crisis.joblib")
        return cls(config, model_storage, resource, CrisisModel.from_state(state) if state else None)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples of `crisis` and of everything else, and saves the model."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        sentences = [(normalised_of(example).text, example.get(INTENT)) for example in examples]
        slips = training_slips_of(training_data)
        if slips is not None:
            sentences += [(text, intent) for (text, _), intent in zip(slips.slips.sentences, slips.slips.intents, strict=True)]
        crises, others = split(sentences)
        if crises and others:
            options = {name: self._config[name] for name in ("weight", "regularisation")}
            self.model = CrisisModel.train(crises, others, **options)
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self.model.state() if self.model else None, folder / "crisis.joblib")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages, each with its probability."""
        for message in messages:
            if message.get(TEXT) and self.model is not None:
                message.set(CRISIS_PROBABILITY, self.model.probability(normalised_of(message).text), add_to_output=True)
        return messages
