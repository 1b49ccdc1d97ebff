"""The minimum of a line with its example to the end, and what a part payment of an instalment loan settles."""

from __future__ import annotations

from tests.backend.helpers import loan_of, problem
from tests.support.backend import BackendCalls


def test_the_minimum_and_what_the_rest_costs_a_day(read_only_backend: BackendCalls) -> None:
    loan = loan_of(read_only_backend, "minimum_payment")
    found = read_only_backend.get(f"{loan.path}/minimum-payment")
    before = loan.read()
    assert found["offered"] and found["minimum_fen"] == before["minimum_payment_fen"]
    assert found["rest_fen"] == found["due_fen"] - found["minimum_fen"]
    assert found["rest_a_day_fen"] == round(found["rest_fen"] * 5 / 10_000)


def test_the_example_pays_every_fen_that_is_owed_and_ends(read_only_backend: BackendCalls) -> None:
    loan = loan_of(read_only_backend, "minimum_payment")
    found = read_only_backend.get(f"{loan.path}/minimum-payment")
    example = found["example"]
    assert example["total_payment_fen"] == found["due_fen"] + example["total_interest_fen"]
    assert example["number_of_months"] > 30 and len(example["first_months"]) == 6
    first, second = example["first_months"][:2]
    assert (first["payment_fen"], first["rest_fen"]) == (found["minimum_fen"], found["rest_fen"])
    assert second["rest_fen"] == first["rest_fen"] - (second["payment_fen"] - second["interest_fen"])


def test_the_example_is_what_the_ledger_bills_when_only_the_minimum_is_paid(backend: BackendCalls) -> None:
    loan = loan_of(backend, "minimum_payment")
    found = backend.get(f"{loan.path}/minimum-payment")
    loan.pay(found["minimum_fen"], key="minimum-1")
    after = backend.get(f"{loan.path}/minimum-payment")
    assert after["minimum_fen"] == 0 and after["due_fen"] == found["rest_fen"]
    # Paid before the due date it costs what the example says: interest runs from the due date only.
    assert after["example"]["total_interest_fen"] == found["example"]["total_interest_fen"]
    assert after["example"]["first_months"][0] == found["example"]["first_months"][1]


def test_beside_it_stands_the_statement_split_which_costs_less(read_only_backend: BackendCalls) -> None:
    found = read_only_backend.get(f"{loan_of(read_only_backend, 'minimum_payment').path}/minimum-payment")
    split = found["bill_instalments"]
    assert split["term"] == 12 and split["total_interest_fen"] < found["example"]["total_interest_fen"]
    assert found["deferral_offered"] is False


def test_less_than_the_minimum_is_not_enough_and_the_gap_is_told(read_only_backend: BackendCalls) -> None:
    path = loan_of(read_only_backend, "minimum_payment").path
    found = read_only_backend.get(f"{path}/minimum-payment?amount_fen=50000")
    assert found["partial"]["still_due_fen"] == found["minimum_fen"] - 50_000
    enough = read_only_backend.get(f"{path}/minimum-payment?amount_fen={found['minimum_fen']}")
    assert enough["partial"]["still_due_fen"] == 0


def test_an_instalment_loan_has_no_minimum_and_a_part_settles_interest_first(backend: BackendCalls) -> None:
    loan = loan_of(backend, "due_in_three_days")
    found = backend.get(f"{loan.path}/minimum-payment?amount_fen=30000")
    assert not found["offered"] and found["minimum_fen"] is None
    part = found["partial"]
    assert part["interest_fen"] + part["principal_fen"] == 30_000
    loan.pay(30_000, key="part-0001")
    booked = loan.instalment(8)
    assert (booked["paid_fen"], booked["outstanding_fen"]) == (30_000, part["still_due_fen"])


def test_more_than_is_owed_is_refused(read_only_backend: BackendCalls) -> None:
    path = loan_of(read_only_backend, "due_in_three_days").path
    answer = read_only_backend.call("GET", f"{path}/minimum-payment?amount_fen=99999999")
    owed = loan_of(read_only_backend, "due_in_three_days").read()["outstanding_fen"]
    assert problem(answer, "payment-exceeds-outstanding", 409)["outstanding_fen"] == owed
