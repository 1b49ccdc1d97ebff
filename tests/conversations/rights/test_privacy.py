"""Personal data: what is held, who received it, and a copy, a correction, deletion or a consent taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def filed(ledger: BackendCalls) -> list[dict[str, Any]]:
    return [row for row in ledger.rows("requests") if row["kind"] == "privacy_request"]


def test_what_is_held_and_why(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("你们有我哪些信息").hears("身份证号", "还款记录", "截至").does_not_hear("催收机构")
    borrower.taps("要一份").hears("要哪些").taps("全部").hears("个人信息保护法第45条").taps("提交").hears("PV", "12月9日18:00")
    assert [row["terms"]["right"] for row in filed(ledger)] == ["copy"]


def test_who_received_it_names_the_agency_only_where_there_is_one(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("with_agency").says("是谁能看到我的借款记录").hears("征信中心", "受委托的催收机构", "登记里")
    talk("on_time").says("是谁能看到我的借款记录").hears("征信中心").does_not_hear("受委托的催收机构")


def test_what_cannot_be_deleted_yet_is_said_before_it_is_asked_for(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("请删除我的个人信息").hears("现在还删不了", "借款还清以后", "第47条", "想删哪些")
    borrower.says("我欠多少").hears("青禾借", "想删哪些")
    borrower.taps("能删的都删").hears("还没有交").taps("换一样").hears("没有交", "要办哪一样")
    borrower.taps("撤回同意").taps("还款提醒").hears("马上生效", "第15条").taps("提交").hears("PV")
    (request,) = filed(ledger)
    assert request["terms"]["consent_purpose"] == "reminders"


def test_an_address_book_that_is_not_held_is_said_not_to_be(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("为什么要访问我的通讯录").hears("没有您的通讯录")


def test_a_guest_hears_the_rights_and_the_way_to_ones_own(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("guest").says("你们收集了我什么资料").hears("个人信息保护法", "登录").does_not_hear("截至")


def test_with_the_backend_away_nothing_is_promised(bot: WholeBot) -> None:
    bot.borrower("B1001").says("把我的资料删了").hears("连不上").does_not_hear("想删哪些")
