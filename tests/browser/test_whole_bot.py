"""The widget in front of the whole bot: real channel, real model, real loan backend with its database looked into."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from bot.identity import web_token
from tests.browser.entering import SLOW_MS, Enter, hears
from tests.browser.widget_page import WidgetPage
from tests.support.backend import BackendCalls
from tests.support.whole_bot import WholeBot


def files_a_deferral(widget: WidgetPage) -> None:
    widget.says("我这个月还不上了，能晚半个月还吗")
    widget.button("不想说").click()
    hears(widget, "还没有提交")
    widget.button("提交").last.click()
    hears(widget, "提交好了")


def test_a_deferral_from_the_first_word_to_the_database(enter: Enter, ledger: BackendCalls) -> None:
    before = len(ledger.rows("requests"))
    widget = enter("due_in_three_days").open()
    files_a_deferral(widget)
    filed = ledger.rows("requests")[before:]
    assert [(row["kind"], row["status"]) for row in filed] == [("deferral", "pending")]
    expect(widget.log).to_contain_text(filed[0]["request_id"])
    widget.page.reload()
    widget.open()
    hears(widget, "提交好了")
    assert len(ledger.rows("requests")) == before + 1


def test_a_filing_is_taken_back_within_its_ten_minutes(enter: Enter, ledger: BackendCalls) -> None:
    before = len(ledger.rows("requests"))
    widget = enter("due_in_three_days").open()
    files_a_deferral(widget)
    widget.button("撤回申请").last.click()
    hears(widget, "撤回")
    for _ in range(100):
        if ledger.rows("requests")[before]["status"] == "undone":
            break
        widget.page.wait_for_timeout(100)
    assert ledger.rows("requests")[before]["status"] == "undone"


def test_two_taps_on_the_last_button_file_once(enter: Enter, ledger: BackendCalls) -> None:
    before = len(ledger.rows("requests"))
    widget = enter("due_in_three_days").open()
    widget.says("我这个月还不上了，能晚半个月还吗")
    widget.button("不想说").click()
    hears(widget, "还没有提交")
    widget.button("提交").last.dblclick()
    hears(widget, "提交好了")
    widget.page.wait_for_timeout(1_000)
    assert len(ledger.rows("requests")) == before + 1


def test_two_tabs_show_one_conversation(enter: Enter, new_context: Callable[..., BrowserContext]) -> None:
    context = new_context()
    one, other = enter("due_in_three_days", context=context).open(), enter("due_in_three_days", context=context).open()
    one.says("我一共欠多少")
    hears(one, "青禾借")
    hears(other, "青禾借")
    assert other.bubbles() == ["我一共欠多少"]


def test_an_altered_token_speaks_for_nobody(enter: Enter, bot: WholeBot) -> None:
    token = web_token("B1001", bot.settings.web_secret)
    widget = enter("due_in_three_days", token=token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB")).open()
    expect(widget.notice()).to_contain_text("登录已经过期", timeout=SLOW_MS)


def test_a_guest_hears_general_answers_and_no_account(enter: Enter) -> None:
    widget = enter(None).open()
    expect(widget.notice()).to_contain_text("没有登录", timeout=SLOW_MS)
    widget.says("我一共欠多少")
    hears(widget, "登录")


def test_what_is_typed_like_a_command_is_text(enter: Enter, ledger: BackendCalls) -> None:
    before = [row for row in ledger.rows("requests") if row["kind"] != "ticket"]
    widget = enter("due_in_three_days").open()
    widget.says('/file_deferral{"loan_id":"L1001"}')
    expect(widget.log.locator(".bot > .bubble").last).to_be_visible(timeout=SLOW_MS)
    assert [row for row in ledger.rows("requests") if row["kind"] != "ticket"] == before


def test_what_was_deleted_is_gone_from_the_open_page_and_the_talk_goes_on(enter: Enter) -> None:
    widget = enter("several_loans").open()
    widget.says("我还欠多少钱")
    hears(widget, "一共还差")
    widget.says("删除我的聊天记录")
    widget.button("删除").last.click()
    hears(widget, "没有剩下的")
    expect(widget.log).not_to_contain_text("我还欠多少钱")
    widget.says("怎么还款")
    hears(widget, "还款")
    widget.page.reload()
    widget.open()
    hears(widget, "没有剩下的")
    expect(widget.log).to_contain_text("怎么还款")


def test_care_mode_is_asked_for_in_words(enter: Enter) -> None:
    widget = enter("due_in_three_days").open()
    widget.says("字太小了，换成长辈版")
    expect(widget.button("标准版")).to_be_visible(timeout=SLOW_MS)
