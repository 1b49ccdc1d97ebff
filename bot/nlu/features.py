"""A sentence as a sparse vector: n-grams of characters, words and sounds, made in one pass.

The sounds let a slip of the input method (换款, 额渡) look like what was meant; numbers are one symbol, because 三天 and 5天
ask the same thing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import scipy.sparse

from bot.nlu.pinyin import second_syllable, syllable

NUMBER = "#"
_NUMBERS = re.compile(
    r"\*{3}|\d+(?:[.,]\d+)*|[一二两三四五六七八九十百千万半几]+(?=个?[月天期块元号周年笔岁万千百]|个?(?:星期|礼拜|小时|分钟|工作日))"
)


@dataclass(frozen=True)
class FeatureOptions:
    """What goes into the vector. Lengths are inclusive; a weight of 0 leaves a kind out."""

    char_max: int = 4
    word_max: int = 2
    sound_max: int = 3
    char_weight: float = 1.0
    word_weight: float = 1.0
    sound_weight: float = 1.0
    min_count: int = 2
    mask_numbers: bool = True


def grams(text: str, words: Sequence[str], options: FeatureOptions) -> dict[str, Counter[str]]:
    """The n-grams of a sentence by kind ("c", "w", "s"), each with how often it occurs."""
    if options.mask_numbers:
        text = _NUMBERS.sub(NUMBER, text)
        words = [NUMBER if _NUMBERS.fullmatch(word) else word for word in words]
    text = text.replace(" ", "")
    counted: dict[str, Counter[str]] = {}
    if options.char_weight:
        padded = f"^{text}$"
        counted["c"] = Counter(padded[i : i + n] for n in range(1, options.char_max + 1) for i in range(len(padded) - n + 1))
    if options.word_weight:
        counted["w"] = Counter(
            " ".join(words[i : i + n]) for n in range(1, options.word_max + 1) for i in range(len(words) - n + 1)
        )
    if options.sound_weight:
        counted["s"] = _sound_grams(text, options.sound_max)
    return counted


def _sound_grams(text: str, longest: int) -> Counter[str]:
    sounds = [syllable(character) or character for character in text]
    counted = Counter(" ".join(sounds[i : i + n]) for n in range(1, longest + 1) for i in range(len(sounds) - n + 1))
    for index, character in enumerate(text):
        if second := second_syllable(character):
            varied = [*sounds[:index], second, *sounds[index + 1 :]]
            for n in range(1, longest + 1):
                for i in range(max(0, index - n + 1), min(index, len(varied) - n) + 1):
                    counted[" ".join(varied[i : i + n])] += 1
    return counted


@dataclass
class Vectoriser:
    """Learns which n-grams occur and how telling each is; then turns sentences into rows.

    Each kind of n-gram is scaled to length one and weighted, so that a long message and a short one weigh the same.
    """

    options: FeatureOptions = field(default_factory=FeatureOptions)
    columns: dict[str, int] = field(default_factory=dict)
    idf: np.ndarray[Any, np.dtype[np.float32]] = field(default_factory=lambda: np.zeros(0, np.float32))

    def fit(self, sentences: Iterable[tuple[str, Sequence[str]]]) -> Vectoriser:
        """Learns from normalised sentences, each with its words."""
        seen_in: Counter[str] = Counter()
        total = 0
        for text, words in sentences:
            total += 1
            for kind, counted in grams(text, words, self.options).items():
                seen_in.update(kind + gram for gram in counted)
        kept = sorted(gram for gram, count in seen_in.items() if count >= self.options.min_count)
        self.columns = {gram: column for column, gram in enumerate(kept)}
        self.idf = np.array([math.log((1 + total) / (1 + seen_in[gram])) + 1 for gram in kept], np.float32)
        return self

    @property
    def width(self) -> int:
        """How many columns a row has; at least one, as Rasa takes no empty matrix."""
        return max(1, len(self.columns))

    def row(self, text: str, words: Sequence[str]) -> tuple[list[int], list[float]]:
        """The columns and weights of one normalised sentence."""
        columns: list[int] = []
        weights: list[float] = []
        lookup, idf = self.columns, self.idf
        scale = {"c": self.options.char_weight, "w": self.options.word_weight, "s": self.options.sound_weight}
        for kind, counted in grams(text, words, self.options).items():
            found = [
                (column, float(idf[column]) * (1.0 + math.log(count)))
                for gram, count in counted.items()
                if (column := lookup.get(kind + gram)) is not None
            ]
            length = math.sqrt(sum(weight * weight for _, weight in found))
            columns += [column for column, _ in found]
            weights += [weight / length * scale[kind] for _, weight in found]
        return columns, weights

    def matrix(self, sentences: Iterable[tuple[str, Sequence[str]]]) -> scipy.sparse.csr_matrix:
        """The rows of several sentences."""
        indptr, indices, data = [0], [], []
        for text, words in sentences:
            columns, weights = self.row(text, words)
            indices += columns
            data += weights
            indptr.append(len(indices))
        return scipy.sparse.csr_matrix(
            (np.array(data, np.float32), np.array(indices, np.int32), np.array(indptr, np.int32)),
            shape=(len(indptr) - 1, self.width),
        )

    def state(self) -> dict[str, Any]:
        """What has to be saved; `from_state` restores it."""
        return {"options": asdict(self.options), "grams": list(self.columns), "idf": self.idf}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Vectoriser:
        """The vectoriser that gave this state."""
        columns = {gram: column for column, gram in enumerate(state["grams"])}
        return cls(FeatureOptions(**state["options"]), columns, state["idf"])
