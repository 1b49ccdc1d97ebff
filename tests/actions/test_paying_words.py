"""What a message about paying asks for: a change or an answer, which card, which way."""

from __future__ import annotations

import pytest

from actions.auto_debit import change_asked
from actions.debit_change import named_methods
from actions.early_repayment import only_asks
from actions.paying import way_asked
from bot.client.paying import PaymentMethod, RepaymentWay
from bot.nlu.aspects import find_aspects

CARDS = [
    PaymentMethod("A", "bank_card", "工资卡", "5566", 1),
    PaymentMethod("B", "bank_card", "储蓄卡", "9012", 2),
    PaymentMethod("C", "balance", "账户余额", None, 3),
]


def aspects(text: str) -> list[str]:
    return [name for name, _, _ in find_aspects(text)]


@pytest.mark.parametrize(
    ("text", "intent", "change"),
    [
        ("把自动扣款关了", "ask_auto_debit", "off"),
        ("自动还款怎么取消", "ask_auto_debit", "off"),
        ("重新打开自动扣款", "ask_auto_debit", "on"),
        ("想把扣款顺序改成先扣余额", "ask_auto_debit", "first"),
        ("解绑银行卡", "manage_bank_card", "remove"),
        ("换一张卡", "manage_bank_card", "add"),
        ("我绑的是哪张卡", "manage_bank_card", None),
        ("自动扣款几点扣", "ask_auto_debit", None),
        ("今天怎么没扣", "ask_auto_debit", None),
        ("从哪张卡里扣的", "ask_auto_debit", None),
    ],
)
def test_a_change_is_told_from_a_question(text: str, intent: str, change: str | None) -> None:
    assert change_asked({}, aspects(text), intent) == change


def test_a_button_names_its_change_and_a_card_number_is_never_one() -> None:
    assert change_asked({"debit_change": "remove"}, [], "inform") == "remove"
    assert change_asked({}, aspects("用[银行卡号]扣"), "ask_auto_debit") == "add"


@pytest.mark.parametrize(
    ("text", "entities", "found"),
    [
        ("9012那张", {"card_last4": "9012"}, ["B"]),
        ("工资卡", {}, ["A"]),
        ("第二张", {"loan_reference": "2"}, ["B"]),
        ("先扣余额", {}, ["C"]),
        ("随便", {}, []),
        ("1234那张", {"card_last4": "1234"}, []),
    ],
)
def test_a_card_is_named_by_its_tail_its_label_or_its_place(text: str, entities: dict[str, str], found: list[str]) -> None:
    assert [row.payment_method_id for row in named_methods(CARDS, entities, text)] == found


@pytest.mark.parametrize(
    ("text", "asks"),
    [("提前还款要手续费吗", True), ("提前还影响征信吗", True), ("我想提前还清", False), ("提前还清要多少钱", False)],
)
def test_asking_about_paying_early_is_told_from_wanting_it(text: str, asks: bool) -> None:
    assert only_asks({}, aspects(text)) is asks


def test_a_sum_or_a_tap_always_wants_to_pay_early() -> None:
    assert not only_asks({"amount": 300000}, aspects("提前还3000要手续费吗"))
    assert not only_asks({"prepayment": "full"}, [])


def test_a_way_that_the_lender_has_not_is_not_found() -> None:
    transfer = RepaymentWay("bank_transfer", "银行转账", ("转",), "当天", None, None, None, False, None)
    assert way_asked([transfer], None, aspects("可以转账吗")) is transfer
    assert way_asked([transfer], None, aspects("可以去柜台还吗")) is None
    assert way_asked([transfer], "bank_transfer", []) is transfer
