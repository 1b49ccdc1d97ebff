"""Talk of ending one's life, told from everything else.

A detector of its own, because a miss here costs more than any other mistake: it looks at the message and at each of its
clauses for characters and sounds that such talk uses, without weighing them against the length of the message, so that one
clause in a long complaint about interest counts as much as if it stood alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
from sklearn.linear_model import LogisticRegression

from bot.nlu.clauses import clauses
from bot.nlu.pinyin import syllable

_NOT_SAID = re.compile(r"[\s，。？！；、,.!?;~…“”\"'（）()]+")
_LONGEST_CHARACTERS = 4
_LONGEST_SOUNDS = 4


def signs(text: str) -> set[str]:
    """What occurs in a piece of text: runs of one to four characters, and of two to four sounds."""
    text = _NOT_SAID.sub("", text)
    sounds = [syllable(character) or character for character in text]
    runs = {"c" + text[i : i + n] for n in range(1, _LONGEST_CHARACTERS + 1) for i in range(len(text) - n + 1)}
    runs |= {"s" + " ".join(sounds[i : i + n]) for n in range(2, _LONGEST_SOUNDS + 1) for i in range(len(sounds) - n + 1)}
    return runs


@dataclass(frozen=True)
class CrisisModel:
    """A logistic model over signs; `probability` is comparable between messages of any length.

    Attributes:
        weights: how much each sign speaks for it; signs that say nothing are left out.
        intercept: what no sign at all says.
    """

    weights: dict[str, float]
    intercept: float

    @classmethod
    def train(
        cls, crises: Sequence[str], others: Sequence[str], *, weight: float = 2.0, regularisation: float = 0.5
    ) -> CrisisModel:
        """Learns from normalised sentences.

        Args:
            crises: such talk.
            others: everything else, with sentences that use the same words harmlessly.
            weight: how much a missed crisis counts against a false alarm.
            regularisation: the inverse strength, as in scikit-learn.
        """
        columns: dict[str, int] = {}
        indptr, indices = [0], []
        for sentence in [*crises, *others]:
            indices += [columns.setdefault(sign, len(columns)) for sign in signs(sentence)]
            indptr.append(len(indices))
        rows = scipy.sparse.csr_matrix(
            (np.ones(len(indices), np.float32), np.array(indices, np.int32), np.array(indptr, np.int32)),
            shape=(len(indptr) - 1, len(columns)),
        )
        labels = [1] * len(crises) + [0] * len(others)
        fitted = LogisticRegression(C=regularisation, class_weight={0: 1, 1: weight}, solver="liblinear", random_state=7)
        fitted.fit(rows, labels)
        learned = fitted.coef_[0]
        told = {sign: float(learned[column]) for sign, column in columns.items() if abs(learned[column]) > 1e-3}
        return cls(told, float(fitted.intercept_[0]))

    def probability(self, text: str) -> float:
        """How likely a normalised message is such talk, as a whole or in the clause that is likeliest."""
        return max(self._of_piece(piece) for piece in {text, *clauses(text)})

    def _of_piece(self, piece: str) -> float:
        total = self.intercept + sum(self.weights.get(sign, 0.0) for sign in signs(piece))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def state(self) -> dict[str, Any]:
        """What has to be saved; `from_state` restores it."""
        return {"weights": self.weights, "intercept": self.intercept}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> CrisisModel:
        """The model that gave this state."""
        return cls(state["weights"], state["intercept"])


def split(sentences: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Sentences with their intents, as such talk and everything else."""
    crises: list[str] = []
    others: list[str] = []
    for sentence, intent in sentences:
        (crises if intent == "crisis" else others).append(sentence)
    return crises, others
