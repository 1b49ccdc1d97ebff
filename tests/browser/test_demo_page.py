"""The page to try it: a choice of borrowers, the widget, and the loan system beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bot.widget.test.scripted_chat import ScriptedChat
from tests.browser.widget_page import WidgetPage


@pytest.fixture
def demo(chat: ScriptedChat, new_context: Callable[..., BrowserContext]) -> WidgetPage:
    page: Page = new_context(viewport={"width": 1360, "height": 860}).new_page()
    widget = WidgetPage(page, chat, "B1001")
    page.on("pageerror", lambda error: widget.errors.append(str(error)))
    page.on("console", lambda line: widget.errors.append(line.text) if line.type == "error" else None)
    page.goto(f"{chat.url}/demo/")
    return widget


def test_a_newcomer_sees_the_deferral_arrive(demo: WidgetPage) -> None:
    expect(demo.page.locator("#requests")).to_contain_text("还没有申请")
    demo.page.get_by_role("button", name="联系客服").click()
    demo.says("晚半个月").shows("summary")
    demo.button("提交").click()
    expect(demo.page.locator("#proofs")).to_contain_text("还没有材料")
    row = demo.page.locator("#requests tr.fresh")
    expect(row).to_contain_text("DF00000003")
    expect(row).to_contain_text("2026-11-27 → 2026-12-12")
    assert demo.errors == []


def test_each_borrower_has_a_conversation_of_their_own(demo: WidgetPage, chat: ScriptedChat) -> None:
    demo.open().says("我是李先生").hears("收到了：我是李先生")
    demo.page.locator("#borrower").select_option("B1002")
    expect(demo.page.locator("#situation")).to_have_text("three days overdue")
    demo.says("我是王女士").hears("收到了：我是王女士")
    assert demo.bubbles() == ["我是王女士"]
    demo.page.reload()
    expect(demo.page.locator("#borrower")).to_have_value("B1002")
    demo.page.locator("#borrower").select_option(label="没有登录的访客")
    demo.open()
    expect(demo.notice()).to_contain_text("没有登录")


def test_one_chooses_by_what_somebody_is_in_and_an_empty_table_has_no_headings(demo: WidgetPage) -> None:
    expect(demo.page.locator("#borrower option").nth(1)).to_have_text("王女士：three days overdue")
    expect(demo.page.locator("#requests th")).to_have_count(0)
    expect(demo.page.locator("#loans th")).to_have_count(6)


def test_axe_finds_nothing_on_the_page(demo: WidgetPage) -> None:
    expect(demo.page.locator("#loans")).to_contain_text("青禾借")
    # The page forbids foreign scripts; axe comes in beside that policy.
    assert demo.faults() == []
    demo.open()
    assert demo.faults() == []


def test_the_page_fits_a_phone(chat: ScriptedChat, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    page.goto(f"{chat.url}/demo/")
    expect(page.locator("#loans")).to_contain_text("青禾借")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
