"""Between which days a due day can be moved: the edges are quoted, and a day beside them is not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.backend.helpers import loan_of, problem
from tests.support.backend import BackendCalls


@pytest.mark.parametrize("name", ["on_time", "due_in_three_days", "in_grace", "overdue_12_days"])
def test_the_first_and_the_last_day_are_quoted_and_their_neighbours_are_not(backend: BackendCalls, name: str) -> None:
    loan = loan_of(backend, name)
    window = backend.get(f"{loan.path}/deferral-window")
    earliest, latest = (date.fromisoformat(window[edge]) for edge in ("earliest_date", "latest_date"))
    assert window["due_date"] == loan.read()["next_due_date"] and earliest <= latest
    for day in (earliest, latest):
        assert loan.quote(day.isoformat())["new_due_date"] == day.isoformat()
    late = backend.call("POST", f"{loan.path}/deferral-quotes", {"period": (latest + timedelta(days=1)).isoformat()})
    assert problem(late, "deferral-too-long", 409)["latest_date"] == window["latest_date"]
    early = backend.call("POST", f"{loan.path}/deferral-quotes", {"period": (earliest - timedelta(days=1)).isoformat()})
    assert early.status_code == 409


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("overdue_95_days", "deferral-overdue-too-long"),
        ("deferral_used_up", "deferral-used-up"),
        ("minimum_payment", "deferral-not-offered"),
        ("deferral_pending", "request-pending"),
    ],
)
def test_where_no_day_is_possible_the_window_says_why(read_only_backend: BackendCalls, name: str, slug: str) -> None:
    loan = loan_of(read_only_backend, name)
    problem(read_only_backend.call("GET", f"{loan.path}/deferral-window"), slug, 409)


def test_another_borrowers_loan_has_no_window(read_only_backend: BackendCalls) -> None:
    answer = read_only_backend.call("GET", "/borrowers/B1002/loans/L1001/deferral-window")
    problem(answer, "loan-not-found", 404)
