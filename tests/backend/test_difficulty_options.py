"""Ways out of a difficulty side by side, waivers of penalty, lectures and calls: read, filed once, decided at the desk."""

from __future__ import annotations

from typing import Any

from tests.backend.helpers import Loan, loan_of, problem
from tests.support.backend import BackendCalls


def options(loan: Loan, reason_code: str | None = None) -> dict[str, Any]:
    return loan.backend.post(f"{loan.path}/hardship-options", {"reason_code": reason_code})


def way(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in found["ways"] if row["way"] == name)


def test_every_way_says_what_its_own_quote_says(backend: BackendCalls) -> None:
    loan = loan_of(backend, "due_in_three_days")
    found = options(loan)
    deferral = way(found, "deferral")
    quote = loan.quote(deferral["period"])
    assert (deferral["new_due_date"], deferral["extra_interest_fen"]) == (quote["new_due_date"], quote["extra_interest_fen"])
    assert (found["recommended"], found["because"]) == ("deferral", "changes_least")
    assert found["reasons_that_help"] == ["disaster", "illness"]


def test_it_writes_nothing(backend: BackendCalls) -> None:
    before = len(backend.rows("quotes")), len(backend.rows("audit"))
    options(loan_of(backend, "due_in_three_days"), "unemployed")
    assert (len(backend.rows("quotes")), len(backend.rows("audit"))) == before


def test_a_reason_that_a_programme_covers_makes_the_deferral_free_and_asks_for_proof(read_only_backend: BackendCalls) -> None:
    found = options(loan_of(read_only_backend, "due_in_three_days"), "illness")
    free = way(found, "interest_free_deferral")
    assert (free["extra_interest_fen"], free["proof_needed"], found["recommended"]) == (0, True, "interest_free_deferral")


def test_what_is_on_record_needs_no_reason_and_no_proof(read_only_backend: BackendCalls) -> None:
    found = options(loan_of(read_only_backend, "illness"))
    assert way(found, "interest_free_deferral")["proof_needed"] is False and found["reasons_that_help"] == []


def test_too_long_overdue_leaves_a_new_plan_and_says_why_no_deferral(read_only_backend: BackendCalls) -> None:
    found = options(loan_of(read_only_backend, "overdue_95_days"))
    assert way(found, "deferral")["why_not"] == "deferral-overdue-too-long"
    assert (found["recommended"], found["waiver_may_fit"]) == ("restructure", True)


def test_a_pending_request_leaves_assistance_and_recommends_nothing(read_only_backend: BackendCalls) -> None:
    found = options(loan_of(read_only_backend, "deferral_pending"))
    assert (found["recommended"], found["because"]) == (None, "request_waits")
    assert [row["way"] for row in found["ways"] if row["possible"]] == ["assistance"]


# Waivers of penalty.


def waiver_quote(loan: Loan, reason_code: str | None = None, text: str | None = None) -> dict[str, Any]:
    return loan.backend.post(f"{loan.path}/fee-waiver-quotes", {"reason_code": reason_code, "text": text})


def file_waiver(loan: Loan, quote: dict[str, Any]) -> dict[str, Any]:
    return loan.backend.post(f"{loan.path}/fee-waivers", {"quote_id": quote["quote_id"]}, key=quote["filing_key"])


def test_the_programme_that_waives_most_is_quoted(read_only_backend: BackendCalls) -> None:
    loan = loan_of(read_only_backend, "overdue_12_days")
    penalty_fen = loan.read()["penalty_fen"]
    half, whole = waiver_quote(loan), waiver_quote(loan, "illness")
    assert (half["programme_id"], half["waived_fen"]) == ("FW-FIRST", -(-penalty_fen // 2))
    assert (whole["programme_id"], whole["waived_fen"]) == ("FW-ILLNESS", penalty_fen)


def test_approval_takes_the_penalty_off_and_tomorrow_it_runs_on(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "overdue_95_days")
    before = loan.read()
    loan.decide(file_waiver(loan, waiver_quote(loan, "illness", "住院三周")))
    after = loan.read()
    assert (after["penalty_fen"], after["overdue_fen"]) == (0, before["overdue_fen"] - before["penalty_fen"])
    assert after["days_past_due"] == before["days_past_due"]
    (request,) = [row for row in deciding_backend.rows("requests") if row["kind"] == "fee_waiver"]
    assert (request["terms"]["granted_fen"], request["terms"]["text"]) == (before["penalty_fen"], "住院三周")
    again = deciding_backend.call("POST", f"{loan.path}/fee-waiver-quotes", {"reason_code": "illness", "text": None})
    problem(again, "fee-waiver-nothing-owed", 409)


def test_a_part_comes_off_the_oldest_first(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "overdue_95_days")
    before = loan.read()
    quote = waiver_quote(loan, "unemployed")
    loan.decide(file_waiver(loan, quote))
    assert loan.read()["penalty_fen"] == before["penalty_fen"] - quote["waived_fen"]
    assert loan.instalment(7)["penalty_fen"] == 0


def test_refusing_it_changes_nothing(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "overdue_12_days")
    before = loan.read()["penalty_fen"]
    loan.decide(file_waiver(loan, waiver_quote(loan)), "refuse")
    assert loan.read()["penalty_fen"] == before


def test_filing_twice_files_once_and_another_one_waits(backend: BackendCalls) -> None:
    loan = loan_of(backend, "overdue_12_days")
    other = waiver_quote(loan, "illness")
    quote = waiver_quote(loan)
    first, second = file_waiver(loan, quote), file_waiver(loan, quote)
    assert first["request_id"] == second["request_id"] and first["request_id"].startswith("FW")
    answer = backend.call("POST", f"{loan.path}/fee-waivers", {"quote_id": other["quote_id"]}, key=other["filing_key"])
    assert problem(answer, "request-pending", 409)["request_id"] == first["request_id"]
    # A deferral may still be asked for: a waiver leaves the dates alone.
    assert loan.file(loan.quote("P15D"))["status"] == "pending"


def test_a_reason_that_no_programme_covers_is_told_which_are(read_only_backend: BackendCalls) -> None:
    path = loan_of(read_only_backend, "overdue_95_days").path
    answer = read_only_backend.call("POST", f"{path}/fee-waiver-quotes", {"reason_code": "education", "text": None})
    assert "illness" in problem(answer, "fee-waiver-reason-not-covered", 409)["reason_codes"]


def test_a_line_has_no_waiver_and_a_loan_on_time_owes_nothing(read_only_backend: BackendCalls) -> None:
    for name, slug in (("minimum_payment", "fee-waiver-not-offered"), ("on_time", "fee-waiver-nothing-owed")):
        path = loan_of(read_only_backend, name).path
        problem(read_only_backend.call("POST", f"{path}/fee-waiver-quotes", {}), slug, 409)


# Lectures and calls.


def ask(backend: BackendCalls, borrower_id: str, key: str, **body: Any) -> Any:
    return backend.call("POST", f"/borrowers/{borrower_id}/assistance-requests", body, key=key)


def test_a_seat_is_taken_once_whatever_the_key_and_given_back_by_undoing(backend: BackendCalls) -> None:
    seats = backend.get("/events?city=成都")["events"][0]["seats_left"]
    first = ask(backend, "B1002", "seat-00001", event_id="EV-BUDGET").json()
    again = ask(backend, "B1002", "seat-00002", event_id="EV-BUDGET")
    assert (again.status_code, again.json()["request_id"]) == (200, first["request_id"])
    assert backend.get("/events?city=成都")["events"][0]["seats_left"] == seats - 1
    backend.post(f"/borrowers/B1002/requests/{first['request_id']}/undo", {})
    assert backend.get("/events?city=成都")["events"][0]["seats_left"] == seats


def test_no_seat_is_given_twice(backend: BackendCalls) -> None:
    assert ask(backend, "B1001", "seat-00001", event_id="EV-LEGAL").status_code == 201
    row = backend.rows("requests")[-1]
    taken = (
        f"INSERT INTO requests SELECT 'AS9' || value, kind, 'B1003', loan_id, loan_version, status, filing_key, filed_at, "
        f"undo_until_at, decision_due_at, decided_at, decided_by, decision_reason, terms FROM requests, "
        f"(WITH RECURSIVE n(value) AS (SELECT 10000 UNION SELECT value + 1 FROM n WHERE value < 10018) SELECT value FROM n) "
        f"WHERE request_id = '{row['request_id']}'"
    )  # noqa: S608
    backend.execute(taken)
    problem(ask(backend, "B1002", "seat-00002", event_id="EV-LEGAL"), "event-full", 409)


def test_an_event_that_is_not_there_is_not_found(backend: BackendCalls) -> None:
    problem(ask(backend, "B1002", "seat-00001", event_id="EV-NONE"), "event-not-found", 404)


def test_a_call_is_put_down_within_the_hours_and_refused_at_night(backend: BackendCalls) -> None:
    filed = ask(backend, "B1002", "call-00001", callback_at="2026-11-25T10:00:00+08:00", about="legal")
    assert filed.status_code == 201 and filed.json()["terms"]["callback_at"] == "2026-11-25T10:00:00+08:00"
    refused = ask(backend, "B1002", "call-00002", callback_at="2026-11-25T23:00:00+08:00")
    assert problem(refused, "callback-not-possible", 409)["next_callback_at"]
    assert len([row for row in backend.rows("requests") if row["kind"] == "assistance"]) == 1


def test_the_directory_can_be_asked_by_what_is_needed(read_only_backend: BackendCalls) -> None:
    rows = read_only_backend.get("/assistance-programmes?city=成都&kind=legal")["programmes"]
    assert rows[0]["city"] == "成都" and {row["programme_id"] for row in rows} >= {"HELP-12348", "HELP-FAYUAN"}
    assert all("legal" in row["kinds"] for row in rows)
    assert read_only_backend.get("/assistance-programmes?city=绵阳&kind=mind")["programmes"][0]["phone"] == "12356"


def test_a_waiver_can_be_granted_in_part_and_its_terms_say_both_sums(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "overdue_95_days")
    before, quote = loan.read()["penalty_fen"], waiver_quote(loan, "illness")
    filed = file_waiver(loan, quote)
    path = f"/desk/requests/{filed['request_id']}/decision"
    body = {"decision": "approve", "reason": "材料只够一半", "decided_by": "陈主管"}
    too_much = deciding_backend.call("POST", path, {**body, "granted_fen": quote["waived_fen"] + 1})
    problem(too_much, "validation", 422)
    decided = deciding_backend.post(path, {**body, "granted_fen": 5_000})
    assert (decided["terms"]["granted_fen"], decided["terms"]["grantable_fen"]) == (5_000, quote["waived_fen"])
    assert loan.read()["penalty_fen"] == before - 5_000
    since = "2026-11-24T00:00:00%2B08:00"
    changes = deciding_backend.get(f"{loan.borrower}/changes?since_at={since}")["changes"]
    assert [row["amount_fen"] for row in changes if row["code"] == "request_approved"] == [5_000]


def test_only_the_approval_of_a_waiver_names_a_part(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "on_time")
    filed = loan.file(loan.quote())
    body = {"decision": "approve", "reason": "同意", "decided_by": "陈主管", "granted_fen": 1}
    problem(deciding_backend.call("POST", f"/desk/requests/{filed['request_id']}/decision", body), "validation", 422)
