"""A borrower has died: condolence, the rule on estates, no claim against the family, and a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def tickets(ledger: BackendCalls) -> list[dict[str, Any]]:
    return [row for row in ledger.rows("requests") if row["kind"] == "ticket"]


def test_a_family_on_the_account_of_the_dead_has_the_calls_stopped_and_a_person_called(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    family = talk("overdue_95_days").says("我爸去世了，他借的钱要我还吗")
    assert "节哀" in family.heard[0]["text"]
    family.hears("民法典第1161条", "不用拿自己的钱").taps("是，就是这个账号的").hears("怎么称呼")
    family.says("请找刘女士，上午在家").hears("2027年2月22日").taps("好，请办").hears("办好了", "TK")
    (ticket,) = tickets(ledger)
    assert ticket["terms"]["priority"] == "urgent" and "刘女士" in ticket["terms"]["summary"]
    assert ledger.get("/borrowers/B1005/outreach-pause")["reason_code"] == "bereavement"


def test_a_heir_on_her_own_account_keeps_it_as_it_is(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    heir = talk("on_time").says("我老公去世了，夫妻一方死亡，算共同债务吗").hears("民法典第1064条")
    heir.says("我欠多少").hears("青禾借", "现在登录的这个账号")
    heir.taps("不是，是我家里人").taps("不说了").hears("您自己的借款不受影响").taps("好，请办").hears("办好了")
    assert not ledger.get("/borrowers/B1001/outreach-pause")["paused_now"]


def test_it_can_be_put_off(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    family = (
        talk("no_loan").says("我妈过世了，花呗要还吗").hears("节哀", "怎么称呼").taps("不说了").taps("先不办").hears("先不办")
    )
    assert family.text and tickets(ledger) == []


def test_a_guest_hears_the_rule_the_papers_and_whom_to_call(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("guest").says("我哥去世了，欠的钱怎么处理").hears("节哀", "民法典第1161条", "死亡证明", "400-000-0000")


def test_with_the_backend_away_the_rule_is_said_and_nothing_is_asked(bot: WholeBot) -> None:
    bot.borrower("B1005").says("我爸去世了，他名下有借呗没还").hears("节哀", "民法典第1161条").does_not_hear("现在登录的这个账号")
