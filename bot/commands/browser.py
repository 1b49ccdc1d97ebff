"""A browser for the tests of the widget: the machine's own, else Debian's package, else Playwright's download."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable

_PACKAGES = ("chromium", "fonts-noto-cjk")  # without the fonts, Chinese is boxes in the pictures
_SECONDS = 900


def ensure_browser(find: Callable[[], str | None], say: Callable[[str], None] = print) -> str | None:
    """A browser's path; None when there is none and none could be had, which the tests then say themselves.

    Args:
        find: looks for a browser on the machine.
        say: takes a line on what is going on.
    """
    for what, commands in (("Debian's Chromium", _debian()), ("Playwright's Chromium", _playwright())):
        if found := find():
            return found
        if commands:
            say(f"· no browser yet: installing {what} …")
            for command in commands:
                if not _runs(command):
                    break
    return find()


def _debian() -> list[list[str]]:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return []
    return [["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "--no-install-recommends", *_PACKAGES]]


def _playwright() -> list[list[str]]:
    return [[sys.executable, "-m", "playwright", "install", "chromium"]]


def _runs(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        ended = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0
