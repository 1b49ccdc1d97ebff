"""What a borrower sees and does: the launcher, the conversation, the cards."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from bot.widget.test.scripted_chat import ScriptedChat, token_for
from tests.browser.widget_page import PAGE, WidgetPage

Visit = Callable[..., WidgetPage]


def test_the_launcher_counts_what_was_not_seen_and_forgets_it_when_opened(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit(attributes="eager")
    counted = widget.page.evaluate_handle(
        "() => { const seen = []; addEventListener('huanban-unread', e => seen.push(e.detail.count)); return seen }"
    )
    expect(widget.launcher).to_have_attribute("aria-label", "打开还款帮手")
    widget.page.wait_for_function("document.querySelector('huanban-chat').shadowRoot !== null")
    wait_until(widget, lambda: len(chat.connects) == 1)
    chat.say("B1", {"text": "还款日快到了"}, {"text": "11月27日"})
    expect(widget.element.locator(".badge")).to_have_text("2")
    expect(widget.launcher).to_have_attribute("aria-label", "打开还款帮手，有2条新消息")
    widget.open().hears("11月27日")
    widget.button("关闭对话").click()
    expect(widget.element.locator(".badge")).to_have_count(0)
    assert counted.evaluate("seen => seen") == [2, 0]
    widget.page.reload()
    expect(widget.launcher).to_be_visible()
    wait_until(widget, lambda: len(chat.connects) == 2)
    expect(widget.element.locator(".badge")).to_have_count(0)
    assert chat.conversation("B1").read == chat.conversation("B1").messages[-1]["id"]


def test_a_page_nobody_chats_on_opens_no_line(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit()
    expect(widget.launcher).to_be_visible()
    widget.page.wait_for_timeout(300)
    assert chat.connects == []


def test_days_are_told_apart(chat: ScriptedChat, visit: Visit) -> None:
    conversation = chat.conversation("B1")
    for number, at in enumerate(["2025-12-31T03:00:00Z", "2026-01-02T03:00:00Z"]):
        conversation.messages.append({"id": f"000000000000-{number}", "at": at, "from": "bot", "text": f"第{number}句"})
    widget = visit().open().says("你好").hears("收到了：你好")
    lines = widget.log.locator(".separator").all_inner_texts()
    assert len(lines) == 3 and lines[0].endswith("12月31日(周三)") and lines[1].endswith("1月2日(周五)") and lines[2] == "今天"


def test_the_typing_sign_comes_and_goes(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("你好").hears("收到了：你好")
    chat.type("B1", on=True)
    expect(widget.log.get_by_text("正在写回答")).to_be_visible()
    chat.say("B1", {"text": "好了"})
    expect(widget.log.get_by_text("正在写回答")).to_have_count(0)


def test_an_answer_to_tap_goes_out_as_its_payload_and_shows_as_its_words(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("原因").hears("方便说说原因吗")
    widget.button("生病住院").click()
    widget.hears("祝您早日康复")
    assert widget.bubbles() == ["原因", "生病住院"]
    assert {key: chat.received[-1][1][key] for key in ("payload", "title")} == {"payload": "reason0", "title": "生病住院"}
    expect(widget.button("没工作了")).to_have_count(0)


def test_a_deferral_goes_from_its_summary_to_the_undo(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("晚半个月")
    summary = widget.shows("summary")
    for row in (
        "贷款\n青禾借",
        "现在的还款日\n11月27日(周五)",
        "改到\n12月12日(周六)",
        "晚还的钱\n965.94元",
        "最晚答复\n11月27日18:00",
    ):
        name, value = row.split("\n")
        expect(summary.locator("dl > div").filter(has_text=name).filter(has_text=value)).to_have_count(1)
    widget.button("提交").click()
    undo = widget.shows("undo")
    expect(undo).to_contain_text(re.compile(r"还剩(10分00|9分5\d)秒"))
    expect(widget.button("提交")).to_have_count(0)
    widget.button("撤回申请").click()
    widget.hears("已经撤回")
    assert widget.bubbles() == ["晚半个月", "提交", "撤回申请"]


def test_the_undo_runs_out_in_words(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open()
    chat.say(
        "B1", {"text": "提交好了"}, {"card": {"type": "undo", "request_id": "DF1", "undo_until_at": "now+2s", "payload": "undo"}}
    )
    undo = widget.shows("undo")
    expect(undo).to_contain_text(re.compile(r"还剩0分0\d秒"))
    expect(undo).to_contain_text("自己撤回的时间过了")
    expect(widget.button("撤回申请")).to_have_count(0)


def test_a_plan_is_a_picture_and_a_table(visit: Visit) -> None:
    widget = visit().open().says("计划")
    card = widget.shows("plan")
    expect(card.get_by_role("img", name="24期里每期的本金、利息和费用")).to_be_visible()
    assert card.locator("svg.bars rect.bar").count() == 24 * 3
    expect(card.get_by_role("row")).to_have_count(1 + 6)
    card.get_by_role("button", name="看全部24期").click()
    expect(card.get_by_role("row")).to_have_count(1 + 24)
    expect(card.locator(".legend")).to_contain_text("利息 2,165.76元")


def test_a_comparison_stands_side_by_side_and_marks_what_changes(visit: Visit) -> None:
    widget = visit().open().says("对比")
    card = widget.shows("comparison")
    before, after = card.locator("figure").all()
    one, other = before.bounding_box(), after.bounding_box()
    assert one and other and abs(one["y"] - other["y"]) < 2 and one["x"] + one["width"] <= other["x"]
    expect(card.locator("tbody tr")).to_have_count(1)
    expect(card.locator("tbody tr")).to_contain_text("有变化")
    expect(card).to_contain_text("4.72元")


def test_a_day_is_chosen_within_what_the_quote_allows_and_said_as_text(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("换日子")
    card = widget.shows("calendar")
    expect(card.get_by_role("button", name="11月27日(周五)")).to_have_attribute("aria-disabled", "true")
    card.get_by_role("button", name="11月27日(周五)").click(force=True)
    expect(card.get_by_role("button", name="就选11月28日(周六)")).to_be_visible()
    card.get_by_role("button", name="下个月").click()
    card.get_by_role("button", name="12月15日(周二)").first.click()
    card.get_by_role("button", name="就选12月15日(周二)").click()
    widget.hears("收到了：12月15日")
    assert chat.received[-1][1]["text"] == "12月15日"
    expect(widget.element.locator(".card-calendar")).to_have_count(0)


def test_what_one_can_pay_is_chosen_without_dragging_and_said_as_text(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("每月")
    card = widget.shows("amount")
    expect(card.locator("output")).to_have_text("600.00元")
    card.get_by_role("button", name="多50.00元").click()
    card.get_by_role("slider").press("ArrowRight")
    expect(card.get_by_role("slider")).to_have_attribute("aria-valuetext", "700.00元")
    for _ in range(12):
        card.get_by_role("button", name="多50.00元").click()
    card.get_by_role("button", name="就还1,200.00元").click()
    widget.hears("收到了：每月1200元")


def test_a_request_tells_where_it_stands(visit: Visit) -> None:
    widget = visit().open().says("进度")
    expect(widget.shows("status").locator('[aria-current="step"]')).to_contain_text("人工审核中")
    widget.says("结果").hears("没有同意")
    expect(widget.shows("status")).to_contain_text("这笔贷款今年已经延过两次")


def test_a_secure_link_says_where_it_leads_and_opens_apart(visit: Visit) -> None:
    widget = visit().open().says("还款链接")
    card = widget.shows("link")
    expect(card).to_contain_text("pay.qinghe.example")
    link = card.get_by_role("link")
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert link.get_attribute("target") == "_blank"


def test_a_proof_is_checked_and_handed_in(chat: ScriptedChat, visit: Visit, tmp_path: Path) -> None:
    widget = visit().open().says("证明")
    card = widget.shows("upload")
    chooser = card.locator("input[type=file]")
    # What becomes of it is said before anything is chosen.
    expect(card).to_contain_text("只有审核这个申请的人看得到")
    expect(card).to_contain_text("照片里记的地点、时间和手机型号，我们先去掉再收")
    chooser.set_input_files({"name": "note.txt", "mimeType": "text/plain", "buffer": b"x"})
    expect(card).to_contain_text("这种文件收不了")
    chooser.set_input_files({"name": "big.jpg", "mimeType": "image/jpeg", "buffer": b"x" * 5242881})
    expect(card).to_contain_text("文件太大了")
    chooser.set_input_files({"name": "proof.jpg", "mimeType": "image/jpeg", "buffer": b"x" * 2048})
    expect(card).to_contain_text("已经收到: proof.jpg (2 KB)")
    assert chat.conversation("B1").evidence == [
        {"evidence_id": "EV1", "name": "proof.jpg", "size": 2048, "kind": "image/jpeg", "request_id": "DF00000003"}
    ]


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        ((413, "evidence-too-large"), "文件太大了"),
        ((415, "evidence-kind"), "这种文件收不了"),
        ((409, "request-decided"), "已经有结果"),
        ((503, "bot-unavailable"), "没能上传"),
    ],
)
def test_an_upload_that_the_server_refuses_is_said_in_words(
    chat: ScriptedChat, visit: Visit, refused: tuple[int, str], said: str
) -> None:
    chat.takes_file = refused
    widget = visit().open().says("证明")
    card = widget.shows("upload")
    card.locator("input[type=file]").set_input_files({"name": "proof.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    expect(card).to_contain_text(said)


def test_a_rating_is_given_once_with_a_word_beside_it(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("再见")
    card = widget.shows("rating")
    card.get_by_text("很满意").click()
    card.get_by_label("想多说一句吗").fill("谢谢")
    card.get_by_role("button", name="提交评价").click()
    expect(card).to_contain_text("已经记下了")
    assert chat.conversation("B1").ratings == [{"score": 5, "text": "谢谢"}]


def test_the_conversation_can_be_saved(visit: Visit, tmp_path: Path) -> None:
    widget = visit().open().says("你好").hears("收到了：你好")
    widget.button("更多").click()
    with widget.page.expect_download() as download:
        widget.button("保存对话内容").click()
    assert download.value.suggested_filename == "还伴对话.txt"
    download.value.save_as(tmp_path / "saved.txt")
    assert "收到了：你好" in (tmp_path / "saved.txt").read_text(encoding="utf-8")


def test_the_launcher_can_be_put_away_for_good_where_the_page_has_another_way_in(visit: Visit) -> None:
    widget = visit(attributes="closable").open()
    widget.button("更多").click()
    widget.button("不再显示悬浮按钮").click()
    expect(widget.launcher).to_have_count(0)
    widget.page.reload()
    expect(widget.element).to_have_count(1)
    widget.page.wait_for_timeout(200)
    expect(widget.launcher).to_have_count(0)
    widget.element.evaluate("element => element.show()")
    expect(widget.panel).to_be_visible()


def test_a_draft_survives_closing_and_reloading(visit: Visit) -> None:
    widget = visit().open()
    widget.input.fill("写到一半")
    widget.page.reload()
    widget.open()
    expect(widget.input).to_have_value("写到一半")


def test_a_draft_is_not_shown_to_the_next_borrower_at_this_computer(visit: Visit) -> None:
    widget = visit("B1").open().says("在").hears("收到了：在")
    widget.input.fill("我的秘密")
    widget.element.evaluate("(element, token) => { element.token = token }", token_for("B2"))
    expect(widget.input).to_have_value("")
    # The same with a reload between: one logs out, another logs in, in the same tab.
    widget.page.reload()
    widget.open().hears("收到了：在")
    widget.input.fill("我的秘密")
    others = PAGE.replace("{attributes}", f'token="{token_for("B2")}"')
    widget.page.route("**/pages/*", lambda route: route.fulfill(body=others, content_type="text/html; charset=utf-8"))
    widget.page.reload()
    widget.open().says("我是下一位").hears("收到了：我是下一位")
    expect(widget.input).to_have_value("")


def test_a_sum_a_day_or_a_number_is_not_broken_between_two_lines(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit(viewport={"width": 320, "height": 640}).open()
    said = "还款日是11月27日(周五)，要还12,345.67元，打400-000-0000也可以问，不急，晚几天到12月12日(周六)也行。"
    chat.say("B1", {"text": said})
    widget.hears(said)
    whole = widget.log.locator(".whole")
    assert whole.all_inner_texts() == ["11月27日(周五)", "12,345.67元", "400-000-0000", "12月12日(周六)"]
    assert [len(rows) for rows in whole.evaluate_all("list => list.map(span => [...span.getClientRects()])")] == [1, 1, 1, 1]


def test_a_long_answer_is_read_from_its_beginning(visit: Visit) -> None:
    widget = visit().open().says("长答案").hears("第一段：开头在这里。", "第8段")
    assert is_in_view(widget, "第一段：开头在这里。")
    widget.button("往下看").click()
    expect(widget.button("往下看")).to_have_count(0)
    assert not is_in_view(widget, "第一段：开头在这里。")


def test_somebody_reading_further_up_is_not_torn_away(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("长答案").hears("第8段").says("长答案")
    widget.log.get_by_text("第8段").nth(1).wait_for()
    widget.log.evaluate("log => (log.scrollTop = 0)")
    widget.page.wait_for_timeout(100)
    chat.say("B1", {"text": "新消息来了"})
    widget.log.get_by_text("新消息来了").wait_for()
    assert widget.log.evaluate("log => log.scrollTop") == 0
    expect(widget.button("往下看")).to_be_visible()


def test_whoever_speaks_sees_their_own_words_wherever_they_had_scrolled(visit: Visit) -> None:
    widget = visit().open().says("长答案").hears("第8段")
    for said in ("第一次", "第二次"):
        widget.log.evaluate("log => (log.scrollTop = 0)")
        widget.page.wait_for_timeout(100)
        widget.says(said).hears(f"收到了：{said}")
        wait_until(widget, lambda said=said: is_in_view(widget, f"收到了：{said}"))  # type: ignore[misc]


def test_larger_letters_leave_the_newest_words_in_sight(visit: Visit) -> None:
    widget = visit().open().says("我欠多少")
    widget.shows("loan")
    widget.says("你好").hears("收到了：你好")
    widget.button("长辈版").click()
    widget.page.wait_for_timeout(300)
    assert is_in_view(widget, "收到了：你好")


def test_other_languages_come_in_files_of_their_own(visit: Visit, new_context: Callable[..., BrowserContext]) -> None:
    widget = visit(attributes='lang="en"')
    expect(widget.launcher).to_have_text("还款帮手")
    widget.page.add_script_tag(url="/widget/words-en.js")
    expect(widget.launcher).to_have_text("Repayment help")
    widget.open()
    expect(widget.input).to_have_attribute("placeholder", "Write your question")


def test_a_page_hears_what_happens(visit: Visit) -> None:
    widget = visit()
    widget.page.evaluate(
        """() => { window.heard = []; for (const name of ['open', 'close', 'message', 'care'])
        addEventListener(`huanban-${name}`, e => heard.push([name, e.detail.message?.text ?? e.detail.on ?? null])) }"""
    )
    widget.open().says("你好").hears("收到了：你好")
    widget.button("长辈版").click()
    widget.button("关闭对话").click()
    heard = widget.page.evaluate("heard")
    assert heard == [["open", None], ["message", "你好"], ["message", "收到了：你好"], ["care", True], ["close", None]]


def is_in_view(widget: WidgetPage, text: str) -> bool:
    found = widget.log.get_by_text(text).first.bounding_box()
    log = widget.log.bounding_box()
    assert found and log
    return bool(found["y"] + found["height"] > log["y"] and found["y"] < log["y"] + log["height"])


def wait_until(widget: WidgetPage, holds: Callable[[], bool]) -> None:
    for _ in range(100):
        if holds():
            return
        widget.page.wait_for_timeout(50)
    raise AssertionError("it never came")
