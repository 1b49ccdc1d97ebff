"""A complaint about anything else: heard, filed as it was told, with who answers by when and where else to go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def complaints(ledger: BackendCalls) -> list[dict[str, Any]]:
    return [row for row in ledger.rows("requests") if row["kind"] == "complaint"]


def test_a_complaint_is_filed_as_it_was_told(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我要投诉你们客服，挂了我三次电话，态度太差").hears("对不起", "希望怎么解决")
    borrower.says("要他给我道歉").hears("还没有交", "挂了我三次电话", "道歉")
    borrower.taps("提交投诉").hears("投诉交好了", "CP", "12月9日18:00", "12378")
    (filed,) = complaints(ledger)
    assert filed["terms"]["topic"] == "service" and filed["terms"]["wish"] == "要他给我道歉"
    borrower.says("上次投诉你们处理了吗").hears(filed["request_id"])


def test_bare_anger_is_met_with_a_human_sentence_and_a_question(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("垃圾平台，坑人").hears("对不起", "是哪件事")
    borrower.says("你们乱收我的担保费").hears("希望怎么解决")
    borrower.taps("不说了，直接交").hears("乱收我的担保费").taps("先不交了").hears("没有交投诉")
    assert complaints(ledger) == []


def test_where_and_by_when_are_answered_with_their_source(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("投诉后多长时间给答复").hears("15日内", "30日", "60日", "《银行业保险业消费投诉处理管理办法》")
    talk("on_time").says("你们的投诉电话是多少").hears("12378", "400-000-0000").is_offered("记成投诉")


def test_a_guest_hears_where_to_complain(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("guest").says("我要投诉你们").hears("没有登录", "12378", "400-000-0000")


def test_with_the_backend_away_nothing_is_taken_that_cannot_be_filed(bot: WholeBot) -> None:
    bot.borrower("B1001").says("我要投诉你们乱收费").hears("连不上", "400-000-0000").does_not_hear("希望怎么解决")
