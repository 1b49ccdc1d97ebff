"""What is refused or impossible is said with its reason, and with what else is possible; nothing is filed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("overdue_95_days", "已经逾期95天"),
        ("deferral_used_up", "次数用完了"),
        ("minimum_payment", "不能申请晚还"),
        ("deferral_pending", "已经有一个申请在审核"),
    ],
)
def test_a_deferral_that_is_not_possible_says_why_and_what_else_is(
    talk: Callable[[str], Talk], ledger: BackendCalls, name: str, reason: str
) -> None:
    before = ledger.rows("requests")
    borrower = talk(name)
    borrower.says("能晚半个月还吗").taps("不想说").hears(reason).is_offered("找人工")
    assert ledger.rows("requests") == before


def test_somebody_without_a_loan_hears_that_nothing_is_owed(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("no_loan").says("能晚半个月还吗").hears("没有要还的钱")


def test_somebody_who_is_not_logged_in_hears_how_it_works_and_how_to_log_in(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    talk("guest").says("能晚半个月还吗").hears("民法典第678条", "登录").does_not_hear("→")
    talk("guest").says("我欠多少钱").hears("登录")


def test_an_overdue_borrower_is_told_that_what_was_reported_stays(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("overdue_12_days").says("能晚半个月还吗").taps("不想说").hears("已经逾期的这几天照实记录")
