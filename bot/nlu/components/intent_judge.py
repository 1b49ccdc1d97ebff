"""The Rasa component around `bot.nlu.judgement`: the last word on what a message is taken for."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import lexicon, own_words
from bot.nlu.bare_value import is_bare_value
from bot.nlu.clauses import Guess, Ranks
from bot.nlu.components.classifier import CLAUSE_GUESSES
from bot.nlu.components.crisis_detector import CRISIS_PROBABILITY
from bot.nlu.components.normaliser import normalised_of
from bot.nlu.judgement import Findings, Thresholds, judge

SECOND_INTENT = "second_intent"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class IntentJudge(GraphComponent):
    """Sets the intent that counts; the classifier's ranking stays, for the bot to offer the likeliest."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The thresholds of `bot.nlu.judgement.Thresholds`, and the intents' ranks."""
        defaults = Thresholds()
        return {
            "crisis": defaults.crisis,
            "crisis_ranking_weight": defaults.crisis_ranking_weight,
            "out_of_scope_ratio": defaults.out_of_scope_ratio,
            "confidence": defaults.confidence,
            "ambiguity": defaults.ambiguity,
            "importance": [],
            "courtesies": [],
            "reasons": [],
            "clause_confidence": 0.6,
            "ranking_length": 10,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        ranks = Ranks(
            tuple(config["importance"]),
            frozenset(config["courtesies"]),
            config["clause_confidence"],
            frozenset(config["reasons"]),
        )
        names = ("crisis", "crisis_ranking_weight", "out_of_scope_ratio", "confidence", "ambiguity")
        self._thresholds = Thresholds(**{name: config[name] for name in names}, ranks=ranks)
        self._ranking_length = int(config["ranking_length"])

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> IntentJudge:
        """A judge with these thresholds; it has no state."""
        return cls(config)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Changes when the judgement does."""
        return lexicon.digest("judgement.py", "clauses.py", "bare_value.py", "own_words.py")

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages, each with the intent that counts and, where it asks two things, the second."""
        for message in messages:
            if not message.get(TEXT):
                continue
            ranking = message.get(INTENT_RANKING_KEY) or []
            spans = [(e["entity"], e.get("start", 0), e.get("end", 0)) for e in message.get(ENTITIES) or []]
            findings = Findings(
                text=normalised_of(message).text,
                ranking=[(row[INTENT_NAME_KEY], row[PREDICTED_CONFIDENCE_KEY]) for row in ranking],
                clause_guesses={clause: Guess(intent, p) for clause, intent, p in message.get(CLAUSE_GUESSES) or []},
                crisis_probability=message.get(CRISIS_PROBABILITY) or 0.0,
                is_bare_value=is_bare_value(message.get(TEXT), spans),
                own_word=own_words.intent_of(message.get(TEXT)),
            )
            taken = judge(findings, self._thresholds)
            intent = {INTENT_NAME_KEY: taken.first.intent, PREDICTED_CONFIDENCE_KEY: taken.first.confidence}
            message.set(INTENT, intent, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking[: self._ranking_length], add_to_output=True)
            if taken.second:
                message.set(SECOND_INTENT, taken.second, add_to_output=True)
        return messages
