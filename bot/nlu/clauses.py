"""Several things said in one message: where one ends and the next begins, and which comes first in importance.

Borrowers ask two things at once ("多少钱？能晚点还吗"), and put a greeting or a thank-you in front of a question. The
classifier sees whole sentences, so a message is cut where a new one may begin, and each piece is looked at by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_CUT = re.compile(
    r"[，。？！；,.!?;~\n]+|\s+|(?<=[吗呢吧嘛么])(?=[\u4e00-\u9fff])|(?=还有(?:就是|一个|个)?)|(?=另外)|(?=顺便)|(?=再问)|(?=对了)"
)
_SHORTEST = 2


@dataclass(frozen=True)
class Guess:
    """An intent and how sure the classifier is of it."""

    intent: str
    confidence: float


@dataclass(frozen=True)
class Reading:
    """What a message asks: first the more important thing; `second` is None when it asks one thing."""

    first: Guess
    second: str | None = None


def clauses(text: str) -> list[str]:
    """The pieces of a message that may each ask something, in order; the message itself when there is one.

    >>> clauses("这个月还多少？能晚几天吗")
    ['这个月还多少', '能晚几天吗']
    """
    pieces = [piece.strip() for piece in _CUT.split(text) if piece and piece.strip()]
    return [piece for piece in pieces if len(piece) >= _SHORTEST] or [text.strip()]


@dataclass(frozen=True)
class Ranks:
    """Which intents are more important than others.

    Attributes:
        order: intents from the most important on; those not named come after them, in the order they are said.
        courtesies: intents that are no question: they never stand before one.
        sure: how sure a piece has to be to count.
    """

    order: Sequence[str]
    courtesies: frozenset[str]
    sure: float


def reading(text: str, whole: Guess, guess: Callable[[str], Guess], ranks: Ranks) -> Reading:
    """What a message asks, given what the classifier makes of it as a whole and of its pieces.

    The whole stands when its pieces agree with it or are not sure of anything. A courtesy gives way to a question. Two
    different questions are put in order.
    """
    pieces = clauses(text)
    if len(pieces) < 2:
        return Reading(whole)
    found: list[Guess] = []
    for piece in pieces:
        said = guess(piece)
        if said.confidence >= ranks.sure and said.intent not in {known.intent for known in found}:
            found.append(said)
    questions = [said for said in found if said.intent not in ranks.courtesies]
    if not questions:
        return Reading(whole)
    if whole.intent in ranks.courtesies:
        whole = max(questions, key=lambda said: said.confidence)
    if len(questions) == 1 or whole.confidence >= ranks.sure and whole.intent not in {said.intent for said in questions}:
        # One question, or a whole that says something its pieces do not: the sentence was not meant in pieces.
        return Reading(whole)
    place = {intent: number for number, intent in enumerate(ranks.order)}
    ordered = sorted(questions, key=lambda said: place.get(said.intent, len(place)))
    return Reading(ordered[0], ordered[1].intent)
