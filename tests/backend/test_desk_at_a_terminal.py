"""`huanban desk` lists, approves and refuses over HTTP, and says in a sentence what it cannot do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.backend import desk
from tests.backend.helpers import loan_of
from tests.support.backend import BackendCalls


@pytest.fixture
def at_the_desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("HUANBAN_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("HUANBAN_DESK_TOKEN", "desk-token-of-the-tests")
    return monkeypatch


def run(backend: BackendCalls, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = desk.main(["--url", backend.url, *arguments])
    said = capsys.readouterr()
    return status, (said.out + said.err).strip()


def test_it_lists_what_waits_with_amounts_and_days(
    at_the_desk: None, backend: BackendCalls, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said = run(backend, capsys)
    assert status == 0
    for part in ("DF00000002", "吴女士", "青禾借", "2026-11-30 → 2026-12-15", "900.70元", "4.91元", "wage_arrears"):
        assert part in said


def test_it_approves_with_a_reason_and_then_nothing_waits(
    at_the_desk: None, backend: BackendCalls, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(backend, capsys, "approve", "DF00000002", "--reason", "工资条已核实", "--by", "陈主管") == (
        0,
        "DF00000002 is approved.",
    )
    assert run(backend, capsys, "list") == (0, "No pending requests.")
    assert loan_of(backend, "deferral_pending").read()["next_due_date"] == "2026-12-15"
    request = backend.get("/borrowers/B1008/requests/DF00000002")
    assert (request["status"], request["decision_reason"]) == ("approved", "工资条已核实")


def test_it_refuses_with_a_reason(at_the_desk: None, backend: BackendCalls, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(backend, capsys, "refuse", "DF00000002", "--reason", "请补交证明")[0] == 0
    assert loan_of(backend, "deferral_pending").read()["next_due_date"] == "2026-11-30"


def test_a_decision_needs_a_reason(at_the_desk: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        desk.main(["approve", "DF00000002"])
    assert "--reason" in capsys.readouterr().err


def test_it_says_what_it_cannot_do(
    at_the_desk: pytest.MonkeyPatch, backend: BackendCalls, capsys: pytest.CaptureFixture[str]
) -> None:
    loan = loan_of(backend, "on_time")
    filed = loan.file(loan.quote())["request_id"]
    status, said = run(backend, capsys, "approve", filed, "--reason", "x")
    assert status == 1 and "can undo until" in said
    assert "no such request" in run(backend, capsys, "show", "DF99999999")[1]
    run(backend, capsys, "refuse", "DF00000002", "--reason", "x")
    assert "refused already" in run(backend, capsys, "approve", "DF00000002", "--reason", "x")[1]
    at_the_desk.setenv("HUANBAN_DESK_TOKEN", "wrong")
    assert "desk token" in run(backend, capsys, "list")[1]


def test_it_says_when_the_backend_is_away(at_the_desk: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.main(["--url", "http://127.0.0.1:1"]) == 1
    assert "./huanban up" in capsys.readouterr().err


def test_it_lists_and_lifts_a_block(at_the_desk: None, backend: BackendCalls, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(backend, capsys, "blocks") == (0, "No blocks.")
    report = {"what": "account_taken", "summary": "手机被偷", "block": True}
    backend.post("/borrowers/B1001/fraud-reports", report, key="fraud-00001")
    status, said = run(backend, capsys, "blocks")
    assert status == 0 and "SB00000001" in said and "王女士" in said
    lifted = run(backend, capsys, "lift", "SB00000001", "--reason", "到场核实", "--by", "陈主管")
    assert lifted == (0, "SB00000001 of 王女士 is lifted.")
    assert run(backend, capsys, "lift", "SB00000009", "--reason", "x")[0] == 1


def test_it_shows_the_proofs_of_a_request_and_saves_one_under_its_own_id(
    at_the_desk: None, backend: BackendCalls, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "no proofs" in run(backend, capsys, "show", "DF00000002")[1]
    handed_in = {"name": "工资条.pdf", "content_base64": "JVBERi0xLjcK"}
    proof = backend.post("/borrowers/B1008/requests/DF00000002/evidence", handed_in)
    said = run(backend, capsys, "show", "DF00000002")[1]
    for part in (proof["evidence_id"], "工资条.pdf", "application/pdf", "9 bytes"):
        assert part in said
    status, said = run(backend, capsys, "proof", proof["evidence_id"], "--to", str(tmp_path))
    saved = tmp_path / f"{proof['evidence_id']}.pdf"
    assert status == 0 and str(saved) in said
    assert saved.read_bytes() == b"%PDF-1.7\n"
    assert "evidence.read" in str(backend.rows("audit")), "who looked at it is on the trail"


def test_a_proof_that_is_not_there_or_cannot_be_saved_is_said_in_a_sentence(
    at_the_desk: None, backend: BackendCalls, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, said = run(backend, capsys, "proof", "EV0000000000000000")
    assert status == 1 and "no such proof" in said
    proof = backend.post("/borrowers/B1008/requests/DF00000002/evidence", {"name": "a.pdf", "content_base64": "JVBERi0xLjcK"})
    status, said = run(backend, capsys, "proof", proof["evidence_id"], "--to", str(tmp_path / "nowhere"))
    assert status == 1 and "cannot be written" in said
