"""Personal data: what is held, who received it, and a copy, a correction, deletion or a consent taken back."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from typing import Any

import requests

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


def erasures(ledger: BackendCalls) -> list[dict[str, Any]]:
    return list(ledger.get("/borrowers/B1001/erasures")["erasures"])


def until_erased(bot: WholeBot, ledger: BackendCalls) -> dict[str, Any]:
    """The proof, once a Rasa server has carried it out."""
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        if (found := erasures(ledger)) and found[0]["done_at"]:
            return found[0]
        time.sleep(0.3)
    raise AssertionError("an erasure was not carried out")


def widget_history(borrower: Talk) -> str:
    headers = {"Authorization": f"Bearer {borrower.token}"}
    return requests.get(f"{borrower.url}/webhooks/chat/transcript", headers=headers, timeout=30).text


def test_what_was_said_is_deleted_everywhere_after_a_yes_and_there_is_a_receipt(
    bot: WholeBot, talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("on_time").says("我老公住院了").says("把我的聊天记录删掉")
    borrower.hears("还没有删", "网页和微信里的都算", "借款合同、账单、还款记录", "第47条", "删了找不回来")
    assert erasures(ledger) == []
    borrower.taps("删除").hears("回执号ER00000001")
    proof = until_erased(bot, ledger)
    assert proof["removed"]["events"] > 10 and proof["removed"]["chat_messages"] >= 5
    deadline = time.monotonic() + 10
    while "回执号ER00000001" not in widget_history(borrower) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert "住院" not in bot.stored_conversations() and "住院" not in widget_history(borrower)
    assert bot.stored_conversations() == "" and "之前的聊天记录都删了" in widget_history(borrower)
    borrower.says("我欠多少").hears("青禾借").does_not_hear("删了找不回来")


def test_a_no_deletes_nothing(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("删除我的聊天记录").hears("还没有删").taps("先不删了").hears("没有动")
    assert erasures(ledger) == [] and "删除我的聊天记录" in widget_history(borrower)


def test_all_that_can_go_is_what_was_said_at_once_and_the_rest_by_a_person(
    bot: WholeBot, talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("on_time").says("把我的数据都删掉").hears("现在还删不了", "想删哪些").is_offered("聊天记录")
    borrower.taps("能删的都删").hears("聊天记录交了马上删").taps("提交").hears("回执号ER", "PV")
    until_erased(bot, ledger)
    assert [row["terms"]["right"] for row in filed(ledger)] == ["delete"]


def test_a_copy_comes_with_a_link_to_everything_in_one_file(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我老公住院了").says("你们有我哪些信息").taps("要一份").taps("全部").taps("提交")
    borrower.hears("PV", "只能下载一次")
    path = re.search(r"/webhooks/privacy/export/[\w-]+", borrower.text)
    assert path is not None
    page = requests.get(borrower.url + path.group(), timeout=30)
    assert page.status_code == 200 and "下载" in page.text and "form-action 'self'" in page.headers["Content-Security-Policy"]
    file = requests.post(borrower.url + path.group(), timeout=30)
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert "B1001" in archive.read("ledger.json").decode() and "住院" in archive.read("conversations.json").decode()
    again = requests.post(borrower.url + path.group(), timeout=30)
    assert again.status_code == 404 and "用过了" in again.text


def test_an_address_book_that_is_not_held_is_said_not_to_be(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("为什么要访问我的通讯录").hears("没有您的通讯录")


def test_a_guest_hears_the_rights_and_the_way_to_ones_own(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("guest").says("你们收集了我什么资料").hears("个人信息保护法", "登录").does_not_hear("截至")


def test_with_the_backend_away_nothing_is_promised(bot: WholeBot) -> None:
    bot.borrower("B1001").says("把我的资料删了").hears("连不上").does_not_hear("想删哪些")
