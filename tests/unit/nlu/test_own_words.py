"""What stands on a button is understood when it is typed."""

from __future__ import annotations

from bot.nlu.own_words import intent_of, intents_of_titles


def test_a_title_is_the_intent_of_its_button_whatever_stands_around_it() -> None:
    assert intent_of("找人工") == "request_human"
    assert intent_of(" 我欠多少？") == "ask_bill"
    assert intent_of("提交") == "affirm"


def test_other_text_and_titles_that_carry_a_value_are_left_to_the_classifier() -> None:
    assert intent_of("我到底欠多少") is None
    assert intent_of("晚15天") is None
    assert len(intents_of_titles()) > 30
