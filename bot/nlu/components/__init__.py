"""Rasa components of the NLU pipeline, each a thin shell around a pure module of `bot.nlu`.

config.yml names them in the order normaliser, tokenizer, featurizer, classifier, extractor, crisis detector, judge.
"""

from __future__ import annotations

from bot.nlu.components.classifier import LinearIntentClassifier
from bot.nlu.components.crisis_detector import CrisisDetector
from bot.nlu.components.extractor import ValueExtractor
from bot.nlu.components.featurizer import BorrowerFeaturizer
from bot.nlu.components.intent_judge import IntentJudge
from bot.nlu.components.normaliser import TextNormaliser
from bot.nlu.components.tokenizer import BorrowerTokenizer

__all__ = [
    "BorrowerFeaturizer",
    "BorrowerTokenizer",
    "CrisisDetector",
    "IntentJudge",
    "LinearIntentClassifier",
    "TextNormaliser",
    "ValueExtractor",
]
