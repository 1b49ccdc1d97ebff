"""`./huanban test [ROOM …]`: formatter, linter, types, then pytest over the rooms asked for, or over all."""

from __future__ import annotations

import argparse
import subprocess
import sys
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
    "bot/formats.py",
    "bot/channels/guard.py",
    "bot/channels/masking.py",
    "bot/wording.py",
    "bot/loans",
    "bot/nlu/days_before.py",
]
ROOMS_WITH_A_MODEL = {"browser", "channels", "conversations", "nlu", "stories"}


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


def main(arguments: list[str]) -> int:
    """Runs the checks and the tests; the exit code is that of the first that failed."""
    rooms = sorted(path.name for path in (config.ROOT / "tests").iterdir() if any(path.glob("**/test_*")))
    parser = argparse.ArgumentParser(
        prog="./huanban test",
        description=f"Runs every test, or a room of them: {', '.join(['checks', *rooms])}. What follows -- goes to pytest.",
    )
    parser.add_argument("rooms", nargs="*", metavar="ROOM")
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, for_pytest = arguments[:cut], arguments[cut + 1 :]
    else:
        for_pytest = []
    chosen = parser.parse_args(arguments).rooms
    unknown = [room for room in chosen if room not in [*rooms, "checks"]]
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
    print("── tests", flush=True)
    paths = [str(Path("tests") / room) for room in asked]
    # The doctests of the pure modules belong to the unit tests.
    if "unit" in asked:
        paths += DOCTESTS
    return subprocess.run([sys.executable, "-m", "pytest", *paths, *for_pytest], cwd=config.ROOT, check=False).returncode
