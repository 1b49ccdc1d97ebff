"""The crisis detector by itself, on a few sentences of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.crisis import CrisisModel, signs, split

CRISES = ["我不想活了", "活着没意思", "想从楼上跳下去", "一了百了算了", "我想死", "活不下去了", "不想活在这世上"]
OTHERS = ["我欠多少", "能晚几天还吗", "忙死了", "楼下的网点在哪", "生活费不够", "额度没了", "算了不办了", "想提前还清"]


@pytest.fixture(scope="module")
def model() -> CrisisModel:
    return CrisisModel.train(CRISES, OTHERS)


def test_it_tells_such_talk_from_look_alikes(model: CrisisModel) -> None:
    assert model.probability("真的不想活了") > 0.5
    assert model.probability("今天忙死了") < model.probability("今天不想活了")


def test_one_clause_counts_in_a_long_message(model: CrisisModel) -> None:
    alone = model.probability("我不想活了")
    assert model.probability("利息这么高我还了三年还没还完，我不想活了，你们告诉我怎么算的") >= alone - 0.01


def test_a_slip_of_sound_does_not_hide_it(model: CrisisModel) -> None:
    assert model.probability("我不想火了") > model.probability("我欠多少")


def test_it_survives_being_saved(model: CrisisModel) -> None:
    again = CrisisModel.from_state(model.state())
    assert again.probability("我不想活了") == model.probability("我不想活了")


@given(st.text(max_size=300))
def test_any_text_has_a_probability(text: str) -> None:
    model = CrisisModel({"c死": 1.0}, -1.0)
    assert 0 <= model.probability(text) <= 1
    assert all(isinstance(sign, str) for sign in signs(text))


def test_sentences_are_split_by_their_intent() -> None:
    assert split([("a", "crisis"), ("b", "greet")]) == (["a"], ["b"])
