"""A person: handed over at once with what was said; outside the hours with a call back at a time one can choose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.demo import demo_borrowers
from bot.formats import SHANGHAI
from tests.support.backend import DEMO_LENDER_FILE, BackendCalls, backend_in_a_thread
from tests.support.whole_bot import Talk, WholeBot

OPEN = "00:00-23:59"
# Hours of the other half of the day: closed now, whenever this runs.
CLOSED = "18:00-21:00" if datetime.now(SHANGHAI).hour < 12 else "03:00-06:00"
Office = Callable[[str], BackendCalls]


@pytest.fixture
def office(bot: WholeBot, seeded_ledger: Path, tmp_path: Path) -> Iterator[Office]:
    """The backend of a lender whose people are there at these hours, whatever the machine's clock says."""
    running = []

    def start(hours: str) -> BackendCalls:
        file = tmp_path / "lender.yml"
        file.write_text(DEMO_LENDER_FILE.read_text(encoding="utf-8").replace('"08:00-22:00"', f'"{hours}"'), encoding="utf-8")
        context = backend_in_a_thread(
            tmp_path / "ledger", template=seeded_ledger, port=bot.backend_port, HUANBAN_LENDER_FILE=file
        )
        running.append(context)
        return context.__enter__()

    yield start
    for context in running:
        context.__exit__(None, None, None)


def speaks(bot: WholeBot, name: str) -> Talk:
    return bot.borrower(next(row.borrower_id for row in demo_borrowers() if row.name == name))


def tickets(ledger: BackendCalls) -> list[dict[str, Any]]:
    return [row for row in ledger.rows("requests") if row["kind"] == "ticket"]


def test_during_the_hours_it_hands_over_at_once_and_shows_what_is_passed_on(bot: WholeBot, office: Office) -> None:
    ledger = office(OPEN)
    borrower = speaks(bot, "on_time").says("我工资没发，想谈谈怎么还")
    borrower.says("转人工").hears("我会这样转告", "我工资没发", "就这样转").is_offered("改一改", "先不找了")
    assert tickets(ledger) == []
    borrower.taps("就这样转").hears("大约等1分钟", "单号").is_offered("先不找了")
    (ticket,) = tickets(ledger)
    assert "我工资没发" in ticket["terms"]["summary"]
    borrower.says("人工人工人工").hears("不用再找一次")
    assert len(tickets(ledger)) == 1


def test_what_is_passed_on_can_be_corrected_and_is_shown_again_before_it_is_sent(bot: WholeBot, office: Office) -> None:
    ledger = office(OPEN)
    borrower = speaks(bot, "on_time").says("我工资没发，想谈谈怎么还").says("转人工").taps("改一改").hears("哪里不对")
    borrower.says("是下个月五号才发工资").hears("我工资没发", "下个月五号才发工资", "就这样转")
    borrower.says("我欠多少").hears("青禾借", "就这样转")
    borrower.taps("改一改").says("还有，我妈住院了").hears("下个月五号才发工资", "我妈住院了", "就这样转")
    assert tickets(ledger) == []
    borrower.taps("就这样转").hears("单号")
    assert "下个月五号才发工资" in tickets(ledger)[0]["terms"]["summary"]


def test_what_is_passed_on_can_be_written_anew_or_not_be_sent_at_all(bot: WholeBot, office: Office) -> None:
    ledger = office(OPEN)
    borrower = speaks(bot, "on_time").says("我工资没发，想谈谈怎么还").says("转人工").taps("改一改").taps("重写")
    borrower.says("想问问结清证明寄到哪里").hears("结清证明").does_not_hear("工资没发")
    borrower.taps("先不找了").hears("没有转出去")
    assert tickets(ledger) == []


def test_who_asks_again_is_handed_over_as_it_stands(bot: WholeBot, office: Office) -> None:
    ledger = office(OPEN)
    borrower = speaks(bot, "due_in_three_days").says("我想延期还款").says("转人工").hears("就这样转")
    borrower.says("快点转人工").hears("单号", "想晚多久")
    assert len(tickets(ledger)) == 1


def test_it_can_be_taken_back(bot: WholeBot, office: Office) -> None:
    ledger = office(OPEN)
    speaks(bot, "on_time").says("找人工").taps("先不找了").hears("撤回了")
    assert tickets(ledger)[0]["status"] == "undone"


def test_outside_the_hours_a_time_for_a_call_back_can_be_tapped(bot: WholeBot, office: Office) -> None:
    ledger = office(CLOSED)
    borrower = speaks(bot, "on_time").says("转人工").hears("下班了", f"{CLOSED[:5]}上班", "单号", "约个时间")
    time = borrower.shown[-1]["title"]
    borrower.taps(time).hears(f"约好了：{time}")
    (ticket,) = tickets(ledger)
    assert ticket["terms"]["callback_starts_at"].startswith("2026-11-2")


def test_outside_the_hours_a_bare_time_is_understood_after_it_was_asked_for(bot: WholeBot, office: Office) -> None:
    ledger = office(CLOSED)
    wish, hour = ("明天晚上七点", "19") if CLOSED.startswith("18") else ("明天早上", "03")
    speaks(bot, "on_time").says("找人工").hears("约个时间").says(wish).hears(f"约好了：11月25日{hour}:00")
    assert "callback_starts_at" in tickets(ledger)[0]["terms"]


def test_a_call_back_is_put_down_in_words(bot: WholeBot, office: Office) -> None:
    ledger = office(OPEN)
    borrower = speaks(bot, "on_time").says("明天上午十点给我回个电话").hears("11月25日10:00")
    borrower.says("明天下午三点打给我").hears("11月25日15:00")
    (ticket,) = tickets(ledger)
    assert ticket["terms"]["callback_starts_at"] == "2026-11-25T15:00:00+08:00"


def test_a_form_under_way_is_not_lost(bot: WholeBot, office: Office) -> None:
    office(OPEN)
    borrower = speaks(bot, "due_in_three_days").says("我想延期还款").hears("想晚多久")
    borrower.says("转人工").hears("就这样转").taps("就这样转").hears("单号", "想晚多久")


def test_the_number_and_the_hours_are_told_without_a_ticket(bot: WholeBot, office: Office) -> None:
    ledger = office(OPEN)
    speaks(bot, "on_time").says("客服电话是多少").hears("400-000-0000", "现在有人接").is_offered("请人联系我")
    assert tickets(ledger) == []


def test_a_guest_hears_the_telephone(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("guest").says("转人工").hears("400-000-0000")
    assert tickets(ledger) == []
