"""How late the borrower speaks of, and which loans are in question."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import base, lateness
from tests.actions.test_choosing import LOANS

TODAY = date(2026, 11, 24)
DUE = date(2026, 12, 12)


@pytest.fixture(autouse=True)
def fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "today", lambda: TODAY)
    monkeypatch.setattr(lateness, "today", lambda: TODAY)


def heard(*entities: dict[str, Any], text: str = "") -> Tracker:
    message = {"text": text, "intent": {"name": "ask_overdue_fee"}, "entities": list(entities)}
    return Tracker("c", {}, message, [], False, None, {}, "action_listen")


def period(value: str, **more: Any) -> dict[str, Any]:
    return {"entity": "period", "value": value, **more}


@pytest.mark.parametrize(
    ("entity", "day"),
    [
        (period("P10D"), date(2026, 12, 22)),
        (period("P1M"), date(2027, 1, 12)),
        (period("P3D", role="elapsed"), date(2026, 12, 15)),  # "逾期三天", said before anything is late
        ({"entity": "date", "value": "2026-12-20"}, date(2026, 12, 20)),
        ({"entity": "date", "value": "2026-12-01"}, None),  # before the due date: nothing is late then
        (period("P3D", role="approximate"), None),
        (period("P999D"), None),  # further than the backend reckons
        (period("P9999M"), None),
        ({"entity": "amount", "value": 500}, None),
    ],
)
def test_the_day_that_is_spoken_of_counts_from_the_due_date(entity: dict[str, Any], day: date | None) -> None:
    assert lateness.day_spoken_of(heard(entity), DUE) == day


def test_days_that_have_passed_suppose_nothing() -> None:
    assert lateness.day_spoken_of(heard(period("P3D")), date(2026, 11, 12)) is None
    assert lateness.day_spoken_of(heard(period("P3D")), None) is None


@pytest.mark.parametrize(
    ("entities", "days"),
    [([period("P3D")], 3), ([period("P1W", role="elapsed")], 7), ([period("P1M")], 30), ([period("P2I")], None), ([], None)],
)
def test_a_number_of_days_late(entities: list[dict[str, Any]], days: int | None) -> None:
    assert lateness.days_spoken_of(heard(*entities)) == days


def test_loans_past_due_come_before_all_others_the_longest_first_and_two_at_once() -> None:
    late = [replace(loan, days_past_due=days, status="overdue") for loan, days in zip(LOANS[:3], (3, 62, 12), strict=True)]
    found = lateness.loans_in_question([*late, LOANS[3]], CollectingDispatcher(), heard())
    assert [loan.loan_id for loan in found] == ["B", "C"]


def test_where_nothing_is_late_the_first_one_due_is_spoken_of_or_the_one_that_is_named() -> None:
    found = lateness.loans_in_question(LOANS, CollectingDispatcher(), heard())
    assert [loan.loan_id for loan in found] == ["A"]  # the order of the backend: by next due date
    named = lateness.loans_in_question(LOANS, CollectingDispatcher(), heard(text="青禾经营贷晚了会怎样"))
    assert [loan.loan_id for loan in named] == ["B"]
