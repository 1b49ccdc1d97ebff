"""Every fault at least twice, and one kill in the most dangerous moment, before the real processes: no promise is broken."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import config
from bot.bench.faults import report
from bot.bench.faults.plans import FAULTS, KILLS, one_of_each, plan
from bot.bench.faults.run import Found, run_all
from bot.training import ensure_model

SEED = 11
RUNS = 40


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    killed = replace(plan(SEED, RUNS, "killed_actions"), topic="deferral", moment="after_commit")
    plans = [*one_of_each(SEED, RUNS), killed]
    yield asyncio.run(run_all(tmp_path_factory.mktemp("faults"), plans, ensure_model(config.load()), at_once=14))


def test_no_promise_is_broken(found: Found) -> None:
    told = [(run.plan, run.violations, report.transcript(run)) for run in found.runs if run.violations]
    assert told == []
    assert found.of_the_ledger == []


def test_every_conversation_ended_in_a_filing_and_every_fault_was_met(found: Found) -> None:
    assert len(found.runs) == RUNS + 1
    met = {run.plan.fault for run in found.runs if run.hits}
    on_the_wire = {name for name in FAULTS if name not in KILLS} - {"none", "repeated", "doubled", "two_devices"}
    assert met == on_the_wire | {"killed_actions"}
    assert found.kills == {"actions": 1}


def test_the_report_is_for_a_program(found: Found) -> None:
    told: dict[str, Any] = report.document(found, SEED, Path("model.tar.gz"))
    assert told["runs"] == RUNS + 1
    assert sum(told["broken_promises"].values()) == 0
    assert sum(row["runs"] for row in told["by_fault"].values()) == RUNS + 1
    assert all(sum(row["first_outcomes"].values()) == row["runs"] for row in told["by_fault"].values())
