"""Disputes of the credit record: filed once about an entry, marked on it, and answered within the legal term."""

from __future__ import annotations

from typing import Any

import pytest

from bot.backend.desk import Desk
from tests.backend.helpers import problem
from tests.support.backend import BackendCalls

PATH = "/borrowers/B1041"


def spell(backend: BackendCalls) -> dict[str, Any]:
    return dict(backend.get(f"{PATH}/credit-record")["spells"][0])


def ask(backend: BackendCalls, **members: Any) -> dict[str, Any]:
    entry = {name: spell(backend)[name] for name in ("loan_id", "since_date")}
    return {**entry, "what_is_wrong": "wrong_days", "text": "只晚了两天", "wish": "correct", **members}


def test_a_dispute_is_filed_once_marks_its_entry_and_is_answered_within_twenty_days(backend: BackendCalls) -> None:
    asked = ask(backend)
    first = backend.call("POST", f"{PATH}/credit-disputes", asked, key="dispute-00001")
    again = backend.call("POST", f"{PATH}/credit-disputes", asked, key="dispute-00001")
    assert (first.status_code, again.status_code) == (201, 200)
    filed = first.json()
    assert filed["request_id"].startswith("CD") and filed["decision_due_at"].startswith("2026-12-14")
    assert spell(backend)["disputed_request_id"] == filed["request_id"]
    assert "wrong_days / 只晚了两天" in Desk(backend.url, backend.desk_token).listed("pending")


def test_an_entry_is_disputed_once_at_a_time_and_again_after_an_undo(backend: BackendCalls) -> None:
    filed = backend.post(f"{PATH}/credit-disputes", ask(backend), key="dispute-00001")
    second = ask(backend, text="还有一句")
    answer = backend.call("POST", f"{PATH}/credit-disputes", second, key="dispute-00002")
    assert problem(answer, "request-pending", 409)["request_id"] == filed["request_id"]
    backend.post(f"{PATH}/requests/{filed['request_id']}/undo")
    assert spell(backend)["disputed_request_id"] is None
    assert backend.post(f"{PATH}/credit-disputes", second, key="dispute-00003")["status"] == "pending"


def test_an_answer_takes_the_mark_away_and_says_why(deciding_backend: BackendCalls) -> None:
    backend = deciding_backend
    filed = backend.post(f"{PATH}/credit-disputes", ask(backend), key="dispute-00001")
    decision = {"decision": "refuse", "reason": "银行回单显示晚了46天", "decided_by": "陈主管"}
    backend.post(f"/desk/requests/{filed['request_id']}/decision", decision)
    assert spell(backend)["disputed_request_id"] is None
    assert backend.get(f"{PATH}/requests/{filed['request_id']}")["decision_reason"] == "银行回单显示晚了46天"


def test_a_spell_that_is_not_there_cannot_be_disputed_and_leaves_nothing_behind(backend: BackendCalls) -> None:
    answer = backend.call("POST", f"{PATH}/credit-disputes", ask(backend, since_date="2020-01-01"), key="dispute-00001")
    problem(answer, "credit-entry-not-found", 404)
    other = backend.call("POST", "/borrowers/B1001/credit-disputes", ask(backend), key="dispute-00001")
    problem(other, "loan-not-found", 404)
    assert [row for row in backend.rows("requests") if row["kind"] == "credit_dispute"] == []


@pytest.mark.parametrize(
    "members",
    [
        {"loan_id": None},
        {"loan_id": None, "since_date": None, "text": None},
        {"what_is_wrong": "other", "text": None},
        {"what_is_wrong": "because"},
        {"wish": "money"},
    ],
)
def test_a_dispute_that_nobody_could_look_into_is_refused(read_only_backend: BackendCalls, members: dict[str, Any]) -> None:
    answer = read_only_backend.call("POST", f"{PATH}/credit-disputes", ask(read_only_backend, **members), key="dispute-00001")
    problem(answer, "validation", 422)


def test_an_entry_seen_elsewhere_can_be_disputed_in_words(backend: BackendCalls) -> None:
    asked = {"what_is_wrong": "not_mine", "text": "报告里有一笔您家的，我没借过"}
    assert backend.post("/borrowers/B1001/credit-disputes", asked, key="dispute-00001")["loan_id"] is None
