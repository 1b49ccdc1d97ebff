"""A message that is nothing but a value."""

from __future__ import annotations

import pytest

from bot.nlu.bare_value import is_bare_value


@pytest.mark.parametrize(
    ("text", "spans", "bare"),
    [
        ("半个月", [("period", 0, 3)], True),
        ("到明天吧", [("date", 1, 3)], True),
        ("那就20天行吗", [("period", 2, 5)], False),
        ("第二笔", [("loan_reference", 0, 3)], True),
        ("明天会不会上征信", [("date", 0, 2)], False),
        ("花呗", [("product", 0, 2)], False),
        ("住院", [("hardship_reason", 0, 2)], False),
        ("", [], False),
    ],
)
def test_only_values_that_answer_a_question_count(text: str, spans: list[tuple[str, int, int]], bare: bool) -> None:
    assert is_bare_value(text, spans) is bare
