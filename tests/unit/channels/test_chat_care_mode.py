"""Large letters that the lender remembers are on in a new conversation, on the page and in what is said."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.channels.chat.care_mode import CareMode
from bot.channels.chat.history import History
from bot.channels.chat.visitors import Visitor
from bot.client.errors import BackendUnavailable
from bot.identity import Speaker

HERS = "web.B1001.x"


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(f"sqlite:///{tmp_path / 'chat.db'}")
    yield opened
    opened.close()


def lender(care_mode: bool | None) -> Any:
    """A lender who remembers this of every borrower; None when nobody answers."""

    def borrower() -> Any:
        if care_mode is None:
            raise BackendUnavailable("away")
        return SimpleNamespace(care_mode=care_mode)

    return SimpleNamespace(loans_of=lambda borrower_id: SimpleNamespace(borrower=borrower))


def shown_to(history: History, remembered_by_lender: bool | None, borrower_id: str | None = "B1001") -> bool:
    visitor = Visitor(Speaker("web", borrower_id), HERS, 0)
    return asyncio.run(CareMode(history, lender(remembered_by_lender), lambda: None).of(visitor))


def test_each_message_carries_what_the_lender_remembers(history: History) -> None:
    assert shown_to(history, True)
    assert history.care_mode(HERS) is True


def test_a_choice_in_the_chat_holds_against_it(history: History) -> None:
    history.set_care_mode(HERS, False)
    assert not shown_to(history, True)
    assert history.care_mode(HERS) is False


@pytest.mark.parametrize("remembered", [False, None])
def test_nothing_is_remembered_when_the_lender_knows_of_none_or_is_away(history: History, remembered: bool | None) -> None:
    assert not shown_to(history, remembered)
    assert history.care_mode(HERS) is None


def test_a_guest_is_not_asked_about(history: History) -> None:
    assert not shown_to(history, True, borrower_id=None)
