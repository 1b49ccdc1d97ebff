"""Broken variants of the training sentences, featurized, on their way from the featurizer to what learns from them.

They are no messages of Rasa's: twice as many messages cost Rasa's own bookkeeping more time than the learning takes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import scipy.sparse
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.normalise import normalise, read_as_known
from bot.nlu.segment import words_of
from bot.nlu.variants import slips

TRAINING_SLIPS = "training_slips"


@dataclass(frozen=True)
class Slips:
    """Variants in normal form, with their words and the intent each was made from."""

    sentences: tuple[tuple[str, tuple[str, ...]], ...]
    intents: tuple[str, ...]


@dataclass(frozen=True)
class TrainingSlips:
    """Slips with their rows, and how much one weighs beside a sentence; hangs on the first example of the training data."""

    slips: Slips
    rows: scipy.sparse.csr_matrix
    weight: float

    def fingerprint(self) -> str:
        """For Rasa's training cache."""
        digested = hashlib.sha256()
        for text, _ in self.slips.sentences:
            digested.update(text.encode())
        return digested.hexdigest()


def slips_of(training_data: TrainingData, seed: int, per_sentence: int) -> Slips:
    """The variants of all examples that have an intent; the same for the same sentences and seed."""
    examples = [example for example in training_data.training_examples if example.get(TEXT) and example.get(INTENT)]
    return _made(tuple((example.get(TEXT), example.get(INTENT)) for example in examples), seed, per_sentence)


@lru_cache(maxsize=1)  # the featurizer asks twice: to learn its n-grams, and to make rows
def _made(examples: tuple[tuple[str, str], ...], seed: int, per_sentence: int) -> Slips:
    sentences, intents = [], []
    for number, broken in slips([text for text, _ in examples], seed, per_sentence):
        text = read_as_known(normalise(broken)).text
        sentences.append((text, tuple(word for word, _, _ in words_of(text))))
        intents.append(examples[number][1])
    return Slips(tuple(sentences), tuple(intents))


def training_slips_of(training_data: TrainingData) -> TrainingSlips | None:
    """What the featurizer has left; None when it makes no slips."""
    found: Sequence[TrainingSlips | None] = [example.get(TRAINING_SLIPS) for example in training_data.training_examples[:1]]
    return found[0] if found else None
