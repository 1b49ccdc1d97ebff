"""The small interest-free credit to rebuild with: conditions, offer, filing, and the desk's decision."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.backend.desk import Desk
from tests.backend.helpers import loan_of, problem
from tests.support.backend import DEMO_LENDER_FILE, BackendCalls, backend_in_a_thread

PATH = "/borrowers/B1041"


def offer(backend: BackendCalls, amount_fen: int = 50_000) -> dict[str, Any]:
    return dict(backend.get(f"{PATH}/rebuild-credit?amount_fen={amount_fen}")["offer"])


def file(backend: BackendCalls, offered: dict[str, Any], **body: Any) -> Any:
    asked = {"amount_fen": offered["amount_fen"], "term": offered["term"], **body}
    return backend.call("POST", f"{PATH}/rebuild-credits", asked, key=offered["filing_key"])


def first_unmet(backend: BackendCalls, borrower_id: str) -> str | None:
    found = backend.get(f"/borrowers/{borrower_id}/rebuild-credit")
    unmet = [row["code"] for row in found["conditions"] if not row["met"]]
    assert found["eligible"] == (not unmet)
    return unmet[0] if unmet else None


def test_it_is_for_those_who_were_late_and_have_settled(read_only_backend: BackendCalls) -> None:
    assert first_unmet(read_only_backend, "B1041") is None
    assert first_unmet(read_only_backend, "B1001") == "was_late"
    assert first_unmet(read_only_backend, "B1002") == "was_late"  # late within grace only
    assert first_unmet(read_only_backend, "B1005") == "nothing_past_due"


def test_who_settles_today_is_told_the_day_from_which_she_may_ask(backend: BackendCalls) -> None:
    loan = loan_of(backend, "overdue_12_days")
    loan.pay(loan.read()["overdue_fen"], key="payment-1")
    found = backend.get("/borrowers/B1004/rebuild-credit")
    assert found["possible_from_date"] == "2026-12-24"
    assert [row["code"] for row in found["conditions"] if not row["met"]] == ["settled_long_enough"]


def test_an_offer_is_equal_parts_without_interest_and_nothing_is_written(backend: BackendCalls) -> None:
    offered = offer(backend)
    payments = offered["payments"]
    assert len(payments) == offered["term"] == 6
    assert sum(row["payment_fen"] for row in payments) == offered["amount_fen"] == 50_000
    assert [date.fromisoformat(row["due_date"]).day for row in payments] == [24] * 6
    assert backend.rows("requests") == [row for row in backend.rows("requests") if row["kind"] != "rebuild_credit"]


@pytest.mark.parametrize("amount_fen", [19_999, 100_001])
def test_an_amount_beside_the_range_is_refused(backend: BackendCalls, amount_fen: int) -> None:
    answer = backend.call("GET", f"{PATH}/rebuild-credit?amount_fen={amount_fen}")
    assert problem(answer, "rebuild-credit-amount", 409)["max_fen"] == 100_000
    offered = {**offer(backend), "amount_fen": amount_fen}
    problem(file(backend, offered), "rebuild-credit-amount", 409)


def test_it_is_filed_once_and_a_person_decides(deciding_backend: BackendCalls) -> None:
    backend = deciding_backend
    offered = offer(backend)
    first, again = file(backend, offered), file(backend, offered)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["request_id"] == again.json()["request_id"] and first.json()["request_id"].startswith("RB")
    assert first.json()["terms"]["amount_fen"] == 50_000
    (listed,) = backend.get("/desk/requests?kind=rebuild_credit")["requests"]
    assert listed["borrower_name"] == "蒋女士" and listed["loan_id"] is None
    assert "信用重建小额 500.00元 over 6 instalments" in Desk(backend.url, backend.desk_token).listed("pending")
    decision = {"decision": "approve", "reason": "材料齐全", "decided_by": "陈主管"}
    backend.post(f"/desk/requests/{listed['request_id']}/decision", decision)
    assert [loan["loan_id"] for loan in backend.get(f"{PATH}/loans")["loans"]] == ["L1041"]  # nothing is paid out by it
    found = backend.get(f"{PATH}/rebuild-credit")
    assert found["possible_from_date"] == "2028-11-24"  # once in two years
    assert file(backend, offered).status_code == 200


def test_another_amount_while_one_waits_is_refused_and_after_an_undo_it_can_be_filed(backend: BackendCalls) -> None:
    first, other = offer(backend), offer(backend, 80_000)
    assert first["filing_key"] != other["filing_key"]
    request_id = file(backend, first).json()["request_id"]
    answer = file(backend, other)
    assert problem(answer, "rebuild-credit-not-eligible", 409)["unmet"] == ["nothing_pending"]
    assert len([row for row in backend.rows("requests") if row["kind"] == "rebuild_credit"]) == 1
    backend.post(f"{PATH}/requests/{request_id}/undo")
    assert offer(backend)["filing_key"] != first["filing_key"]
    assert file(backend, offer(backend)).status_code == 201


def test_the_same_key_for_another_amount_and_another_term_are_refused(backend: BackendCalls) -> None:
    offered = offer(backend)
    assert file(backend, offered).status_code == 201
    problem(file(backend, offered, amount_fen=60_000), "idempotency-key-reused", 422)
    problem(file(backend, offered, term=12), "quote-stale", 409)


def test_who_may_not_ask_files_nothing(backend: BackendCalls) -> None:
    body = {"amount_fen": 50_000, "term": 6}
    answer = backend.call("POST", "/borrowers/B1005/rebuild-credits", body, key="rebuild-00001")
    assert problem(answer, "rebuild-credit-not-eligible", 409)["unmet"][0] == "nothing_past_due"
    assert [row for row in backend.rows("requests") if row["kind"] == "rebuild_credit"] == []
    assert [row for row in backend.rows("idempotency_keys") if row["idempotency_key"] == "rebuild-00001"] == []


def test_a_lender_without_it_says_so(tmp_path: Path) -> None:
    text = DEMO_LENDER_FILE.read_text(encoding="utf-8")
    begin = text.index("rebuild_credit:\n")
    end = text.index("\n\n", begin)
    file_without = tmp_path / "lender.yml"
    file_without.write_text(text[:begin] + text[end:], encoding="utf-8")
    with backend_in_a_thread(tmp_path / "ledger", HUANBAN_LENDER_FILE=file_without) as backend:
        problem(backend.call("GET", f"{PATH}/rebuild-credit"), "rebuild-credit-not-offered", 409)
        body = {"amount_fen": 50_000, "term": 6}
        answer = backend.call("POST", f"{PATH}/rebuild-credits", body, key="rebuild-00001")
        problem(answer, "rebuild-credit-not-offered", 409)
