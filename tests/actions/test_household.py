"""What of a message is income, what is spent, and what could be paid."""

from __future__ import annotations

import pytest

from actions.household import Household, household_said


@pytest.mark.parametrize(
    ("text", "income", "expenses"),
    [
        ("一个月挣3000", 300_000, None),
        ("房租800吃饭1000", None, 180_000),
        ("工资4000，房租1500，水电300，吃药200", 400_000, 200_000),
        ("我和老伴退休金2800和3100", 590_000, None),
        ("开销2000，退休金3500", 350_000, 200_000),
        ("每月800", None, None),
        ("工资不高，每月还800", None, None),
        ("分12期", None, None),
        ("11月15号发工资", None, None),
    ],
)
def test_a_sum_belongs_to_the_word_before_it(text: str, income: int | None, expenses: int | None) -> None:
    assert household_said(text, []) == Household(income, expenses)


def test_an_amount_that_was_understood_is_not_counted_twice() -> None:
    assert household_said("工资三千五，房租800", [(2, 5, 350_000)]) == Household(350_000, 80_000)


def test_a_sum_without_a_word_answers_what_was_asked() -> None:
    assert household_said("1500，吃饭1500", [], "expenses") == Household(None, 300_000)
    assert household_said("4000", [], "income") == Household(400_000, None)
    assert household_said("4000", []) == Household()
