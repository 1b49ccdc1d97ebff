"""Reads loan_vectors.json, and notices when a test leaves one of its figures unread."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

from bot.loans.money import fen
from bot.loans.schedule import Instalment, LoanTerms, RepaymentMethod

VECTORS = {
    section: cases
    for section, cases in json.loads(Path(__file__).with_name("loan_vectors.json").read_text("utf-8")).items()
    if section != "meta"
}
PROSE = {"id", "note", "trap", "currency", "unit"}


def case_id(case: dict) -> str:
    return case.get("id") or case["expr"]


class Case:
    """A case whose reads are remembered, so that no figure in it goes unchecked."""

    def __init__(self, values: dict) -> None:
        self.values = {key: self._wrap(value) for key, value in values.items()}
        self.unread = set(values) - PROSE

    def _wrap(self, value):
        if isinstance(value, dict):
            return Case(value)
        if isinstance(value, list):
            return [self._wrap(item) for item in value]
        return value

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def __getitem__(self, key: str):
        self.unread.discard(key)
        return self.values[key]

    def fen(self, key: str) -> int:
        return fen(self[key])

    def rate(self, key: str) -> Decimal:
        return Decimal(self[key])

    def day(self, key: str) -> date:
        return date.fromisoformat(self[key])

    def left_over(self) -> list[str]:
        left = sorted(self.unread)
        for key, value in self.values.items():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, Case):
                    left += [f"{key}.{name}" for name in item.left_over()]
        return left


@contextmanager
def every_figure_of(values: dict) -> Iterator[Case]:
    case = Case(values)
    yield case
    assert case.left_over() == [], f"figures of {case_id(values)} that nothing checked"


def loan(loan_id: str) -> LoanTerms:
    return terms_of(Case(next(case for case in VECTORS["loans"] if case["id"] == loan_id)))


def terms_of(case: Case) -> LoanTerms:
    def rate(key: str) -> Decimal | None:
        return case.rate(key) if key in case else None

    return LoanTerms(
        principal_fen=case.fen("principal"),
        method=RepaymentMethod(case["method"]),
        term=case["terms"],
        disbursed_date=case.day("disburse_date"),
        first_due_date=case.day("first_due_date"),
        anchor_day=case["anchor_day"],
        annual_rate=rate("annual_rate"),
        daily_rate=rate("daily_rate"),
        fee_rate=rate("fee_rate_total"),
    )


def assert_rows(rows: tuple[Instalment, ...], expected: list[Case]) -> None:
    """Every row to the fen; the file counts the rows of a new plan from 1, wherever the loan stands."""
    assert len(rows) == len(expected)
    for row, stated in zip(rows, expected, strict=True):
        assert row.instalment_number - rows[0].instalment_number + 1 == stated["term"]
        assert row.due_date == stated.day("due_date")
        assert row.opening_principal_fen == stated.fen("opening_principal")
        assert row.payment_fen == stated.fen("payment")
        assert row.principal_fen == stated.fen("principal")
        assert row.interest_fen == stated.fen("interest")
        assert row.fee_fen == stated.fen("fee")
        assert row.closing_principal_fen == stated.fen("closing_principal")
        assert row.days == (stated["days"] if "days" in stated else row.days)


def assert_totals(rows: tuple[Instalment, ...], case: Case) -> None:
    assert sum(row.payment_fen for row in rows) == case.fen("total_payment")
    assert sum(row.principal_fen for row in rows) == case.fen("total_principal")
    assert sum(row.interest_fen for row in rows) == case.fen("total_interest")
    assert sum(row.fee_fen for row in rows) == case.fen("total_fee")
