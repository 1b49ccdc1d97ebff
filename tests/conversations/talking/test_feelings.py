"""Fear, shame and insults get one human sentence, once, and then the answer or the way back to it."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk


def test_fear_is_answered_before_the_question_and_only_once(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("overdue_12_days")
    borrower.says("我有点害怕，我一共欠多少钱").hears("先别怕", "逾期12天")
    borrower.says("还是害怕，到底欠多少").hears("逾期12天").does_not_hear("先别怕")


def test_an_insult_alone_is_not_taken_amiss(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("你们这群垃圾").hears("您生气我能理解")


def test_shame_in_the_middle_of_a_form_loses_nothing(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想晚半个月还，真丢人").hears("没什么丢人的", "原因")
    borrower.taps("不想说").is_offered("提交")


def test_interest_upon_interest_is_no_insult(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("你们是利滚利吗").does_not_hear("您生气")


def test_a_guest_who_is_afraid_is_helped_too(talk: Callable[[str], Talk]) -> None:
    talk("guest").says("我心慌得很").hears("先别怕")
