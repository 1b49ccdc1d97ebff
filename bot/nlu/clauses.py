"""Several things said in one message: where one ends and the next begins, and which comes first in importance.

Borrowers ask two things at once ("多少钱？能晚点还吗"), and put a greeting or a thank-you in front of a question. The
classifier sees whole sentences, so a message is cut where a new one may begin, and each piece is looked at by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

# Between two questions there is more than a comma: a comma as often stands inside one ("我是商家，收花呗要手续费吗").
_CUT = re.compile(r"[。？！；?!;\n]+|(?=还有(?:就是|一个|个)?)|(?=另外)|(?=顺便)|(?=再问)|(?=对了)")
_WEAK_CUT = re.compile(r"[，,、~]+|\s+|(?<=[吗呢吧嘛么])(?=[\u4e00-\u9fff])")
_ASKS = re.compile(
    r"[吗么？?呢]|可不可以|怎么|什么|为啥|多少|咋"
    r"|([^动时])[不没]\1"  # 能不能, 交没交; but 动不动 and 时不时 are "often"
    r"|(?:[了过上到成完]没有?|.{3}不)[。！!~ ]*$"  # 交上没有, 批了没, 能拿回来不
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


def sentences(text: str) -> list[str]:
    """The pieces of a message that stand by themselves, in order; the message itself when there is one.

    >>> sentences("这个月还多少，急。能晚几天吗")
    ['这个月还多少，急', '能晚几天吗']
    """
    return _pieces(_CUT, text)


def clauses(text: str) -> list[str]:
    """Its pieces down to the comma, in order; the message itself when there is one.

    >>> clauses("这个月还多少，能晚几天吗")
    ['这个月还多少', '能晚几天吗']
    """
    return [clause for sentence in _pieces(_CUT, text) for clause in _pieces(_WEAK_CUT, sentence)]


def is_question(text: str) -> bool:
    """Whether a text asks something, by its particles, question words and marks.

    >>> is_question("确定吗"), is_question("交没交上"), is_question("收到没有")
    (True, True, True)
    >>> is_question("确定"), is_question("他们动不动就打来"), is_question("我没收到")
    (False, False, False)
    """
    return bool(_ASKS.search(text))


def _pieces(cut: re.Pattern[str], text: str) -> list[str]:
    pieces = [piece.strip(" ，,、") for piece in cut.split(text) if piece and piece.strip()]
    return [piece for piece in pieces if len(piece) >= _SHORTEST] or [text.strip()]


@dataclass(frozen=True)
class Ranks:
    """Which intents are more important than others.

    Attributes:
        order: intents from the most important on; those not named come after them, in the order they are said.
        courtesies: intents that are no question: they never stand before one.
        sure: how sure a piece has to be to count.
        reasons: intents that, said beside another, are its reason and no question of their own.
    """

    order: Sequence[str]
    courtesies: frozenset[str]
    sure: float
    reasons: frozenset[str] = frozenset()

    def worth_offering(self, second: str) -> str | None:
        """The second, unless it only says why the first is asked: "还不上了，能晚点还吗" is one wish with its reason."""
        return None if second in self.reasons else second


def reading(text: str, whole: Guess, guess: Callable[[str], Guess], ranks: Ranks) -> Reading:
    """What a message asks, given what the classifier makes of it as a whole and of its pieces.

    - A courtesy in front of a question gives way to it.
    - Sentences that ask two different things are put in order of importance.
    - Within a sentence the whole counts, and a clause that surely asks something else is offered as the second.
    """
    asked = _questions(sentences(text), guess, ranks)
    if whole.intent in ranks.courtesies:
        asked = asked or _questions(clauses(text), guess, ranks)
        return Reading(asked[0], asked[1].intent if len(asked) > 1 else None) if asked else Reading(whole)
    if len(asked) > 1 and whole.intent in {said.intent for said in asked}:
        place = {intent: number for number, intent in enumerate(ranks.order)}
        first, second = sorted(asked, key=lambda said: place.get(said.intent, len(place)))[:2]
        return Reading(first, ranks.worth_offering(second.intent))
    others = [said.intent for said in _questions(clauses(text), guess, ranks)]
    if whole.intent in others and len(others) > 1:
        return Reading(whole, ranks.worth_offering(next(i for i in others if i != whole.intent)))
    return Reading(whole)


def _questions(pieces: Sequence[str], guess: Callable[[str], Guess], ranks: Ranks) -> list[Guess]:
    """What the pieces surely ask, each thing once, courtesies left out."""
    found: dict[str, Guess] = {}
    if len(pieces) > 1:
        for piece in pieces:
            said = guess(piece)
            if said.confidence >= ranks.sure and said.intent not in ranks.courtesies:
                found.setdefault(said.intent, said)
    return list(found.values())
