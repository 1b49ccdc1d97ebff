"""Somebody cannot pay: heard first, then every way with its figures, and one recommended."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def test_the_ways_stand_side_by_side_and_the_cause_is_asked_only_where_it_helps(talk: Callable[[str], Talk]) -> None:
    borrower = talk("due_in_three_days").says("我这个月还不上了")
    borrower.hears("我明白现在不容易", "965.94元", "多付利息9.44元", "每期965.94元改成555.10元", "改动最小", "可能免利息")
    borrower.taps("生病住院").hears("免息晚还", "不多付利息", "材料可以以后再补")
    borrower.taps("办免息晚还").hears("多付的利息：0.00元").is_offered("提交")


def test_a_job_that_is_lost_is_heard_and_calls_for_a_smaller_payment(talk: Callable[[str], Talk]) -> None:
    talk("due_in_three_days").says("我失业了，还不上贷款").hears("收入断了", "每月少还、多还几期").is_offered("每月少还点")


def test_what_was_said_there_goes_on_in_the_deferral(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days").says("我这个月还不上了").taps("申请晚点还").hears("方便说说原因吗")
    borrower.taps("不想说").hears("→ 12月27日").taps("提交").hears("提交好了")
    assert [row["kind"] for row in ledger.rows("requests") if row["borrower_id"] == "B1002"] == ["deferral"]


def test_a_cause_that_was_told_is_not_asked_for_again(talk: Callable[[str], Talk]) -> None:
    borrower = talk("due_in_three_days").says("我住院了，这个月还不上").says("那我想晚半个月还")
    borrower.does_not_hear("方便说说原因吗").hears("多付的利息：0.00元").is_offered("提交")
    borrower.says("其实是我失业了").hears("多付的利息：4.72元")


def test_too_long_overdue_gets_what_is_still_possible(talk: Callable[[str], Talk]) -> None:
    borrower = talk("overdue_95_days").says("没钱还了")
    borrower.hears("5,963.39元", "已经过了95天", "每期1,448.90元改成851.49元", "罚息167.79元").does_not_hear("申请晚点还")
    borrower.is_offered("每月少还点", "问问减免")


def test_a_pending_request_and_a_loan_on_record_and_several_loans(talk: Callable[[str], Talk]) -> None:
    talk("deferral_pending").says("我还不上了").hears("已经有一个申请在审核", "原来的还款日照旧").is_offered("先还一部分")
    talk("illness").says("我还不上了").hears("免息晚还")
    borrower = talk("several_loans").says("我还不上了").hears("另外还有2笔")
    borrower.taps("青禾花").hears("先还最低", "312.78元")


def test_in_the_middle_of_a_form_it_is_heard_and_the_form_is_not_lost(talk: Callable[[str], Talk]) -> None:
    borrower = talk("due_in_three_days").says("我想办分期还").taps("帮我算")
    borrower.says("钱都拿去看病了，实在没钱还").hears("到手大概多少钱")


def test_without_a_loan_without_login_and_with_the_backend_away(talk: Callable[[str], Talk]) -> None:
    talk("no_loan").says("我还不上了").hears("没有要还的钱").is_offered("找人帮帮我")
    talk("guest").says("我还不上了").hears("早点说出来", "登录", "400-000-0000")


def test_with_the_backend_away_it_says_so(bot: WholeBot) -> None:
    bot.borrower("B1002").says("我还不上了").hears("连不上")
