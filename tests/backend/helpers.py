"""What the tests of the backend do again and again."""

from __future__ import annotations

from typing import Any

from tests.support.backend import BackendCalls


class Loan:
    """A borrower's loan in a test: its path, and what is done with it again and again."""

    def __init__(self, backend: BackendCalls, borrower_id: str, loan_id: str) -> None:
        self.backend = backend
        self.borrower = f"/borrowers/{borrower_id}"
        self.path = f"{self.borrower}/loans/{loan_id}"

    def read(self) -> dict[str, Any]:
        return self.backend.get(self.path)

    def instalment(self, number: int) -> dict[str, Any]:
        return next(row for row in self.read()["instalments"] if row["instalment_number"] == number)

    def quote(self, period: str = "P15D", **ask: Any) -> dict[str, Any]:
        return self.backend.post(f"{self.path}/deferral-quotes", {"period": period, **ask})

    def file(self, quote: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        return self.backend.post(f"{self.path}/deferrals", {"quote_id": quote["quote_id"]}, key=key or quote["filing_key"])

    def decide(self, request: dict[str, Any], decision: str = "approve") -> dict[str, Any]:
        body = {"decision": decision, "reason": "材料齐全", "decided_by": "陈主管"}
        return self.backend.post(f"/desk/requests/{request['request_id']}/decision", body)

    def pay(self, amount_fen: int, key: str, **ask: Any) -> dict[str, Any]:
        body = {"amount_fen": amount_fen, "channel": "bank_transfer", **ask}
        return self.backend.post(f"{self.path}/payments", body, key=key)


LOANS = {
    "on_time": ("B1001", "L1001"),
    "due_in_three_days": ("B1002", "L1002"),
    "in_grace": ("B1003", "L1003"),
    "overdue_12_days": ("B1004", "L1004"),
    "overdue_95_days": ("B1005", "L1005"),
    "minimum_payment": ("B1007", "L1007"),
    "deferral_pending": ("B1008", "L1008"),
    "with_agency": ("B1009", "L1009"),
    "illness": ("B1010", "L1010"),
    "deferral_used_up": ("B1012", "L1012"),
}


def loan_of(backend: BackendCalls, name: str) -> Loan:
    """The loan of a demo borrower who has one."""
    return Loan(backend, *LOANS[name])


def problem(answer: Any, slug: str, status: int) -> dict[str, Any]:
    """The problem document of an answer that must be this one."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert (body["type"], answer.status_code, body["status"]) == (f"/problems/{slug}", status, status), body
    assert body["title"] and body["detail"]
    return body
