"""Which browser the tests of the widget use."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

HOW = "apt-get install chromium, or name one: CHROMIUM_PATH=/path/to/chromium"
# Set where a run without a browser is no run, as in CI.
REQUIRED = "HUANBAN_BROWSER_REQUIRED"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """A browser's path; None when there is none."""
    named = os.environ.get("CHROMIUM_PATH")
    if named:
        return named if Path(named).is_file() else None
    if found := next((path for name in NAMES if (path := shutil.which(name))), None):
        return found
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        return own if Path(own).is_file() else None
