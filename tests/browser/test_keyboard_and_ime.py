"""Pinyin, keyboard alone, and a screen reader's ears."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from bot.widget.test.scripted_chat import ScriptedChat
from tests.browser.widget_page import WidgetPage

Visit = Callable[..., WidgetPage]


def test_enter_that_confirms_pinyin_sends_nothing(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open()
    widget.input.focus()
    devtools = widget.page.context.new_cdp_session(widget.page)
    devtools.send("Input.imeSetComposition", {"text": "yanqi", "selectionStart": 5, "selectionEnd": 5})
    # What a browser reports while an input method has the key: code 229, and `isComposing`.
    press(devtools, code=229)
    expect(widget.input).to_have_value("yanqi")
    assert chat.received == []
    devtools.send("Input.insertText", {"text": "延期"})
    expect(widget.input).to_have_value("延期")
    assert chat.received == []
    press(devtools, code=13)
    widget.hears("收到了：延期")
    assert chat.said_by("B1") == ["延期"]


def test_safaris_late_enter_sends_nothing_either(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open()
    widget.input.fill("延期")
    # Safari ends the composition first and reports the key afterwards, with the old code only.
    widget.input.evaluate(
        """input => input.dispatchEvent(
          new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}))"""
    )
    widget.page.wait_for_timeout(200)
    assert chat.received == []
    expect(widget.input).to_have_value("延期")


def test_escape_while_composing_does_not_close_the_conversation(visit: Visit) -> None:
    widget = visit().open()
    widget.input.focus()
    devtools = widget.page.context.new_cdp_session(widget.page)
    devtools.send("Input.imeSetComposition", {"text": "yan", "selectionStart": 3, "selectionEnd": 3})
    devtools.send(
        "Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Escape", "code": "Escape"}
    )
    expect(widget.panel).to_be_visible()


def test_shift_enter_begins_a_new_line(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open()
    widget.input.fill("第一行")
    widget.input.press("End")
    widget.input.press("Shift+Enter")
    widget.page.keyboard.insert_text("第二行")
    widget.input.press("Enter")
    widget.log.get_by_text("收到了").wait_for()
    assert chat.received[0][1]["text"] == "第一行\n第二行"


def test_a_conversation_is_held_with_the_keyboard_alone(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit()
    keys = widget.page.keyboard
    widget.page.locator("#elsewhere").focus()
    keys.press("Tab")
    assert widget.focused().startswith("button.launcher")
    keys.press("Enter")
    expect(widget.input).to_be_focused()
    keys.insert_text("原因")
    keys.press("Enter")
    widget.hears("方便说说原因吗")
    expect(widget.input).to_be_focused()
    for _ in range(5):
        keys.press("Shift+Tab")
        if "生病住院" in widget.focused():
            break
    assert "生病住院" in widget.focused()
    keys.press("Enter")
    widget.hears("祝您早日康复")
    assert "scroller" in widget.focused(), "what was tapped is gone, and the focus with it"
    keys.press("Escape")
    expect(widget.panel).to_be_hidden()
    assert widget.focused().startswith("button.launcher")


def test_a_day_is_chosen_with_the_arrows(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("换日子")
    card = widget.shows("calendar")
    card.locator("button.day[aria-current]").focus()
    keys = widget.page.keyboard
    keys.press("ArrowLeft")
    assert "11月28日(周六)" in widget.focused(), "not before the earliest"
    keys.press("ArrowDown")
    assert "12月5日(周六)" in widget.focused()
    keys.press("End")
    keys.press("PageDown")
    assert "12月27日(周日)" in widget.focused(), "not after the latest"
    keys.press("Home")
    keys.press("ArrowUp")
    keys.press("Tab")
    assert "就选12月20日(周日)" in widget.focused()
    keys.press("Enter")
    widget.hears("收到了：12月20日")


def test_the_menu_keeps_the_focus_and_gives_it_back(visit: Visit) -> None:
    widget = visit().open()
    widget.button("更多").focus()
    keys = widget.page.keyboard
    keys.press("Enter")
    assert "关闭" in widget.focused()
    keys.press("Shift+Tab")
    assert "menu-item" in widget.focused()
    keys.press("Tab")
    assert "关闭" in widget.focused()
    keys.press("Escape")
    assert "更多" in widget.focused()
    expect(widget.panel).to_be_visible()


def test_the_focus_returns_to_what_opened_the_conversation(visit: Visit) -> None:
    widget = visit()
    widget.page.locator("#elsewhere").focus()
    widget.element.evaluate("element => element.show()")
    expect(widget.input).to_be_focused()
    widget.page.keyboard.press("Escape")
    expect(widget.page.locator("#elsewhere")).to_be_focused()


def test_on_a_phone_the_page_behind_is_out_of_reach_and_no_keyboard_springs_up(visit: Visit) -> None:
    widget = visit(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True).open()
    assert "title" in widget.focused()
    for _ in range(12):
        widget.page.keyboard.press("Tab")
        assert "elsewhere" not in widget.focused()


def listen(widget: WidgetPage) -> None:
    """Records what live regions would make a screen reader say."""
    widget.evaluate(
        """root => { window.spoken = [];
        for (const region of root.querySelectorAll('[aria-live="polite"], [role="status"]'))
          new MutationObserver(changes => { for (const change of changes) for (const node of change.addedNodes)
            if (node.textContent.trim()) spoken.push(node.textContent.trim()) }).observe(region, {childList: true}) }"""
    )


def test_each_message_of_the_bots_is_announced_once_and_history_is_not(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("早先的话").hears("收到了：早先的话")
    widget.page.reload()
    widget.open()
    listen(widget)
    widget.hears("收到了：早先的话").says("原因").hears("方便说说原因吗")
    chat.say("B1", {"text": "还有一句"})
    widget.hears("还有一句")
    widget.button("长辈版").click()
    spoken = widget.page.evaluate("spoken")
    assert sum("方便说说原因吗" in line for line in spoken) == 1
    assert sum("还有一句" in line for line in spoken) == 1
    assert not any("早先的话" in line for line in spoken)
    assert any("可以选：生病住院、没工作了" in line for line in spoken)


def test_a_message_while_the_conversation_is_closed_is_announced_by_its_number(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit(attributes="eager")
    widget.launcher.wait_for()
    widget.page.wait_for_timeout(400)
    chat.say("B1", {"text": "还款日快到了"})
    expect(widget.element.locator(".root > [role=status]")).to_have_text("还款帮手有1条新消息")


def press(devtools: object, *, code: int) -> None:
    key = {"windowsVirtualKeyCode": code, "key": "Process" if code == 229 else "Enter", "code": "Enter"}
    devtools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})  # type: ignore[attr-defined]
    if code == 13:
        devtools.send("Input.dispatchKeyEvent", {"type": "char", "text": "\r", **key})  # type: ignore[attr-defined]
    devtools.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})  # type: ignore[attr-defined]
