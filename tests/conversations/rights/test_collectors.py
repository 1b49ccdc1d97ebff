"""Collectors: who may call and how to check that, the rules with their source, and a complaint that stops the calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot

TOLD = "催收半夜打电话，还打给我妈，骂得很难听"


def complaints(ledger: BackendCalls) -> list[dict[str, Any]]:
    return [row for row in ledger.rows("requests") if row["kind"] == "complaint"]


def test_a_complaint_is_taken_piece_by_piece_and_stops_the_calls(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("with_agency").says(TOLD)
    borrower.hears("蓉信服务有限公司", "11月4日", "RX-0317", "治安管理处罚法第50条", "什么时候的事")
    borrower.says("昨天晚上十一点").hears("对方是谁")
    borrower.says("工号RX-0317").hears("原话")
    borrower.taps("不想说").hears("还没有交", "昨天晚上十一点", "RX-0317", "12月9日", "停催不是停息")
    assert complaints(ledger) == []
    borrower.taps("提交投诉").hears("投诉交好了", "CP", "12月9日")
    (filed,) = complaints(ledger)
    incident = filed["terms"]["incident"]
    assert incident["third_party_contacted"] is True and incident["threats"] is True
    assert incident["caller"] == "工号RX-0317" and incident["happened_time"] == "昨天晚上十一点"
    assert ledger.get("/borrowers/B1009/outreach-pause")["paused_now"]
    borrower.says("催收又半夜打来了").hears("已经停到12月9日")


def test_what_is_not_remembered_is_left_out(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("overdue_95_days").says("催收一天打我十几个电话").hears("青禾贷后服务部")
    borrower.taps("就这些，直接交").hears("还没有交").taps("提交投诉").hears("投诉交好了")
    assert "incident" not in complaints(ledger)[0]["terms"] or not complaints(ledger)[0]["terms"]["incident"]


def test_the_story_can_be_told_anew_and_a_question_in_between_is_answered(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("overdue_95_days").says("催收天天打我电话骚扰我").taps("就这些，直接交").hears("还没有交")
    borrower.says("我欠多少").hears("青禾借", "回到刚才的催收投诉，还没有提交")
    borrower.taps("重新说").hears("再说一遍")
    borrower.says("他们打到我单位去了，领导都知道了").hears("打到我单位", "您以外的人").taps("先不交了").hears("没有交投诉")
    assert complaints(ledger) == []


def test_a_complaint_that_is_taken_back_lets_the_calls_begin_again(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("with_agency").says("催收一天打我二十个电话").taps("就这些，直接交").taps("提交投诉")
    borrower.taps("撤回投诉").hears("撤回了")
    assert not ledger.get("/borrowers/B1009/outreach-pause")["paused_now"]


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("晚上十点以后打催收电话是不是违规", ("22:00", "GB/T 45251-2025", "推荐性", "自律规则")),
        ("催收一天打多少次算骚扰", ("3次", "不是拨打", "6次")),
        ("催收可以联系我父母吗，这不违法吗", ("《消费金融公司管理办法》", "转告", "不能说出您欠多少")),
    ],
)
def test_a_question_hears_the_rule_with_its_source_and_scope(
    talk: Callable[[str], Talk], ledger: BackendCalls, words: str, rule: tuple[str, ...]
) -> None:
    talk("with_agency").says(words).hears(*rule).is_offered("投诉这件事")
    talk("guest").says(words).hears(*rule).hears("没有登录", "12378")
    assert complaints(ledger) == []


def test_somebody_who_is_not_late_hears_that_nobody_was_sent(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("还没到期，催收就打电话来了，怎么回事").hears("没有逾期", "没有派人催您").is_offered("怕被骗了")


def test_with_the_backend_away_the_rules_are_said_and_nothing_is_promised(bot: WholeBot) -> None:
    bot.borrower("B1009").says("催收打给我妈了").hears("连不上", "转告").does_not_hear("投诉交好了", "什么时候的事")


def test_need_that_is_told_between_the_questions_is_heard_and_no_part_of_the_complaint(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("due_in_three_days").says("我要投诉，催收天天打电话骂我").hears("什么时候")
    borrower.says("我老公住院了，这个月真的没钱还").hears("什么时候")
    borrower.taps("记不清").hears("对方是谁").says("刚才那个到底交没交上").hears("对方是谁")
    borrower.says("姓王").taps("没有").says("骂我不要脸").hears("还没有交").does_not_hear("住院").does_not_hear("交没交上")
