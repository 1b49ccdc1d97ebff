"""A revolving line: statement, minimum payment, grace, and what runs on the rest."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from tests.backend.helpers import Loan, loan_of
from tests.support.backend import BackendCalls, backend_in_a_thread


def line_on(tmp_path: Path, ledger: Path, today: str) -> AbstractContextManager[BackendCalls]:
    """The minimum payer's line on another day; the demo's statement is of 2026-11-10, due on 2026-12-02."""
    return backend_in_a_thread(tmp_path / today, template=ledger, HUANBAN_TODAY=today)


def test_the_statement_holds_the_rest_of_the_last_one_with_its_interest(read_only_backend: BackendCalls) -> None:
    loan = loan_of(read_only_backend, "minimum_payment").read()
    first, second, third = loan["instalments"]
    assert second["paid_fen"] == 101800  # a tenth of 5680.00, and 450.00 of instalments
    # 5112.00 were left on 2026-11-02 and bore 0.0005 a day for 8 days until the statement: 20.45.
    assert third["principal_fen"] == 511200 + 132600 + 45000
    assert third["interest_fen"] - 2045 == loan["outstanding_fen"] - 688800 - 2045
    assert loan["statement_date"] == "2026-11-10" and loan["next_due_date"] == "2026-12-02"
    # A tenth of purchases with the rest, and all of instalments and interest.
    assert loan["minimum_payment_fen"] == 64380 + 45000 + 2045


def test_paying_the_minimum_keeps_the_line_in_order(tmp_path: Path, backend: BackendCalls) -> None:
    loan = loan_of(backend, "minimum_payment")
    loan.pay(loan.read()["minimum_payment_fen"], key="payment-1")
    assert loan.read()["minimum_payment_fen"] == 0
    same_ledger = {"HUANBAN_BACKEND_DATABASE_URL": backend.database_url}
    with backend_in_a_thread(tmp_path / "later", HUANBAN_TODAY="2026-12-06", **same_ledger) as later:
        read = loan_of(later, "minimum_payment").read()
        assert (read["status"], read["days_past_due"], read["overdue_fen"]) == ("active", 0, 0)


def test_unpaid_it_is_in_grace_and_then_overdue_with_a_late_fee(tmp_path: Path, seeded_ledger: Path) -> None:
    seen = {}
    for today in ("2026-12-02", "2026-12-05", "2026-12-06"):
        with line_on(tmp_path, seeded_ledger, today) as backend:
            seen[today] = loan_of(backend, "minimum_payment").read()
    assert [seen[day]["status"] for day in seen] == ["active", "in_grace", "overdue"]
    assert [seen[day]["days_past_due"] for day in seen] == [0, 3, 4]
    assert [seen[day]["penalty_fen"] > 0 for day in seen] == [False, False, True]
    assert seen["2026-12-06"]["overdue_fen"] == seen["2026-12-06"]["minimum_payment_fen"] + seen["2026-12-06"]["penalty_fen"]


def test_an_unpaid_minimum_stays_past_due_over_the_next_statement(tmp_path: Path, seeded_ledger: Path) -> None:
    with line_on(tmp_path, seeded_ledger, "2026-12-12") as backend:
        loan = loan_of(backend, "minimum_payment")
        read = loan.read()
        assert (read["statement_date"], read["next_due_date"]) == ("2026-12-10", "2027-01-02")
        assert (read["status"], read["days_past_due"]) == ("overdue", 10)
        assert read["overdue_fen"] >= 111425
        assert read["minimum_payment_fen"] > read["overdue_fen"] - read["penalty_fen"]
        loan.pay(read["minimum_payment_fen"], key="payment-1")
        assert loan.read()["status"] == "active"
        own = [row for row in backend.rows("statements") if row["loan_id"] == "L1007"]
        assert len(own) == 4  # the new one is written down with the payment


def test_a_read_writes_no_statement(tmp_path: Path, seeded_ledger: Path) -> None:
    with line_on(tmp_path, seeded_ledger, "2027-01-12") as backend:
        before = backend.rows("statements")
        first = loan_of(backend, "minimum_payment").read()
        again = loan_of(backend, "minimum_payment").read()
        assert {**first, "as_of": 0} == {**again, "as_of": 0}
        assert backend.rows("statements") == before


def test_paying_everything_leaves_an_open_line_that_owes_nothing(backend: BackendCalls) -> None:
    loan = Loan(backend, "B1006", "L1006C")
    loan.pay(loan.read()["outstanding_fen"], key="payment-1")
    read = loan.read()
    assert (read["status"], read["outstanding_fen"], read["next_due_date"]) == ("active", 0, None)
