"""Credit lines, applications, refunds, closing a line, and what the lender says of its products."""

from __future__ import annotations

from typing import Any

from tests.backend.helpers import Loan, loan_of, problem
from tests.support.backend import BackendCalls


def lines(backend: BackendCalls, borrower_id: str) -> dict[str, dict[str, Any]]:
    found = backend.get(f"/borrowers/{borrower_id}/credit-lines")["credit_lines"]
    return {line["product_id"]: line for line in found}


def closing(backend: BackendCalls, borrower_id: str, product_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = backend.get(f"/borrowers/{borrower_id}/credit-lines/{product_id}/closing")
    return answer


def file_closing(backend: BackendCalls, borrower_id: str, product_id: str, key: str | None = None) -> Any:
    key = key or closing(backend, borrower_id, product_id)["filing_key"]
    return backend.call("POST", f"/borrowers/{borrower_id}/credit-lines/{product_id}/closings", {}, key=key)


def test_a_line_shows_what_is_used_and_what_is_left_as_the_loan_has_it(read_only_backend: BackendCalls) -> None:
    line = lines(read_only_backend, "B1001")["QH-JIE"]
    used = loan_of(read_only_backend, "on_time").read()["outstanding_principal_fen"]
    assert (line["status"], line["limit_fen"], line["used_fen"]) == ("open", 2_000_000, used)
    assert line["available_fen"] == 2_000_000 - used
    assert line["reasons"] == [] and line["next_review_date"] == "2026-12-15"
    assert [change["reason_code"] for change in line["changes"]] == ["paid_on_time"]


def test_a_late_borrowers_line_is_suspended_with_the_loan_named_until_it_is_paid(backend: BackendCalls) -> None:
    loan = loan_of(backend, "overdue_12_days")
    before = lines(backend, "B1004")["QH-KUAI"]
    (reason,) = before["reasons"]
    assert (before["status"], before["available_fen"], reason["code"]) == ("suspended", 0, "overdue")
    assert (reason["amount_fen"], reason["days_past_due"]) == (loan.read()["overdue_fen"], 12)
    loan.pay(reason["amount_fen"], key="payment-1")
    after = lines(backend, "B1004")["QH-KUAI"]
    assert (after["status"], after["reasons"]) == ("open", [])
    assert after["available_fen"] > 0


def test_within_grace_a_line_stays_open(read_only_backend: BackendCalls) -> None:
    assert lines(read_only_backend, "B1003")["QH-JIE"]["status"] == "open"


def test_a_loan_without_a_row_in_the_file_has_a_line_as_large_as_itself(read_only_backend: BackendCalls) -> None:
    line = lines(read_only_backend, "B1008")["QH-JIE"]
    assert (line["status"], line["limit_fen"]) == ("open", 1_000_000)


def test_a_revolving_lines_limit_is_the_loans_own_with_what_is_added_for_a_time(read_only_backend: BackendCalls) -> None:
    line = lines(read_only_backend, "B1006")["QH-HUA"]
    assert (line["limit_fen"], line["temporary_limit_fen"]) == (1_000_000, 200_000)
    assert line["available_fen"] == 1_200_000 - line["used_fen"]


def test_reasons_on_file_are_told(read_only_backend: BackendCalls) -> None:
    refused = lines(read_only_backend, "B1011")["QH-JIE"]
    assert refused["status"] == "refused"
    assert [reason["code"] for reason in refused["reasons"]] == ["income_not_confirmed", "many_other_debts"]
    held = lines(read_only_backend, "B1022")["QH-KUAI"]
    assert (held["status"], held["suspended_until_date"]) == ("suspended", "2026-11-26")


def test_applications_say_when_the_money_comes_or_why_not(read_only_backend: BackendCalls) -> None:
    (coming,) = read_only_backend.get("/borrowers/B1021/loan-applications")["applications"]
    assert (coming["status"], coming["payout_due_date"], coming["card_last4"]) == ("paying_out", "2026-11-25", "2276")
    (failed,) = read_only_backend.get("/borrowers/B1022/loan-applications")["applications"]
    assert (failed["status"], failed["reason_codes"]) == ("payout_failed", ["card_closed"])
    assert read_only_backend.get("/borrowers/B1001/loan-applications")["applications"] == []


def test_a_booked_refund_is_a_payment_and_the_bill_counts_it(read_only_backend: BackendCalls) -> None:
    (refund,) = read_only_backend.get("/borrowers/B1021/refunds")["refunds"]
    loan = Loan(read_only_backend, "B1021", "L1021").read()
    payments = read_only_backend.get("/borrowers/B1021/loans/L1021/payments")["payments"]
    assert refund["payment_id"] == next(row["payment_id"] for row in payments if row["channel"] == "refund")
    assert refund["bill_outstanding_fen"] == loan["next_due_fen"] == 268_800 - 68_800


def test_refunds_under_way_leave_the_bill_as_it_is(read_only_backend: BackendCalls) -> None:
    refunds = read_only_backend.get("/borrowers/B1006/refunds")["refunds"]
    assert [row["status"] for row in refunds] == ["processing", "with_merchant"]
    assert {row["bill_outstanding_fen"] for row in refunds} == {312_780}


def test_what_is_still_owed_keeps_a_line_open_and_is_named(backend: BackendCalls) -> None:
    found = closing(backend, "B1001", "QH-JIE")
    assert not found["can_be_filed"] and [row["loan_id"] for row in found["loans_in_use"]] == ["L1001"]
    document = problem(file_closing(backend, "B1001", "QH-JIE"), "line-in-use", 409)
    assert document["outstanding_fen"] == found["outstanding_fen"] == loan_of(backend, "on_time").read()["outstanding_fen"]
    assert backend.rows("requests") == [row for row in backend.rows("requests") if row["kind"] != "closing"]


def test_an_application_under_way_keeps_a_line_open(backend: BackendCalls) -> None:
    document = problem(file_closing(backend, "B1021", "QH-JIE"), "line-in-use", 409)
    assert (document["outstanding_fen"], document["application_id"]) == (0, "AP1021")


def test_a_line_is_closed_when_a_person_has_said_yes_and_not_before(deciding_backend: BackendCalls) -> None:
    backend = deciding_backend
    first, again = (file_closing(backend, "B1011", "QH-HUA", key="closing-key-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["request_id"] == again.json()["request_id"]
    line = lines(backend, "B1011")["QH-HUA"]
    assert (line["status"], line["closing_request_id"]) == ("open", first.json()["request_id"])
    decision = {"decision": "approve", "reason": "没有欠款", "decided_by": "陈主管"}
    backend.post(f"/desk/requests/{first.json()['request_id']}/decision", decision)
    line = lines(backend, "B1011")["QH-HUA"]
    assert (line["status"], line["since_date"], line["available_fen"]) == ("closed", "2026-11-24", 0)
    problem(file_closing(backend, "B1011", "QH-HUA"), "line-not-open", 409)


def test_a_revolving_loan_ends_with_its_line(deciding_backend: BackendCalls) -> None:
    backend = deciding_backend
    loan = Loan(backend, "B1007", "L1007")
    loan.pay(loan.read()["outstanding_fen"], key="payment-1")
    request = file_closing(backend, "B1007", "QH-HUA").json()
    loan.decide(request)
    assert loan.read()["status"] == "closed"


def test_a_wish_to_close_can_be_taken_back_and_filed_anew(backend: BackendCalls) -> None:
    request = file_closing(backend, "B1011", "QH-HUA").json()
    problem(file_closing(backend, "B1011", "QH-HUA", key="another-key-2"), "request-pending", 409)
    backend.post(f"/borrowers/B1011/requests/{request['request_id']}/undo")
    anew = file_closing(backend, "B1011", "QH-HUA")
    assert anew.status_code == 201 and anew.json()["request_id"] != request["request_id"]


def test_what_was_drawn_before_the_decision_keeps_the_line_open(deciding_backend: BackendCalls) -> None:
    backend = deciding_backend
    loan = Loan(backend, "B1007", "L1007")
    loan.pay(loan.read()["outstanding_fen"], key="payment-1")
    request = file_closing(backend, "B1007", "QH-HUA").json()
    backend.execute("UPDATE statements SET purchases_fen = purchases_fen + 5000 WHERE loan_id = 'L1007' AND statement_number = 3")
    body = {"decision": "approve", "reason": "没有欠款", "decided_by": "陈主管"}
    answer = backend.call("POST", f"/desk/requests/{request['request_id']}/decision", body)
    assert problem(answer, "line-in-use", 409)["outstanding_fen"] >= 5000


def test_anothers_line_and_none_are_refused_alike(read_only_backend: BackendCalls) -> None:
    for product_id in ("QH-JING", "NONE"):
        answer = read_only_backend.call("GET", f"/borrowers/B1001/credit-lines/{product_id}/closing")
        problem(answer, "credit-line-not-found", 404)
    problem(read_only_backend.call("GET", "/borrowers/B9999/credit-lines"), "borrower-not-found", 404)


def test_the_lender_describes_its_products_in_its_own_words(read_only_backend: BackendCalls) -> None:
    told = read_only_backend.get("/product-descriptions")
    assert told["lender_name"] == "青禾消费金融（演示）"
    assert [row["product_id"] for row in told["products"]] == ["QH-JIE", "QH-KUAI", "QH-JING", "QH-YUE", "QH-HUA"]
    assert all(row["lent_by"] and row["usable_for"] and row["not_for"] for row in told["products"])
