"""Answers that belong to somebody else, refusals that come too late, and a backend that wants to be left alone for a while."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot.client import LoanClient
from bot.client.client import BorrowerLoans
from bot.client.connection import _seconds
from bot.client.errors import BackendUnavailable, FilingUnknown, ProblemError, QuoteExpired
from tests.client.test_filing import FILED, FOUND, NONE_FOUND, problem
from tests.support.scripted import scripted_backend


class Pauses(list[float]):
    """How long was waited between tries; nobody really waits."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def door(url: str, pause: Any = None) -> BorrowerLoans:
    pause = Pauses() if pause is None else pause
    return LoanClient(url, "token", connect_timeout=0.5, read_timeout=0.5, pause=pause).loans_of("B1")


def file(url: str, pause: Any = None, **options: Any) -> Any:
    return door(url, pause).request_deferral("L1", "Q1", filing_key="key-1", **options)


ANOTHERS = {**FILED, "request_id": "DF00000002", "borrower_id": "B2"}


@pytest.mark.parametrize(
    "anothers",
    [ANOTHERS, {**FILED, "request_id": "DF00000002", "terms": {"filing_key": "key-2"}}],
    ids=["by its borrower", "by its key"],
)
def test_a_filing_answered_with_another_borrowers_is_read_back_and_that_number_is_never_told(anothers: dict[str, Any]) -> None:
    with scripted_backend((201, anothers), FOUND) as (url, script):
        assert file(url).request_id == "DF00000001"
    assert [call.method for call in script.calls] == ["POST", "GET"]


def test_what_is_read_back_may_be_another_borrowers_too() -> None:
    empty = (200, {"as_of": FILED["as_of"], "borrower_id": "B2", "requests": []})
    with scripted_backend((201, ANOTHERS), empty, (201, ANOTHERS), empty, (201, ANOTHERS), empty) as (url, _):
        with pytest.raises(FilingUnknown):
            file(url)


@pytest.mark.parametrize("members", [{"borrower_id": "B2", "requests": []}, {"requests": [ANOTHERS]}])
def test_another_borrowers_list_is_not_shown_not_even_an_empty_one(members: dict[str, Any]) -> None:
    with scripted_backend((200, {"as_of": FILED["as_of"], **members})) as (url, _):
        with pytest.raises(BackendUnavailable, match="another borrower"):
            door(url).requests()


def test_an_answer_under_another_borrowers_header_is_not_shown() -> None:
    with (
        scripted_backend(NONE_FOUND, Huanban_Borrower="B2") as (url, _),
        pytest.raises(BackendUnavailable, match="another borrower"),
    ):
        door(url).requests()
    with scripted_backend(NONE_FOUND, Huanban_Borrower="B1") as (url, _):
        assert door(url).requests() == []


def test_an_undo_answered_with_another_request_is_no_undo() -> None:
    undone = {**FILED, "request_id": "DF00000009", "status": "undone"}
    with scripted_backend((200, undone), (200, {**FILED, "status": "undone"})) as (url, script):
        assert door(url).undo("DF00000001").request_id == "DF00000001"
    assert len(script.calls) == 2


@pytest.mark.parametrize("late", [problem("quote-expired"), problem("of-no-known-kind", 400)])
def test_a_refusal_after_a_lost_answer_does_not_hide_what_was_filed(late: tuple[int, dict[str, Any]]) -> None:
    with scripted_backend("drop", NONE_FOUND, late, FOUND) as (url, _):
        assert file(url).request_id == "DF00000001"


def test_a_refusal_after_a_lost_answer_counts_where_nothing_is_seen_and_is_unknown_where_nothing_can_be_seen() -> None:
    with scripted_backend("drop", NONE_FOUND, problem("quote-expired"), NONE_FOUND) as (url, _), pytest.raises(QuoteExpired):
        file(url)
    with scripted_backend("drop", NONE_FOUND, problem("quote-expired"), "drop") as (url, _), pytest.raises(FilingUnknown):
        file(url)


def test_a_refusal_that_the_contract_does_not_know_is_looked_into_before_it_is_believed() -> None:
    with scripted_backend(problem("duplicate"), FOUND) as (url, _):
        assert file(url).request_id == "DF00000001"
    with scripted_backend(problem("duplicate"), NONE_FOUND) as (url, _), pytest.raises(ProblemError):
        file(url)


@pytest.mark.parametrize("body", [{}, {"type": "/problems/too-many-requests", "title": "…", "status": 429, "detail": "…"}])
def test_a_backend_that_wants_to_be_called_later_is_called_later_and_the_filing_is_made_once(body: dict[str, Any]) -> None:
    pauses = Pauses()
    with scripted_backend((429, body), (201, FILED), Retry_After="2") as (url, script):
        assert file(url, pauses).request_id == "DF00000001"
    assert pauses == [2.0]
    assert [call.method for call in script.calls] == ["POST", "POST"]


def test_one_that_wants_longer_than_a_borrower_waits_has_filed_nothing() -> None:
    with scripted_backend((429, {}), Retry_After="60") as (url, script), pytest.raises(BackendUnavailable):
        file(url)
    assert len(script.calls) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_reading_never_sleeps_as_long_as_a_backend_asks_for(status: int) -> None:
    began = time.monotonic()
    with scripted_backend((status, {}), (status, {}), (status, {}), Retry_After="30") as (url, script):
        with pytest.raises(BackendUnavailable):
            door(url).requests()
    assert time.monotonic() - began < 10
    assert len(script.calls) == (1 if status == 429 else 3)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [(None, None), ("3", 3.0), ("soon", None), ("Wed, 21 Oct 2020 07:28:00 GMT", 0.0), ("-1", None), ("٣", 3.0)],
)
def test_when_to_call_again_is_read_from_seconds_or_a_moment(said: str | None, seconds: float | None) -> None:
    assert _seconds(said) == seconds


def test_several_filings_share_their_time_and_what_was_never_sent_is_not_filed() -> None:
    with scripted_backend() as (url, script), pytest.raises(BackendUnavailable):
        file(url, deadline=time.monotonic() - 1)
    assert script.calls == []


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield
