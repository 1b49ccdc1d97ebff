"""Payments go to fee, interest and penalty, principal; paying early is quoted first."""

from __future__ import annotations

import pytest

from tests.backend.helpers import Loan, loan_of, problem
from tests.support.backend import BackendCalls


def test_a_payment_settles_the_oldest_instalment_first_interest_before_penalty_before_principal(backend: BackendCalls) -> None:
    loan = loan_of(backend, "overdue_95_days")
    first = loan.instalment(7)
    paid = loan.pay(first["outstanding_fen"] + 1000, key="payment-1")
    assert [row["instalment_number"] for row in paid["allocations"]] == [7, 8]
    assert paid["allocations"][0] == {
        "instalment_number": 7,
        "fee_fen": 0,
        "interest_fen": first["interest_fen"],
        "penalty_fen": first["penalty_fen"],
        "principal_fen": first["principal_fen"],
    }
    assert paid["allocations"][1]["interest_fen"] == 1000
    assert loan.instalment(7)["status"] == "paid" and loan.instalment(7)["paid_date"] == "2026-11-24"
    assert loan.read()["days_past_due"] == 64  # instalment 8, due on 2026-09-21


def test_fees_come_before_principal(backend: BackendCalls) -> None:
    paid = loan_of(backend, "deferral_used_up").pay(2500, key="payment-1")
    assert (paid["allocations"][0]["fee_fen"], paid["allocations"][0]["principal_fen"]) == (1980, 520)


def test_a_payment_within_grace_costs_no_penalty(backend: BackendCalls) -> None:
    loan = loan_of(backend, "in_grace")
    paid = loan.pay(72056, key="payment-1")
    assert paid["allocations"][0]["penalty_fen"] == 0
    assert loan.read()["status"] == "active"


def test_the_value_date_counts_not_the_day_of_booking(backend: BackendCalls) -> None:
    loan = loan_of(backend, "with_agency")
    today = loan.instalment(10)["penalty_fen"]
    paid = loan.pay(5000, key="payment-1", value_date="2026-11-14")
    assert paid["value_date"] == "2026-11-14" and paid["booked_at"].startswith("2026-11-24T")
    # Ten days of penalty on the principal that the payment took away.
    row, principal = loan.instalment(10), paid["allocations"][0]["principal_fen"]
    assert principal == 0 and row["penalty_fen"] == today  # it only reached the interest
    paid = loan.pay(20000, key="payment-2", value_date="2026-11-14")
    taken = paid["allocations"][0]["principal_fen"]
    assert taken > 0
    assert loan.instalment(10)["penalty_fen"] == pytest.approx(today - taken * 0.0004 * 1.5 * 10, abs=1)


@pytest.mark.parametrize("value_date", ["2026-11-25", "2026-10-01", "2020-01-01"])
def test_a_value_date_to_come_or_before_the_last_booking_is_refused(backend: BackendCalls, value_date: str) -> None:
    loan = loan_of(backend, "on_time")
    body = {"amount_fen": 100, "channel": "bank_transfer", "value_date": value_date}
    errors = problem(backend.call("POST", f"{loan.path}/payments", body, key="payment-1"), "validation", 422)["errors"]
    assert errors[0]["pointer"] == "#/value_date"


def test_more_than_is_owed_is_refused_and_nothing_is_booked(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    owed, payments = loan.read()["outstanding_fen"], backend.rows("payments")
    body = {"amount_fen": owed + 1, "channel": "bank_transfer"}
    answer = backend.call("POST", f"{loan.path}/payments", body, key="payment-1")
    assert problem(answer, "payment-exceeds-outstanding", 409)["outstanding_fen"] == owed
    assert backend.rows("payments") == payments


def test_paying_all_there_is_closes_the_loan(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    loan.pay(loan.read()["outstanding_fen"], key="payment-1")
    closed = loan.read()
    assert (closed["status"], closed["outstanding_fen"], closed["next_due_date"]) == ("closed", 0, None)
    answer = backend.call("POST", f"{loan.path}/payments", {"amount_fen": 1, "channel": "cash"}, key="payment-2")
    problem(answer, "loan-closed", 409)


def test_a_payment_is_repeated_safely_and_read_back(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    body = {"amount_fen": 5000, "channel": "bank_transfer"}
    first = backend.call("POST", f"{loan.path}/payments", body, key="payment-1")
    again = backend.call("POST", f"{loan.path}/payments", body, key="payment-1")
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    read = backend.get(f"{loan.path}/payments?idempotency_key=payment-1")["payments"]
    assert read == [first.json()]
    other = backend.call("POST", f"{loan.path}/payments", {**body, "amount_fen": 6000}, key="payment-1")
    problem(other, "idempotency-key-reused", 422)


@pytest.mark.parametrize("amount", [0, -1, 1.0, 1.5, "100", None, True, 10**13])
def test_an_amount_is_a_whole_number_of_fen_above_zero(read_only_backend: BackendCalls, amount: object) -> None:
    body = {"amount_fen": amount, "channel": "bank_transfer"}
    answer = read_only_backend.call("POST", "/borrowers/B1001/loans/L1001/payments", body, key="payment-1")
    problem(answer, "validation", 422)


def test_paying_all_early_saves_the_interest_to_come(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    before = loan.read()
    quote = backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full"})
    # 7210.67 for 12 days at 0.146 / 365.
    assert (quote["principal_fen"], quote["days"], quote["accrued_interest_fen"]) == (721067, 12, 3461)
    assert quote["amount_fen"] + quote["interest_saved_fen"] == before["outstanding_fen"]
    assert loan.read()["outstanding_fen"] == before["outstanding_fen"]  # a quote changes nothing
    paid = loan.pay(quote["amount_fen"], quote["filing_key"], quote_id=quote["quote_id"])
    assert sum(row["interest_fen"] for row in paid["allocations"]) == 3461
    assert loan.read()["status"] == "closed"


def test_a_part_paid_early_makes_the_instalments_smaller_or_fewer(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    plans = {}
    for effect in ("smaller_instalments", "fewer_instalments"):
        ask = {"kind": "part", "principal_fen": 300000, "effect": effect}
        plans[effect] = backend.post(f"{loan.path}/prepayment-quotes", ask)
    smaller, fewer = plans["smaller_instalments"], plans["fewer_instalments"]
    assert len(smaller["instalments"]) == 7 > len(fewer["instalments"])
    assert smaller["instalments"][0]["payment_fen"] < 108084 == fewer["instalments"][0]["payment_fen"]
    assert fewer["interest_saved_fen"] > smaller["interest_saved_fen"] > 0
    loan.pay(fewer["amount_fen"], fewer["filing_key"], quote_id=fewer["quote_id"])
    rows = [row for row in loan.read()["instalments"] if row["status"] != "paid"]
    assert [(row["instalment_number"], row["due_date"], row["payment_fen"]) for row in rows] == [
        (row["instalment_number"], row["due_date"], row["payment_fen"]) for row in fewer["instalments"]
    ]
    assert loan.read()["outstanding_principal_fen"] == 721067 - 300000
    last = backend.get(f"{loan.path}/payments")["payments"][0]
    assert last["allocations"] == [
        {"instalment_number": None, "fee_fen": 0, "interest_fen": 1440, "principal_fen": 300000, "penalty_fen": 0}
    ]


def test_what_is_past_due_is_paid_with_a_part_prepayment(backend: BackendCalls) -> None:
    loan = loan_of(backend, "overdue_12_days")
    overdue = loan.read()["overdue_fen"]
    ask = {"kind": "part", "principal_fen": 100000, "effect": "smaller_instalments"}
    quote = backend.post(f"{loan.path}/prepayment-quotes", ask)
    assert quote["due_fen"] == overdue
    loan.pay(quote["amount_fen"], quote["filing_key"], quote_id=quote["quote_id"])
    after = loan.read()
    assert (after["status"], after["overdue_fen"]) == ("active", 0)
    assert after["outstanding_fen"] == sum(row["payment_fen"] for row in quote["instalments"])


def test_the_contracts_fee_for_paying_early_is_quoted_and_booked(backend: BackendCalls) -> None:
    loan = Loan(backend, "B1006", "L1006B")
    quote = backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full"})
    assert quote["prepayment_fee_fen"] == 50000  # one per cent of 50000.00
    paid = loan.pay(quote["amount_fen"], quote["filing_key"], quote_id=quote["quote_id"])
    assert sum(row["fee_fen"] for row in paid["allocations"]) == 50000
    assert loan.read()["status"] == "closed"


@pytest.mark.parametrize(
    ("name", "ask", "slug"),
    [
        ("on_time", {"kind": "part", "principal_fen": 9999, "effect": "smaller_instalments"}, "prepayment-too-small"),
        ("on_time", {"kind": "part", "principal_fen": 721067, "effect": "fewer_instalments"}, "prepayment-too-large"),
        ("minimum_payment", {"kind": "full"}, "prepayment-not-offered"),
    ],
)
def test_a_prepayment_out_of_bounds_is_refused(
    read_only_backend: BackendCalls, name: str, ask: dict[str, object], slug: str
) -> None:
    path = loan_of(read_only_backend, name).path
    problem(read_only_backend.call("POST", f"{path}/prepayment-quotes", ask), slug, 409)


@pytest.mark.parametrize(
    "ask",
    [
        {"kind": "part"},
        {"kind": "part", "principal_fen": 10000},
        {"kind": "full", "effect": "fewer_instalments"},
        {"kind": "full", "prepay_date": "2026-11-23"},
        {"kind": "full", "prepay_date": "2027-06-01"},
        {"kind": "full", "prepay_date": 20261124},
        {"kind": "half"},
    ],
)
def test_a_prepayment_ask_that_makes_no_sense_is_refused(read_only_backend: BackendCalls, ask: dict[str, object]) -> None:
    answer = read_only_backend.call("POST", "/borrowers/B1001/loans/L1001/prepayment-quotes", ask)
    problem(answer, "validation", 422)


def test_a_prepayment_is_paid_as_quoted_or_not_at_all(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    quote = backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full"})
    ahead = backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full", "prepay_date": "2026-12-01"})
    assert ahead["accrued_interest_fen"] > quote["accrued_interest_fen"]

    def pay(amount_fen: int, quote_id: str, key: str) -> object:
        body = {"amount_fen": amount_fen, "channel": "bank_transfer", "quote_id": quote_id}
        return backend.call("POST", f"{loan.path}/payments", body, key=key)

    body = problem(pay(quote["amount_fen"] - 1, quote["quote_id"], "payment-1"), "payment-not-as-quoted", 409)
    assert (body["amount_fen"], body["prepay_date"]) == (quote["amount_fen"], "2026-11-24")
    problem(pay(ahead["amount_fen"], ahead["quote_id"], "payment-2"), "payment-not-as-quoted", 409)
    problem(pay(quote["amount_fen"], "Qnobody", "payment-3"), "quote-not-found", 404)
    loan.pay(100, key="payment-4")
    problem(pay(quote["amount_fen"], quote["quote_id"], "payment-5"), "quote-stale", 409)


def test_a_deferred_loan_is_paid_off_with_what_was_due_and_its_penalty(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "overdue_12_days")
    before = deciding_backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full"})
    loan.decide(loan.file(loan.quote("P15D")))
    quote = deciding_backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full"})
    # On the day of approval no day of the deferral is used: it costs what it would have cost without.
    assert (quote["amount_fen"], quote["due_fen"]) == (before["amount_fen"], before["due_fen"])
    assert quote["due_fen"] == 77860 + 234
    loan.pay(quote["amount_fen"], quote["filing_key"], quote_id=quote["quote_id"])
    assert loan.read()["status"] == "closed"


def test_of_a_deferrals_interest_only_the_days_used_are_paid(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "overdue_12_days")
    deferral = loan.quote("P15D")
    loan.decide(loan.file(deferral))

    def due_on(day: str) -> int:
        ask = {"kind": "full", "prepay_date": day}
        return int(deciding_backend.post(f"{loan.path}/prepayment-quotes", ask)["due_fen"])

    assert due_on("2026-12-09") - due_on("2026-11-24") == deferral["extra_interest_fen"] == 467
    assert due_on("2026-11-29") - due_on("2026-11-24") == 156  # five days of fifteen


def test_a_repayment_holiday_costs_by_the_day_and_the_rest_of_the_plan_pauses(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "due_in_three_days")
    holiday = loan.quote("P1M")
    loan.decide(loan.file(holiday))
    quote = deciding_backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full", "prepay_date": "2026-12-12"})
    first = loan.instalment(8)
    # Fifteen of thirty days of the holiday; the instalments after it have not begun to bear interest.
    used = round(holiday["extra_interest_fen"] / 2)
    assert quote["due_fen"] == first["outstanding_fen"] - holiday["extra_interest_fen"] + used
    assert quote["accrued_interest_fen"] == 0
    assert quote["principal_fen"] == loan.read()["outstanding_principal_fen"] - first["principal_fen"]
