"""Proofs: what is taken, that it is kept once, who may see it, and that the desk reads what was handed in."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from tests.backend.helpers import loan_of, problem
from tests.support.backend import BackendCalls

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 100
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 100
HEIC = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100


@pytest.fixture
def pending(backend: BackendCalls) -> tuple[str, str]:
    """A borrower and a request of hers that waits for a decision."""
    loan = loan_of(backend, "on_time")
    quote = loan.quote()
    body = {"quote_id": quote["quote_id"]}
    filed = backend.post(f"{loan.path}/deferrals", body, key=quote["filing_key"])
    return "B1001", filed["request_id"]


def hand_in(backend: BackendCalls, path: tuple[str, str], content: bytes, name: str = "诊断证明.pdf") -> Any:
    body = {"name": name, "content_base64": base64.b64encode(content).decode()}
    return backend.call("POST", f"/borrowers/{path[0]}/requests/{path[1]}/evidence", body)


@pytest.mark.parametrize(
    ("content", "kind"), [(PDF, "application/pdf"), (JPEG, "image/jpeg"), (PNG, "image/png"), (HEIC, "image/heic")]
)
def test_a_picture_or_pdf_is_kept_and_the_desk_reads_the_same_bytes(
    backend: BackendCalls, pending: tuple[str, str], content: bytes, kind: str
) -> None:
    answer = hand_in(backend, pending, content, "anything.exe")
    assert answer.status_code == 201
    kept = answer.json()
    assert (kept["kind"], kept["size_bytes"], kept["sha256"]) == (kind, len(content), hashlib.sha256(content).hexdigest())
    read = backend.call("GET", f"/desk/evidence/{kept['evidence_id']}/content")
    assert read.content == content and read.headers["Content-Type"].startswith(kind)
    assert read.headers["Content-Disposition"].startswith("attachment")
    assert [row["evidence_id"] for row in backend.get(f"/desk/requests/{pending[1]}/evidence")["evidence"]] == [
        kept["evidence_id"]
    ]


def test_the_same_content_again_is_kept_once_whatever_it_is_called(backend: BackendCalls, pending: tuple[str, str]) -> None:
    first = hand_in(backend, pending, PDF).json()
    again = hand_in(backend, pending, PDF, "another name.pdf")
    assert again.status_code == 200 and again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first
    assert len(backend.rows("evidence")) == 1


@pytest.mark.parametrize("content", [b"MZ\x90\x00 a program", b"<html><script>", b"PK\x03\x04 a zip", b" %PDF-", b"\x00" * 12])
def test_what_is_no_picture_and_no_pdf_by_its_first_bytes_is_not_taken(
    backend: BackendCalls, pending: tuple[str, str], content: bytes
) -> None:
    refused = problem(hand_in(backend, pending, content, "scan.pdf"), "evidence-kind", 415)
    assert "application/pdf" in refused["accepts"]
    assert backend.rows("evidence") == []


def test_what_is_too_large_is_not_taken_and_a_large_body_elsewhere_is_not_either(
    backend: BackendCalls, pending: tuple[str, str]
) -> None:
    assert hand_in(backend, pending, PDF + b"\x00" * 200_000).status_code == 201
    refused = problem(hand_in(backend, pending, PDF + b"\x00" * (10 * 1024 * 1024)), "evidence-too-large", 413)
    assert refused["max_bytes"] == 10 * 1024 * 1024
    problem(hand_in(backend, pending, PDF + b"\x00" * (12 * 1024 * 1024)), "body-too-large", 413)
    undo = backend.call("POST", f"/borrowers/B1001/requests/{pending[1]}/undo", {"x": "y" * 70_000})
    problem(undo, "body-too-large", 413)


def test_what_is_not_base64_is_malformed(backend: BackendCalls, pending: tuple[str, str]) -> None:
    path = f"/borrowers/B1001/requests/{pending[1]}/evidence"
    for text in ("not base64!", "AAA", "AAAAA", ""):
        problem(backend.call("POST", path, {"name": "a.pdf", "content_base64": text}), "validation", 422)


def test_another_borrowers_request_takes_and_shows_nothing(backend: BackendCalls, pending: tuple[str, str]) -> None:
    hand_in(backend, pending, PDF)
    problem(hand_in(backend, ("B1002", pending[1]), JPEG), "request-not-found", 404)
    problem(backend.call("GET", f"/borrowers/B1002/requests/{pending[1]}/evidence"), "request-not-found", 404)
    problem(backend.call("GET", "/desk/evidence/EV0/content"), "evidence-not-found", 404)
    token = backend.service_token  # the bot cannot read what borrowers handed in
    evidence_id = backend.rows("evidence")[0]["evidence_id"]
    problem(backend.call("GET", f"/desk/evidence/{evidence_id}/content", token=token), "unauthorized", 401)


def test_ten_files_fit_and_a_repeat_of_one_of_them_is_still_answered(backend: BackendCalls, pending: tuple[str, str]) -> None:
    for number in range(10):
        assert hand_in(backend, pending, PDF + str(number).encode()).status_code == 201
    assert problem(hand_in(backend, pending, PDF), "evidence-too-many", 409)["max_files"] == 10
    assert hand_in(backend, pending, PDF + b"3").status_code == 200


def test_an_undone_request_takes_no_more(backend: BackendCalls, pending: tuple[str, str]) -> None:
    backend.post(f"/borrowers/B1001/requests/{pending[1]}/undo")
    problem(hand_in(backend, pending, PDF), "already-decided", 409)


def test_who_read_a_proof_is_on_the_borrowers_audit_trail(backend: BackendCalls, pending: tuple[str, str]) -> None:
    evidence_id = hand_in(backend, pending, PDF).json()["evidence_id"]
    backend.call("GET", f"/desk/evidence/{evidence_id}/content")
    newest = backend.get("/borrowers/B1001/audit-trail")["entries"][:2]
    assert [(entry["actor"], entry["action"], entry["subject_id"]) for entry in newest] == [
        ("desk", "evidence.read", evidence_id),
        ("borrower", "evidence.added", evidence_id),
    ]
