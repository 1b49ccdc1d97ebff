"""A browser for the tests of the widget, and the widget in it.

The browser is the one named by `CHROMIUM_PATH`, else a Chromium on PATH (Debian's package `chromium`), else Playwright's own.
Where there is none, the tests are skipped, and the run's last line says how many and how to get one; with
`HUANBAN_BROWSER_REQUIRED`, as `.ci/run` sets it, the run fails instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

try:
    from playwright.sync_api import sync_playwright
except ImportError:  # the package is in requirements.lock; without it nothing here can be collected
    sync_playwright = None  # type: ignore[assignment]
    collect_ignore_glob = ["test_*.py"]

from tests.browser.finding import HOW, REQUIRED, find_browser

if sync_playwright is not None:
    from tests.browser.entering import enter  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from bot.widget.test.scripted_chat import ScriptedChat
    from tests.browser.widget_page import WidgetPage

_skipped: list[str] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skips what needs a browser when there is none; where one is required, nothing runs without it."""
    here = Path(__file__).parent
    mine = [item for item in items if item.path.is_relative_to(here) and item.path.name != "test_finding.py"]
    if not mine or find_browser():
        return
    if os.environ.get(REQUIRED):
        raise pytest.UsageError(f"no browser was found, and {REQUIRED} says there must be one → {HOW}")
    for item in mine:
        item.add_marker(pytest.mark.skip(reason=f"no browser: {HOW}"))
        _skipped.append(item.nodeid)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line of the run."""
    if _skipped:
        print(f"{len(_skipped)} browser tests were skipped, since no browser was found → {HOW}")
    elif sync_playwright is None:
        print("The browser tests were skipped, since Playwright is not installed → uv pip install playwright")


@pytest.fixture(scope="session")
def widget_built() -> None:
    """The widget, built from the sources as they are, and the tools to test it."""
    from bot.widget.build import ensure_widget, find_node, install

    install(find_node(), with_tools=True)
    ensure_widget()


@pytest.fixture(scope="session")
def browser(widget_built: None) -> Iterator[Browser]:
    """One browser for the whole run."""
    assert sync_playwright is not None
    with sync_playwright() as playwright:
        flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=find_browser(), args=flags)
        yield browser
        browser.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts: each is a device of its own."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**{"locale": "zh-CN", "viewport": {"width": 1100, "height": 800}, **options})
        context.set_default_timeout(8_000)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def chat(widget_built: None) -> Iterator[ScriptedChat]:
    """A bot that follows a script."""
    from bot.widget.test.scripted_chat import ScriptedChat

    with ScriptedChat() as chat:
        yield chat


@pytest.fixture
def visit(chat: ScriptedChat, new_context: Callable[..., BrowserContext]) -> Callable[..., WidgetPage]:
    """Opens a lender's page with the widget on a new device, or in another tab of the same."""
    from tests.browser.widget_page import WidgetPage

    def visit(
        who: str | None = "B1", *, attributes: str = "", context: BrowserContext | None = None, **options: Any
    ) -> WidgetPage:
        html = options.pop("html", None)
        headers = options.pop("headers", {})
        return WidgetPage.visit(chat, context or new_context(**options), who, attributes=attributes, html=html, headers=headers)

    return visit
