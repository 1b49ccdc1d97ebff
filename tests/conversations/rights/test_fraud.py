"""Fraud and phishing: what not to do comes first, a yes locks, and a number is compared with the lender's own list."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def reports(ledger: BackendCalls) -> list[dict[str, object]]:
    return [row for row in ledger.rows("requests") if row["kind"] == "fraud_report"]


def test_a_stolen_phone_is_locked_with_one_yes_and_a_person_is_called(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("several_loans").says("我手机被偷了，怕被人拿去借钱")
    borrower.hears("挂失", "110", "不能再借钱", "还款、晚点还照常能办").is_offered("锁住", "先不锁")
    assert reports(ledger) == []
    borrower.taps("锁住").hears("锁好了", "FR", "11月25日18:00")
    (report,) = reports(ledger)
    assert report["terms"]["what"] == "account_taken"  # type: ignore[index]
    assert "手机被偷" in report["terms"]["summary"]  # type: ignore[index]
    assert ledger.get("/borrowers/B1006/safety-block")["blocked"] == ["new_loans", "line_payments", "account_changes"]


def test_a_no_locks_nothing_and_asking_again_can_still_lock(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("这笔借呗不是我借的，有人冒用我身份证")
    borrower.taps("先不锁").hears("没有锁")
    assert reports(ledger) == []
    borrower.taps("马上锁住").hears("现在就锁住").taps("锁住").hears("锁好了")
    borrower.says("我的号被盗了").hears("已经锁着了")
    assert len(reports(ledger)) == 1


def test_lost_money_hears_of_the_police_before_anything_else(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我被骗了，借呗的钱全转给骗子了")
    assert "110" in borrower.heard[0]["text"] and "每个小时都要紧" in borrower.heard[0]["text"]
    borrower.hears("96110")


def test_a_question_in_between_does_not_lose_the_lock(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我的号被盗了，里面的钱让人借走了").hears("现在就锁住")
    borrower.says("我欠多少").hears("青禾借", "现在就锁住")
    borrower.says("好的").hears("锁好了")


def test_a_fraud_report_in_the_middle_of_a_deferral_leads_back_to_it(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days").says("我想延期还款").hears("想晚多久")
    borrower.says("等等，我手机被偷了").hears("挂失").taps("先不锁").hears("没有锁", "想晚多久")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("95188打来的，是你们官方客服吗", "95188不在我们自己的名单里"),
        ("刚才400-000-0000打给我，是不是你们", "400-000-0000是我们自己的"),
        ("106900000000发的短信是你们发的吗", "是我们自己的"),
    ],
)
def test_a_number_is_compared_with_the_lenders_own(
    talk: Callable[[str], Talk], ledger: BackendCalls, words: str, answer: str
) -> None:
    talk("on_time").says(words).hears("别转账", answer).is_offered("马上锁住")


def test_a_mobile_number_is_never_seen_and_the_list_is_shown_instead(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("guest").says("13800138000这个号码打来的，是不是骗子")
    borrower.hears("隐去", "400-000-0005", "qinghe-demo.example", "没有登录").does_not_hear("13800138000")


def test_the_number_of_ones_own_agency_is_known(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("with_agency").says("400-000-0311打来说我欠钱，是真的吗").hears("蓉信服务有限公司", "来电显示可以造假")


def test_codes_are_never_given(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("guest").says("有人自称客服，让我把验证码念给他").hears("谁要都不给", "没有登录")


def test_with_the_backend_away_the_first_steps_are_said_all_the_same(bot: WholeBot) -> None:
    borrower = bot.borrower("B1001")
    borrower.says("95188这个电话是真的吗").hears("先别转账", "96110", "现在查不到")


def locked(talk: Callable[[str], Talk], name: str) -> Talk:
    return talk(name).says("我手机被偷了，怕被人拿去借钱").taps("锁住").hears("锁好了")


def test_what_is_locked_is_said_with_the_reason_and_how_to_unlock(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = locked(talk, "on_time")
    borrower.says("我的额度是多少").hears("锁着", "报案单号FR", "400-000-0000")
    borrower.says("帮我提升一下额度").hears("锁着的时候，额度不会往上调")
    borrower.says("我想换个手机号").hears("现在办不了", "锁着", "还款、晚点还照常能办")
    borrower.says("我要换一张银行卡").hears("现在办不了", "锁着")


def test_repaying_and_deferring_go_on_while_locked(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = locked(talk, "due_in_three_days")
    borrower.says("怎么还款").does_not_hear("现在办不了")
    borrower.says("我想延期十五天").taps("不想说").taps("提交").hears("提交好了")


def test_a_lock_that_a_person_lifted_is_gone(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = locked(talk, "on_time")
    (block,) = ledger.get("/desk/safety-blocks")["blocks"]
    ledger.post(f"/desk/safety-blocks/{block['safety_block_id']}/lift", {"reason": "到场核实", "lifted_by": "陈主管"})
    borrower.says("我的额度是多少").does_not_hear("锁着")
