"""A linear classifier of sparse rows, with calibrated probabilities; sklearn trains it, two arrays hold it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.svm import LinearSVC

LOGISTIC = "logistic"
SVM = "svm"

# A quarter of the sentences, thousands of them, is held out to find how sure the scores may be; more quarters find the same.
_HELD_OUT = 4
_FEWEST_TO_CALIBRATE = 400
_UNCALIBRATED_TEMPERATURE = {LOGISTIC: 1.0, SVM: 0.25}


@dataclass(frozen=True)
class LinearOptions:
    """How to train.

    Attributes:
        kind: "svm" (one margin per label; seconds for 14,000 sentences) or "logistic" (one multinomial model; minutes,
            and no better on borrowers' sentences).
        C: the inverse of the regularisation; larger fits closer.
        balanced: whether rare labels weigh as much as frequent ones.
        temperature: what the scores are divided by before the softmax; smaller is surer of itself. 0 finds it:
            the one under which sentences that were held out are likeliest.
        max_iterations: at most this many passes.
        seed: makes training repeatable.
    """

    kind: str = SVM
    C: float = 0.3
    balanced: bool = False
    temperature: float = 0.0
    max_iterations: int = 1000
    seed: int = 20_261_123


@dataclass(frozen=True)
class LinearModel:
    """A trained model: labels, and for each column its weight for each label."""

    labels: tuple[str, ...]
    weights: np.ndarray[Any, np.dtype[np.float32]]
    intercepts: np.ndarray[Any, np.dtype[np.float32]]
    temperature: float = 1.0

    @classmethod
    def train(
        cls, rows: scipy.sparse.csr_matrix, labels: Sequence[str], options: LinearOptions, weights: Sequence[float] | None = None
    ) -> LinearModel:
        """The model that fits these rows, each with its weight (1 where none are given); needs two different labels."""
        targets = np.asarray(labels)
        weighed = np.ones(len(targets)) if weights is None else np.asarray(weights)
        model = cls._fit(rows, targets, options, weighed)
        if options.temperature:
            return replace(model, temperature=options.temperature)
        if len(targets) < _FEWEST_TO_CALIBRATE:
            return replace(model, temperature=_UNCALIBRATED_TEMPERATURE[options.kind])
        return replace(model, temperature=cls._calibrated(rows, targets, options, weighed))

    @classmethod
    def _fit(
        cls, rows: scipy.sparse.csr_matrix, targets: np.ndarray[Any, Any], options: LinearOptions, weighed: np.ndarray[Any, Any]
    ) -> LinearModel:
        common = {"C": options.C, "class_weight": "balanced" if options.balanced else None, "random_state": options.seed}
        if options.kind == SVM:
            fitted = LinearSVC(max_iter=options.max_iterations, **common)
        else:
            fitted = LogisticRegression(
                max_iter=options.max_iterations, solver="lbfgs", multi_class="multinomial", tol=1e-3, **common
            )
        fitted.fit(rows, targets, sample_weight=weighed)
        weights, intercepts = np.asarray(fitted.coef_), np.asarray(fitted.intercept_)
        if len(fitted.classes_) == 2:  # sklearn keeps one row for two labels
            weights, intercepts = np.vstack([-weights, weights]), np.concatenate([-intercepts, intercepts])
        return cls(
            tuple(str(label) for label in fitted.classes_),
            np.ascontiguousarray(weights.T.astype(np.float32)),
            intercepts.astype(np.float32),
        )

    @classmethod
    def _calibrated(
        cls, rows: scipy.sparse.csr_matrix, targets: np.ndarray[Any, Any], options: LinearOptions, weighed: np.ndarray[Any, Any]
    ) -> float:
        """The temperature under which sentences that the model did not see are likeliest."""
        train, test = next(KFold(_HELD_OUT, shuffle=True, random_state=options.seed).split(rows))
        fold = cls._fit(rows[train], targets[train], options, weighed[train])
        column = {label: index for index, label in enumerate(fold.labels)}
        known = [index for index in test if targets[index] in column]
        scores = np.asarray(rows[known] @ fold.weights + fold.intercepts, np.float64)
        right = scores[np.arange(len(known)), [column[targets[index]] for index in known]]

        def surprise(temperature: float) -> float:
            scaled = scores / temperature
            highest = scaled.max(axis=1)
            return float(np.sum(highest + np.log(np.exp(scaled - highest[:, None]).sum(axis=1)) - right / temperature))

        return float(min(np.geomspace(0.03, 3, 60), key=surprise))

    def probabilities(self, row: scipy.sparse.csr_matrix) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The probability of each label for one row, in the order of `labels`."""
        scores = row.data @ self.weights[row.indices] + self.intercepts
        scores = scores.astype(np.float64) / self.temperature
        exponents = np.exp(scores - scores.max())
        return np.asarray(exponents / exponents.sum())

    def ranking(self, row: scipy.sparse.csr_matrix) -> list[tuple[str, float]]:
        """Every label with its probability, the likeliest first."""
        probabilities = self.probabilities(row)
        return [(self.labels[i], float(probabilities[i])) for i in np.argsort(-probabilities, kind="stable")]
