from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.loans.payments import Allocation, AmountDue, allocate, amounts_due
from bot.loans.schedule import repayment_schedule
from tests.unit.loans.loan_vectors import loan
from tests.unit.loans.properties import same_every_time

OLD = AmountDue(3, date(2026, 10, 15), principal_fen=90_000, interest_fen=8_000, fee_fen=500, penalty_fen=700)
NEW = AmountDue(4, date(2026, 11, 15), principal_fen=91_000, interest_fen=7_000)

SOME_FEN = st.integers(0, 100_000)
DUES = st.lists(
    st.builds(
        AmountDue,
        instalment_number=st.integers(1, 60),
        due_date=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
        principal_fen=SOME_FEN,
        interest_fen=SOME_FEN,
        fee_fen=SOME_FEN,
        penalty_fen=SOME_FEN,
    ),
    max_size=8,
    unique_by=lambda due: due.instalment_number,
)


@pytest.mark.parametrize(
    ("amount_fen", "fee", "interest", "penalty", "principal"),
    [
        (1, 1, 0, 0, 0),
        (500, 500, 0, 0, 0),
        (600, 500, 100, 0, 0),
        (8_500, 500, 8_000, 0, 0),
        (9_000, 500, 8_000, 500, 0),
        (9_201, 500, 8_000, 700, 1),
        (99_200, 500, 8_000, 700, 90_000),
    ],
)
def test_a_payment_settles_fee_then_interest_then_its_penalty_then_principal(amount_fen, fee, interest, penalty, principal):
    paid = allocate(amount_fen, [OLD])
    assert paid.allocations == (Allocation(3, fee, interest, penalty, principal),)
    assert paid.unallocated_fen == 0


def test_the_oldest_instalment_is_settled_whole_before_the_next_gets_anything():
    paid = allocate(OLD.outstanding_fen + 7_001, [NEW, OLD])
    assert [part.instalment_number for part in paid.allocations] == [3, 4]
    assert paid.allocations[1] == Allocation(4, 0, 7_000, 0, 1)
    assert paid.remaining == (AmountDue(4, NEW.due_date, 90_999),)


def test_oldest_means_by_due_date_so_a_deferred_instalment_waits():
    deferred = AmountDue(3, date(2026, 12, 15), 90_000)
    paid = allocate(50_000, [deferred, NEW])
    assert paid.allocations[0].instalment_number == 4
    assert deferred in paid.remaining


def test_what_is_paid_too_much_comes_back():
    paid = allocate(OLD.outstanding_fen + NEW.outstanding_fen + 123, [OLD, NEW])
    assert (paid.remaining, paid.unallocated_fen) == ((), 123)
    assert allocate(500, []).unallocated_fen == 500


@same_every_time
@given(st.integers(1, 1_000_000), DUES)
def test_no_fen_is_lost_or_made(amount_fen, dues):
    paid = allocate(amount_fen, dues)
    settled_fen = sum(part.amount_fen for part in paid.allocations)
    assert settled_fen + paid.unallocated_fen == amount_fen
    assert settled_fen + sum(due.outstanding_fen for due in paid.remaining) == sum(due.outstanding_fen for due in dues)
    assert not (paid.unallocated_fen and paid.remaining)
    assert min([part.amount_fen for part in paid.allocations], default=1) > 0


@same_every_time
@given(st.integers(1, 500_000), st.integers(1, 500_000), DUES)
def test_two_payments_settle_what_their_sum_settles(first_fen, second_fen, dues):
    once = allocate(first_fen + second_fen, dues)
    twice = allocate(second_fen, allocate(first_fen, dues).remaining)
    assert twice.remaining == once.remaining


@pytest.mark.parametrize("amount_fen", [0, -1])
def test_a_payment_of_nothing_is_refused(amount_fen):
    with pytest.raises(ValueError, match="above zero"):
        allocate(amount_fen, [OLD])


def test_nobody_owes_less_than_nothing():
    with pytest.raises(ValueError, match="less than nothing"):
        AmountDue(1, date(2026, 1, 1), principal_fen=0, interest_fen=-1)


def test_a_schedule_becomes_unpaid_amounts_from_the_first_unpaid_on():
    rows = repayment_schedule(loan("L08"))
    dues = amounts_due(rows, paid_instalments=10)
    assert [due.instalment_number for due in dues] == [11, 12]
    assert (dues[0].due_date, dues[0].outstanding_fen, dues[0].fee_fen) == (rows[10].due_date, 108_800, 8_800)
