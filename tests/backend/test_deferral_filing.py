"""A filing happens once, can be undone for a while, and is bound to the quote the borrower confirmed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.backend.helpers import loan_of, problem
from tests.support.backend import BackendCalls, backend_in_a_thread


def test_a_filed_deferral_waits_for_a_decision_and_leaves_the_plan(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    before = loan.read()["instalments"]
    quote = loan.quote()
    request = loan.file(quote)
    assert request["request_id"].startswith("DF") and len(request["request_id"]) == 10
    assert (request["kind"], request["status"], request["loan_id"]) == ("deferral", "pending", "L1001")
    assert request["terms"] == quote
    assert request["decision_due_at"] == quote["decision_due_at"]
    assert loan.read()["instalments"] == before
    assert loan.read()["pending_request_id"] == request["request_id"]


def test_the_same_key_files_once_and_says_that_it_is_a_repeat(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    quote = loan.quote()
    body = {"quote_id": quote["quote_id"]}
    first = backend.call("POST", f"{loan.path}/deferrals", body, key=quote["filing_key"])
    again = backend.call("POST", f"{loan.path}/deferrals", body, key=quote["filing_key"])
    assert (first.status_code, again.status_code) == (201, 200)
    assert "Idempotent-Replayed" not in first.headers and again.headers["Idempotent-Replayed"] == "true"
    assert first.json()["request_id"] == again.json()["request_id"]
    assert len(backend.get(f"{loan.borrower}/requests")["requests"]) == 1


def test_quoting_again_after_a_time_out_and_filing_that_is_a_repeat(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    first, again = loan.quote(), loan.quote()
    assert loan.file(first)["request_id"] == loan.file(again)["request_id"]


def test_the_same_key_with_other_terms_is_refused(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    first, other = loan.quote("P15D"), loan.quote("P20D")
    loan.file(first)
    for quote_id in (other["quote_id"], "Qnobody"):
        answer = backend.call("POST", f"{loan.path}/deferrals", {"quote_id": quote_id}, key=first["filing_key"])
        problem(answer, "idempotency-key-reused", 422)
    assert len(backend.get(f"{loan.borrower}/requests")["requests"]) == 1


def test_another_borrower_with_the_same_key_gets_nothing_of_it(backend: BackendCalls) -> None:
    mine, theirs = loan_of(backend, "on_time"), loan_of(backend, "illness")
    filed = mine.file(mine.quote(), key="one-key-for-two")
    answer = backend.call("POST", f"{theirs.path}/deferrals", {"quote_id": theirs.quote()["quote_id"]}, key="one-key-for-two")
    problem(answer, "idempotency-key-reused", 422)
    assert filed["request_id"] not in answer.text
    assert backend.get(f"{theirs.borrower}/requests?idempotency_key=one-key-for-two")["requests"] == []


def test_a_filing_without_a_key_is_refused(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    answer = backend.call("POST", f"{loan.path}/deferrals", {"quote_id": loan.quote()["quote_id"]})
    problem(answer, "idempotency-key-missing", 400)
    assert backend.get(f"{loan.borrower}/requests")["requests"] == []


def test_a_refused_filing_does_not_use_up_its_key(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    quote = loan.quote()
    problem(
        backend.call("POST", f"{loan.path}/deferrals", {"quote_id": quote["quote_id"], "x": 1}, key=quote["filing_key"]),
        "validation",
        422,
    )
    problem(
        backend.call("POST", f"{loan.path}/deferrals", {"quote_id": "Qnobody"}, key=quote["filing_key"]),
        "quote-not-found",
        404,
    )
    assert backend.rows("idempotency_keys") == [
        row for row in backend.rows("idempotency_keys") if row["idempotency_key"] != quote["filing_key"]
    ]
    assert loan.file(quote)["status"] == "pending"


def test_another_borrowers_quote_is_not_there(backend: BackendCalls) -> None:
    mine, theirs = loan_of(backend, "on_time"), loan_of(backend, "illness")
    quote = theirs.quote()
    answer = backend.call("POST", f"{mine.path}/deferrals", {"quote_id": quote["quote_id"]}, key="key-12345678")
    problem(answer, "quote-not-found", 404)


def test_a_quote_of_another_kind_is_not_there(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    prepayment = backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full"})
    answer = backend.call("POST", f"{loan.path}/deferrals", {"quote_id": prepayment["quote_id"]}, key="key-12345678")
    problem(answer, "quote-not-found", 404)


def test_an_expired_quote_is_refused(tmp_path: Path, seeded_ledger: Path) -> None:
    with backend_in_a_thread(tmp_path, template=seeded_ledger, HUANBAN_QUOTE_MINUTES=0) as backend:
        loan = loan_of(backend, "on_time")
        quote = loan.quote()
        answer = backend.call("POST", f"{loan.path}/deferrals", {"quote_id": quote["quote_id"]}, key=quote["filing_key"])
        assert problem(answer, "quote-expired", 409)["expires_at"] == quote["expires_at"]


def test_a_quote_is_stale_once_the_loan_changed(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    quote = loan.quote()
    loan.pay(5000, key="payment-1")
    answer = backend.call("POST", f"{loan.path}/deferrals", {"quote_id": quote["quote_id"]}, key=quote["filing_key"])
    problem(answer, "quote-stale", 409)


def test_a_second_request_for_the_same_loan_is_refused_while_one_is_pending(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    first, second = loan.quote("P15D"), loan.quote("P20D")
    filed = loan.file(first)
    answer = backend.call("POST", f"{loan.path}/deferrals", {"quote_id": second["quote_id"]}, key=second["filing_key"])
    assert problem(answer, "request-pending", 409)["request_id"] == filed["request_id"]


def test_reading_back_by_key_finds_what_was_filed(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    quote = loan.quote()
    path = f"{loan.borrower}/requests?idempotency_key={quote['filing_key']}"
    assert backend.get(path)["requests"] == []
    filed = loan.file(quote)
    assert [row["request_id"] for row in backend.get(path)["requests"]] == [filed["request_id"]]


def test_a_request_can_be_undone_and_undone_again(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    filed = loan.file(loan.quote())
    path = f"{loan.borrower}/requests/{filed['request_id']}/undo"
    assert backend.post(path)["status"] == "undone"
    assert backend.post(path)["status"] == "undone"
    assert loan.read()["pending_request_id"] is None
    undone = [row for row in backend.rows("audit") if row["action"] == "deferral.undone"]
    assert len(undone) == 1


def test_after_an_undo_the_same_terms_can_be_filed_as_a_new_request(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    first_quote = loan.quote()
    first = loan.file(first_quote)
    backend.post(f"{loan.borrower}/requests/{first['request_id']}/undo")
    second_quote = loan.quote()
    assert second_quote["filing_key"] != first_quote["filing_key"]
    second = loan.file(second_quote)
    assert second["request_id"] != first["request_id"] and second["status"] == "pending"
    assert second_quote["deferrals_used"] == 0  # what was undone does not count


def test_undoing_after_its_minutes_is_too_late(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "on_time")
    filed = loan.file(loan.quote())
    answer = deciding_backend.call("POST", f"{loan.borrower}/requests/{filed['request_id']}/undo")
    body = problem(answer, "undo-too-late", 409)
    assert body["undo_until_at"] == filed["undo_until_at"] and body["request_status"] == "pending"


def test_another_borrower_cannot_undo_it(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    filed = loan.file(loan.quote())
    answer = backend.call("POST", f"/borrowers/B1002/requests/{filed['request_id']}/undo")
    problem(answer, "request-not-found", 404)
    assert loan.read()["pending_request_id"] == filed["request_id"]


@pytest.mark.parametrize("key", ["short", "with space 123", "k" * 129, "schlüssel-1234"])
def test_a_key_must_be_a_key(backend: BackendCalls, key: str) -> None:
    loan = loan_of(backend, "on_time")
    answer = backend.call(
        "POST", f"{loan.path}/deferrals", {"quote_id": "Q1"}, headers={"Idempotency-Key": key.encode("latin-1")}
    )
    problem(answer, "validation", 422)
