"""Paying only a part: what it comes to in the end, for a line and for an instalment loan."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def test_the_minimum_with_what_the_rest_costs_to_the_end_beside_instalments(talk: Callable[[str], Talk]) -> None:
    borrower = talk("minimum_payment")
    borrower.says("我这期最低要还多少").hears("1,114.25元", "2.90元", "40个月", "859.28元", "每月615.86元", "没有这一项")
    borrower.taps("算算账单分期").hears("青禾花这期账单里没还的6,888.00元", "每月还多少")


def test_a_sum_below_the_minimum_is_told_the_gap_first(talk: Callable[[str], Talk]) -> None:
    borrower = talk("minimum_payment").says("我只还500元行不行")
    assert borrower.text.startswith("青禾花还500.00元收得到，但离最低还差614.25元")


def test_an_instalment_loan_has_none_and_a_part_is_reckoned(talk: Callable[[str], Talk]) -> None:
    talk("due_in_three_days").says("能不能先还300块").hears("没有最低还款", "还差665.94元", "民法典第561条")


def test_in_between_a_form_it_is_answered_and_the_form_goes_on(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想申请延期还款").hears("想晚多久")
    borrower.says("有没有最低还款").hears("没有最低还款", "想晚多久")
    assert [row for row in ledger.rows("requests") if row["borrower_id"] == "B1002"] == []


def test_a_borrower_without_a_loan_and_a_guest(talk: Callable[[str], Talk]) -> None:
    talk("no_loan").says("最低还款是多少").hears("没有要还的钱")
    talk("guest").says("最低还款是多少").hears("登录").does_not_hear("青禾花")


def test_with_the_backend_away_it_says_so(bot: WholeBot) -> None:
    bot.borrower("B1007").says("我这期最低要还多少").hears("连不上")
