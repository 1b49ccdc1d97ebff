"""The penalty is a sum that can be checked by hand."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot

Says = Callable[[str], Talk]


def test_the_sum_is_shown_factor_by_factor(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("overdue_12_days").says("罚息是怎么算的")
    borrower.hears("第5期本金778.60元 × 0.04% × 1.5 × 5天 = 2.34元", "再加0.47元", "不重复收", "截至")
    borrower.is_offered("能不能减免", "怎么还")


def test_interest_on_interest_is_told_as_it_is(talk: Says, ledger: BackendCalls) -> None:
    talk("overdue_95_days").says("逾期的罚息会利滚利吗").hears("晚了的利息也按同样的倍数收", "罚息本身不再生罚息", "× 95天")
    talk("with_agency").says("逾期罚息会利滚利吗").hears("不算复利")


def test_within_grace_there_is_none_and_the_last_day_is_named(talk: Says, ledger: BackendCalls) -> None:
    talk("in_grace").says("现在罚息多少").hears("现在没有罚息", "11月26日(周四)之前还上，一分都不收")


def test_days_to_come_are_reckoned_by_the_backend(talk: Says, ledger: BackendCalls) -> None:
    talk("on_time").says("逾期十天罚息多少钱").hears("罚息一共6.49元", "× 10天 = 5.96元", "1,087.33元")


def test_a_loan_that_is_named_is_the_one_meant_even_after_another(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("several_loans")
    borrower.says("逾期一天罚息多少").hears("青禾借")
    borrower.says("青禾经营贷逾期15天罚息多少").hears("12% ÷ 365 × 1.5 × 15天 = 3.70元").does_not_hear("青禾花")


def test_a_line_has_a_late_fee_on_what_is_missing_of_the_minimum(talk: Says, ledger: BackendCalls) -> None:
    talk("line_overdue").says("逾期费多少钱").hears("264.00元 × 0.05% × 6天 = 0.79元", "最低还款里没还的部分")


def test_without_a_loan_there_is_none(talk: Says, ledger: BackendCalls) -> None:
    talk("no_loan").says("罚息多少").hears("没有要还的钱").does_not_hear("先申请晚点还")


def test_a_guest_hears_the_rule_with_its_source(talk: Says, ledger: BackendCalls) -> None:
    talk("guest").says("罚息怎么算的").hears("30%到50%", "银发〔2003〕251号", "登录")


def test_with_the_backend_away_no_sum_is_made_up(bot: WholeBot) -> None:
    bot.borrower("B1004").says("罚息多少").hears("连不上").does_not_hear("元")
