"""How fast an answer is, beside a stock Rasa bot with the same data and the least that a Rasa bot can be: `./huanban bench`.

Three bots run side by side on this machine and take turns: ours, the reference (`reference/`: what a Rasa user would run today,
on our sentences, rules, domain and actions) and the floor (`floor/`: two intents, one action that asks nobody). The first run
trains the reference, with few epochs, since neither speed nor memory nor start depends on their number; `--full` takes all.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import yaml

from bot import config
from bot.bench.actions import many_borrowers
from bot.bench.answers.figures import table, verdicts
from bot.bench.answers.measuring import (
    AT_OUR_END,
    AT_REFERENCES_END,
    Measured,
    borrowers_of,
    measure_answers,
    measure_growth,
    measure_starts,
    memory_of,
)
from bot.bench.answers.subjects import Subject, settings_for, subjects_of
from bot.bench.answers.training import DIET, TED, Trained, train_floor, train_reference
from bot.processes.supervisor import Supervisor
from bot.training import ensure_model

FULL = {DIET: 100, TED: 40}
BORROWERS = 200  # each bot is talked to by fewer


def main(arguments: list[str]) -> int:
    """Prints the table; the exit code is 1 when a bar does not hold, or an answer was not the right one."""
    parser = argparse.ArgumentParser(prog="./huanban bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=8, help="how often the bots take turns")
    parser.add_argument("--messages", type=int, default=40, help="messages of a bot in its turn")
    parser.add_argument("--starts", type=int, default=3, help="how often each is started")
    parser.add_argument("--epochs", type=int, default=1, help="of the reference's DIET; training is computed for 100")
    parser.add_argument("--full", action="store_true", help="train the reference with all its epochs; takes hours")
    parser.add_argument("--report", type=Path, help="write everything that was measured into a file, as JSON")
    options = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    trained = models(config.load(), FULL if options.full else {DIET: options.epochs, TED: 1})
    with tempfile.TemporaryDirectory(prefix="huanban-bench-") as folder:
        measured = measure(Path(folder), {name: one.model for name, one in trained.items()}, options)
    figures = {name: figures_of(measured[name], trained[name]) for name in measured}
    report = {
        "taken_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "load_before": round(load, 2),
            "load_after": round(os.getloadavg()[0], 2),
        },
        "figures": figures,
        "bars": verdicts(figures),
        "wrong_answers": {name: found.wrong for name, found in measured.items()},
        "training": {name: {**one.__dict__, "model": one.model.name} for name, one in trained.items()},
        "measured": {name: found.as_json() for name, found in measured.items()},
    }
    print(f"\n{os.cpu_count()} cores, load {load:.1f} when it began (the bench itself makes some)\n\n{table(figures)}")
    print(f"\nThe reference's training is {how_trained(trained['reference'])}.")
    if options.report:
        options.report.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0 if all(bar["holds"] for bar in verdicts(figures)) and not any(one.wrong for one in measured.values()) else 1


def models(settings: config.Settings, epochs: dict[str, int]) -> dict[str, Trained]:
    """The three models, trained where the cache has none."""
    path = ensure_model(settings)
    noted = path.with_suffix(".seconds")
    seconds = float(noted.read_text()) if noted.exists() else float("nan")
    ours = Trained(path, seconds, {}, {}, seconds)
    return {"ours": ours, "reference": train_reference(settings, epochs), "floor": train_floor(settings)}


def measure(folder: Path, models: dict[str, Path], options: argparse.Namespace) -> dict[str, Measured]:
    """Starts everything on free ports, measures, and stops it."""
    lender_file = folder / "lender.yml"
    lender_file.write_text(yaml.dump(many_borrowers(BORROWERS), Dumper=yaml.CSafeDumper, allow_unicode=True), encoding="utf-8")
    settings, extra = settings_for(folder, lender_file)
    backend, subjects = subjects_of(settings, extra, models)
    measured = {subject.name: Measured() for subject in subjects}
    with Supervisor(settings.logs_dir) as supervisor:
        supervisor.start([backend, *(service for subject in subjects for service in subject.beside)])
        measure_starts(supervisor, subjects, measured, options.starts)
        asyncio.run(_measure_running(subjects, measured, options))
        for subject in subjects:
            measured[subject.name].memory_after = memory_of(supervisor.pid_of(subject.server.name))
    return measured


async def _measure_running(subjects: tuple[Subject, ...], measured: dict[str, Measured], options: argparse.Namespace) -> None:
    async with borrowers_of(measured) as borrowers:
        print("  · answers, one after the other and many at once")
        await measure_answers(borrowers, subjects, measured, options.rounds, options.messages)
        print("  · long conversations")
        await measure_growth(borrowers, subjects, measured, AT_REFERENCES_END)
        # The others would take too long to get there.
        await measure_growth(borrowers, subjects[:1], measured, AT_OUR_END)


def figures_of(measured: Measured, trained: Trained) -> dict[str, float]:
    """What stands in the table: medians over the rounds."""
    figures: dict[str, Any] = {
        "p50_ms": statistics.median(measured.p50),
        "p95_ms": statistics.median(measured.p95),
        "a_second": statistics.median(measured.a_second),
        **{f"growth_{length}": measured.growth(length) for length in measured.late},
        "memory_mib": statistics.median(measured.memory_loaded),
        "memory_after_mib": measured.memory_after,
        "start_seconds": statistics.median(measured.start_seconds),
        "training_seconds": trained.full_seconds,
    }
    return {name: round(value, 3) for name, value in figures.items()}


def how_trained(trained: Trained) -> str:
    """Where the figure of the reference's training comes from, in words."""
    if trained.full_seconds == trained.seconds:
        return "as it was"
    took = " and ".join(
        f"{trained.seconds_of_an_epoch[name]:.0f} s an epoch of {name} ({trained.epochs[name]} trained)"
        for name in trained.epochs
    )
    return f"computed for {FULL[DIET]} and {FULL[TED]} epochs from {took}"
