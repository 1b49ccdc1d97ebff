"""`./huanban bench faults`: deferrals, restructurings and complaints over a backend that fails; every filing exactly once."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from bot import config
from bot.bench.faults import report
from bot.bench.faults.plans import FAULTS, plan
from bot.bench.faults.run import MOST_RUNS, Found, run_all
from bot.bench.servers import NotHere
from bot.training import ensure_model

_TOLD_EVERY = 20


def main(arguments: list[str]) -> int:
    """Prints a table and writes the report, however it ended.

    Returns:
        1 when a promise was broken, a process could not be started, or fewer conversations ran than were wanted; with
        `--minutes` fewer are what was asked for, but not none.
    """
    options = _options(arguments)
    model = options.model or ensure_model(config.load())
    numbers = options.only or range(options.runs)
    plans = [plan(options.seed, number, options.fault) for number in numbers]
    # Asked to end, it ends what it has started before it goes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"{len(plans)} conversations, {options.at_once} at a time, seed {options.seed} …", flush=True)
    found = Found(wanted=len(plans))
    try:
        with tempfile.TemporaryDirectory(prefix="huanban-faults-", ignore_cleanup_errors=True) as folder:
            where = options.keep or Path(folder)
            running = run_all(where, plans, model, at_once=options.at_once, minutes=options.minutes, tell=_tell, found=found)
            asyncio.run(running)
    except (KeyboardInterrupt, asyncio.CancelledError):  # the second where the first met a loop that was cancelling already
        found.cut_short = "ended early"
    except NotHere as reason:
        found.cut_short = str(reason)
    except Exception as error:  # what was judged until then is worth its report, whatever it was
        traceback.print_exc()
        found.cut_short = f"{type(error).__name__}: {error}"
    _say(found, options, report.document(found, options.seed, model))
    fewer = len(found.runs) < found.wanted
    if found.cut_short:
        print(f"✗ {found.cut_short}: {len(found.runs)} of {found.wanted} conversations", file=sys.stderr)
    elif fewer and options.minutes is not None:
        print(f"stopped after {options.minutes:g} minutes: {len(found.runs)} of {found.wanted}")
    failed = found.broken or found.cut_short or not found.runs or (fewer and options.minutes is None)
    return 1 if failed else 0


def _say(found: Found, options: argparse.Namespace, document: dict[str, Any]) -> None:
    print("\n".join(["", *report.lines(found)]))
    if options.only or found.broken:
        shown = [run for run in found.runs if options.only or run.violations][:5]
        for run in shown:
            print(
                "\n".join(["", str(run.plan), *report.transcript(run), *(f"✗ {v.promise}: {v.because}" for v in run.violations)])
            )
    options.report.parent.mkdir(parents=True, exist_ok=True)
    options.report.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"\nreport: {options.report}")


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
