"""Which of several loans: by name, by the nearest, by amount, all of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk


@pytest.mark.parametrize(
    ("words", "name"),
    [("青禾借那笔", "青禾借"), ("最近要还的那笔", "青禾借"), ("第二笔", "青禾经营贷"), ("尾号9012的", "青禾经营贷")],
)
def test_the_loan_is_told_in_words(talk: Callable[[str], Talk], ledger: BackendCalls, words: str, name: str) -> None:
    borrower = talk("several_loans")
    borrower.says("能晚半个月还吗").hears("想晚点还哪一笔")
    borrower.says(words).taps("不想说").hears(f"我按{name}算好了")


def test_the_loan_is_tapped(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("several_loans").says("能晚半个月还吗").taps("青禾借 ").taps("不想说").hears("我按青禾借算好了")


def test_the_loan_named_at_the_beginning_is_not_asked_for(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("several_loans").says("青禾借能晚半个月还吗").hears("方便说说原因吗")


def test_the_loan_is_changed_at_the_confirmation(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("several_loans")
    borrower.says("青禾借能晚半个月还吗").taps("不想说").hears("我按青禾借算好了")
    borrower.says("不是这笔，是青禾经营贷").hears("我按青禾经营贷算好了")


def test_all_of_them_are_quoted_together_and_each_is_filed_once(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("several_loans")
    borrower.says("能晚半个月还吗").says("都要").taps("不想说")
    borrower.hears("我按青禾借算好了", "我按青禾经营贷算好了", "青禾花不能申请晚还")
    borrower.taps("提交").hears("提交好了")
    filed = sorted(row["loan_id"] for row in ledger.rows("requests") if row["borrower_id"] == "B1006")
    assert filed == ["L1006A", "L1006B"]


def test_another_lenders_product_is_called_that_before_anything_is_said_of_this_ones_loan(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    talk("due_in_three_days").says("花呗能晚半个月还吗").hears("花呗不是我们这里的", "青禾借", "方便说说原因吗")
    talk("on_time").says("借呗还欠多少").hears("借呗不是我们这里的", "1,080.84元")
    talk("several_loans").says("青禾花还欠多少").does_not_hear("不是我们这里的")
