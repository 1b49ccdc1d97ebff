"""A filing whose turn was lost with its server: the ledger has it, and the form still waits for a yes."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk

TOLD = "我要投诉你们客服，挂了我57次电话，态度太差"


def test_whoever_asks_how_it_stands_is_not_led_back_to_not_filed_yet(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says(TOLD).hears("怎么解决").says("不说了，直接交").hears("还没有交")
    borrower.says("我的申请怎么样了").hears("还没有提交")
    ledger.post("/borrowers/B1001/complaints", {"topic": "service", "text": TOLD}, key="complaint-of-a-lost-turn")
    borrower.says("我的申请怎么样了").hears("CP").does_not_hear("还没有提交")
