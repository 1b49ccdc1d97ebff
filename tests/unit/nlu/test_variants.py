"""Broken variants of training sentences."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.variants import slips


@given(st.lists(st.text(alphabet="还款延期花呗额度多少", min_size=1, max_size=20), max_size=20), st.integers(0, 5))
def test_a_variant_is_one_slip_away_and_tells_where_it_is_from(sentences: list[str], seed: int) -> None:
    for number, broken in slips(sentences, seed):
        original = sentences[number]
        assert broken != original
        assert abs(len(broken) - len(original)) <= 1
        assert broken[0] == original[0]


def test_the_same_seed_makes_the_same_variants_and_short_sentences_are_left_alone() -> None:
    sentences = ["我想延期还款", "还款", "花呗怎么还"]
    assert list(slips(sentences, 3)) == list(slips(sentences, 3))
    assert {number for number, _ in slips(sentences, 3)} <= {0, 2}
