"""How fingers slip: training sentences with two characters swapped, one dropped or one doubled.

The files in `data/nlu/` hold what people mean to write; how it comes out is made here, so that the model has seen broken
sentences too. Slips of sound need none of this: the sound features see through them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

_SHORTEST = 5


def slips(sentences: Iterable[str], seed: int, per_sentence: int = 1) -> Iterator[tuple[int, str]]:
    """Broken variants, each with the number of the sentence it was made from; the same for the same seed.

    Sentences shorter than five characters are left alone: a slip in one of them can make another word of it.
    """
    chance = random.Random(seed)
    for number, sentence in enumerate(sentences):
        if len(sentence) < _SHORTEST:
            continue
        for _ in range(per_sentence):
            broken = _slip(sentence, chance)
            if broken != sentence:
                yield number, broken


def _slip(sentence: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(sentence) - 1)
    kind = chance.choice(("swap", "swap", "drop", "double"))
    if kind == "swap":
        return sentence[:place] + sentence[place + 1] + sentence[place] + sentence[place + 2 :]
    if kind == "drop":
        return sentence[:place] + sentence[place + 1 :]
    return sentence[:place] + sentence[place] + sentence[place:]
