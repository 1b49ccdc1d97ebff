"""长辈版: each clause of 工信厅信管函〔2021〕67号 that a chat can meet, measured. Numbers of the clauses as in docs/widget.md."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from bot.config import ROOT
from bot.widget.test.scripted_chat import ScriptedChat
from tests.browser.finding import find_browser
from tests.browser.measuring import STATES, icons, paragraph_gaps, targets, texts
from tests.browser.widget_page import WidgetPage

Visit = Callable[..., WidgetPage]
DESKTOP: dict[str, Any] = {"viewport": {"width": 1100, "height": 900}}
# A browser that hears 「我想晚还」, and counts how often it was told to listen.
SPEECH = """window.listened = 0; window.SpeechRecognition = class { start() { window.listened++; setTimeout(() => {
this.onresult({results: [[{transcript: '我想晚还'}]]}); this.onend() }, 50) } stop() {} }"""
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 720}, "has_touch": True, "is_mobile": True}


def in_care(visit: Visit, **options: Any) -> WidgetPage:
    return visit(attributes="care " + options.pop("attributes", ""), **options).open()


def through_all_states(widget: WidgetPage, chat: ScriptedChat) -> Iterator[str]:
    """Brings the screen into one state after the other, the menu among them."""
    yield "empty"
    for state in STATES:
        chat.say("B1", *chat.script["replies"][state])
        widget.log.locator(".bot").last.wait_for()
        widget.page.wait_for_timeout(80)
        if state == "再见":
            widget.element.locator(".score").last.click()
            widget.button("提交评价").wait_for()
        yield state
    widget.button("更多").click()
    widget.button("保存对话内容").wait_for()
    yield "menu"


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_1_1_no_text_is_smaller_than_18_px(chat: ScriptedChat, visit: Visit, device: dict[str, Any]) -> None:
    widget = in_care(visit, **device)
    for state in through_all_states(widget, chat):
        small = [text for text in texts(widget) if text["size"] < 18]
        assert small == [], state


def test_1_1_text_grows_to_30_px_in_a_few_taps_and_is_remembered(chat: ScriptedChat, visit: Visit) -> None:
    widget = in_care(visit)
    widget.says("我欠多少").hears("青禾借下一次还款")
    for _ in range(3):
        widget.button("字大一点").click()
    expect(widget.button("字大一点")).to_have_attribute("aria-disabled", "true")
    widget.page.reload()
    widget.open().hears("青禾借下一次还款")
    read = [text for text in texts(widget) if not re.search("标准版|还伴|字[大小]一点|朗读 ", text["text"])]
    assert read and min(text["size"] for text in read) >= 30


@pytest.mark.parametrize("medium", [16, 24])
def test_1_1_text_follows_the_size_the_system_is_set_to(browser: Browser, chat: ScriptedChat, visit: Visit, medium: int) -> None:
    other = browser.browser_type.launch(
        executable_path=find_browser(), args=["--no-sandbox", f"--blink-settings=defaultFontSize={medium}"]
    )
    try:
        widget = in_care(visit, context=other.new_context())
        widget.says("你好").hears("收到了：你好")
        bubble = next(text["size"] for text in texts(widget) if text["text"] == "收到了：你好")
        assert bubble == pytest.approx(18 * medium / 16)
    finally:
        other.close()


def test_1_1_a_page_that_shrinks_its_root_does_not_shrink_the_letters(chat: ScriptedChat, visit: Visit) -> None:
    widget = in_care(visit)
    widget.page.add_style_tag(content="html { font-size: 8px !important } body { font-size: 6px; zoom: 1 }")
    assert min(text["size"] for text in texts(widget)) >= 18


@pytest.mark.parametrize("size", [0, 3])
def test_1_2_lines_and_paragraphs_stand_apart(chat: ScriptedChat, visit: Visit, size: int) -> None:
    widget = in_care(visit)
    for _ in range(size):
        widget.button("字大一点").click()
    for state in through_all_states(widget, chat):
        tight = [text for text in texts(widget) if text["line"] < 1.3]
        assert tight == [], state
    gaps = paragraph_gaps(widget)
    assert len(gaps) > 5
    for gap in gaps:
        assert gap["gap"] >= 1.3 * gap["leading"]
        assert gap["gap"] + gap["pitch"] >= 1.3 * gap["pitch"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_1_3_text_and_icons_stand_out(chat: ScriptedChat, visit: Visit, theme: str) -> None:
    widget = in_care(visit, attributes=f'theme="{theme}"')
    for state in through_all_states(widget, chat):
        faint = [text for text in texts(widget) if text["contrast"] < 4.5]
        assert faint == [], state
        assert [icon for icon in icons(widget) if icon["contrast"] < 3] == [], state
    rules = widget.evaluate("root => root.adoptedStyleSheets.flatMap(sheet => [...sheet.cssRules].map(rule => rule.cssText))")
    assert any("::placeholder" in rule and "color: var(--quiet)" in rule and "opacity: 1" in rule for rule in rules)


def test_1_4_colour_is_never_the_only_cue(visit: Visit) -> None:
    widget = in_care(visit)
    widget.says("逾期")
    late = widget.shows("loan").locator(".mark-warn")
    expect(late).to_have_text("逾期12天")
    expect(late.locator("svg")).to_be_visible()
    widget.says("计划")
    card = widget.shows("plan")
    fills = card.locator("svg.bars .bar").evaluate_all("bars => [...new Set(bars.map(b => b.getAttribute('fill') ?? 'plain'))]")
    assert len(fills) == 3 and all(fill == "plain" or "url(" in fill for fill in fills), "a pattern for each"
    widget.says("进度")
    assert widget.shows("status").locator(".step").evaluate_all("steps => steps.map(s => s.querySelector('svg') !== null)") == [
        True,
        True,
        False,
    ]


def test_1_5_there_is_no_picture_code_to_read_and_nothing_foreign(chat: ScriptedChat, visit: Visit) -> None:
    widget = in_care(visit)
    for _ in through_all_states(widget, chat):
        assert widget.evaluate("root => root.querySelectorAll('img, canvas, iframe, video, audio, object').length") == 0


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(("attributes", "least"), [("care", 60), ("", 44)], ids=["care", "standard"])
def test_2_1_what_can_be_tapped_is_large(
    chat: ScriptedChat, visit: Visit, device: dict[str, Any], attributes: str, least: int
) -> None:
    widget = visit(attributes=attributes, **device).open()
    for state in through_all_states(widget, chat):
        small = [target for target in targets(widget) if min(target["width"], target["height"]) < least - 0.01]
        assert small == [], state


def test_2_2_nothing_needs_more_than_one_finger() -> None:
    listened = re.compile(r"touch(start|move|end)|gesture(start|change)|pointer(down|move)|@(wheel|drag)")
    for path in (ROOT / "bot/widget/src").rglob("*.ts"):
        assert not listened.search(path.read_text(encoding="utf-8")), path.name


def test_2_3_no_time_limit_changes_the_screen_under_the_reader(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit(attributes="care")
    widget.page.clock.install()
    widget.open().says("file").hears("提交好了")
    undo = widget.shows("undo")
    before = widget.button("撤回申请").bounding_box()
    assert "秒" not in undo.inner_text()
    widget.page.clock.fast_forward(3_600_000)
    widget.page.wait_for_timeout(100)
    expect(widget.button("撤回申请")).to_be_visible()
    expect(undo).to_contain_text("时间过了")
    expect(widget.input).to_be_visible()
    widget.button("撤回申请").click()
    assert before is not None
    widget.hears("已经撤回")


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_2_4_what_pops_up_closes_at_its_top_right(visit: Visit, device: dict[str, Any]) -> None:
    widget = in_care(visit, **device)
    for name, frame in (("关闭对话", widget.panel), ("关闭", widget.element.locator(".menu"))):
        if name == "关闭":
            widget.button("更多").click()
        close, box = widget.button(name).bounding_box(), frame.bounding_box()
        assert close and box
        assert close["width"] >= 44 and close["height"] >= 44
        assert box["x"] + box["width"] - (close["x"] + close["width"]) <= 16
        assert close["y"] - box["y"] <= 16


def test_3_1_the_entry_is_there_at_the_first_opening_one_tap_away_and_remembered(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open()
    entry = widget.button("长辈版")
    expect(entry).to_be_in_viewport()
    entry.click()
    assert min(text["size"] for text in texts(widget)) >= 18
    widget.says("你好").hears("收到了：你好")
    assert chat.conversation("B1").care_mode is True
    widget.page.reload()
    widget.open()
    expect(widget.button("标准版")).to_be_visible()
    widget.button("标准版").click()
    widget.says("好").hears("收到了：好")
    assert chat.conversation("B1").care_mode is False


def test_3_1_it_can_be_asked_for_in_words_and_comes_along_to_another_device(chat: ScriptedChat, visit: Visit) -> None:
    visit().open().says("长辈版").hears("已经换成长辈版").button("标准版").wait_for()
    other = visit().open()
    expect(other.button("标准版")).to_be_visible()


def test_5_1_no_advertisement_and_no_other_host(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit(attributes="care")
    asked: list[str] = []
    widget.page.on("request", lambda request: asked.append(request.url))
    widget.open()
    for _ in through_all_states(widget, chat):
        pass
    assert [url for url in asked if not re.match(rf"(http|ws)://{re.escape(chat.url[7:])}/", url)] == []
    assert widget.evaluate("root => [...root.querySelectorAll('a')].map(a => a.host)") == ["pay.qinghe.example"]


def test_web_what_was_filed_can_be_taken_back_for_ten_minutes(chat: ScriptedChat, visit: Visit) -> None:
    widget = in_care(visit)
    widget.says("file").hears("提交好了")
    expect(widget.shows("undo")).to_contain_text("大约还剩10分钟")
    widget.button("撤回申请").click()
    widget.hears("已经撤回")
    assert chat.received[-1][1]["payload"] == "undo"


def test_web_the_last_step_can_be_taken_up_again(visit: Visit) -> None:
    widget = in_care(visit)
    widget.says("晚半个约").hears("收到了")
    widget.button("改一改").click()
    expect(widget.input).to_have_value("晚半个约")
    expect(widget.input).to_be_focused()


def test_web_reading_aloud_has_a_switch_and_is_off_at_first(visit: Visit) -> None:
    widget = in_care(visit)
    widget.page.evaluate("() => { window.read = []; speechSynthesis.speak = u => read.push(u.text) }")
    switch = widget.element.get_by_role("switch", name="朗读")
    expect(switch).to_have_attribute("aria-checked", "false")
    widget.says("一").hears("收到了：一")
    assert widget.page.evaluate("read") == []
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    widget.says("二").hears("收到了：二")
    assert widget.page.evaluate("read") == ["收到了：二"]
    widget.element.get_by_role("button", name=re.compile("读出来")).last.click()
    assert widget.page.evaluate("read") == ["收到了：二", "收到了：二"]
    switch.click()
    widget.says("三").hears("收到了：三")
    assert widget.page.evaluate("read.length") == 2


def test_web_one_can_speak_instead_of_typing_where_the_browser_can(visit: Visit) -> None:
    widget = visit(attributes="care")
    widget.page.add_init_script(SPEECH)
    widget.page.reload()
    widget.open()
    widget.button("说话输入").click()
    widget.button("知道了，开始说").click()
    expect(widget.input).to_have_value("我想晚还")
    silent = visit(attributes="care no-dictation").open()
    expect(silent.button("说话输入")).to_have_count(0)


def test_before_the_first_word_is_listened_to_one_is_told_where_it_may_go_and_asked(visit: Visit) -> None:
    widget = visit(attributes="care")
    widget.page.add_init_script(SPEECH)
    widget.page.reload()
    widget.open()
    widget.button("说话输入").click()
    asked = widget.element.locator(".composer")
    expect(asked).to_contain_text("可能会传给浏览器的公司")
    assert widget.page.evaluate("window.listened") == 0
    assert widget.faults() == []
    assert [target for target in targets(widget) if min(target["width"], target["height"]) < 60 - 0.01] == []
    widget.button("说话输入").click()  # no: the question goes, and nothing is listened to
    expect(asked).not_to_contain_text("可能会传给浏览器的公司")
    assert widget.page.evaluate("window.listened") == 0
    widget.button("说话输入").click()
    widget.button("知道了，开始说").click()
    expect(widget.input).to_have_value("我想晚还")
    widget.page.reload()
    widget.open()
    widget.button("说话输入").click()  # asked once in each browser
    widget.page.wait_for_function("window.listened === 1")


def test_a_calendar_and_the_question_below_it_are_one_question(chat: ScriptedChat, visit: Visit) -> None:
    widget = in_care(visit)
    days = {"type": "date_choice", "earliest_date": "2026-11-28", "latest_date": "2026-12-27"}
    question = {"text": "想晚多久？", "buttons": [{"title": "晚15天", "payload": "a"}]}
    chat.say("B1", {"text": "可以选的日子在这里。"}, {"card": days}, question)
    widget.hears("想晚多久")
    expect(widget.button("晚15天")).to_be_visible()
    expect(widget.shows("calendar")).to_be_visible()
    chat.say("B1", {"text": "还有一件事。", "buttons": [{"title": "好", "payload": "b"}]})
    widget.button("好").wait_for()
    expect(widget.element.locator(".card-calendar")).to_have_count(0)
    expect(widget.button("晚15天")).to_have_count(0)


def test_one_question_at_a_time(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("两个问题").hears("再问一句")
    expect(widget.element.locator(".choices")).to_have_count(2)
    widget.button("长辈版").click()
    expect(widget.element.locator(".choices:not(.mine)")).to_have_count(1)
    expect(widget.button("半个月")).to_be_visible()
    boxes = [button.bounding_box() for button in widget.element.locator(".choice").all()]
    assert boxes[0] and boxes[1] and boxes[0]["x"] == boxes[1]["x"], "one under the other"
