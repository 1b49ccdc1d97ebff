"""`./huanban test [ROOM …]`: formatter, linter, types, then pytest over the rooms asked for, or over all."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from bot import config
from bot.commands.browser import ensure_browser
from bot.training import TrainingFailed, ensure_model

CHECKS = (
    ("formatter", ["ruff", "format", "--check", "--quiet", "."]),
    ("linter", ["ruff", "check", "--quiet", "."]),
    ("types", ["mypy"]),
)
DOCTESTS = [
    "bot/domain.py",
    "bot/sealing.py",
    "bot/privacy/retention.py",
    "bot/formats.py",
    "bot/channels/guard.py",
    "bot/channels/masking.py",
    "bot/wording.py",
    "bot/loans",
    "bot/nlu/days_before.py",
]
# Rooms that share a process, the longest first. Playwright leaves an event loop running in its own. Two at a time, because
# most of them wait for other processes.
ROOMS_TOGETHER = (
    ("channels", "nlu", "observability", "privacy", "processes", "shared", "stories"),
    ("attacks", "conversations"),
    ("browser",),
    ("backend", "faults"),
    ("actions", "client", "deploy", "docs", "unit"),
)
# Run when asked for by name: real servers, two processes of each kind, and minutes of waiting for what was killed.
ROOMS_BY_NAME = (("cluster",),)
PROCESSES_AT_ONCE = 2
ROOMS_WITH_A_MODEL = {
    "attacks",
    "browser",
    "channels",
    "cluster",
    "conversations",
    "faults",
    "nlu",
    "observability",
    "privacy",
    "stories",
}


def _check_the_widget() -> int:
    """Formatter, linter, types, unit tests and size of the widget; 0 when all is well."""
    from bot.widget.build import WIDGET, WidgetNotBuilt, find_node, install

    print("── widget", flush=True)
    try:
        node = find_node()
        install(node, with_tools=True)
    except WidgetNotBuilt as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    return subprocess.run([*node.npm("run", "--silent", "check")], cwd=WIDGET, check=False).returncode


def _run_pytest(groups: list[list[str]], options: list[str]) -> int:
    """Runs each group of rooms in a process of its own, two at a time; 0 when all is well."""
    if len(groups) == 1:
        return subprocess.run(_pytest(groups[0], options), cwd=config.ROOT, env=_environment(), check=False).returncode
    print(f"── tests: {', '.join('+'.join(rooms) for rooms in groups)}, two processes at a time", flush=True)
    failed = 0
    with ThreadPoolExecutor(PROCESSES_AT_ONCE) as pool:
        running = {pool.submit(_output_of, _pytest(rooms, options)): rooms for rooms in groups}
        for done in as_completed(running):
            code, output = done.result()
            print(f"── {'+'.join(running[done])}\n{output}", flush=True)
            failed = failed or code
    return failed


def _environment() -> dict[str, str]:
    """What pytest runs in.

    pydantic's plug-in for hypothesis keeps a strategy for every constrained field of every app that a test starts, for
    good: ten megabytes a test.
    """
    return {**os.environ, "HYPOTHESIS_NO_PLUGINS": "1"}


def _output_of(command: list[str]) -> tuple[int, str]:
    """The exit code of a run and what it printed."""
    ran = subprocess.run(
        command, cwd=config.ROOT, env=_environment(), check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return ran.returncode, ran.stdout.decode(errors="replace")


def _pytest(rooms: list[str], options: list[str]) -> list[str]:
    """The command that runs pytest over some rooms."""
    paths = [str(Path("tests") / room) for room in rooms]
    # The doctests of the pure modules belong to the unit tests.
    if "unit" in rooms:
        paths += DOCTESTS
    return [sys.executable, "-m", "pytest", *paths, *options]


def main(arguments: list[str]) -> int:
    """Runs the checks and the tests; the exit code is that of the first that failed."""
    rooms = sorted(room for group in ROOMS_TOGETHER for room in group)
    by_name = [room for group in ROOMS_BY_NAME for room in group]
    parser = argparse.ArgumentParser(
        prog="./huanban test",
        description=f"Runs every test, or a room of them: {', '.join(['checks', *rooms])}; by name only: {', '.join(by_name)}. "
        "What follows -- goes to pytest.",
    )
    parser.add_argument("rooms", nargs="*", metavar="ROOM")
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, for_pytest = arguments[:cut], arguments[cut + 1 :]
    else:
        for_pytest = []
    chosen = parser.parse_args(arguments).rooms
    unknown = [room for room in chosen if room not in [*rooms, *by_name, "checks"]]
    if unknown:
        parser.error(f"no such room: {', '.join(unknown)}")
    if not chosen or "checks" in chosen:
        if code := _check_the_widget():
            return code
        for name, command in CHECKS:
            print(f"── {name}", flush=True)
            # Run as modules of this very interpreter, so that nothing of another environment is picked up.
            if code := subprocess.run([sys.executable, "-m", *command], cwd=config.ROOT, check=False).returncode:
                print(f"✗ {name} found something\n  → .venv/bin/ruff format . && .venv/bin/ruff check --fix . mend most of it")
                return code
    asked = [room for room in chosen or rooms if room != "checks"]
    if not asked:
        return 0
    if ROOMS_WITH_A_MODEL & set(asked):
        try:
            ensure_model(config.load())
        except TrainingFailed as error:
            print(f"✗ the model could not be trained:\n\n{error}", file=sys.stderr)
            return 1
    if "browser" in asked:
        from tests.browser.finding import find_browser

        ensure_browser(find_browser)
    if "cluster" in asked:
        from bot.commands.servers import ensure_servers

        if missing := ensure_servers():
            print(f"✗ not installed: {', '.join(missing)}\n  → apt-get install {' '.join(missing)}", file=sys.stderr)
            return 1
    groups = (*ROOMS_TOGETHER, *ROOMS_BY_NAME)
    return _run_pytest([rooms for group in groups if (rooms := [room for room in asked if room in group])], for_pytest)
