"""Binding a WeChat account by a one-time code: tries, time, rates, what nobody learns, and what is kept of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.backend.desk import Desk
from tests.backend.helpers import problem
from tests.support.backend import BackendCalls

PHONE = {"B1001": "13800001001", "B1002": "13900001002"}
NOBODYS = "13700009999"


def start(backend: BackendCalls, openid: str = "o-wang", phone: str = PHONE["B1001"]) -> Any:
    return backend.call("POST", "/bindings", {"channel": "wechat", "openid": openid, "phone": phone})


def confirm(backend: BackendCalls, started: dict[str, Any], code: str, openid: str = "o-wang") -> Any:
    body = {"channel": "wechat", "openid": openid, "code": code}
    return backend.call("POST", f"/bindings/{started['binding_id']}/confirm", body)


def sent_code(backend: BackendCalls) -> str:
    return str(backend.get("/desk/outbox")["messages"][0]["code"])


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def bound(backend: BackendCalls, openid: str = "o-wang", borrower_id: str = "B1001") -> dict[str, Any]:
    started = start(backend, openid, PHONE[borrower_id]).json()
    answer = confirm(backend, started, sent_code(backend), openid)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_right_code_binds_the_account_to_whoever_has_the_phone(backend: BackendCalls) -> None:
    answer = start(backend)
    assert answer.status_code == 202 and answer.json()["tries_left"] == 5
    binding = confirm(backend, answer.json(), sent_code(backend)).json()
    assert (binding["borrower_id"], binding["display_name"], binding["others"]) == ("B1001", "王女士", 0)
    assert backend.get("/bindings?channel=wechat&openid=o-wang")["borrower_id"] == "B1001"
    assert [row["openid"] for row in backend.get("/borrowers/B1001/bindings")["accounts"]] == ["o-wang"]


def test_a_phone_that_nobody_has_is_answered_alike_and_no_code_ever_fits(backend: BackendCalls) -> None:
    known, unknown = start(backend).json(), start(backend, "o-stranger", NOBODYS).json()
    assert known.keys() == unknown.keys() and known["tries_left"] == unknown["tries_left"]
    assert len(backend.get("/desk/outbox")["messages"]) == 1
    for left in (4, 3, 2, 1):
        assert problem(confirm(backend, unknown, "000000", "o-stranger"), "binding-code-wrong", 409)["tries_left"] == left
    problem(confirm(backend, unknown, "000000", "o-stranger"), "binding-code-used-up", 409)


def test_after_five_wrong_tries_the_right_code_is_worth_nothing(backend: BackendCalls) -> None:
    started, code = start(backend).json(), ""
    code = sent_code(backend)
    for _ in range(4):
        problem(confirm(backend, started, wrong(code)), "binding-code-wrong", 409)
    problem(confirm(backend, started, wrong(code)), "binding-code-used-up", 409)
    problem(confirm(backend, started, code), "binding-code-used-up", 409)
    assert backend.rows("bindings") == [] and backend.get("/desk/outbox")["messages"] == []


def test_a_code_out_of_time_is_worth_nothing(backend: BackendCalls) -> None:
    started, code = start(backend).json(), sent_code(backend)
    backend.execute("UPDATE binding_codes SET expires_at = '2026-11-01T00:00:00.000000Z'")
    problem(confirm(backend, started, code), "binding-code-expired", 409)


def test_another_code_for_the_same_account_replaces_the_first(backend: BackendCalls) -> None:
    first, old_code = start(backend).json(), sent_code(backend)
    second = start(backend).json()
    problem(confirm(backend, first, old_code), "binding-code-used-up", 409)
    assert len(backend.get("/desk/outbox")["messages"]) == 1
    assert confirm(backend, second, sent_code(backend)).status_code == 200


def test_a_code_works_for_the_account_that_asked_and_for_no_other(backend: BackendCalls) -> None:
    started, code = start(backend).json(), sent_code(backend)
    problem(confirm(backend, started, code, "o-thief"), "binding-not-found", 404)
    assert confirm(backend, started, code).status_code == 200


def test_confirming_again_answers_the_same_and_binds_once(backend: BackendCalls) -> None:
    started, code = start(backend).json(), sent_code(backend)
    first, again = confirm(backend, started, code).json(), confirm(backend, started, code).json()
    assert first["binding_id"] == again["binding_id"] and len(backend.rows("bindings")) == 1
    problem(confirm(backend, started, wrong(code)), "binding-code-expired", 409)


def test_an_account_is_bound_anew_and_speaks_for_the_new_borrower_only(backend: BackendCalls) -> None:
    bound(backend, "o-wang", "B1001")
    bound(backend, "o-wang", "B1002")
    assert backend.get("/bindings?channel=wechat&openid=o-wang")["borrower_id"] == "B1002"
    assert backend.get("/borrowers/B1001/bindings")["accounts"] == []
    trail = [row["action"] for row in backend.get("/borrowers/B1001/audit-trail")["entries"]]
    assert trail[:2] == ["binding.unbound", "binding.bound"]


def test_two_accounts_of_one_borrower_know_of_each_other_and_one_can_unbind_the_other(backend: BackendCalls) -> None:
    bound(backend, "o-wang")
    assert bound(backend, "o-wang-old-phone")["others"] == 1
    answer = backend.call("DELETE", "/bindings?channel=wechat&openid=o-wang&which=others")
    assert answer.json()["unbound"] == 1
    assert [row["openid"] for row in backend.get("/borrowers/B1001/bindings")["accounts"]] == ["o-wang"]
    problem(backend.call("GET", "/bindings?channel=wechat&openid=o-wang-old-phone"), "binding-not-found", 404)


def test_unbinding_twice_changes_nothing_and_nothing_of_the_account_stays_but_a_trace(backend: BackendCalls) -> None:
    bound(backend)
    for expected in (1, 0):
        answer = backend.call("DELETE", "/bindings?channel=wechat&openid=o-wang&reason=unfollowed")
        assert answer.json()["unbound"] == expected
    assert backend.rows("bindings") == []
    assert all("o-wang" not in str(row) for row in backend.rows("audit"))


def test_an_account_may_ask_for_five_codes_an_hour(backend: BackendCalls) -> None:
    for _ in range(5):
        assert start(backend, phone=NOBODYS).status_code == 202
    refused = problem(start(backend, phone=NOBODYS), "binding-too-many", 429)
    assert 0 < refused["retry_after_seconds"] <= 3600
    assert start(backend, "o-another", NOBODYS).status_code == 202


def test_one_phone_is_sent_three_codes_an_hour_and_whoever_asks_does_not_learn_it(backend: BackendCalls) -> None:
    answers = [start(backend, f"o-asks-{number}") for number in range(4)]
    assert {answer.status_code for answer in answers} == {202}
    assert len(backend.get("/desk/outbox")["messages"]) == 3
    assert [row["details"]["sent"] for row in backend.rows("audit") if row["action"] == "binding.started"] == [True] * 3 + [False]


def test_a_code_is_kept_as_a_hash_and_leaves_the_outbox_when_it_is_used(backend: BackendCalls) -> None:
    started, code = start(backend).json(), sent_code(backend)
    assert all(code not in str(row) for row in backend.rows("binding_codes") + backend.rows("audit"))
    confirm(backend, started, code)
    assert backend.rows("sms_outbox") == []
    everything = [row for table in ("binding_codes", "bindings", "audit", "sms_outbox") for row in backend.rows(table)]
    assert all(PHONE["B1001"] not in str(row) for row in everything)


def test_codes_and_phones_are_in_no_log(tmp_path: Path, backend: BackendCalls, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    started, code = start(backend).json(), sent_code(backend)
    confirm(backend, started, wrong(code))
    backend.call("POST", "/bindings", {"channel": "wechat", "openid": "o-wang", "phone": PHONE["B1001"] + "9"})
    assert code not in caplog.text and PHONE["B1001"] not in caplog.text


@pytest.mark.parametrize("phone", ["1380000100", "138000010011", "２３８００００１００１", "12800001001", 13800001001])
def test_what_is_no_mobile_number_is_refused_without_repeating_it(backend: BackendCalls, phone: Any) -> None:
    refused = problem(start(backend, phone=phone), "validation", 422)
    assert str(phone) not in str(refused)


def test_a_demo_reads_its_codes_at_the_terminal(backend: BackendCalls) -> None:
    desk = Desk(backend.url, backend.desk_token)
    assert desk.outbox() == "No codes on their way."
    start(backend)
    (line,) = desk.outbox().splitlines()
    assert line.startswith(sent_code(backend)) and "138****1001" in line and "王女士" in line


def test_the_outbox_is_the_desks_alone(backend: BackendCalls) -> None:
    problem(backend.call("GET", "/desk/outbox", token=backend.service_token), "unauthorized", 401)


def test_service_points_are_sorted_by_how_far_they_are(read_only_backend: BackendCalls) -> None:
    points = read_only_backend.get("/service-points?near=30.6420,104.0430")["service_points"]
    assert points[0]["service_point_id"] == "SP-WUHOU" and points[0]["distance_m"] < 100
    assert [row["distance_m"] for row in points] == sorted(row["distance_m"] for row in points)
    assert all(row["distance_m"] is None for row in read_only_backend.get("/service-points")["service_points"])
    problem(read_only_backend.call("GET", "/service-points?near=here"), "validation", 422)
