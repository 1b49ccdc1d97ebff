"""A lender's page with the widget before the whole bot."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from bot.demo import demo_borrowers
from bot.identity import web_token
from tests.browser.widget_page import PAGE, WidgetPage
from tests.support.backend import BackendCalls
from tests.support.whole_bot import WholeBot

SLOW_MS = 30_000
Enter = Callable[..., WidgetPage]


@pytest.fixture
def enter(bot: WholeBot, ledger: BackendCalls, new_context: Callable[..., BrowserContext]) -> Enter:
    """Opens a lender's page for a demo borrower, by name, on a new device or in another tab of one."""
    ids = {borrower.name: borrower.borrower_id for borrower in demo_borrowers()}

    def enter(
        name: str | None, *, context: BrowserContext | None = None, attributes: str = "", token: str | None = None
    ) -> WidgetPage:
        signed = token or (web_token(ids[name], bot.settings.web_secret) if name else "")
        given = f'token="{signed}"' if signed else ""
        html = PAGE.replace("{attributes}", f"{given} {attributes}")
        context = context or new_context()
        context.set_default_timeout(SLOW_MS)
        page = context.new_page()
        address = f"{bot.settings.bot_url}/a-lenders-page"
        page.route(address, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        page.goto(address)
        return WidgetPage(page, None, name or "guest")  # type: ignore[arg-type]

    return enter


def hears(widget: WidgetPage, text: str | re.Pattern[str]) -> None:
    """Waits until the bot has said it."""
    expect(widget.log.locator(".bot").filter(has_text=text).last).to_be_visible(timeout=SLOW_MS)
