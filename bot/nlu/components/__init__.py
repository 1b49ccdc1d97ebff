"""Rasa components of the NLU pipeline, each a thin shell around a pure module of `bot.nlu`.

config.yml names them by module, in the order normaliser, tokenizer, featurizer, classifier, extractor.
"""

from __future__ import annotations

from bot.nlu.components.classifier import LinearIntentClassifier
from bot.nlu.components.extractor import ValueExtractor
from bot.nlu.components.featurizer import BorrowerFeaturizer
from bot.nlu.components.normaliser import TextNormaliser
from bot.nlu.components.tokenizer import BorrowerTokenizer

__all__ = ["BorrowerFeaturizer", "BorrowerTokenizer", "LinearIntentClassifier", "TextNormaliser", "ValueExtractor"]
