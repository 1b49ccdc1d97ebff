"""What `./huanban bench faults` exits with, and that its report is written, however it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.bench.faults import __main__ as command
from bot.bench.faults.judge import Violation
from bot.bench.faults.plans import plan
from bot.bench.faults.run import Found, Run
from bot.bench.servers import NotHere

Ends = Callable[[Found], None]


def _nothing(found: Found) -> None:
    """It ends by itself."""


def _breaks_a_promise(found: Found) -> None:
    found.runs[-1].violations.append(Violation("lost", "…"))


def _raises(error: BaseException) -> Ends:
    def ends(found: Found) -> None:
        raise error

    return ends


@pytest.fixture
def outcome(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., tuple[int, dict[str, Any]]]:
    def of(ran: int, ends: Ends, *options: str) -> tuple[int, dict[str, Any]]:
        async def run_all(*_: object, found: Found, **__: object) -> Found:
            found.runs += [Run(plan(1, number), "filed", 1, 1, 1.0) for number in range(ran)]
            ends(found)
            return found

        monkeypatch.setattr(command, "run_all", run_all)
        monkeypatch.setattr("signal.signal", lambda *_: None)  # the test run keeps its own way to end
        report = tmp_path / "reports" / "faults.json"
        code = command.main(["--runs", "3", "--report", str(report), "--model", "model.tar.gz", *options])
        return code, json.loads(report.read_text(encoding="utf-8"))

    return of


@pytest.mark.parametrize(
    ("ran", "ends", "options", "code"),
    [
        (3, _nothing, [], 0),
        (3, _breaks_a_promise, [], 1),
        (2, _nothing, [], 1),
        (2, _nothing, ["--minutes", "0.5"], 0),
        (2, _breaks_a_promise, ["--minutes", "0.5"], 1),
        (0, _nothing, ["--minutes", "0.5"], 1),
        (2, _raises(KeyboardInterrupt()), [], 1),
        (2, _raises(KeyboardInterrupt()), ["--minutes", "0.5"], 1),
        (2, _raises(asyncio.CancelledError()), [], 1),
        (0, _raises(NotHere("rasa did not start")), [], 1),
        (2, _raises(OSError("no space left")), [], 1),
    ],
)
def test_the_exit_code_and_the_report_of_what_ran(
    outcome: Callable[..., tuple[int, dict[str, Any]]], ran: int, ends: Ends, options: list[str], code: int
) -> None:
    exited, report = outcome(ran, ends, *options)
    assert exited == code
    assert (report["runs"], report["runs_wanted"]) == (ran, 3)


def test_the_report_names_what_cut_it_short(outcome: Callable[..., tuple[int, dict[str, Any]]]) -> None:
    assert outcome(3, _nothing)[1]["cut_short"] == ""
    assert outcome(0, _raises(NotHere("rasa did not start")))[1]["cut_short"] == "rasa did not start"


def test_what_minutes_stopped_is_said_plainly(
    outcome: Callable[..., tuple[int, dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    outcome(2, _nothing, "--minutes", "0.5")
    assert "stopped after 0.5 minutes: 2 of 3" in capsys.readouterr().out
    outcome(3, _nothing, "--minutes", "0.5")
    assert "stopped after" not in capsys.readouterr().out
