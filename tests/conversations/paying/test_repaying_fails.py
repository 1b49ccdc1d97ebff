"""Repaying fails: what failed last and why, and what still counts today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.demo import demo_borrowers
from tests.support.backend import DEMO_LENDER_FILE, BackendCalls, backend_in_a_thread
from tests.support.whole_bot import Talk, WholeBot

Lender = Callable[[str], BackendCalls]


@pytest.fixture
def lender(bot: WholeBot, seeded_ledger: Path, tmp_path: Path) -> Iterator[Lender]:
    """The backend of a lender whose payment page counts for the day until an hour (null: all day), whatever the clock says."""
    with ExitStack() as running:

        def start(until: str) -> BackendCalls:
            file = tmp_path / "lender.yml"
            demo = DEMO_LENDER_FILE.read_text(encoding="utf-8")
            file.write_text(demo.replace('same_day_until: "23:30"', f"same_day_until: {until}"), encoding="utf-8")
            settings = {"port": bot.backend_port, "HUANBAN_LENDER_FILE": file}
            return running.enter_context(backend_in_a_thread(tmp_path / "ledger", template=seeded_ledger, **settings))

        yield start


def debit_failed_today(bot: WholeBot) -> Talk:
    return bot.borrower(next(row.borrower_id for row in demo_borrowers() if row.name == "debit_failed_today"))


def test_the_last_failed_debit_is_told_with_its_cause_and_what_still_counts_today(bot: WholeBot, lender: Lender) -> None:
    lender("null")
    borrower = debit_failed_today(bot).says("扣款失败了怎么回事")
    borrower.hears("810.63元没有扣成", "超过了这张卡的限额", "今天还上就不算晚", "今天还来得及的办法")
    borrower.taps("打开付款页面").hears("/demo/secure/pay/")


def test_a_way_that_no_longer_counts_for_today_is_not_among_them(bot: WholeBot, lender: Lender) -> None:
    lender('"00:00"')
    borrower = debit_failed_today(bot).says("扣款失败了怎么回事")
    borrower.hears("今天还来得及的办法", "服务点柜台：当场").does_not_hear("银行卡：马上", "账户余额：马上")
    assert not any("打开付款页面" in button["title"] for button in borrower.shown)


def test_where_the_card_was_empty_filling_it_before_the_next_try_is_enough(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    talk("in_grace").says("还款失败了").hears("卡里钱不够", "会再自动扣一次，扣720.56元", "宽限期")


def test_what_the_borrower_says_goes_wrong_is_answered_first(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("还款收不到验证码")
    assert "短信被拦" in borrower.heard[0]["text"]
    borrower.hears("这次要还1,080.84元").is_offered("打开付款页面")


def test_a_payment_that_is_being_processed_is_not_paid_twice(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    ledger.execute(
        "INSERT INTO payments (payment_id, loan_id, amount_fen, booked_at, value_date, channel, status) "
        "VALUES ('PY9', 'L1001', 108084, '2026-11-24T01:00:00.000000Z', '2026-11-24', 'bank_transfer', 'processing')"
    )
    talk("on_time").says("还款失败了").hears("正在处理", "先别再还").does_not_hear("付款页面")


def test_it_is_answered_in_the_middle_of_another_form_which_goes_on(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("in_grace").says("我想晚点还").hears("想晚多久")
    borrower.says("扣款失败了怎么回事").hears("没有扣成", "想晚多久")


def test_a_guest_hears_the_usual_causes_and_not_to_pay_twice(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("guest").says("还款失败了").hears("先别再还一次", "登录").does_not_hear("元没有扣成")


def test_with_the_backend_away_there_is_a_number_to_call(bot: WholeBot) -> None:
    bot.borrower("B1003").says("还款失败了").hears("连不上", "先别再还一次", "400-000-0000").is_offered("找人工")
