"""Who may see what of a process, and when it says that it is not ready."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
import requests

from bot.client import LoanClient
from bot.client.client import BorrowerLoans
from bot.client.errors import BackendUnavailable
from bot.observability import metrics, request_id
from bot.observability.readiness import Part, Readiness, shows_token
from bot.processes.supervisor import free_port
from tests.support.backend import BackendCalls, backend_in_a_thread, running_backend

TOKEN = "metrics-token-of-the-tests"


def figure(name: str, **labels: str) -> float:
    """A metric as it is exposed at this moment; 0 when it is not there yet."""
    wanted = "".join(sorted(f'{key}="{value}"' for key, value in labels.items()))
    for row in metrics.text().decode().splitlines():
        match = re.fullmatch(rf"{name}(?:{{(.*)}})? (\S+)", row)
        if match and "".join(sorted((match[1] or "").split(","))) == wanted:
            return float(match[2])
    return 0.0


def test_a_missing_part_that_is_required_makes_it_unready_and_another_does_not() -> None:
    def gone() -> bool:
        raise OSError("no route")

    assert not asyncio.run(Readiness([Part("database", gone)]).is_ready())
    readiness = Readiness([Part("database", lambda: True), Part("actions", gone, required=False)])
    assert asyncio.run(readiness.is_ready())
    assert asyncio.run(readiness.found()) == {"database": True, "actions": False}
    assert figure("huanban_part_reachable", part="actions") == 0


def test_a_process_that_is_ending_takes_nobody_new() -> None:
    readiness = Readiness([])
    assert asyncio.run(readiness.is_ready())
    readiness.is_ending = True
    assert not asyncio.run(readiness.is_ready())


def test_parts_are_asked_once_however_many_ask() -> None:
    looks: list[int] = []

    def look() -> bool:
        looks.append(1)
        return True

    readiness = Readiness([Part("database", look)])
    for _ in range(20):
        asyncio.run(readiness.is_ready())
    assert len(looks) == 1


def test_without_a_token_in_the_settings_nobody_sees_metrics() -> None:
    assert not shows_token("Bearer ", "")
    assert not shows_token(None, "")
    assert not shows_token("Bearer wrong", TOKEN)
    assert shows_token(f"Bearer {TOKEN}", TOKEN)


def test_the_backend_tells_anybody_yes_or_no_and_metrics_to_the_token_only(tmp_path: Path, seeded_ledger: Path) -> None:
    with backend_in_a_thread(tmp_path, template=seeded_ledger, HUANBAN_METRICS_TOKEN=TOKEN) as backend:
        backend.get("/borrowers/B1001/loans")
        assert requests.get(f"{backend.url}/health", timeout=5).json() == {"status": "ok"}
        assert requests.get(f"{backend.url}/ready", timeout=5).json() == {"status": "ready"}
        assert requests.get(f"{backend.url}/metrics", timeout=5).status_code == 404
        shown = requests.get(f"{backend.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5)
    assert 'huanban_backend_requests_total{method="GET",route="/v1/borrowers/{borrower_id}/loans",status="200"}' in shown.text
    assert "B1001" not in shown.text


def test_the_backend_is_not_ready_while_its_ledger_is_away(tmp_path: Path, seeded_ledger: Path) -> None:
    with backend_in_a_thread(tmp_path, template=seeded_ledger, HUANBAN_METRICS_TOKEN=TOKEN) as backend:
        backend.execute("ALTER TABLE audit RENAME TO audit_elsewhere")
        answer = requests.get(f"{backend.url}/ready", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
        assert answer.status_code == 503
        assert answer.json() == {"status": "not-ready", "parts": {"ledger": False}}


def loans_at(backend: BackendCalls) -> BorrowerLoans:
    return LoanClient(backend.url, backend.service_token, pause=lambda _: None).loans_of("B1001")


def test_a_filing_is_counted_by_how_it_ended(tmp_path: Path, seeded_ledger: Path) -> None:
    filed = figure("huanban_filings_total", kind="deferrals", outcome="filed")
    again = figure("huanban_filings_total", kind="deferrals", outcome="filed_already")
    with backend_in_a_thread(tmp_path, template=seeded_ledger) as backend:
        loans = loans_at(backend)
        quote = loans.deferral_quote("L1001", "P10D")
        for _ in range(2):
            loans.request_deferral("L1001", quote.quote_id, filing_key=quote.filing_key)
    assert figure("huanban_filings_total", kind="deferrals", outcome="filed") == filed + 1
    assert figure("huanban_filings_total", kind="deferrals", outcome="filed_already") == again + 1


def test_a_backend_that_is_away_is_counted() -> None:
    before = figure("huanban_backend_errors_total", reason="unreachable")
    client = LoanClient(f"http://127.0.0.1:{free_port()}", "token", pause=lambda _: None)
    with pytest.raises(BackendUnavailable):
        client.loans_of("B1001").loans()
    assert figure("huanban_backend_errors_total", reason="unreachable") > before


def test_the_id_of_a_message_is_in_the_backends_log_and_in_its_audit_trail(tmp_path: Path) -> None:
    with running_backend(tmp_path, HUANBAN_LOG_FORMAT="json") as backend:
        number = request_id.begin("message-of-this-test")
        loans = loans_at(backend)
        quote = loans.deferral_quote("L1001", "P10D")
        loans.request_deferral("L1001", quote.quote_id, filing_key=quote.filing_key)
        assert number in {row["trace_id"] for row in backend.rows("audit") if row["action"] == "deferral.filed"}
        lines = [json.loads(row) for row in backend.log.splitlines() if row.startswith("{")]
    mine = [row for row in lines if row.get("request_id") == number]
    assert {row["route"] for row in mine} >= {"/v1/borrowers/{borrower_id}/loans/{loan_id}/deferrals"}
    assert {row["process"] for row in lines} == {"backend"}
    assert "B1001" not in "".join(map(str, lines))
