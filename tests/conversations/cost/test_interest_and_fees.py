"""What a loan costs: the rate in three ways, so far and to come, the sum behind it, and the 24 % rule with its scope."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot

Says = Callable[[str], Talk]


def test_the_rate_the_sum_and_the_totals_are_the_borrowers_own(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("利息是怎么算的")
    borrower.hears(
        "日利率0.04%", "年利率14.6%(单利)", "15.62%", "7,210.67元 × 14.6% ÷ 12 = 87.73元", "614.87元", "355.17元", "截至"
    )


def test_a_fee_is_told_as_the_rate_it_comes_to(talk: Says, ledger: BackendCalls) -> None:
    talk("deferral_used_up").says("手续费怎么收的").hears("折成年利率是11.97%", "3,600.00元 × 6.6% ÷ 12期 = 19.80元")


def test_a_line_is_free_until_its_due_day(talk: Says, ledger: BackendCalls) -> None:
    talk("minimum_payment").says("利息怎么算").hears("还款日前全部还清，不收利息", "0.05%", "18.25%")


def test_several_loans_are_a_line_each_and_one_can_be_opened(talk: Says, ledger: BackendCalls) -> None:
    borrower = (
        talk("several_loans").says("利息多少").hears("青禾借：年利率14.6%", "青禾经营贷：年利率12%", "青禾花：年利率18.25%")
    )
    borrower.taps("青禾经营贷").hears("50,000.00元 × 12% ÷ 12 = 500.00元").does_not_hear("青禾花")


def test_why_it_costs_that_is_answered_before_the_figures(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("为什么我的利息比别人的高")
    assert "写在您合同里" in borrower.heard[0]["text"]


def test_twenty_four_per_cent_is_told_with_its_source_and_its_scope(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("利率超过24%是不是违法")
    borrower.hears("法发〔2017〕22号第2条", "借款人自己提出来", "没有超过24%").does_not_hear("36%")


def test_a_question_about_interest_in_the_middle_of_a_request_loses_nothing(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我这个月还不上了，能晚半个月还吗").taps("不想说")
    borrower.says("利息是怎么算的").hears("年利率14.6%", "回到刚才的晚还").is_offered("提交")


def test_a_guest_hears_the_rule_and_a_borrower_without_a_loan_that_there_is_none(talk: Says, ledger: BackendCalls) -> None:
    talk("guest").says("利息怎么算").hears("金规〔2026〕2号", "登录")
    talk("no_loan").says("利息怎么算").hears("没有要还的钱")


def test_with_the_backend_away_no_rate_is_made_up(bot: WholeBot) -> None:
    bot.borrower("B1001").says("利息怎么算").hears("连不上").does_not_hear("年利率")
