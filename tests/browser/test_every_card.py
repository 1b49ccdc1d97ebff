"""Each card as the whole bot sends it: the conversation that leads to it, the real widget, and what the lender has then."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.entering import SLOW_MS, Enter, hears
from tests.browser.widget_page import WidgetPage
from tests.support.backend import BackendCalls


def shows(widget: WidgetPage, kind: str) -> Locator:
    card = widget.element.locator(f".card-{kind}").last
    expect(card).to_be_visible(timeout=SLOW_MS)
    return card


def test_a_day_is_chosen_in_the_calendar_within_what_the_quote_allows(enter: Enter, ledger: BackendCalls) -> None:
    widget = enter("due_in_three_days").open()
    widget.says("我想晚点还")
    calendar = shows(widget, "calendar")
    days = calendar.locator(".day:not([aria-disabled=true])")
    # The last day that can be chosen is one that a quote takes.
    while calendar.get_by_role("button", name="下个月").get_attribute("aria-disabled") == "false":
        calendar.get_by_role("button", name="下个月").click()
    days.last.click()
    chosen = calendar.get_by_role("button", name=re.compile("就选"))
    day = re.search(r"\d+月\d+日", chosen.inner_text())
    assert day is not None
    chosen.click()
    widget.button("不想说").click(timeout=SLOW_MS)
    expect(shows(widget, "summary")).to_contain_text(day.group())
    assert widget.bubbles()[1].endswith(day.group())


def test_in_care_mode_the_calendar_is_there_with_large_steps(enter: Enter) -> None:
    widget = enter("due_in_three_days", attributes="care").open()
    widget.says("我想晚点还")
    calendar = shows(widget, "calendar")
    calendar.get_by_role("button", name="晚一周").click()
    calendar.get_by_role("button", name=re.compile("就选")).click()
    widget.button("不想说").click(timeout=SLOW_MS)
    shows(widget, "summary")


def test_a_monthly_sum_is_chosen_with_the_slider_and_the_new_plan_stands_beside_the_old(enter: Enter) -> None:
    widget = enter("due_in_three_days").open()
    widget.says("每个月还太多了，能不能重新安排")
    slider = shows(widget, "amount")
    slider.get_by_role("button", name=re.compile("^少")).click()
    slider.get_by_role("button", name=re.compile("就还")).click()
    comparison = shows(widget, "comparison")
    expect(comparison.locator("svg.bars")).to_have_count(2)
    expect(shows(widget, "summary")).to_contain_text("以后一共还")


def test_each_of_several_loans_is_a_card(enter: Enter) -> None:
    widget = enter("several_loans").open()
    widget.says("我一共欠多少")
    expect(shows(widget, "loan")).to_contain_text("一共还差")
    expect(widget.element.locator(".card-loan")).to_have_count(3)


def test_a_plan_is_a_picture_and_a_table(enter: Enter) -> None:
    widget = enter("due_in_three_days").open()
    widget.says("我一共欠多少")
    plan = shows(widget, "plan")
    expect(plan.locator("svg.bars")).to_be_visible()
    expect(plan.locator("tbody tr")).to_have_count(6)
    plan.get_by_role("button", name="看全部24期").click()
    expect(plan.locator("tbody tr")).to_have_count(24)


def test_what_is_filed_is_what_the_summary_said_and_its_state_stands_below(enter: Enter, ledger: BackendCalls) -> None:
    before = len(ledger.rows("requests"))
    widget = enter("due_in_three_days").open()
    widget.says("我这个月还不上了，能晚半个月还吗")
    widget.button("不想说").click(timeout=SLOW_MS)
    summary = shows(widget, "summary").inner_text()
    widget.button("提交").last.click()
    status = shows(widget, "status")
    filed = ledger.rows("requests")[before]
    expect(status).to_contain_text(filed["request_id"])
    new = filed["terms"]["new_due_date"]
    assert f"{int(new[5:7])}月{int(new[8:])}日" in summary
    assert f"{filed['terms']['deferred_fen'] / 100:,.2f}元" in summary
    expect(shows(widget, "undo")).to_contain_text("还剩9分")


def test_the_minutes_to_take_it_back_are_right_on_a_phone_whose_clock_is_two_days_ahead(
    enter: Enter, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    context.clock.install(time=datetime.now() + timedelta(days=2))
    widget = enter("due_in_three_days", context=context).open()
    widget.says("我这个月还不上了，能晚半个月还吗")
    widget.button("不想说").click(timeout=SLOW_MS)
    widget.button("提交").last.click()
    expect(shows(widget, "undo")).to_contain_text("还剩9分")


def test_a_secure_link_leads_to_the_lenders_page(enter: Enter) -> None:
    widget = enter("due_in_three_days").open()
    widget.says("我现在就想还款")
    widget.button("打开付款页面").click(timeout=SLOW_MS)
    link = shows(widget, "link").get_by_role("link")
    assert str(link.get_attribute("href")).startswith("http")


def test_at_the_end_one_may_say_how_it_was(enter: Enter) -> None:
    widget = enter("due_in_three_days").open()
    widget.says("没别的事了，再见")
    rating = shows(widget, "rating")
    rating.get_by_text("很满意").click()
    rating.get_by_role("button", name="提交评价").click()
    expect(rating).to_contain_text("已经记下了")


def test_the_conversation_is_saved_with_all_that_was_said(enter: Enter, tmp_path: Path) -> None:
    widget = enter("due_in_three_days").open()
    widget.says("我一共欠多少")
    hears(widget, "青禾借")
    widget.button("更多").click()
    with widget.page.expect_download() as download:
        widget.button("保存对话内容").click()
    download.value.save_as(tmp_path / "saved.txt")
    saved = (tmp_path / "saved.txt").read_text(encoding="utf-8")
    assert "我一共欠多少" in saved and "965.94元" in saved and "2026-11-2" in saved


def test_a_proof_is_handed_in_without_its_place_and_the_lender_has_it(
    enter: Enter,
    ledger: BackendCalls,
) -> None:
    widget = enter("due_in_three_days").open()
    widget.says("我住院了，这个月还不上，能晚半个月还吗")
    widget.button("提交").last.click(timeout=SLOW_MS)
    card = shows(widget, "upload")
    expect(card).to_contain_text("只有审核这个申请的人看得到")
    tags = Image.Exif()
    tags[0x010F] = "Huawei P60"
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(file, "JPEG", exif=tags)
    chosen = {"name": "诊断证明.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
    card.locator("input[type=file]").set_input_files(chosen)  # type: ignore[arg-type]
    expect(card).to_contain_text("已经收到: 诊断证明.jpg", timeout=SLOW_MS)
    [kept] = ledger.rows("evidence")
    assert kept["name"] == "诊断证明.jpg" and b"Huawei" not in kept["content"]


def test_what_was_said_elsewhere_in_the_same_conversation_is_there(
    enter: Enter,
    talk: Callable[[str], object],
) -> None:
    widget = enter("due_in_three_days").open()
    talk("due_in_three_days").says("我一共欠多少")  # type: ignore[attr-defined]
    hears(widget, "青禾借")
    assert widget.bubbles() == ["我一共欠多少"]
    expect(shows(widget, "plan")).to_contain_text("965.94元")
