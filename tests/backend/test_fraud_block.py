"""The block after a report of fraud: what it stops, what it leaves alone, and how a person lifts it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.backend.desk import Desk
from tests.backend.helpers import loan_of, problem
from tests.support.backend import BackendCalls

REPORT = {"what": "account_taken", "summary": "手机被偷，怕被人拿去借钱", "block": True}


def block(backend: BackendCalls, borrower_id: str = "B1001") -> dict[str, Any]:
    filed = backend.post(f"/borrowers/{borrower_id}/fraud-reports", REPORT, key="fraud-00001")
    return dict(filed)


def lift(backend: BackendCalls) -> None:
    (standing,) = backend.get("/desk/safety-blocks")["blocks"]
    backend.post(f"/desk/safety-blocks/{standing['safety_block_id']}/lift", {"reason": "到场核实", "lifted_by": "陈主管"})


def lines(backend: BackendCalls, borrower_id: str = "B1001") -> list[dict[str, Any]]:
    return list(backend.get(f"/borrowers/{borrower_id}/credit-lines")["credit_lines"])


def test_a_blocked_line_says_so_with_the_report_and_nothing_is_left_of_it(backend: BackendCalls) -> None:
    before = lines(backend)
    report = block(backend)
    usable = [(line, earlier) for line, earlier in zip(lines(backend), before, strict=True) if earlier["status"] == "open"]
    assert usable
    for line, earlier in usable:
        assert (line["status"], line["available_fen"], line["since_date"]) == ("blocked", 0, "2026-11-24")
        assert line["reasons"][0]["code"] == "fraud_block"
        assert line["reasons"][0]["request_id"] == report["request_id"]
        assert line["used_fen"] == earlier["used_fen"]
    lift(backend)
    assert lines(backend) == before


def test_a_block_outranks_a_suspension_that_ends_by_itself(backend: BackendCalls) -> None:
    assert lines(backend, "B1022")[0]["suspended_until_date"] is not None
    block(backend, "B1022")
    held = lines(backend, "B1022")[0]
    assert (held["status"], held["suspended_until_date"]) == ("blocked", None)
    assert [reason["code"] for reason in held["reasons"]][:2] == ["fraud_block", "security_hold"]


def test_an_application_under_way_is_held(backend: BackendCalls) -> None:
    path = "/borrowers/B1021/loan-applications"
    assert backend.get(path)["applications"][0]["on_hold"] is False
    block(backend, "B1021")
    assert backend.get(path)["applications"][0]["on_hold"] is True


@pytest.mark.parametrize("purpose", ["add_card", "update_phone", "update_name", "update_id"])
def test_an_account_cannot_be_made_another_persons(backend: BackendCalls, purpose: str) -> None:
    report = block(backend)
    refused = problem(backend.call("POST", "/borrowers/B1001/secure-links", {"purpose": purpose}), "blocked-after-fraud", 409)
    assert refused["request_id"] == report["request_id"]
    lift(backend)
    assert backend.post("/borrowers/B1001/secure-links", {"purpose": purpose})["url"]


def test_paying_deferring_and_another_due_day_stay_possible(backend: BackendCalls) -> None:
    block(backend)
    assert backend.post("/borrowers/B1001/secure-links", {"purpose": "pay", "loan_id": "L1001"})["url"]
    loan = loan_of(backend, "on_time")
    assert loan.pay(1_000, key="payment-1")["status"] == "booked"
    assert loan.file(loan.quote())["status"] == "pending"


def test_the_small_credit_is_neither_offered_nor_filed_nor_approved(backend: BackendCalls) -> None:
    offered = backend.get("/borrowers/B1041/rebuild-credit?amount_fen=50000")["offer"]
    block(backend, "B1041")
    problem(backend.call("GET", "/borrowers/B1041/rebuild-credit"), "blocked-after-fraud", 409)
    asked = {"amount_fen": 50_000, "term": offered["term"]}
    answer = backend.call("POST", "/borrowers/B1041/rebuild-credits", asked, key=offered["filing_key"])
    problem(answer, "blocked-after-fraud", 409)


def test_what_was_filed_before_a_block_and_lends_is_not_approved_under_it(deciding_backend: BackendCalls) -> None:
    backend = deciding_backend
    offered = backend.get("/borrowers/B1041/rebuild-credit?amount_fen=50000")["offer"]
    asked = {"amount_fen": 50_000, "term": offered["term"]}
    filed = backend.post("/borrowers/B1041/rebuild-credits", asked, key=offered["filing_key"])
    block(backend, "B1041")
    decision = {"decision": "approve", "reason": "同意", "decided_by": "陈主管"}
    path = f"/desk/requests/{filed['request_id']}/decision"
    problem(backend.call("POST", path, decision), "blocked-after-fraud", 409)
    lift(backend)
    assert backend.post(path, decision)["status"] == "approved"


def test_the_statement_of_a_line_is_not_split_and_an_instalment_loan_may_have_a_new_plan(backend: BackendCalls) -> None:
    line, plan = loan_of(backend, "minimum_payment"), loan_of(backend, "on_time")
    block(backend, "B1007")
    backend.post("/borrowers/B1001/fraud-reports", REPORT, key="fraud-00002")
    problem(backend.call("POST", f"{line.path}/restructure-quotes", {"term": 6}), "blocked-after-fraud", 409)
    problem(backend.call("GET", f"{line.path}/restructure-range"), "blocked-after-fraud", 409)
    ways = backend.post(f"{line.path}/hardship-options", {"reason_code": None})["ways"]
    assert next(way["why_not"] for way in ways if way["way"] == "restructure") == "blocked-after-fraud"
    assert backend.get(f"{line.path}/minimum-payment")["bill_instalments"] is None
    quote = backend.post(f"{plan.path}/restructure-quotes", {"monthly_payment_fen": 60_000})
    filed = backend.post(f"{plan.path}/restructures", {"quote_id": quote["quote_id"]}, key=quote["filing_key"])
    assert backend.get(f"/desk/requests/{filed['request_id']}")["safety_block_id"].startswith("SB")


def test_the_people_who_decide_are_told_to_ask_back(backend: BackendCalls) -> None:
    block(backend)
    loan = loan_of(backend, "on_time")
    loan.file(loan.quote())
    assert "ask back on the number on file" in Desk(backend.url, backend.desk_token).listed("pending")
