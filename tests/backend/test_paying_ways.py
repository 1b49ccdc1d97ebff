"""Ways to repay, what auto debit takes next, cards that go, and links to the lender's secure pages."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.backend.helpers import Loan, loan_of, problem
from tests.support.backend import DEMO_LENDER_FILE, BackendCalls, backend_in_a_thread


def link(backend: BackendCalls, borrower_id: str = "B1001", **body: Any) -> dict[str, Any]:
    issued: dict[str, Any] = backend.post(f"/borrowers/{borrower_id}/secure-links", body)
    return issued


# Secure links


def test_a_secure_link_leads_to_the_lenders_page_and_ends_within_minutes(backend: BackendCalls) -> None:
    issued = link(backend, purpose="add_card")
    assert issued["url"].startswith("http://127.0.0.1:5005/demo/secure/add-card/")
    held = datetime.fromisoformat(issued["expires_at"]) - datetime.fromisoformat(issued["as_of"])
    assert held == timedelta(minutes=15)
    assert link(backend, purpose="add_card")["url"] != issued["url"]


def test_the_ledger_keeps_no_link_that_could_be_opened(backend: BackendCalls) -> None:
    token = link(backend, purpose="pay", loan_id="L1001")["url"].rpartition("/")[2]
    (row,) = backend.rows("secure_links")
    assert row["token_sha256"] == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(backend.rows("audit"))


def test_a_link_with_a_quote_does_not_outlive_the_quote(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    quote = backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full"})
    backend.execute("UPDATE quotes SET expires_at = substr(quoted_at, 1, 11) || '23:59:59.000000Z'")
    assert link(backend, purpose="pay", loan_id="L1001", quote_id=quote["quote_id"])["url"]
    backend.execute("UPDATE quotes SET expires_at = quoted_at")
    body = {"purpose": "pay", "loan_id": "L1001", "quote_id": quote["quote_id"]}
    problem(backend.call("POST", f"{loan.borrower}/secure-links", body), "quote-expired", 409)


def test_a_link_for_a_quote_of_before_a_payment_is_refused(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    quote = backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full"})
    loan.pay(10000, "a-payment-in-between")
    body = {"purpose": "pay", "loan_id": "L1001", "quote_id": quote["quote_id"]}
    problem(backend.call("POST", f"{loan.borrower}/secure-links", body), "quote-stale", 409)


@pytest.mark.parametrize(
    ("body", "slug", "status"),
    [
        ({"purpose": "pay", "loan_id": "L1002"}, "loan-not-found", 404),  # another borrower's
        ({"purpose": "pay", "loan_id": "L1001", "quote_id": "Q0"}, "quote-not-found", 404),
        ({"purpose": "upload", "request_id": "DF00000001"}, "request-not-found", 404),  # another borrower's
        ({"purpose": "pay"}, "validation", 422),
        ({"purpose": "add_card", "loan_id": "L1001"}, "validation", 422),
        ({"purpose": "tea"}, "validation", 422),
    ],
)
def test_a_link_is_made_for_what_is_the_borrowers_own(
    backend: BackendCalls, body: dict[str, str], slug: str, status: int
) -> None:
    problem(backend.call("POST", "/borrowers/B1001/secure-links", body), slug, status)
    assert backend.rows("secure_links") == []


def test_a_lender_without_secure_pages_says_so(tmp_path: Path) -> None:
    text = DEMO_LENDER_FILE.read_text(encoding="utf-8")
    without = "\n".join(line for line in text.splitlines() if "secure_pages:" not in line)
    (tmp_path / "lender.yml").write_text(without, encoding="utf-8")
    with backend_in_a_thread(tmp_path, HUANBAN_LENDER_FILE=tmp_path / "lender.yml") as backend:
        answer = backend.call("POST", "/borrowers/B1001/secure-links", {"purpose": "add_card"})
        problem(answer, "secure-pages-not-offered", 409)


def test_nothing_is_to_be_paid_of_a_closed_loan(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    quote = backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full"})
    loan.pay(quote["amount_fen"], quote["filing_key"], quote_id=quote["quote_id"])
    problem(backend.call("POST", f"{loan.borrower}/secure-links", {"purpose": "pay", "loan_id": "L1001"}), "loan-closed", 409)


# Ways to repay


def test_each_loan_has_its_own_ways_and_its_own_remark(read_only_backend: BackendCalls) -> None:
    def ways(path: str) -> dict[str, Any]:
        return {row["way"]: row for row in read_only_backend.get(path)["ways"]}

    of_the_loan = ways("/borrowers/B1006/loans/L1006A/repayment-ways")
    of_the_line = ways("/borrowers/B1006/loans/L1006C/repayment-ways")
    assert "counter" in of_the_loan and "counter" not in of_the_line
    assert of_the_loan["bank_transfer"]["transfer_account"]["remark"] == "L1006A"
    assert of_the_loan["bank_card"]["payment_page"] and not of_the_loan["bank_transfer"]["payment_page"]
    everybodys = ways("/repayment-ways")
    assert everybodys["bank_transfer"]["transfer_account"]["remark"] is None
    assert set(ways("/repayment-ways?product_id=QH-HUA")) == set(of_the_line)


# The next debit


def test_the_next_debit_is_at_the_first_hour_of_the_due_date_with_all_that_is_due(read_only_backend: BackendCalls) -> None:
    found = read_only_backend.get("/borrowers/B1006/debits")
    assert [(row["loan_id"], row["attempt_at"], row["amount_fen"]) for row in found["debits"]] == [
        ("L1006A", "2026-11-29T08:00:00+08:00", 135105),
        ("L1006B", "2026-12-05T08:00:00+08:00", 50000),
        ("L1006C", "2026-12-10T08:00:00+08:00", 312780),
    ]
    assert found["fixed_by_product_names"] == ["青禾花"]


def test_what_is_past_due_is_drawn_with_the_penalty_of_that_day(read_only_backend: BackendCalls) -> None:
    (debit,) = read_only_backend.get("/borrowers/B1004/debits")["debits"]
    day = debit["attempt_at"][:10]
    quote_of_the_day = {"2026-11-24": 78094}  # the evening's hours; after them tomorrow's sum is a little more
    loan = read_only_backend.get("/borrowers/B1004/loans/L1004")
    assert debit["amount_fen"] >= loan["overdue_fen"] == quote_of_the_day["2026-11-24"]
    assert day in ("2026-11-24", "2026-11-25")


def test_what_is_being_processed_is_not_drawn_again(backend: BackendCalls) -> None:
    (before,) = backend.get("/borrowers/B1001/debits")["debits"]
    backend.execute(
        "INSERT INTO payments (payment_id, loan_id, amount_fen, booked_at, value_date, channel, status) "
        "VALUES ('PY9', 'L1001', 8084, '2026-11-24T01:00:00.000000Z', '2026-11-24', 'bank_transfer', 'processing')"
    )
    assert backend.get("/borrowers/B1001/debits")["debits"][0]["amount_fen"] == before["amount_fen"] - 8084
    backend.execute("UPDATE payments SET amount_fen = 108084 WHERE payment_id = 'PY9'")
    assert backend.get("/borrowers/B1001/debits")["debits"] == []


def test_switched_off_nothing_is_drawn(backend: BackendCalls) -> None:
    assert backend.call("PUT", "/borrowers/B1001/auto-debit", {"enabled": False}).ok
    found = backend.get("/borrowers/B1001/debits")
    assert (found["auto_debit"], found["debits"]) == (False, [])


# Cards that go


def test_a_card_that_goes_leaves_the_others_in_their_order(backend: BackendCalls) -> None:
    answer = backend.call("DELETE", "/borrowers/B1006/payment-methods/PM1006A")
    left = answer.json()["payment_methods"]
    assert [(row["payment_method_id"], row["debit_order"]) for row in left] == [("PM1006B", 1), ("PM1006C", 2)]
    assert Loan(backend, "B1006", "L1006A").read()["card_last4"] == "9012"  # it was the card that went
    problem(backend.call("DELETE", "/borrowers/B1006/payment-methods/PM1006A"), "payment-method-not-found", 404)


def test_the_last_card_stays_while_auto_debit_needs_it(backend: BackendCalls) -> None:
    path = "/borrowers/B1002/payment-methods/PM1002A"
    problem(backend.call("DELETE", path), "last-payment-method", 409)
    assert backend.call("PUT", "/borrowers/B1002/auto-debit", {"enabled": False}).ok
    assert backend.call("DELETE", path).json()["payment_methods"] == []


def test_another_borrowers_card_cannot_be_taken_away(backend: BackendCalls) -> None:
    problem(backend.call("DELETE", "/borrowers/B1001/payment-methods/PM1006A"), "payment-method-not-found", 404)
    assert len(backend.get("/borrowers/B1006/payment-methods")["payment_methods"]) == 3


# Paying early


@pytest.mark.parametrize(
    ("name", "kind", "effect"),
    [("on_time", "full", "reported_as_settled"), ("on_time", "part", "none"), ("overdue_12_days", "full", "late_days_stay")],
)
def test_a_prepayment_quote_says_what_the_credit_record_will_say(
    backend: BackendCalls, name: str, kind: str, effect: str
) -> None:
    part = {"principal_fen": 100000, "effect": "fewer_instalments"} if kind == "part" else {}
    quote = backend.post(f"{loan_of(backend, name).path}/prepayment-quotes", {"kind": kind, **part})
    assert (quote["credit_effect"], quote["limit_comes_back"]) == (effect, True)


# The directory


def test_a_service_point_says_what_it_does_and_what_to_bring(read_only_backend: BackendCalls) -> None:
    (point,) = read_only_backend.get("/service-points?city=成都&district=高新区")["service_points"]
    assert point["service_names"] == ["柜台还款", "谈困难和还款安排", "开证明", "老人优先"]
    assert "身份证" in point["bring"]
