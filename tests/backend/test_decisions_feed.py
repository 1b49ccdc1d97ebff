"""What the desk has decided, for the accounts that speak for its borrowers: `GET /v1/decisions`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.backend.test_bindings import bound
from tests.support.backend import BackendCalls, backend_in_a_thread


@pytest.fixture
def lender(tmp_path: Path, seeded_ledger: Path):  # type: ignore[no-untyped-def]
    with backend_in_a_thread(tmp_path, template=seeded_ledger, HUANBAN_UNDO_MINUTES=0) as backend:
        yield backend


def decided(backend: BackendCalls, borrower_id: str, decision: str = "approve") -> str:
    """Files a deferral for the borrower's first loan and decides on it; the request's id."""
    loan_id = backend.get(f"/borrowers/{borrower_id}/loans")["loans"][0]["loan_id"]
    path = f"/borrowers/{borrower_id}/loans/{loan_id}"
    quote = backend.post(f"{path}/deferral-quotes", {"period": "P7D"})
    request = backend.post(f"{path}/deferrals", {"quote_id": quote["quote_id"]}, key=quote["filing_key"])
    body = {"decision": decision, "reason": "材料齐全", "decided_by": "desk"}
    backend.post(f"/desk/requests/{request['request_id']}/decision", body)
    return str(request["request_id"])


def decisions(backend: BackendCalls, since: str = "2026-01-01T00:00:00%2B08:00") -> list[dict[str, Any]]:
    return list(backend.get(f"/decisions?channel=wechat&since={since}")["decisions"])


def test_a_decision_stands_there_once_for_each_account_that_was_bound_by_then(lender: BackendCalls) -> None:
    bound(lender, "o-first-phone", "B1002")
    bound(lender, "o-second-phone", "B1002")
    request_id = decided(lender, "B1002")
    bound(lender, "o-third-phone", "B1002")
    found = decisions(lender)
    assert [(row["request_id"], row["openid"]) for row in found] == [
        (request_id, "o-first-phone"),
        (request_id, "o-second-phone"),
    ]
    assert (found[0]["status"], found[0]["decision_reason"]) == ("approved", "材料齐全")


def test_decisions_for_borrowers_without_an_account_are_not_told(lender: BackendCalls) -> None:
    bound(lender, "o-first-phone", "B1001")
    decided(lender, "B1002")
    assert decisions(lender) == []


def test_what_was_decided_before_is_left_out_and_the_moment_itself_is_not(lender: BackendCalls) -> None:
    bound(lender, "o-first-phone", "B1002")
    decided(lender, "B1002", "refuse")
    (row,) = decisions(lender)
    moment = row["decided_at"].replace("+", "%2B")
    assert decisions(lender, moment) == [row]
    assert decisions(lender, "2027-01-01T00:00:00%2B08:00") == []


def test_a_moment_that_is_none_is_refused(lender: BackendCalls) -> None:
    answer = lender.call("GET", "/decisions?channel=wechat&since=yesterday")
    assert answer.status_code in (400, 422) and answer.json()["type"] == "/problems/validation"


def test_whoever_got_a_full_page_reads_on_behind_its_last_row(lender: BackendCalls) -> None:
    for openid in ("o-first-phone", "o-second-phone", "o-third-phone"):  # three rows at one moment
        bound(lender, openid, "B1002")
    decided(lender, "B1002")
    whole, read = decisions(lender), []
    since, behind = "2026-01-01T00:00:00%2B08:00", ""
    while page := decisions(lender, f"{since}&limit=2{behind}"):
        read += page
        since = page[-1]["decided_at"].replace("+", "%2B")
        behind = f"&after_request_id={page[-1]['request_id']}&after_openid={page[-1]['openid']}"
    assert read == whole and len(whole) == 3
