"""Closing a line: what is open first, then the request, which a person decides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.backend import BackendCalls, backend_in_a_thread
from tests.support.whole_bot import Talk, WholeBot


def closings(ledger: BackendCalls) -> list[dict[str, Any]]:
    return [row for row in ledger.rows("requests") if row["kind"] == "closing"]


def test_a_line_that_owes_nothing_is_filed_on_a_yes_and_stays_open_until_a_person_decides(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("no_loan").says("我要把青禾花关了").hears("没有欠款", "额度2,000.00元就没有了", "还没有提交")
    assert closings(ledger) == []
    borrower.taps("提交").hears("提交好了", "CL", "由人工审核", "可以撤回")
    assert [(row["status"], row["terms"]["product_id"]) for row in closings(ledger)] == [("pending", "QH-HUA")]
    lines = ledger.get("/borrowers/B1011/credit-lines")["credit_lines"]
    assert next(line for line in lines if line["product_id"] == "QH-HUA")["status"] == "open"


def test_it_can_be_taken_back(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("no_loan").says("我要把青禾花关了").taps("提交").taps("撤回申请").hears("撤回了")
    assert [row["status"] for row in closings(ledger)] == ["undone"]


def test_what_is_owed_is_named_first_and_nothing_is_filed(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    owed = ledger.get("/borrowers/B1001/loans/L1001")["outstanding_fen"]
    shown = f"{owed // 100:,}.{owed % 100:02d}元"
    talk("on_time").says("青禾借我不用了，帮我关闭").hears("现在关不了", shown).is_offered("提前还要多少")
    assert closings(ledger) == []


def test_a_no_files_nothing(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("no_loan").says("帮我关闭青禾花").says("算了不关了").hears("什么都没有提交")
    assert closings(ledger) == []


def test_a_yes_with_a_question_in_it_files_nothing(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("no_loan").says("帮我关闭青禾花").says("确定吗").hears("就这样提交吗")
    assert closings(ledger) == []


def test_after_a_question_in_between_it_is_recalled_in_a_sentence(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("no_loan").says("帮我关闭青禾花").says("我欠多少")
    borrower.hears("没有要还的钱", "回到刚才的关闭申请，还没有提交").does_not_hear("就没有了").taps("提交").hears("提交好了")
    assert len(closings(ledger)) == 1


def test_of_several_lines_it_asks_which_and_the_choice_can_be_corrected(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("several_loans").says("我要注销账户").hears("您要关哪一个").is_offered("青禾借", "青禾花")
    borrower.taps("青禾花").hears("青禾花现在关不了", "3,127.80元")


def test_asked_twice_the_first_is_named(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("no_loan").says("帮我关闭青禾花").taps("提交")
    borrower.says("帮我关闭青禾花").hears("已经在审核", "不用再交一次")
    assert len(closings(ledger)) == 1


def test_another_lenders_product_is_not_closed_here(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("no_loan").says("怎么关闭花呗").hears("花呗不是我们这里的", "我关不了")
    assert closings(ledger) == []


def test_a_guest_hears_what_comes_first(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("guest").says("我要关闭账户").hears("还清", "登录")


def test_a_backend_that_goes_away_before_the_yes_files_nothing_and_it_works_when_it_is_back(
    bot: WholeBot, seeded_ledger: Path, tmp_path: Path
) -> None:
    borrower = bot.borrower("B1011")
    with backend_in_a_thread(tmp_path / "one", template=seeded_ledger, port=bot.backend_port):
        borrower.says("帮我关闭青禾花").hears("就这样提交吗")
    borrower.taps("提交").hears("没有提交成功", "什么都没有改")
    with backend_in_a_thread(tmp_path / "two", template=seeded_ledger, port=bot.backend_port) as ledger:
        borrower.taps("再试一次").hears("青禾花没有欠款").taps("提交").hears("提交好了")
        assert len(closings(ledger)) == 1


def test_without_a_backend_nothing_is_closed(bot: WholeBot) -> None:
    bot.borrower("B1011").says("帮我关闭青禾花").hears("连不上")
