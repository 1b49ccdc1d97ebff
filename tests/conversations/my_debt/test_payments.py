"""Paid but still shown, taken twice, proof of settlement: own bookings, a dispute with its number, a certificate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def tickets(ledger: BackendCalls, borrower_id: str, kind: str) -> list[dict[str, Any]]:
    rows = [row for row in ledger.rows("requests") if row["borrower_id"] == borrower_id]
    return [row for row in rows if row["terms"].get("ticket_kind") == kind]


def test_own_bookings_are_told_with_their_times_and_what_became_of_them(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("overdue_12_days").says("我还的钱到账了吗")
    borrower.hears("11月19日13:00 300.00元 已入账", "11月12日13:00", "没有成功（卡里钱不够）", "截至")


def test_paid_and_still_shown_is_explained_by_where_the_money_went(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("我已经还款了，怎么还显示要还").hears("已经算到青禾借第5期", "12月12日(周六)，1,080.84元，还没到时候")
    talk("overdue_12_days").says("我都还了，为什么还显示欠款").hears("收到了，但青禾快贷", "还差", "民法典第561条")


def test_on_its_way_is_not_paid_again(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("paid_twice").says("我还了怎么还显示没还").hears("正在处理，还没入账", "钱还在路上", "先别再还一次")


def test_taken_twice_is_found_shown_and_filed_with_a_yes(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = (
        talk("paid_twice").says("上个月扣了我两次钱").hears("青禾借有两笔一样的", "已经算到第5期", "扣了两次").is_offered("提交")
    )
    assert tickets(ledger, "B1051", "dispute") == []
    borrower.taps("提交").hears("报上去了，单号TK", "最晚").is_offered("办到哪了")
    (ticket,) = tickets(ledger, "B1051", "dispute")
    assert ticket["terms"]["dispute_code"] == "charged_twice"
    doubled = [row for row in ledger.rows("payments") if row["payment_id"] == ticket["terms"]["payment_id"]]
    assert [row["loan_id"] for row in doubled] == ["L1051B"]
    borrower.says("又扣了两次钱").taps("提交").hears("已经报过了", ticket["request_id"])
    assert len(tickets(ledger, "B1051", "dispute")) == 1


def test_what_was_not_taken_twice_is_shown_and_can_be_disputed_all_the_same(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("on_time").says("你们重复扣款了").hears("没有查到两笔一样的", "1,080.84元").is_offered("请人工查")
    borrower.taps("请人工查").hears("哪里不对").taps("金额不对").hears("收到过这些")
    borrower.taps("11月12日 1,080.84元").hears("金额不对").taps("提交").hears("单号TK")
    (ticket,) = tickets(ledger, "B1001", "dispute")
    assert (ticket["terms"]["dispute_code"], ticket["loan_id"]) == ("wrong_amount", "L1001")


def test_a_payment_that_never_arrived_is_told_in_own_words_and_corrected(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("on_time").says("我还的钱跟你们的记录对不上").taps("还了没记上").taps("不在里面").hears("哪天、付了多少")
    borrower.says("昨天用微信转了五百").hears("还了没记上", "昨天用微信转了五百")
    borrower.says("我欠多少").hears("下一次还款").is_offered("提交")
    borrower.taps("提交").hears("单号TK")
    (ticket,) = tickets(ledger, "B1001", "dispute")
    assert ticket["terms"]["summary"] == "昨天用微信转了五百" and "payment_id" not in ticket["terms"]


def test_a_dispute_in_the_middle_of_a_deferral_goes_back_to_it(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("paid_twice").says("我想晚半个月还").hears("哪一笔")
    borrower.says("你们上个月扣了我两次钱").hears("青禾借有两笔一样的").taps("提交").hears("单号TK", "哪一笔")
    assert len(tickets(ledger, "B1051", "dispute")) == 1


def test_a_no_files_nothing(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("paid_twice").says("扣了我两次").taps("不用报了").hears("没有报").is_offered("我欠多少")
    assert tickets(ledger, "B1051", "dispute") == []


def test_a_settled_loan_gets_its_certificate(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("paid_twice").says("帮我开个结清证明").hears("青禾月付，借2,400.00元", "11月14日(周六)结清", "我的 → 证明")
    borrower.taps("提交").hears("申请好了，单号TK", "开出来")
    assert [row["loan_id"] for row in tickets(ledger, "B1051", "settlement_certificate")] == ["L1051A"]
    borrower.says("开结清证明").taps("提交").hears("已经申请过了")


def test_what_is_open_is_said_where_nothing_is_settled(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我要结清证明").hears("青禾借还差7,565.84元", "还清以后才能开").is_offered("算提前还清")
    assert tickets(ledger, "B1001", "settlement_certificate") == []
    borrower.says("好的").does_not_hear("提交")
    talk("paid_twice").says("青禾快贷的结清证明能开吗").hears("青禾快贷还差")


def test_without_login_or_loan(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("guest").says("开结清证明").hears("登录", "还清了才开得出来")
    talk("guest").says("扣了我两次钱").hears("登录", "截图")
    talk("no_loan").says("我还的钱到账了吗").hears("没有要还的钱")


def test_with_the_backend_away_nobody_is_told_that_it_arrived(bot: WholeBot) -> None:
    bot.borrower("B1051").says("扣了我两次钱").hears("连不上").does_not_hear("已入账")
