"""The ledger and its audit trail, read straight from their SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path

from bot.bench.faults.judge import Ledger, Row


class Books:
    """What lies in the ledger; only ever read.

    Args:
        path: the SQLite file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows_of(self, borrower_id: str, loan_id: str) -> list[Row]:
        """All requests of a borrower, and whatever else lies on the loan."""
        return self._requests("WHERE borrower_id = ? OR loan_id = ?", borrower_id, loan_id)

    def of_everybody(self) -> Ledger:
        """Whose each request and each monthly payment is."""
        owners = {row.request_id: row.borrower_id for row in self._requests()}
        paying = self._select(
            "SELECT l.borrower_id, i.principal_fen + i.interest_fen + i.fee_fen FROM instalments i JOIN loans l USING (loan_id) "
            "WHERE i.instalment_number BETWEEN 3 AND 5"
        )
        payments: dict[str, set[str]] = {}
        for borrower_id, fen in paying:
            payments.setdefault(f"{int(str(fen)) // 100:,}.{int(str(fen)) % 100:02d}", set()).add(str(borrower_id))
        return Ledger(owners, {written: next(iter(whose)) for written, whose in payments.items() if len(whose) == 1})

    def filed_according_to_the_audit_trail(self) -> Counter[str]:
        """How often each request was filed."""
        return Counter(str(row[0]) for row in self._select("SELECT subject_id FROM audit WHERE action LIKE '%.filed'"))

    def keys_used_twice(self) -> list[str]:
        """Keys under which more than one request was filed that was not undone."""
        query = "SELECT filing_key FROM requests WHERE status != 'undone' GROUP BY borrower_id, filing_key HAVING count(*) > 1"
        return [str(row[0]) for row in self._select(query)]

    def _requests(self, where: str = "", *values: str) -> list[Row]:
        columns = "request_id, kind, borrower_id, loan_id, status, terms"
        found = self._select(f"SELECT {columns} FROM requests {where}", *values)  # noqa: S608
        return [_row(row) for row in found]

    def _select(self, query: str, *values: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=30) as books:
            return books.execute(query, values).fetchall()


def _row(values: tuple[object, ...]) -> Row:
    request_id, kind, borrower_id, loan_id, status, terms = (_text(value) for value in values)
    told = json.loads(terms or "{}").get("text")
    return Row(str(request_id), str(kind), str(borrower_id), loan_id, str(status), str(told or ""))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
