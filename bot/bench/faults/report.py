"""The figures of a run as lines for a person, and as a document for a program."""

from __future__ import annotations

import os
import platform
from collections import Counter
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bot.bench.faults.judge import PROMISES
from bot.bench.faults.plans import FAULTS
from bot.bench.faults.run import Found, Run
from bot.bench.faults.words import OUTCOMES

_PACKAGES = ("rasa", "rasa-sdk", "requests", "fastapi", "sqlalchemy", "python-socketio")


def document(found: Found, seed: int, model: Path) -> dict[str, Any]:
    """Everything that a program needs to compare two runs, or to look into one."""
    by_fault = {name: [run for run in found.runs if run.plan.fault == name] for name in FAULTS}
    return {
        "what": "deferrals, restructurings and complaints over a backend that fails",
        "ended_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "seed": seed,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}, "model": model.name},
        "cores": os.cpu_count(),
        "seconds": round(found.seconds, 1),
        "runs_wanted": found.wanted,
        "runs": len(found.runs),
        "cut_short": found.cut_short,
        "runs_in_which_the_fault_was_met": sum(run.hits > 0 for run in found.runs),
        "processes_killed": found.kills,
        "broken_promises": broken(found),
        "by_topic": dict(Counter(run.plan.topic for run in found.runs)),
        "by_fault": {name: _of_a_fault(name, runs) for name, runs in by_fault.items() if runs},
        "ledger": found.of_the_ledger,
        "violations": [_violated(run, seed) for run in found.runs if run.violations],
    }


def broken(found: Found) -> dict[str, int]:
    """How often each promise was broken; all of them are named."""
    counts = Counter(violation.promise for run in found.runs for violation in run.violations)
    return {promise: counts[promise] for promise in PROMISES}


def _of_a_fault(name: str, runs: list[Run]) -> dict[str, Any]:
    outcomes = Counter(str(run.outcome) for run in runs)
    return {
        "sentence": FAULTS[name][1],
        "runs": len(runs),
        "met": sum(run.hits > 0 for run in runs),
        "first_outcomes": {**{outcome: outcomes[outcome] for outcome in OUTCOMES}, "never_confirmed": outcomes["None"]},
        "had_to_begin_again": sum(run.tries > 1 for run in runs),
        "longest_seconds": max(run.seconds for run in runs),
        "violations": sum(len(run.violations) for run in runs),
    }


def _violated(run: Run, seed: int) -> dict[str, Any]:
    plan = {name: value for name, value in vars(run.plan).items() if name != "seed"}
    return {
        "plan": plan,
        "violations": [{"promise": v.promise, "because": v.because} for v in run.violations],
        "transcript": transcript(run),
        "replay": f"./huanban bench faults --seed {seed} --only {run.plan.number}",
    }


def transcript(run: Run) -> list[str]:
    """What was said, a line each, with seconds since the beginning."""
    began = run.spoken[0].at if run.spoken else 0.0
    return [f"{one.at - began:7.2f}  {one.by:<8}  {one.text}" for one in run.spoken]


def lines(found: Found) -> list[str]:
    """A row for each fault, and a row for each promise."""
    rows = [f"{'fault':<26}{'runs':>6}{'met':>6}" + "".join(f"{outcome:>17}" for outcome in OUTCOMES) + f"{'broken':>8}"]
    for name in FAULTS:
        runs = [run for run in found.runs if run.plan.fault == name]
        if runs:
            figures = _of_a_fault(name, runs)
            heard = "".join(f"{figures['first_outcomes'][outcome]:>17}" for outcome in OUTCOMES)
            rows.append(f"{name:<26}{figures['runs']:>6}{figures['met']:>6}{heard}{figures['violations']:>8}")
    kills = ", ".join(f"{name} {times}×" for name, times in found.kills.items()) or "none"
    rows += ["", f"{len(found.runs)} of {found.wanted} conversations in {found.seconds:.0f} s; killed: {kills}"]
    rows += [
        f"  {'✓' if not times else '✗'} {times:>4} {promise:<15} {PROMISES[promise]}" for promise, times in broken(found).items()
    ]
    return rows + [f"  ✗ {sentence}" for sentence in found.of_the_ledger]
