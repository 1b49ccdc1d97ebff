"""Every write leaves a row that nobody can change."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.backend.clock import Clock
from bot.backend.store import Store, Writing
from tests.backend.helpers import loan_of
from tests.support.backend import BackendCalls


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit SET actor = 'nobody'",
        "UPDATE audit SET details = '{}' WHERE sequence = 1",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE sequence = 1",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE sequence = 1",
    ],
)
def test_the_database_itself_refuses_to_change_the_audit_trail(backend: BackendCalls, sql: str) -> None:
    before = backend.rows("audit")
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        backend.execute(sql)
    assert backend.rows("audit") == before


def test_each_write_is_in_the_trail_with_the_id_of_its_call(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    seeded = len(backend.rows("audit"))
    quote = loan.quote()
    headers = {"X-Request-Id": "trace-77"}
    body = {"quote_id": quote["quote_id"]}
    filed = backend.call("POST", f"{loan.path}/deferrals", body, key=quote["filing_key"], headers=headers)
    assert filed.headers["X-Request-Id"] == "trace-77"
    backend.post(f"{loan.borrower}/requests/{filed.json()['request_id']}/undo")
    rows = backend.rows("audit")[seeded:]
    assert [row["action"] for row in rows] == ["deferral.quoted", "deferral.filed", "deferral.undone"]
    assert rows[1]["trace_id"] == "trace-77" and rows[1]["borrower_id"] == "B1001"
    assert {row["actor"] for row in rows} == {"borrower"}


def test_a_repeat_and_a_refusal_leave_no_row(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    quote = loan.quote()
    loan.file(quote)
    before = backend.rows("audit")
    loan.file(quote)
    backend.call("POST", f"{loan.path}/deferral-quotes", {"period": "P99D"})
    assert backend.rows("audit") == before


def test_who_decided_is_recorded_and_the_borrower_reads_that_the_desk_did(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "on_time")
    loan.decide(loan.file(loan.quote()))
    row = deciding_backend.rows("audit")[-1]
    assert (row["action"], row["actor"], row["details"]["decided_by"]) == ("deferral.approved", "desk:陈主管", "陈主管")
    entries = deciding_backend.get(f"{loan.borrower}/audit-trail?limit=3")["entries"]
    assert [(entry["action"], entry["actor"]) for entry in entries] == [
        ("deferral.approved", "desk"),
        ("deferral.filed", "borrower"),
        ("deferral.quoted", "borrower"),
    ]


def test_a_borrower_reads_her_own_trail_only(read_only_backend: BackendCalls) -> None:
    subjects = {row["subject_id"] for row in read_only_backend.get("/borrowers/B1002/audit-trail?limit=500")["entries"]}
    mine = {row["subject_id"] for row in read_only_backend.rows("audit") if row["borrower_id"] == "B1002"}
    assert subjects == mine and "L1002" in subjects and "L1001" not in subjects


def test_a_write_without_an_audit_row_is_a_mistake_and_does_not_happen(tmp_path: object) -> None:
    from bot.backend import schema

    store = Store(f"sqlite:///{tmp_path}/ledger.db", Clock())

    def forgetful(writing: Writing) -> None:
        writing.insert(schema.origin, key="x", value="y")

    with pytest.raises(RuntimeError, match="audit"):
        store.write("forgetful", forgetful)
    with store.read() as reading:
        assert reading.rows(sa.select(schema.origin)) == []
    store.close()
