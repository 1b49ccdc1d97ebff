"""A hostile page, a hostile text, a strict policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from bot.widget.test.scripted_chat import ScriptedChat
from tests.browser.widget_page import PAGE, WidgetPage

Visit = Callable[..., WidgetPage]
HOSTILE = """<style>
* { all: unset !important; font: 6px "Comic Sans MS" !important; color: lime !important; text-transform: uppercase !important;
    letter-spacing: 1em !important; line-height: .5 !important; direction: rtl !important; text-align: right !important;
    pointer-events: auto; box-sizing: content-box !important; cursor: none !important; white-space: pre !important }
button, textarea, dialog, p, section, svg { display: none !important; visibility: hidden !important; opacity: 0 !important }
.panel, .bubble, .card, .launcher { position: static !important; transform: rotate(180deg) !important; width: 3px !important }
html { font-size: 3px !important; transform: none } body { overflow: hidden !important }
</style>"""
LOOKS = """root => ['.launcher', '.panel', '.bubble', '.input', '.title'].map(selector => {
  const c = getComputedStyle(root.querySelector(selector));
  return [selector, c.fontFamily, c.fontSize, c.lineHeight, c.color, c.textTransform, c.letterSpacing, c.direction, c.textAlign,
    c.whiteSpace, c.cursor, c.boxSizing, c.position, c.transform, c.opacity] })"""


def test_a_hostile_style_sheet_changes_nothing(visit: Visit) -> None:
    calm = visit().open().says("你好").hears("收到了：你好")
    hostile = visit(who="B2", html=PAGE.replace("</head>", HOSTILE + "</head>"))
    hostile.element.evaluate("element => element.show()")
    hostile.says("你好").hears("收到了：你好")
    for widget in (calm, hostile):  # the panel slides in
        widget.evaluate("root => Promise.all(root.getAnimations().map(animation => animation.finished))")
    assert hostile.evaluate(LOOKS) == calm.evaluate(LOOKS)
    one, other = calm.panel.bounding_box(), hostile.panel.bounding_box()
    assert one == other


def test_something_huge_and_on_top_does_not_cover_the_conversation(visit: Visit) -> None:
    banner = '<div style="position:fixed;inset:0;z-index:2000000000;background:red"></div>'
    widget = visit(html=PAGE.replace("<main>", banner + "<main>")).open().says("你好").hears("收到了：你好")
    widget.button("长辈版").click()


def test_what_the_bot_says_is_text_and_nothing_else(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("坏话")
    expect(widget.log.get_by_text("<script>window.hacked=1</script>")).to_be_visible()
    expect(widget.button("<b onclick=alert(1)>好</b>")).to_be_visible()
    widget.says("<img src=x onerror='window.hacked=1'>").hears("收到了：<img")
    widget.page.wait_for_timeout(200)
    assert widget.page.evaluate("window.hacked") is None
    assert widget.evaluate("root => root.querySelectorAll('img, script, .bubble a, .bubble b').length") == 0


def test_a_link_that_is_no_page_is_not_offered(visit: Visit) -> None:
    widget = visit().open().says("坏话").hears("长W")
    expect(widget.element.locator("a")).to_have_count(0)


def test_a_word_of_400_letters_stays_in_its_bubble(visit: Visit) -> None:
    widget = visit(viewport={"width": 320, "height": 640}).open().says("坏话").hears("长W")
    assert widget.log.evaluate("log => log.scrollWidth <= log.clientWidth")


def test_a_card_or_field_this_widget_does_not_know_does_no_harm(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open()
    chat.say(
        "B1",
        {"text": "有一张新卡片", "card": {"type": "hologram", "payload": "x"}},
        {
            "card": {
                "type": "summary",
                "kind": "new_kind",
                "product_name": "青禾借",
                "rows": [{"name": "new_row", "value_text": "值"}],
            }
        },
    )
    widget.hears("有一张新卡片")
    expect(widget.shows("summary")).to_contain_text("new_row")
    assert widget.errors == []


@pytest.mark.parametrize(
    "trusted_types", ["", "; require-trusted-types-for 'script'; trusted-types lit-html"], ids=["csp", "trusted-types"]
)
def test_it_works_under_a_strict_policy(chat: ScriptedChat, visit: Visit, trusted_types: str) -> None:
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'none'; img-src data:; connect-src 'self'; base-uri 'none'; "
        f"form-action 'none'; frame-ancestors 'none'{trusted_types}"
    )
    widget = visit(headers={"Content-Security-Policy": policy}, attributes="closable").open()
    for text in ("我欠多少", "计划", "对比", "换日子", "每月", "晚半个月", "证明", "再见"):
        widget.says(text)
        widget.page.wait_for_timeout(120)
    widget.shows("rating")
    assert widget.evaluate("root => getComputedStyle(root.querySelector('.card')).borderRadius") == "14px"
    widget.button("更多").click()
    with widget.page.expect_download():
        widget.button("保存对话内容").click()
    assert widget.errors == []


def test_a_script_loaded_twice_does_no_harm(visit: Visit) -> None:
    twice = PAGE.replace("<huanban-chat", '<script src="/widget/huanban-chat.js"></script><huanban-chat')
    widget = visit(html=twice).open().says("你好").hears("收到了：你好")
    assert widget.errors == []


def test_storage_that_is_forbidden_does_not_stop_the_conversation(chat: ScriptedChat, visit: Visit) -> None:
    forbid = """<script>for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, {get() { throw new DOMException('no', 'SecurityError') }})</script>"""
    widget = visit(html=PAGE.replace("</head>", forbid + "</head>")).open().says("你好").hears("收到了：你好")
    widget.button("长辈版").click()
    assert widget.errors == []


def test_a_page_that_takes_the_widget_away_and_puts_it_back_goes_on(visit: Visit) -> None:
    widget = visit().open().says("你好").hears("收到了：你好")
    widget.page.evaluate(
        "() => { const e = document.querySelector('huanban-chat'); e.remove(); e.open = false; document.body.append(e) }"
    )
    widget.open().hears("收到了：你好").says("还在").hears("收到了：还在")
    assert widget.errors == []
