"""Whatever goes wrong is a problem document, and the OpenAPI document knows every one."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import Any

import pytest

from bot.backend.problems import PROBLEM_TYPES, Problem
from tests.backend.helpers import loan_of, problem
from tests.support.backend import ROOT, BackendCalls

PAGE = (ROOT / "docs/loan-backend.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def document(read_only_backend: BackendCalls) -> dict[str, Any]:
    return read_only_backend.get("/openapi.json")


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(method, path, operation) for path, item in document["paths"].items() for method, operation in item.items()]


def test_an_unknown_address_and_an_unknown_method_are_problems(read_only_backend: BackendCalls) -> None:
    problem(read_only_backend.call("GET", "/nowhere"), "not-found", 404)
    problem(read_only_backend.call("GET", "/../etc/passwd"), "not-found", 404)
    answer = read_only_backend.call("DELETE", "/borrowers/B1001")
    problem(answer, "method-not-allowed", 405)
    assert answer.headers["Allow"] == "GET"


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer wrong", "Basic c2VydmljZQ==", "bearer\tx"])
def test_without_the_token_nothing_is_told(read_only_backend: BackendCalls, authorization: str | None) -> None:
    for path in ("/borrowers/B1001", "/borrowers/B9999", "/nowhere"):
        headers = {"Authorization": authorization}
        answer = read_only_backend.call("GET", path, headers=headers)
        problem(answer, "unauthorized", 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_health_and_the_document_need_no_token(read_only_backend: BackendCalls) -> None:
    for path in ("/health", "/openapi.json"):
        assert read_only_backend.call("GET", path, headers={"Authorization": None}).status_code == 200


@pytest.mark.parametrize("body", ['{"period":', "", "\x00", "[" * 20_000, '{"period": "P15D"} x', b"\xff\xfe{"])
def test_what_is_not_json_is_refused_and_changes_nothing(backend: BackendCalls, body: str | bytes) -> None:
    before = backend.rows("quotes")
    answer = backend.call(
        "POST",
        "/borrowers/B1001/loans/L1001/deferral-quotes",
        data=body.encode() if isinstance(body, str) else body,
        headers={"Content-Type": "application/json"},
    )
    if body == "":
        problem(answer, "validation", 422)
    else:
        problem(answer, "malformed-json", 400)
    assert backend.rows("quotes") == before


def test_a_body_that_is_too_large_is_refused_announced_or_not(read_only_backend: BackendCalls) -> None:
    path = "/borrowers/B1001/loans/L1001/deferral-quotes"
    big = json.dumps({"period": "P15D", "reason_code": "x" * 70_000}).encode()
    json_type = {"Content-Type": "application/json"}
    announced = read_only_backend.call("POST", path, data=big, headers=json_type)
    assert problem(announced, "body-too-large", 413)["max_bytes"] == 65536
    chunked = read_only_backend.call("POST", path, data=iter([big[:1000], big[1000:]]), headers=json_type)
    problem(chunked, "body-too-large", 413)


def test_every_answer_carries_a_request_id_the_callers_when_it_is_a_sane_one(read_only_backend: BackendCalls) -> None:
    for path in ("/borrowers/B1001", "/borrowers/B9999", "/nowhere", "/desk/requests"):
        answer = read_only_backend.call("GET", path, headers={"X-Request-Id": "trace-1.a"})
        assert answer.headers["X-Request-Id"] == "trace-1.a"
    made = read_only_backend.call("GET", "/health", headers={"X-Request-Id": "spaces and <b>"}).headers["X-Request-Id"]
    assert re.fullmatch(r"[0-9a-f]{24}", made)


def test_a_failure_nobody_expected_is_a_problem_and_leaves_the_backend_up(backend: BackendCalls) -> None:
    backend.execute("UPDATE loans SET terms = '{}' WHERE loan_id = 'L1001'")
    answer = backend.call("GET", "/borrowers/B1001/loans/L1001")
    problem(answer, "internal", 500)
    assert answer.headers["X-Request-Id"] in answer.json()["detail"]
    assert "Traceback" not in answer.text and "KeyError" not in answer.text
    assert backend.get("/borrowers/B1002")["borrower_id"] == "B1002"


def test_a_locked_ledger_is_busy_and_nothing_is_written(backend: BackendCalls, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    loan = loan_of(backend, "on_time")
    other = sqlite3.connect(backend.database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        answer = backend.call("POST", f"{loan.path}/deferral-quotes", {"period": "P15D"})
        assert problem(answer, "busy", 503)["retry_after_seconds"] == 1
        assert answer.headers["Retry-After"] == "1"
        assert loan.read()["loan_id"] == "L1001"  # readers do not wait
    finally:
        other.close()
    assert loan.quote()["quote_id"]


def test_rubbish_instead_of_http_does_not_bring_it_down(read_only_backend: BackendCalls) -> None:
    host, _, port = read_only_backend.url.removeprefix("http://").partition(":")
    for rubbish in (b"\x00\xff\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST /v1/health HTTP/1.1\r\nContent-Length: x\r\n\r\n"):
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(rubbish)
            connection.recv(1000)
    assert read_only_backend.get("/health")["status"] == "ok"


def test_the_document_knows_every_problem_type_and_no_other(document: dict[str, Any]) -> None:
    documented: dict[str, int] = {}
    for _, _, operation in operations(document):
        for status, answer in operation["responses"].items():
            for slug, example in answer["content"].get("application/problem+json", {}).get("examples", {}).items():
                documented[slug] = int(status)
                assert example["value"]["type"] == f"/problems/{slug}" and example["value"]["status"] == int(status)
    outside = {"not-found", "method-not-allowed"}  # of addresses and methods the document does not have
    assert documented == {slug: kind.status for slug, kind in PROBLEM_TYPES.items() if slug not in outside}


def test_every_call_documents_what_every_call_can_meet(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        assert operation["operationId"] and operation["description"], (method, path)
        assert {"400", "401", "413", "422", "500", "503"} <= operation["responses"].keys(), (method, path)
        expected = [] if path == "/v1/health" else ["deskToken" if path.startswith("/v1/desk/") else "serviceToken"]
        assert [name for scheme in operation.get("security", []) for name in scheme] == expected, (method, path)
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))


def test_the_page_names_every_call_and_every_problem(document: dict[str, Any]) -> None:
    page = PAGE.replace("{b}", "{borrower_id}").replace("{l}", "{loan_id}").replace("{r}", "{request_id}")
    missing = [f"{method.upper()} {path}" for method, path, _ in operations(document) if f"{method.upper()} {path}" not in page]
    assert missing == []
    assert [slug for slug in PROBLEM_TYPES if f"/problems/{slug}" not in PAGE] == []
    named = set(re.findall(r"/problems/([a-z][a-z-]*[a-z])`", PAGE))
    assert named <= PROBLEM_TYPES.keys()


def test_every_problem_that_the_code_raises_is_in_the_table_with_its_members() -> None:
    raised: set[str] = set()
    for path in (ROOT / "bot/backend").rglob("*.py"):
        raised |= set(re.findall(r'Problem\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8")))
    from_the_rules = {slug for slug in PROBLEM_TYPES if slug.startswith(("deferral-", "due-date-change-"))}
    assert raised <= PROBLEM_TYPES.keys()
    assert PROBLEM_TYPES.keys() - raised <= from_the_rules
    with pytest.raises(TypeError, match="request-pending"):
        Problem("request-pending", "without its member")


def test_no_path_of_this_machine_is_in_the_document(document: dict[str, Any]) -> None:
    assert str(Path.home()) not in json.dumps(document) and str(ROOT) not in json.dumps(document)
