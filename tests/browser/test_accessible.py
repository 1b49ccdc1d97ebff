"""WCAG 2.2 AA: axe-core in every state, 320 px, zoom, what the system asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from bot.widget.test.scripted_chat import ScriptedChat
from tests.browser.measuring import STATES, icons, sideways, texts
from tests.browser.widget_page import WidgetPage

Visit = Callable[..., WidgetPage]
PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize(
    "attributes", ["", "care", 'theme="dark"', 'care theme="dark"'], ids=["standard", "care", "dark", "care-dark"]
)
def test_axe_finds_nothing_in_any_state(chat: ScriptedChat, visit: Visit, attributes: str) -> None:
    widget = visit(attributes=attributes + " closable")
    assert widget.faults() == [], "closed"
    widget.open()
    assert widget.faults() == [], "open and empty"
    for state in STATES:
        chat.say("B1", *chat.script["replies"][state])
        widget.page.wait_for_timeout(100)
        assert widget.faults() == [], state
    widget.says("你好").hears("收到了：你好")
    chat.type("B1", on=True)
    assert widget.faults() == [], "typing"
    chat.next_problem = {"type": "/problems/message-too-long", "status": 413}
    widget.says("太长")
    widget.button("改一改").last.wait_for()
    assert widget.faults() == [], "a refused message"
    chat.cut()
    widget.notice().get_by_text("网络断了").wait_for()
    assert widget.faults() == [], "offline"
    widget.button("更多").click()
    assert widget.faults() == [], "menu"


def test_axe_finds_nothing_on_a_phone(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit(**PHONE).open()
    for state in STATES:
        chat.say("B1", *chat.script["replies"][state])
        widget.page.wait_for_timeout(100)
        assert widget.faults() == [], state


@pytest.mark.parametrize(("attributes", "taps"), [("", 0), ("care", 0), ("care", 3)], ids=["standard", "care", "care-largest"])
def test_nothing_is_cut_off_at_320_px(chat: ScriptedChat, visit: Visit, attributes: str, taps: int) -> None:
    widget = visit(attributes=attributes, **PHONE)
    assert sideways(widget) == []
    widget.open()
    for _ in range(taps):
        widget.button("字大一点").click()
    for state in STATES:
        chat.say("B1", *chat.script["replies"][state])
        widget.page.wait_for_timeout(100)
        assert sideways(widget) == [], state
    widget.button("更多").click()
    assert sideways(widget) == [], "menu"


def test_zoomed_to_400_percent_everything_can_be_reached(chat: ScriptedChat, visit: Visit) -> None:
    # A window of 1280 × 1024 zoomed to 400 % has this many CSS pixels.
    widget = visit(viewport={"width": 320, "height": 256}).open().says("晚半个月")
    widget.shows("summary")
    assert sideways(widget) == []
    widget.button("提交").scroll_into_view_if_needed()
    expect(widget.button("提交")).to_be_in_viewport()
    widget.input.scroll_into_view_if_needed()
    expect(widget.input).to_be_in_viewport()
    widget.button("提交").click()
    widget.hears("提交好了")


def test_wider_letters_and_lines_cut_nothing_off(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit(**PHONE).open()
    widget.evaluate(
        """root => { const sheet = new CSSStyleSheet();
        sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }');
        root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet] }"""
    )
    for state in STATES:
        chat.say("B1", *chat.script["replies"][state])
        widget.page.wait_for_timeout(60)
        assert sideways(widget) == [], state


def test_nothing_moves_for_those_who_asked_for_that(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit(reduced_motion="reduce").open().says("你好").hears("收到了：你好")
    chat.type("B1", on=True)
    widget.log.get_by_text("正在写回答").wait_for()
    assert widget.evaluate("root => root.getAnimations().length") == 0


def test_what_the_focus_is_on_is_not_covered(visit: Visit) -> None:
    widget = visit().open().says("晚半个月")
    widget.shows("summary")
    for _ in range(12):
        widget.page.keyboard.press("Shift+Tab")
        covered = widget.page.evaluate(
            """() => { let a = document.activeElement; while (a?.shadowRoot?.activeElement) a = a.shadowRoot.activeElement;
            const b = a.getBoundingClientRect(), middle = [b.x + b.width / 2, b.y + b.height / 2];
            let top = document.elementFromPoint(...middle);
            while (top?.shadowRoot) { const inner = top.shadowRoot.elementFromPoint(...middle);
              if (!inner || inner === top) break; top = inner }
            return a === document.body || a.contains(top) || top?.contains(a) ? '' : a.outerHTML.slice(0, 80) }"""
        )
        assert covered == ""


def test_the_focus_can_be_seen(visit: Visit) -> None:
    widget = visit().open()
    widget.page.keyboard.press("Shift+Tab")
    width = widget.page.evaluate(
        """() => { let a = document.activeElement; while (a.shadowRoot?.activeElement) a = a.shadowRoot.activeElement;
        return parseFloat(getComputedStyle(a).outlineWidth) }"""
    )
    assert width >= 2


def test_with_the_systems_own_colours_borders_and_pictures_remain(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit(forced_colors="active").open().says("计划")
    widget.shows("plan")
    widget.says("你好").hears("收到了：你好")
    borders = widget.evaluate(
        """root => ['.bubble', '.card', '.button', '.field']
        .map(s => parseFloat(getComputedStyle(root.querySelector(s)).borderTopWidth))"""
    )
    assert min(borders) >= 1
    assert [icon for icon in icons(widget) if icon["contrast"] < 3] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_in_either_theme(chat: ScriptedChat, visit: Visit, theme: Any) -> None:
    widget = visit(color_scheme=theme).open()
    for state in STATES:
        chat.say("B1", *chat.script["replies"][state])
        widget.page.wait_for_timeout(60)
        assert [text for text in texts(widget) if text["contrast"] < 4.5] == [], state
