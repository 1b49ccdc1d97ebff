"""Reminders: shown, changed in words and by buttons, stopped; and what a guest or a cut line hears."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk


def preferences(ledger: BackendCalls, borrower_id: str = "B1001") -> dict[str, object]:
    return dict(ledger.get(f"/borrowers/{borrower_id}/reminder-preferences"))


def test_a_question_shows_when_and_how_and_changes_nothing(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    before = preferences(ledger)
    talk("on_time").says("还款日前会提醒我吗").hears("还款日前3、1天", "用微信").is_offered("用短信提醒", "不要提醒了")
    assert {**preferences(ledger), "as_of": None} == {**before, "as_of": None}


def test_a_wish_in_words_is_carried_out_and_said_back(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("帮我设个提醒，提前5天发短信给我").hears("还款日前5天", "短信")
    assert (preferences(ledger)["channel"], preferences(ledger)["days_before"]) == ("sms", [5])


def test_a_stop_is_obeyed_at_once_and_can_be_taken_back(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time")
    borrower.says("别再给我发提醒了，烦").hears("不提醒了", "还款日不变")
    assert preferences(ledger)["enabled"] is False
    borrower.taps("还是提醒我吧").hears("改好了")
    assert preferences(ledger)["enabled"] is True


def test_a_month_of_quiet_does_not_stop_them_for_good(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time")
    borrower.says("还款提醒怎么设置").taps("这个月先别提醒").hears("12月24日", "还款日不变")
    assert preferences(ledger)["enabled"] is True
    assert preferences(ledger)["quiet_until_date"] == "2026-12-24"


def test_in_a_form_the_wish_is_carried_out_and_the_form_goes_on(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想晚半个月还").taps("不想说").is_offered("提交")
    borrower.says("对了，关闭还款短信提醒").hears("不提醒了", "回到刚才的晚还").is_offered("提交")
    assert preferences(ledger, "B1002")["enabled"] is False


def test_a_guest_hears_what_there_is_and_how_to_change_it(talk: Callable[[str], Talk]) -> None:
    talk("guest").says("会有还款提醒吗").hears("短信、微信还是电话", "登录")


def test_with_the_backend_away_nothing_is_pretended(bot: object, talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    ledger.execute("DROP TABLE reminder_preferences")
    talk("on_time").says("取消短信提醒").hears("连不上").does_not_hear("改好了", "不提醒了")


def test_too_many_is_asked_about_and_not_guessed(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    before = preferences(ledger)["days_before"]
    borrower = talk("on_time").says("短信太多了，能不能少发").hears("还没有改").is_offered("不要提醒了")
    assert preferences(ledger)["days_before"] == before
    borrower.taps("只提前一天提醒").hears("还款日前1天")
    assert preferences(ledger)["days_before"] == [1]


def test_a_stop_said_angrily_is_still_a_stop(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("烦死了，别再给我发提醒了").hears("不提醒了")
    assert preferences(ledger)["enabled"] is False
