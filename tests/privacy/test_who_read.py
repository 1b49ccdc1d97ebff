"""Who read or changed what of a borrower is written down: the desk one by one and by name, the bot's readings by the day."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from bot.backend.held import LEFT_OUT, NOT_OF_A_BORROWER
from bot.backend.migrations.tables import load_all_tables
from tests.support.backend import BackendCalls, backend_in_a_thread

WHO = {"X-Desk-Person": quote("陈主管")}


def file_something(lender: BackendCalls) -> str:
    body = {"topic": "collection", "text": "总打电话"}
    return str(lender.post("/borrowers/B1001/complaints", body, key="complaint-00000001")["request_id"])


@pytest.mark.parametrize(
    ("path", "action", "subject"),
    [
        ("/desk/requests/{request_id}", "request.read", "{request_id}"),
        ("/desk/requests/{request_id}/evidence", "evidence.listed", "{request_id}"),
        ("/desk/borrowers/B1001/export", "export.made", "B1001"),
    ],
)
def test_what_the_desk_looks_at_is_on_the_borrowers_trail_by_name(
    lender: BackendCalls, path: str, action: str, subject: str
) -> None:
    request_id = file_something(lender)
    lender.get(path.format(request_id=request_id), headers=WHO)
    row = lender.rows("audit")[-1]
    assert (row["actor"], row["action"], row["subject_id"]) == ("desk:陈主管", action, subject.format(request_id=request_id))
    assert row["borrower_id"] == "B1001"
    entries = lender.get("/borrowers/B1001/audit-trail?limit=1")["entries"]
    assert [(entry["actor"], entry["action"]) for entry in entries] == [("desk", action)]


@pytest.mark.parametrize("path", ["/desk/requests", "/desk/borrowers", "/desk/safety-blocks", "/desk/outbox"])
def test_lists_at_the_desk_are_on_the_trail_too(lender: BackendCalls, path: str) -> None:
    lender.get(path, headers=WHO)
    row = lender.rows("audit")[-1]
    assert (row["actor"], row["action"], row["subject_id"]) == ("desk:陈主管", "desk.listed", path.rpartition("/")[2])


@pytest.mark.parametrize("said", ["", "a%0d%0ab", "%e2%80%ae"])
def test_a_desk_that_does_not_say_who_it_is_is_the_desk(lender: BackendCalls, said: str) -> None:
    lender.get("/desk/requests", headers={"X-Desk-Person": said})
    assert lender.rows("audit")[-1]["actor"] == "desk"


def test_a_reading_that_was_refused_is_none(lender: BackendCalls) -> None:
    before = lender.rows("audit")
    assert lender.call("GET", "/desk/requests/XX1").status_code == 404
    assert lender.call("GET", "/desk/borrowers/B1001/export", token=lender.service_token).status_code == 401
    assert lender.rows("audit") == before


def test_what_the_bot_reads_is_counted_by_the_day(tmp_path: Path, seeded_ledger: Path) -> None:
    with backend_in_a_thread(tmp_path, template=seeded_ledger) as lender:
        file_something(lender)
        for _ in range(3):
            lender.get("/borrowers/B1001/loans")
        lender.get("/borrowers/B1002")
        lender.call("GET", "/borrowers/B9999/loans")
        lender.get("/desk/requests", headers=WHO)
    found = {(row["borrower_id"], row["actor"], row["what"]): row["times"] for row in lender.rows("reads")}
    assert found[("B1001", "bot", "listLoans")] == 3 and found[("B1002", "bot", "getBorrower")] == 1
    assert found[("B1001", "desk:陈主管", "listDeskRequests")] == 1
    assert not any(borrower_id == "B9999" for borrower_id, _, _ in found)


def test_counts_of_a_day_add_up_over_starts(tmp_path: Path, seeded_ledger: Path) -> None:
    with backend_in_a_thread(tmp_path, template=seeded_ledger) as lender:
        lender.get("/borrowers/B1001/loans")
    with backend_in_a_thread(tmp_path) as lender:
        lender.get("/borrowers/B1001/loans")
    (row,) = [row for row in lender.rows("reads") if row["what"] == "listLoans"]
    assert row["times"] == 2 and row["first_at"] < row["last_at"]


def test_every_table_is_in_the_file_of_everything_or_is_nobodys(lender: BackendCalls) -> None:
    held = lender.get("/desk/borrowers/B1001/export")["tables"]
    assert set(held) | NOT_OF_A_BORROWER == {table.name for table in load_all_tables().sorted_tables}
    for name, columns in LEFT_OUT.items():
        assert not any(columns & row.keys() for row in held[name])


def test_a_borrowers_own_file_is_by_a_link_that_works_once(lender: BackendCalls) -> None:
    link = lender.post("/borrowers/B1001/export-links")
    token = link["url"].rpartition("/")[2]
    assert token not in str(lender.rows("secure_links"))
    assert lender.post("/export-links/redeem", {"token": token})["borrower_id"] == "B1001"
    assert lender.call("POST", "/export-links/redeem", {"token": token}).status_code == 404
    actions = [row["action"] for row in lender.rows("audit") if row["borrower_id"] == "B1001"][-2:]
    assert actions == ["export-link.issued", "export-link.used"]


def test_a_link_ends_by_itself_and_with_the_next_one(lender: BackendCalls) -> None:
    first = lender.post("/borrowers/B1001/export-links")["url"].rpartition("/")[2]
    second = lender.post("/borrowers/B1001/export-links")["url"].rpartition("/")[2]
    assert lender.call("POST", "/export-links/redeem", {"token": first}).status_code == 404
    lender.execute("UPDATE secure_links SET expires_at = '2020-01-01T00:00:00.000000Z'")
    assert lender.call("POST", "/export-links/redeem", {"token": second}).status_code == 404
