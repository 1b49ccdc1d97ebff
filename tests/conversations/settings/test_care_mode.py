"""Large letters: at once, for good, with few buttons; and back."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk


def test_it_is_switched_on_at_once_remembered_by_the_lender_and_leaves_few_buttons(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("on_time")
    borrower.says("你好")
    assert len(borrower.shown) == 4
    borrower.says("字太小了看不清").hears("换成大字了")
    assert ledger.get("/borrowers/B1001")["care_mode"] is True
    borrower.says("你好")
    assert [button["title"] for button in borrower.shown] == ["我欠多少", "我想晚点还", "找人工"]


def test_it_is_switched_off_again(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time")
    borrower.says("字大一点")
    borrower.says("字太大了，换回来").hears("换回平常的字")
    assert ledger.get("/borrowers/B1001")["care_mode"] is False


def test_in_the_middle_of_a_form_nothing_is_lost(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想晚半个月还").taps("不想说").is_offered("提交")
    borrower.says("我老花眼，字太小看不清").hears("换成大字了", "→ 12月12日").is_offered("提交")


def test_a_guest_has_it_in_this_conversation(talk: Callable[[str], Talk]) -> None:
    talk("guest").says("把字调大").hears("换成大字了")
