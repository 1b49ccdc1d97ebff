"""The plan, the bill, what it consists of: own figures, exactly what was asked, and what changed since."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def test_each_instalment_is_taken_apart(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("我欠多少").hears("眼前这一期里面：本金", "利息", "截至")
    borrower.taps("每期的本金利息").hears("青禾借还差", "本金1,", "第6期 12月12日(周六)", "截至")


def test_a_single_instalment_is_answered_alone(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("第三期要还多少").hears("第3期已经还清了", "1,080.84元", "本金")
    borrower.says("最后一期多少钱").hears("第12期", "6月12日").does_not_hear("第6期")
    borrower.says("第15期多少").hears("没有这一期", "12期")


def test_this_month_is_one_sum_over_all_loans(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("several_loans").says("我这个月一共要还多少").hears("11月一共", "青禾借", "1,351.05元", "截至")
    borrower.taps("下个月的").hears("12月一共要还4,978.85元", "青禾经营贷", "青禾花")
    borrower.says("一月份要还多少钱").hears("1月一共", "青禾花那时的账单还没出")


def test_the_sum_of_all_loans_is_the_backends(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("several_loans").says("我一共欠多少").hears("3笔没还完", "63,234.03元").is_offered("青禾花", "这个月一共")


def test_where_to_see_it_is_told_by_the_lender(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("账单在哪里看").hears("我的 → 账单").is_offered("我欠多少")


def test_what_changed_since_the_last_look_is_told_once(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days").says("我欠多少").does_not_hear("上次看账")
    body = {"amount_fen": 50000, "channel": "bank_transfer"}
    ledger.post("/borrowers/B1002/loans/L1002/payments", body, key="payment-00001")
    borrower.says("我还欠多少").hears("上次看账是11月24日", "还了500.00元，已入账")
    borrower.says("我还欠多少").does_not_hear("上次看账")
    borrower.says("我欠的钱跟上次比变了没").hears("之后没有变化").does_not_hear("500.00元")


def test_no_amount_is_remembered(talk: Callable[[str], Talk], bot: WholeBot, ledger: BackendCalls) -> None:
    talk("on_time").says("我欠多少")
    assert '"plan_shown_at"' in bot.stored_conversations()
    slots = [line for line in bot.stored_conversations().splitlines() if '"event": "slot"' in line]
    assert not any("_fen" in line or "108084" in line for line in slots)


def test_a_question_about_the_bill_in_a_form_loses_nothing(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days").says("我想晚半个月还").is_offered("不想说")
    borrower.says("第八期要还多少钱").hears("第8期", "965.94元").is_offered("不想说")
    borrower.taps("不想说").hears("12月12日(周六)").is_offered("提交")


def test_without_a_loan_and_without_login_it_says_so(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("no_loan").says("我这个月一共要还多少").hears("没有要还的钱")
    talk("guest").says("我这个月一共要还多少").hears("登录").does_not_hear("元")


def test_with_the_backend_away_no_old_figure_is_repeated(bot: WholeBot) -> None:
    bot.borrower("B1001").says("我欠多少").hears("连不上").does_not_hear("1,080.84元")
