"""A page that a WeChat mini-programme opens has letters as large as WeChat's, and still fits the phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from bot.config import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

DEMO = ROOT / "bot" / "widget" / "demo"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def opened(context: BrowserContext, query: str) -> Page:
    """The secure page on a phone, from an address that ends like this."""
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})

    def serve(route: Route) -> None:
        name = route.request.url.partition("?")[0].rpartition("/")[2]
        file = DEMO / name
        route.fulfill(body=file.read_bytes(), content_type=KINDS.get(file.suffix, "text/html; charset=utf-8"))

    page.route("https://lender.test/**", serve)
    page.goto(f"https://lender.test/demo/secure.html{query}")
    return page


@pytest.mark.parametrize(("query", "times"), [("?fontSizeScaleFactor=1.4", 1.4), ("?fontSizeScaleFactor=9", 2.0)])
def test_the_page_grows_with_wechats_letters(new_context: Callable[..., BrowserContext], query: str, times: float) -> None:
    context = new_context()
    zoom = opened(context, query).evaluate("() => Number(getComputedStyle(document.documentElement).zoom)")
    assert zoom == pytest.approx(times)


@pytest.mark.parametrize(
    "query", ["", "?fontSizeScaleFactor=", "?fontSizeScaleFactor=0.5", "?fontSizeScaleFactor=x'%3Cscript%3E"]
)
def test_nothing_else_changes_it(new_context: Callable[..., BrowserContext], query: str) -> None:
    zoom = opened(new_context(), query).evaluate("() => getComputedStyle(document.documentElement).zoom")
    assert float(zoom) == 1


def test_the_largest_letters_still_fit_the_width_of_a_phone(new_context: Callable[..., BrowserContext]) -> None:
    page = opened(new_context(), "?fontSizeScaleFactor=1.72")
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= window.innerWidth")
