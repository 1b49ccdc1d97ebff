"""The line goes down and comes back, pages reload, tabs multiply: nothing is lost, nothing runs twice."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from bot.widget.test.scripted_chat import ScriptedChat, token_for
from tests.browser.widget_page import WidgetPage

Visit = Callable[..., WidgetPage]


def offline_is_shown(widget: WidgetPage) -> None:
    expect(widget.notice()).to_contain_text("网络断了")


def test_what_is_said_while_the_line_is_down_arrives_once_and_in_order(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("你好").hears("收到了：你好")
    chat.cut()
    offline_is_shown(widget)
    widget.says("一").says("二").says("三")
    expect(widget.log.get_by_text("等待发出")).to_have_count(3)
    chat.mend()
    widget.hears("收到了：三")
    expect(widget.notice()).not_to_contain_text("网络断了")
    assert chat.said_by("B1") == ["你好", "一", "二", "三"]
    assert widget.bubbles() == ["你好", "一", "二", "三"]


def test_a_borrower_without_network_is_told_so_and_can_go_on(
    chat: ScriptedChat, visit: Visit, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    widget = visit(context=context).open().says("你好").hears("收到了：你好")
    context.set_offline(True)
    widget.page.evaluate("dispatchEvent(new Event('offline'))")
    offline_is_shown(widget)
    widget.says("还在吗")
    context.set_offline(False)
    widget.page.evaluate("dispatchEvent(new Event('online'))")
    widget.hears("收到了：还在吗")
    assert chat.said_by("B1") == ["你好", "还在吗"]


def test_what_waits_survives_a_reload(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("你好").hears("收到了：你好")
    chat.cut()
    offline_is_shown(widget)
    widget.says("别丢了").says("这句也是")
    widget.page.reload()
    chat.mend()
    widget.open().hears("收到了：别丢了", "收到了：这句也是")
    assert chat.said_by("B1") == ["你好", "别丢了", "这句也是"]


def test_a_reload_brings_the_conversation_back(visit: Visit) -> None:
    widget = visit().open().says("我欠多少").hears("青禾借下一次还款")
    widget.page.reload()
    widget.open().hears("青禾借下一次还款")
    assert widget.bubbles() == ["我欠多少"]
    widget.shows("loan")


def test_an_answer_that_comes_while_the_line_is_down_is_there_afterwards_once(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("你好").hears("收到了：你好")
    chat.cut()
    offline_is_shown(widget)
    chat.say("B1", {"text": "您的申请已同意"})
    chat.mend()
    widget.hears("您的申请已同意")
    assert widget.bubbles("bot").count("您的申请已同意") == 1
    assert chat.connects[-1]["after"] is not None


def test_an_acknowledgement_that_got_lost_does_not_say_it_twice(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("你好").hears("收到了：你好")
    widget.page.evaluate("window.fetch('/nothing').catch(() => 0)")
    first = chat.received[-1][1]
    # The same message again, as a widget sends it that never heard of the first try.
    widget.page.evaluate(
        """([who, entry]) => localStorage.setItem(`huanban.out.b-${who}.1.${entry.id}`, JSON.stringify(entry))""",
        ["B1", {**first, "at": "2999-01-01T00:00:00Z"}],
    )
    widget.page.reload()
    widget.open().says("然后呢").hears("收到了：然后呢")
    assert chat.said_by("B1") == ["你好", "然后呢"]
    assert widget.bubbles() == ["你好", "然后呢"]


def test_two_tabs_show_one_conversation(chat: ScriptedChat, visit: Visit, new_context: Callable[..., BrowserContext]) -> None:
    context = new_context()
    one, other = visit(context=context).open(), visit(context=context).open()
    one.says("第一页").hears("收到了：第一页")
    other.hears("收到了：第一页").says("第二页").hears("收到了：第二页")
    one.hears("收到了：第二页")
    assert one.bubbles() == other.bubbles() == ["第一页", "第二页"]
    assert chat.said_by("B1") == ["第一页", "第二页"]


def test_two_tabs_that_wait_together_send_each_message_once(
    chat: ScriptedChat, visit: Visit, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    one, other = visit(context=context).open(), visit(context=context).open()
    one.says("你好").hears("收到了：你好")
    chat.cut()
    offline_is_shown(one)
    offline_is_shown(other)
    one.says("甲").says("乙")
    other.says("丙")
    chat.mend()
    one.hears("收到了：乙", "收到了：丙")
    other.hears("收到了：乙", "收到了：丙")
    said = chat.said_by("B1")
    assert sorted(said) == sorted(["你好", "甲", "乙", "丙"])
    assert said.index("甲") < said.index("乙")


def test_another_borrower_at_the_same_page_sees_and_sends_nothing_of_the_one_before(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("我的秘密").hears("收到了：我的秘密")
    chat.cut()
    offline_is_shown(widget)
    widget.says("没发出去的秘密")
    chat.mend()
    widget.element.evaluate("(element, token) => (element.token = token)", token_for("B2"))
    widget.says("你好").hears("收到了：你好")
    assert widget.bubbles() == ["你好"]
    assert chat.said_by("B2") == ["你好"]


def test_a_token_is_renewed_without_losing_the_line(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit()
    fresh = token_for("B1", mark="fresh")
    widget.element.evaluate(
        "(element, token) => element.addEventListener('huanban-token-needed', e => e.detail.answer(Promise.resolve(token)))",
        fresh,
    )
    widget.open().says("你好").hears("收到了：你好")
    chat.expire("B1")
    widget.says("还在").hears("收到了：还在")
    assert chat.renewals == [fresh]
    assert len(chat.connects) == 1


def test_an_expired_token_is_asked_for_anew_when_the_line_comes_back(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit()
    fresh = token_for("B1", mark="fresh")
    widget.element.evaluate(
        "(element, token) => (element.getToken = async reason => reason === 'first' ? element.token : token)", fresh
    )
    widget.open().says("你好").hears("收到了：你好")
    chat.refused_tokens.add(token_for("B1"))
    chat.cut()
    offline_is_shown(widget)
    chat.mend()
    widget.says("还在").hears("收到了：还在")
    assert chat.connects[-1]["token"] == fresh


def test_a_login_that_is_over_is_said_in_words_with_a_way_out(chat: ScriptedChat, visit: Visit) -> None:
    chat.refused_tokens.add(token_for("B1"))
    widget = visit().open()
    expect(widget.notice()).to_contain_text("登录已经过期")
    chat.refused_tokens.clear()
    widget.button("再试一次").click()
    widget.says("你好").hears("收到了：你好")


def test_a_page_that_is_not_the_lenders_is_told_so(chat: ScriptedChat, visit: Visit) -> None:
    chat.origin_allowed = False
    widget = visit().open()
    expect(widget.notice()).to_contain_text("这个网页不能使用还款帮手")


def test_a_guest_is_told_what_a_guest_gets_and_stays_the_same_guest(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit(None).open()
    expect(widget.notice()).to_contain_text("没有登录")
    widget.says("你好").hears("收到了：你好")
    widget.page.reload()
    widget.open().hears("收到了：你好")
    assert len(chat.conversations) == 1


def test_too_fast_is_waited_out_and_nothing_is_lost(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("你好").hears("收到了：你好")
    chat.next_problem = {"type": "/problems/too-many-messages", "status": 429, "retry_after_seconds": 1}
    widget.says("快").hears("收到了：快")
    assert chat.said_by("B1") == ["你好", "快"]
    assert [body["id"] for _, body in chat.received][1] == [body["id"] for _, body in chat.received][2]


def test_a_refused_message_can_be_mended_and_blocks_no_other(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("你好").hears("收到了：你好")
    chat.next_problem = {"type": "/problems/message-too-long", "status": 413}
    widget.says("太长的话")
    expect(widget.log.get_by_role("alert")).to_contain_text("太长")
    widget.button("改一改").click()
    expect(widget.input).to_have_value("太长的话")
    widget.says("短话").hears("收到了：短话")
    assert widget.bubbles() == ["你好", "短话"]


def test_silence_after_a_message_is_explained(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit()
    widget.page.clock.install()
    widget.open()
    chat.answers = False
    widget.says("有人吗")
    expect(widget.log.get_by_text("等待发出")).to_have_count(0)
    widget.page.clock.fast_forward(21_000)
    expect(widget.log).to_contain_text("您的话已经收到")


def test_a_phone_that_slept_fetches_what_it_missed(chat: ScriptedChat, visit: Visit) -> None:
    widget = visit().open().says("你好").hears("收到了：你好")
    before = len(chat.connects)
    sleep_and_wake(widget.page)
    widget.says("醒了").hears("收到了：醒了")
    assert len(chat.connects) == before + 1


def sleep_and_wake(page: Page) -> None:
    page.evaluate(
        """() => {
          const real = Date.now;
          Object.defineProperty(document, 'visibilityState', {configurable: true,
            get: () => window.asleep ? 'hidden' : 'visible'});
          window.asleep = true; document.dispatchEvent(new Event('visibilitychange'));
          Date.now = () => real() + 60_000;
          window.asleep = false; document.dispatchEvent(new Event('visibilitychange'));
          Date.now = real;
        }"""
    )
