"""Which of several loans a borrower means."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

import pytest

from actions.choosing import named_loans
from bot.client.results import Loan


def loan(
    loan_id: str, name: str, due_day: int, due_fen: int, owed_fen: int, card: str | None = None, status: str = "active"
) -> Loan:
    return Loan(
        loan_id=loan_id,
        product_id=f"P-{loan_id}",
        product_name=name,
        kind="instalment",
        principal_fen=owed_fen,
        term=12,
        status=status,
        outstanding_fen=owed_fen,
        outstanding_principal_fen=owed_fen,
        overdue_fen=0,
        penalty_fen=0,
        days_past_due=0,
        days_delinquent=0,
        grace_period_days=3,
        next_instalment_number=1,
        next_due_date=date(2026, 12, due_day),
        next_due_fen=due_fen,
        statement_date=None,
        minimum_payment_fen=None,
        card_last4=card,
        pending_request_id=None,
        collection_agency=None,
        as_of=datetime(2026, 11, 24, tzinfo=timezone.utc),
    )


LOANS = [
    loan("A", "青禾借", 20, 135_105, 810_623, "5566"),
    loan("B", "青禾经营贷", 5, 50_000, 5_200_000, "9012"),
    loan("C", "青禾借款通", 10, 312_780, 312_780, "5566"),
    loan("D", "旧贷", 1, 0, 0, status="closed"),
]


@pytest.mark.parametrize(
    ("entities", "text", "meant"),
    [
        ({"loan_id": "B"}, "", "B"),
        ({"loan_id": "D"}, "", ""),
        ({"loan_id": "of somebody else"}, "", ""),
        ({"loan_reference": "nearest"}, "", "B"),
        ({"loan_reference": "largest"}, "", "B"),
        ({"loan_reference": "smallest"}, "", "C"),
        ({"loan_reference": "2"}, "", "B"),
        ({"loan_reference": "9"}, "", ""),
        ({"loan_reference": "all"}, "", "ABC"),
        ({"card_last4": "9012"}, "", "B"),
        ({"card_last4": "5566"}, "", "AC"),
        ({"card_last4": "5566", "amount": 135_000}, "", "A"),
        ({}, "青禾借款通那笔", "C"),
        ({}, "青禾借那笔", "A"),
        ({"amount": 136_000}, "一千三百六", "A"),
        ({"amount": 1}, "", ""),
        ({}, "不知道", ""),
    ],
)
def test_the_loans_that_a_message_points_at(entities: dict[str, Any], text: str, meant: str) -> None:
    assert "".join(found.loan_id for found in named_loans(entities, LOANS, text)) == meant
