"""Help from others: the city's directory by what is needed, a lecture, a call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def requests_of(ledger: BackendCalls, borrower_id: str) -> list[dict[str, Any]]:
    return [row for row in ledger.rows("requests") if row["borrower_id"] == borrower_id]


def test_the_citys_own_comes_first_and_each_kind_has_who_and_how(talk: Callable[[str], Talk]) -> None:
    borrower = talk("due_in_three_days").says("有没有什么机构能帮帮我")
    borrower.hears("成都能找的帮助", "12348", "12356", "可以报名的讲座")
    borrower.taps("心里难受").hears("12356 心理援助热线", "谁能用", "怎么找")


def test_no_lawyer_is_promised(talk: Callable[[str], Talk]) -> None:
    talk("due_in_three_days").says("有没有免费律师能帮我打官司").hears("第22条", "第31条", "不能答应", "12348")


def test_a_seat_is_put_down_once_and_given_back(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days").says("有没有什么机构能帮帮我").taps("报名或约电话").hears("想报哪一场")
    borrower.taps("法律常识").hears("12月10日", "高新").taps("记下").hears("AS", "可以撤回")
    (filed,) = requests_of(ledger, "B1002")
    assert (filed["kind"], filed["terms"]["event_id"]) == ("assistance", "EV-LEGAL")
    borrower.taps("撤回").hears("撤回了")
    assert requests_of(ledger, "B1002")[0]["status"] == "undone"


def test_a_call_at_a_time_after_a_second_thought(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days").says("有没有什么机构能帮帮我").taps("报名或约电话")
    borrower.taps("欠款怎么理").taps("换一个").hears("没有记下", "想报哪一场")
    borrower.taps("请人打给我").hears("什么时候打给您方便")
    borrower.says("明天上午10点").hears("11月25日10:00").taps("记下")
    assert requests_of(ledger, "B1002")[0]["terms"]["callback_at"].startswith("2026-11-25T10:00")


def test_in_the_middle_of_a_form_it_is_answered_and_the_form_goes_on(talk: Callable[[str], Talk]) -> None:
    borrower = talk("due_in_three_days").says("我想申请延期还款")
    borrower.says("哪里有免费的法律咨询").hears("12348", "想晚多久")


def test_a_guest_hears_what_is_for_the_whole_country_or_a_city_that_is_named(talk: Callable[[str], Talk]) -> None:
    guest = talk("guest").says("有没有什么机构能帮帮我").hears("全国都能找的帮助", "12345")
    guest.taps("报名或约电话").hears("登录")
    talk("guest").says("成都哪里有免费的法律咨询").hears("个人债务集中清理", "12348")


def test_with_the_backend_away_the_numbers_are_still_told(bot: WholeBot) -> None:
    bot.borrower("B1002").says("有没有什么机构能帮帮我").hears("12348", "12356", "查不到")
