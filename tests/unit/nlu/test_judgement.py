"""What a message is taken for, from all that was found out about it."""

from __future__ import annotations

import pytest

from bot.nlu.clauses import Guess, Ranks, clauses, reading, sentences
from bot.nlu.judgement import Findings, Thresholds, judge

RANKS = Ranks(("request_deferral", "ask_bill"), frozenset({"greet", "thank", "deny"}), 0.6)
THRESHOLDS = Thresholds(ranks=RANKS)


def taken(
    *ranking: tuple[str, float], crisis: float = 0.01, bare: bool = False, text: str = "", **clause: tuple[str, float]
) -> str:
    guesses = {piece: Guess(*guess) for piece, guess in clause.items()}
    return judge(Findings(text, ranking, guesses, crisis, bare), THRESHOLDS).first.intent


def test_a_sure_need_is_taken() -> None:
    assert taken(("ask_bill", 0.9), ("greet", 0.05), ("out_of_scope", 0.001)) == "ask_bill"


def test_what_is_hardly_more_likely_than_another_is_not_understood() -> None:
    assert taken(("ask_bill", 0.40), ("ask_due_date", 0.39)) == "nlu_fallback"
    assert taken(("ask_bill", 0.10), ("ask_due_date", 0.01)) == "nlu_fallback"


def test_out_of_scope_needs_only_a_share_of_the_likeliest_need() -> None:
    assert taken(("ask_bill", 0.5), ("out_of_scope", 0.1)) == "out_of_scope"
    assert taken(("ask_bill", 0.9), ("out_of_scope", 0.001)) == "ask_bill"


def test_a_bare_value_is_an_answer_whatever_the_classifier_saw() -> None:
    assert taken(("crisis", 0.9), ("ask_bill", 0.05), crisis=0.9, bare=True) == "inform"


def test_a_crisis_is_taken_on_the_detectors_word_or_on_both_together() -> None:
    assert taken(("ask_bill", 0.95), ("crisis", 0.01), crisis=0.99) == "crisis"
    assert taken(("crisis", 0.5), ("report_hardship", 0.3), crisis=0.3) == "crisis"
    assert taken(("ask_bill", 0.98), ("crisis", 0.0001), crisis=0.3) == "ask_bill"


def test_a_card_number_with_hardly_a_word_is_about_cards_and_no_answer() -> None:
    assert taken(("ask_bill", 0.9), text="[银行卡号]", bare=True) == "manage_bank_card"
    assert taken(("ask_bill", 0.9), text="用[银行卡号]") == "manage_bank_card"
    assert taken(("ask_bill", 0.1), ("greet", 0.09), text="这个是我的号码[银行卡号]你看着办") == "manage_bank_card"
    assert taken(("ask_bill", 0.9), ("greet", 0.01), text="我用[银行卡号]还的，还欠多少") == "ask_bill"
    assert taken(("crisis", 0.9), crisis=0.99, text="不想活了[银行卡号]") == "crisis"


def test_with_no_ranking_nothing_is_understood() -> None:
    assert taken() == "nlu_fallback"


def test_a_message_is_cut_into_sentences_and_those_into_clauses() -> None:
    assert sentences("这个月还多少，急。能晚几天吗？") == ["这个月还多少，急", "能晚几天吗"]
    assert clauses("这个月还多少，能晚几天吗") == ["这个月还多少", "能晚几天吗"]
    assert sentences("。") == ["。"]


@pytest.mark.parametrize("text", ["", "。", "？？？", "嗯", "，，，"])
def test_cutting_never_loses_everything(text: str) -> None:
    assert sentences(text) and clauses(text)


def guess(piece: str) -> Guess:
    known = {"还多少": "ask_bill", "能晚几天吗": "request_deferral", "你好": "greet", "我是商家": "ask_payment_usage"}
    return Guess(known.get(piece, "nlu_fallback"), 0.9 if piece in known else 0.1)


def test_two_sentences_with_two_questions_are_put_in_order_of_importance() -> None:
    read = reading("还多少？能晚几天吗？", Guess("ask_bill", 0.5), guess, RANKS)
    assert (read.first.intent, read.second) == ("request_deferral", "ask_bill")


def test_a_comma_does_not_overrule_the_sentence_but_may_offer_a_second_question() -> None:
    read = reading("还多少，能晚几天吗", Guess("ask_bill", 0.5), guess, RANKS)
    assert (read.first.intent, read.second) == ("ask_bill", "request_deferral")
    read = reading("我是商家，收花呗要手续费吗", Guess("ask_interest_and_fees", 0.5), guess, RANKS)
    assert (read.first.intent, read.second) == ("ask_interest_and_fees", None)


def test_a_courtesy_gives_way_to_a_question() -> None:
    assert reading("你好，还多少", Guess("greet", 0.9), guess, RANKS).first.intent == "ask_bill"
    assert reading("你好，在吗", Guess("greet", 0.9), guess, RANKS).first.intent == "greet"
