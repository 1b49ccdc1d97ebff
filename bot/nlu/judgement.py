"""What a message is taken for, given all that was found out about it. Pure; the thresholds come from the figures.

In this order: talk of ending one's life comes before everything; a bare value answers a question, whatever the classifier saw
in it; what is none of the bot's business and what nobody can be sure of are not taken for anything; and of two questions the more
important one is answered first, the other offered.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.nlu.clauses import Guess, Ranks, Reading, reading

CRISIS = "crisis"
OUT_OF_SCOPE = "out_of_scope"
BARE_VALUE = "inform"
NOT_UNDERSTOOD = "nlu_fallback"
CARD_NUMBER = "[银行卡号]"  # as the channels mask it
_ABOUT_CARDS = "manage_bank_card"
_HARDLY_MORE = 6  # characters beside a card number that say nothing by themselves
_LEAST = 1e-6  # a probability of nothing has no logarithm


@dataclass(frozen=True)
class Thresholds:
    """Where certainty begins.

    Attributes:
        crisis: at least this many log-odds, and it is a crisis. Below 0: a miss costs more than a false alarm.
        crisis_ranking_weight: how much the classifier's view counts beside the detector's.
        out_of_scope_ratio: how likely out of scope has to be, compared with the likeliest need, to be taken for it. Below 1:
            a need that was asked for nothing is worse than a question put back.
        confidence: at least this probability, or it is not understood.
        ambiguity: at least this much more than the second, or it is not understood.
        ranks: importance of intents, and courtesies.
    """

    crisis: float = -2.4
    crisis_ranking_weight: float = 0.75
    out_of_scope_ratio: float = 0.03
    confidence: float = 0.2
    ambiguity: float = 0.02
    ranks: Ranks = field(default_factory=lambda: Ranks((), frozenset(), 0.6))


@dataclass(frozen=True)
class Findings:
    """What was found out about a message.

    Attributes:
        text: the normalised text.
        ranking: every intent with its probability, the likeliest first.
        clause_guesses: the likeliest intent of each clause, by clause.
        crisis_probability: of the detector.
        is_bare_value: whether the message is nothing but a value.
        own_word: the intent of a button with these very words; None for any other text.
    """

    text: str
    ranking: Sequence[tuple[str, float]]
    clause_guesses: Mapping[str, Guess]
    crisis_probability: float
    is_bare_value: bool
    own_word: str | None = None


def judge(findings: Findings, thresholds: Thresholds) -> Reading:
    """What the message is taken for, and what else it asks; a card number with hardly a word beside it is about cards."""
    taken = _judge(findings, thresholds)
    if CARD_NUMBER in findings.text and taken.first.intent != CRISIS:
        beside = len(findings.text) - len(CARD_NUMBER)
        if beside <= _HARDLY_MORE or taken.first.intent in (BARE_VALUE, NOT_UNDERSTOOD, OUT_OF_SCOPE):
            return Reading(Guess(_ABOUT_CARDS, 1.0))
    return taken


def _judge(findings: Findings, thresholds: Thresholds) -> Reading:
    if findings.own_word is not None:
        return Reading(Guess(findings.own_word, 1.0))
    probability = dict(findings.ranking)
    needs = [(intent, p) for intent, p in findings.ranking if intent not in (CRISIS, OUT_OF_SCOPE)]
    if not findings.is_bare_value and crisis_log_odds(findings, thresholds.crisis_ranking_weight) >= thresholds.crisis:
        return Reading(Guess(CRISIS, max(findings.crisis_probability, probability.get(CRISIS, 0.0))))
    if findings.is_bare_value:
        return Reading(Guess(BARE_VALUE, 1.0))
    if not needs:
        return Reading(Guess(NOT_UNDERSTOOD, 0.0))
    best = Guess(*needs[0])
    if probability.get(OUT_OF_SCOPE, 0.0) >= best.confidence * thresholds.out_of_scope_ratio:
        return Reading(Guess(OUT_OF_SCOPE, probability[OUT_OF_SCOPE]))
    asked = reading(
        findings.text, best, lambda clause: findings.clause_guesses.get(clause, Guess(NOT_UNDERSTOOD, 0.0)), thresholds.ranks
    )
    if asked.first != best:
        # A sentence of it was surer than the message as a whole.
        return asked
    second = needs[1][1] if len(needs) > 1 else 0.0
    if best.confidence < thresholds.confidence or best.confidence - second < thresholds.ambiguity:
        return Reading(Guess(NOT_UNDERSTOOD, 1 - best.confidence))
    return asked


def crisis_log_odds(findings: Findings, ranking_weight: float) -> float:
    """How much speaks for a crisis: the detector, which looks at each clause, and the classifier, which knows the needs.

    Neither is enough alone: to the detector a short clause without a sign of anything is half a riddle, and the classifier
    takes a farewell inside a question about interest for a question about interest.
    """
    probability = dict(findings.ranking)
    needs = [p for intent, p in findings.ranking if intent not in (CRISIS, OUT_OF_SCOPE)]
    told = min(max(findings.crisis_probability, _LEAST), 1 - _LEAST)
    likelier = math.log(max(probability.get(CRISIS, 0.0), _LEAST) / max([*needs, _LEAST]))
    return math.log(told / (1 - told)) + ranking_weight * likelier
