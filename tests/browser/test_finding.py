"""Where there is no browser, the run says so in its last line; where one is required, it fails."""

from __future__ import annotations

import os
import subprocess
import sys

from bot.config import ROOT
from tests.browser.finding import REQUIRED


def run(**env: str) -> tuple[int, str]:
    """Exit code and output of a run of some browser tests on a machine without a browser."""
    without = {name: value for name, value in os.environ.items() if name != REQUIRED}
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/browser/test_words.py", "-q", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env={**without, "CHROMIUM_PATH": "/nowhere/chromium", **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return ended.returncode, (ended.stdout + ended.stderr).strip()


def test_without_a_browser_the_last_line_says_how_many_were_skipped_and_how_to_get_one() -> None:
    code, said = run()
    last = said.splitlines()[-1]
    assert code == 0
    assert "browser tests were skipped" in last and last.split()[0].isdecimal() and "apt-get install chromium" in last


def test_where_a_browser_is_required_a_run_without_one_fails() -> None:
    code, said = run(**{REQUIRED: "1"})
    assert code != 0 and "apt-get install chromium" in said


def test_ci_requires_one() -> None:
    assert f"export {REQUIRED}=1" in (ROOT / ".ci/run").read_text(encoding="utf-8")
