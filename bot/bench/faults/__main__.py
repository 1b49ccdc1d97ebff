"""`./huanban bench faults`: deferrals, restructurings and complaints over a backend that fails; every filing exactly once."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import tempfile
from pathlib import Path

from bot import config
from bot.bench.faults import report
from bot.bench.faults.plans import FAULTS, plan
from bot.bench.faults.run import MOST_RUNS, Found, run_all
from bot.bench.servers import NotHere
from bot.training import ensure_model

_TOLD_EVERY = 20


def main(arguments: list[str]) -> int:
    """Prints a table and writes the report; 1 when a promise was broken, or a process could not be started."""
    options = _options(arguments)
    model = options.model or ensure_model(config.load())
    numbers = options.only or range(options.runs)
    plans = [plan(options.seed, number, options.fault) for number in numbers]
    # Asked to end, it ends what it has started before it goes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"{len(plans)} conversations, {options.at_once} at a time, seed {options.seed} …", flush=True)
    with tempfile.TemporaryDirectory(prefix="huanban-faults-", ignore_cleanup_errors=True) as folder:
        found = Found(wanted=len(plans))
        where = options.keep or Path(folder)
        running = run_all(where, plans, model, at_once=options.at_once, minutes=options.minutes, tell=_tell, found=found)
        try:
            asyncio.run(running)
        except KeyboardInterrupt:
            print("ended early; what there is:", flush=True)
        except NotHere as reason:
            print(f"✗ {reason}", file=sys.stderr)
            return 1
    print("\n".join(["", *report.lines(found)]))
    if options.only or found.broken:
        shown = [run for run in found.runs if options.only or run.violations][:5]
        for run in shown:
            print(
                "\n".join(["", str(run.plan), *report.transcript(run), *(f"✗ {v.promise}: {v.because}" for v in run.violations)])
            )
    document = report.document(found, options.seed, model)
    options.report.parent.mkdir(parents=True, exist_ok=True)
    options.report.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"\nreport: {options.report}")
    return 1 if found.broken else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./huanban bench faults", description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", type=Path, default=config.load().state_dir / "faults-report.json")
    parser.add_argument("--minutes", type=float, help="begin no conversation after these")
    parser.add_argument("--at-once", type=int, default=12, help="borrowers who talk at the same time")
    parser.add_argument("--only", type=int, action="append", metavar="NUMBER", help="this conversation of the seed alone")
    parser.add_argument("--fault", choices=list(FAULTS), help="the same fault in every conversation")
    parser.add_argument("--keep", type=Path, help="keep databases and logs in this folder")
    parser.add_argument("--model", type=Path, help="a trained model instead of the present one")
    options = parser.parse_args(arguments)
    if not 0 < options.runs <= MOST_RUNS:
        parser.error(f"--runs is between 1 and {MOST_RUNS}")
    return options


def _tell(found: Found) -> None:
    done = len(found.runs)
    for violation in found.runs[-1].violations:
        print(f"  ✗ {found.runs[-1].plan.number}: {violation.promise}: {violation.because[:120]!r}", flush=True)
    if done % _TOLD_EVERY == 0 or done == found.wanted:
        kills = sum(run.plan.fault.startswith(("killed_", "backend_of")) for run in found.runs)
        print(f"  {done:>5} of {found.wanted}  {found.seconds:6.0f} s  {kills} kills  {found.broken} broken promises", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
