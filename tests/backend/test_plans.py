"""All plans in one call are the plans that each loan shows by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.backend import backend_in_a_thread


@pytest.mark.parametrize("borrower_id", ["B1001", "B1004", "B1006", "B1007", "B1011"])
def test_plans_in_one_call_are_those_of_the_single_loans(tmp_path: Path, seeded_ledger: Path, borrower_id: str) -> None:
    with backend_in_a_thread(tmp_path / "ledger", template=seeded_ledger) as backend:
        loans = backend.get(f"/borrowers/{borrower_id}/loans")["loans"]
        plans = backend.get(f"/borrowers/{borrower_id}/plans")["loans"]
        assert [plan["loan_id"] for plan in plans] == [loan["loan_id"] for loan in loans]
        for plan in plans:
            alone = backend.get(f"/borrowers/{borrower_id}/loans/{plan['loan_id']}")
            assert {**alone, "as_of": None} == {**plan, "as_of": None}
