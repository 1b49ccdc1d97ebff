"""A filing ends in one of five outcomes, whatever happens on the wire, and is never said to be what it is not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from bot.client import LoanClient
from bot.client.client import BorrowerLoans
from bot.client.errors import (
    BackendUnavailable,
    FilingInProgress,
    FilingUnknown,
    LoanBackendError,
    LoanNotFound,
    QuoteExpired,
)
from tests.support.scripted import scripted_backend

FILED: dict[str, Any] = {
    "request_id": "DF00000001",
    "kind": "deferral",
    "loan_id": "L1",
    "status": "pending",
    "filed_at": "2026-11-24T10:00:00+08:00",
    "undo_until_at": "2026-11-24T10:10:00+08:00",
    "decision_due_at": "2026-11-25T18:00:00+08:00",
    "decided_at": None,
    "decision_reason": None,
    "terms": {"new_due_date": "2026-12-15"},
    "as_of": "2026-11-24T10:00:00+08:00",
}
FOUND = (200, {"as_of": FILED["as_of"], "requests": [FILED]})
NONE_FOUND = (200, {"as_of": FILED["as_of"], "requests": []})


def problem(slug: str, status: int = 409) -> tuple[int, dict[str, Any]]:
    return status, {"type": f"/problems/{slug}", "title": slug, "status": status, "detail": "…"}


def door(url: str) -> BorrowerLoans:
    return LoanClient(url, "token", connect_timeout=0.5, read_timeout=0.5, pause=lambda seconds: None).loans_of("B1")


def file(url: str) -> Any:
    return door(url).request_deferral("L1", "Q1", filing_key="key-1")


def test_a_filing_carries_its_key_and_names_the_quote() -> None:
    with scripted_backend((201, FILED)) as (url, script):
        assert file(url).request_id == "DF00000001"
    (call,) = script.calls
    assert (call.method, call.path, call.body, call.key) == (
        "POST",
        "/v1/borrowers/B1/loans/L1/deferrals",
        {"quote_id": "Q1"},
        "key-1",
    )


def test_a_filing_that_was_there_before_says_so() -> None:
    with scripted_backend((200, FILED), Idempotent_Replayed="true") as (url, _):
        assert file(url).replayed


@pytest.mark.parametrize("fault", ["drop", "half", "slow", "garbage", (500, {}), (201, {"request_id": "DF1"})])
def test_after_an_unusable_answer_it_reads_back_and_finds_the_filing(fault: Any) -> None:
    with scripted_backend(fault, FOUND) as (url, script):
        filed = file(url)
    assert filed.request_id == "DF00000001"
    assert not filed.replayed  # it is this very filing that was found
    assert [call.method for call in script.calls] == ["POST", "GET"]
    assert script.calls[1].path.endswith("/requests?idempotency_key=key-1")


def test_what_was_not_found_is_sent_again_under_the_same_key_and_counts_as_this_filing() -> None:
    with scripted_backend("drop", NONE_FOUND, (200, FILED), Idempotent_Replayed="true") as (url, script):
        assert not file(url).replayed
    assert [call.key for call in script.calls if call.method == "POST"] == ["key-1", "key-1"]


def test_what_cannot_be_settled_is_unknown_and_not_called_failed() -> None:
    faults: list[Any] = ["drop", "drop", "drop"] * 6
    with scripted_backend(*faults) as (url, script), pytest.raises(FilingUnknown):
        file(url)
    assert {call.key for call in script.calls if call.method == "POST"} == {"key-1"}


def test_a_backend_that_was_never_reached_has_filed_nothing() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(BackendUnavailable):
        file(f"http://127.0.0.1:{port}")


def test_the_same_filing_under_way_elsewhere_is_being_processed() -> None:
    with scripted_backend(problem("request-in-progress")) as (url, script), pytest.raises(FilingInProgress):
        file(url)
    assert len(script.calls) == 1


def test_our_own_first_try_still_being_written_is_read_back() -> None:
    with scripted_backend("drop", NONE_FOUND, problem("request-in-progress"), FOUND) as (url, _):
        assert file(url).request_id == "DF00000001"


def test_a_refusal_is_final_and_is_not_sent_again() -> None:
    with scripted_backend(problem("quote-expired")) as (url, script), pytest.raises(QuoteExpired):
        file(url)
    assert len(script.calls) == 1


def test_reading_is_tried_again_but_a_quote_is_not() -> None:
    with scripted_backend((503, {}), (503, {}), NONE_FOUND) as (url, script):
        assert door(url).requests() == []
    assert len(script.calls) == 3
    with scripted_backend((503, {}), (201, {})) as (url, script), pytest.raises(BackendUnavailable):
        door(url).deferral_quote("L1", "P15D")
    assert len(script.calls) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "half",
        "garbage",
        "drop",
        (200, []),
        (200, {"loans": None}),
        (200, {"loans": [{"loan_id": 7}]}),
        (418, {"teapot": True}),
        (302, {}),
        (500, {"type": "/problems/internal"}),
    ],
)
def test_whatever_a_backend_answers_it_is_one_of_our_errors(answer: Any) -> None:
    with scripted_backend(*[answer] * 3) as (url, _), pytest.raises(LoanBackendError) as raised:
        door(url).loans()
    assert raised.value.response.startswith("utter_")


QUOTE: dict[str, Any] = {
    "quote_id": "Q1",
    "loan_id": "L2",
    "filing_key": "k",
    "expires_at": FILED["as_of"],
    "as_of": FILED["as_of"],
    "period": "P15D",
    "interest_free": False,
    "first_instalment_number": 8,
    "changes": [],
    "old_due_date": "2026-11-27",
    "new_due_date": "2026-12-12",
    "deferred_fen": 96594,
    "extra_interest_fen": 472,
    "penalty_to_date_fen": 0,
    "penalty_if_late_fen": 870,
    "credit_effect": "none_if_approved",
    "conditions": ["decided_by_person"],
    "decision_due_at": FILED["as_of"],
}


def test_a_quote_about_another_loan_than_the_one_asked_for_is_not_used() -> None:
    with scripted_backend((201, QUOTE)) as (url, _), pytest.raises(BackendUnavailable, match="another loan"):
        door(url).deferral_quote("L1", "P15D")
    with scripted_backend((201, QUOTE)) as (url, _):
        assert door(url).deferral_quote("L2", "P15D").new_due_date.isoformat() == "2026-12-12"


def test_a_loan_that_is_not_this_borrowers_is_not_found() -> None:
    with scripted_backend(problem("loan-not-found", 404)) as (url, _), pytest.raises(LoanNotFound):
        door(url).payments("L1")


def test_a_borrower_id_cannot_leave_its_place_in_the_path() -> None:
    with scripted_backend(NONE_FOUND) as (url, script):
        LoanClient(url, "token").loans_of("B1/../B2").requests()
    assert script.calls[0].path == "/v1/borrowers/B1%2F..%2FB2/requests"


def test_a_filing_is_over_in_time_even_when_the_backend_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The budget is spent once and for all tries together: with none left, nothing is sent any more."""
    monkeypatch.setattr("bot.client.door.FILING_SECONDS", 0.8)
    with scripted_backend("slow", "slow", "slow", "slow") as (url, script), pytest.raises(FilingUnknown):
        file(url)
    assert len(script.calls) <= 2


def test_an_unknown_status_of_a_lenders_system_is_no_usable_answer() -> None:
    strange = {**FILED, "status": "half_approved"}
    with scripted_backend((200, {"as_of": FILED["as_of"], "requests": [strange]})) as (url, _):
        with pytest.raises(BackendUnavailable, match="half_approved"):
            door(url).requests()


def test_an_undo_that_never_reached_the_backend_is_not_called_unknown() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(BackendUnavailable):
        door(f"http://127.0.0.1:{port}").undo("DF00000001")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield
