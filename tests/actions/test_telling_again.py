"""A story that is told once more, after something had failed, stays the same story and so the same filing."""

from __future__ import annotations

from typing import Any

from actions.complaints import ValidateServiceComplaintForm
from actions.forms import Answer
from actions.requests import Asking

STORY = "我要投诉你们客服，挂了我三次电话，态度太差"


def told(text: str, before: str | None) -> dict[str, Any]:
    asking = Asking(Answer("complain_service", text=text), {"text": before}, loans=None)  # type: ignore[arg-type]  # asks nothing
    return ValidateServiceComplaintForm().told(asking, None)


def test_the_same_words_again_add_nothing() -> None:
    assert told(STORY, STORY) == {"text": STORY}
    assert told(STORY, f"{STORY} / 还骂人") == {"text": f"{STORY} / 还骂人"}


def test_other_words_are_added() -> None:
    assert told("还骂人", STORY) == {"text": f"{STORY} / 还骂人"}
