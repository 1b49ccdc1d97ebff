"""A quote says what a deferral would move and cost, or why there can be none, and changes nothing."""

from __future__ import annotations

import pytest

from tests.backend.helpers import Loan, loan_of, problem
from tests.support.backend import BackendCalls


def test_a_quote_says_what_moves_and_what_it_costs(backend: BackendCalls) -> None:
    quote = loan_of(backend, "due_in_three_days").quote("P15D")
    assert (quote["old_due_date"], quote["new_due_date"]) == ("2026-11-27", "2026-12-12")
    change = quote["changes"][0]
    # Interest of 15 days on the principal of the instalment, 786.44 at 0.0004: 4.72.
    assert quote["extra_interest_fen"] == change["extra_interest_fen"] == 472
    assert change["new_payment_fen"] == change["old_payment_fen"] + 472 == 97066
    assert quote["deferred_fen"] == 96594
    assert quote["penalty_if_late_fen"] > quote["extra_interest_fen"]
    assert quote["credit_effect"] == "none_if_approved"
    assert quote["conditions"] == ["decided_by_person"]
    assert quote["decision_due_at"] == "2026-11-27T18:00:00+08:00"
    assert (quote["deferrals_used"], quote["deferrals_allowed"]) == (0, 2)


def test_a_quote_changes_nothing_but_the_quotes(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    before, requests = loan.read(), backend.rows("requests")
    loan.quote("P15D")
    after = loan.read()
    assert {**before, "as_of": None} == {**after, "as_of": None}
    assert backend.rows("requests") == requests


@pytest.mark.parametrize(
    ("period", "new_due_date"),
    [("P15D", "2026-12-12"), ("P2W", "2026-12-11"), ("P1M", "2026-12-27"), ("2026-12-15", "2026-12-15")],
)
def test_days_weeks_months_and_the_day_itself_are_understood(backend: BackendCalls, period: str, new_due_date: str) -> None:
    quote = loan_of(backend, "due_in_three_days").quote(period)
    assert (quote["period"], quote["new_due_date"]) == (period, new_due_date)


def test_months_move_the_whole_plan(backend: BackendCalls) -> None:
    quote = loan_of(backend, "due_in_three_days").quote("P2M")
    assert len(quote["changes"]) == 17  # all that are unpaid
    assert [row["new_due_date"] for row in quote["changes"]][:2] == ["2027-01-27", "2027-02-27"]
    assert [row["extra_interest_fen"] for row in quote["changes"][1:]] == [0] * 16


def test_instalments_go_behind_the_last_where_the_product_says_so(backend: BackendCalls) -> None:
    # Its one deferral is used up; another lender file gives it more, see test_lender_file.
    problem(
        backend.call("POST", f"{loan_of(backend, 'deferral_used_up').path}/deferral-quotes", {"period": "P1I"}),
        "deferral-used-up",
        409,
    )


def test_a_borrower_whose_illness_is_on_record_pays_nothing_extra(backend: BackendCalls) -> None:
    quote = loan_of(backend, "illness").quote("P15D")
    assert (quote["interest_free"], quote["interest_free_reason"]) == (True, "illness_on_record")
    assert quote["extra_interest_fen"] == 0 and quote["changes"][0]["new_payment_fen"] == 54042
    assert "proof_of_reason" not in quote["conditions"]


def test_a_reason_that_makes_it_interest_free_has_to_be_proven(backend: BackendCalls) -> None:
    quote = loan_of(backend, "due_in_three_days").quote("P15D", reason_code="illness")
    assert quote["interest_free"] and quote["conditions"] == ["decided_by_person", "proof_of_reason"]
    quote = loan_of(backend, "due_in_three_days").quote("P15D", reason_code="unemployment")
    assert not quote["interest_free"] and quote["conditions"] == ["decided_by_person"]


def test_interest_free_ends_where_the_rule_ends(backend: BackendCalls) -> None:
    assert loan_of(backend, "illness").quote("P60D")["interest_free"] is True
    assert loan_of(backend, "illness").quote("P3M")["interest_free"] is False  # more than 62 days


def test_penalty_so_far_is_said_and_stays_outside_the_deferral(backend: BackendCalls) -> None:
    quote = loan_of(backend, "overdue_12_days").quote("P15D")
    assert quote["new_due_date"] == "2026-12-09"  # counted from today, the due date is past
    assert quote["penalty_to_date_fen"] == 234
    assert quote["credit_effect"] == "already_reported"
    assert "penalty_to_date_stays_owed" in quote["conditions"]
    assert quote["deferred_fen"] == 77860


def test_a_long_deferral_is_reported_as_restructured_where_the_product_says_so(backend: BackendCalls) -> None:
    assert loan_of(backend, "due_in_three_days").quote("P3M")["credit_effect"] == "reported_as_restructured"


@pytest.mark.parametrize(
    ("name", "period", "slug", "members"),
    [
        ("due_in_three_days", "P61D", "deferral-too-long", {"max_days": 60, "latest_date": "2027-01-26"}),
        ("due_in_three_days", "2027-01-27", "deferral-too-long", {"max_days": 60, "latest_date": "2027-01-26"}),
        ("due_in_three_days", "P4M", "deferral-too-long", {"max_days": 92, "latest_date": "2027-02-27"}),
        ("due_in_three_days", "P2D", "deferral-too-short", {"min_days": 3, "earliest_date": "2026-11-30"}),
        ("due_in_three_days", "2026-11-24", "deferral-period-past", {}),
        ("due_in_three_days", "1999-01-01", "deferral-period-past", {}),
        ("overdue_95_days", "P15D", "deferral-overdue-too-long", {"days_past_due": 95, "max_days_past_due": 30}),
        ("with_agency", "P15D", "deferral-overdue-too-long", {"days_past_due": 62, "max_days_past_due": 15}),
        (
            "deferral_used_up",
            "P15D",
            "deferral-used-up",
            {"deferrals_used": 1, "deferrals_allowed": 1, "next_possible_date": "2027-09-05"},
        ),
        ("minimum_payment", "P15D", "deferral-not-offered", {}),
        ("deferral_pending", "P15D", "request-pending", {"request_id": "DF00000002"}),
    ],
)
def test_a_refusal_says_why_and_what_would_be_possible(
    read_only_backend: BackendCalls, name: str, period: str, slug: str, members: dict[str, object]
) -> None:
    answer = read_only_backend.call("POST", f"{loan_of(read_only_backend, name).path}/deferral-quotes", {"period": period})
    body = problem(answer, slug, 409)
    assert {key: body[key] for key in body.keys() - {"type", "title", "status", "detail"}} == members


def test_the_latest_date_a_refusal_names_is_possible(backend: BackendCalls) -> None:
    loan = loan_of(backend, "due_in_three_days")
    for slug, period, member in (
        ("deferral-too-long", "P99D", "latest_date"),
        ("deferral-too-short", "P1D", "earliest_date"),
    ):
        named = problem(backend.call("POST", f"{loan.path}/deferral-quotes", {"period": period}), slug, 409)[member]
        assert loan.quote(named)["new_due_date"] == named


def test_a_paid_off_loan_has_nothing_to_defer(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    quote = backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full"})
    loan.pay(quote["amount_fen"], quote["filing_key"], quote_id=quote["quote_id"])
    problem(backend.call("POST", f"{loan.path}/deferral-quotes", {"period": "P15D"}), "loan-closed", 409)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"period": "P15"},
        {"period": "P0D"},
        {"period": "P15D\n"},
        {"period": "P10000D"},
        {"period": 15},
        {"period": None},
        {"period": "2026-02-30"},
        {"period": "P15D", "days": 15},
        {"period": "P15D", "reason_code": "Not A Code"},
        {"period": "P15D", "reason_code": ["illness"]},
        [],
        "P15D",
    ],
)
def test_what_is_not_a_period_is_refused_with_a_pointer(read_only_backend: BackendCalls, body: object) -> None:
    answer = read_only_backend.call("POST", f"{loan_of(read_only_backend, 'on_time').path}/deferral-quotes", body)
    errors = problem(answer, "validation", 422)["errors"]
    assert errors and all(row["pointer"].startswith("#") for row in errors)


def test_another_borrowers_loan_cannot_be_quoted(read_only_backend: BackendCalls) -> None:
    path = Loan(read_only_backend, "B1001", "L1002").path
    problem(read_only_backend.call("POST", f"{path}/deferral-quotes", {"period": "P15D"}), "loan-not-found", 404)


def test_the_filing_key_is_the_same_for_the_same_terms_and_another_for_others(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    first, again = loan.quote("P15D"), loan.quote("P15D")
    assert first["quote_id"] != again["quote_id"] and first["filing_key"] == again["filing_key"]
    others = [loan.quote("P16D"), loan.quote("P15D", reason_code="illness"), loan_of(backend, "illness").quote("P15D")]
    keys = [first["filing_key"], *(quote["filing_key"] for quote in others)]
    assert len(set(keys)) == 4
