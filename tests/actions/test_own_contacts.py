"""Whose number it is."""

from __future__ import annotations

import pytest

from actions.own_contacts import named_contacts, own_contact
from bot.client.rights import OwnContact

OWN = [
    OwnContact("phone", "400-000-0000", "客服电话"),
    OwnContact("sms", "106900000000", "还款短信"),
    OwnContact("website", "qinghe-demo.example", "还款网站"),
]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("95188打来的", ["95188"]),
        ("400 000 0000和95384", ["400 000 0000", "95384"]),
        ("点https://my.qinghe-demo.example/pay?x=1还款", ["my.qinghe-demo.example"]),
        ("工号RX-0317", ["RX-0317"]),
        ("我借了20000元，2026年11月24日到期，分12期", []),
        ("打了12345次", []),
        ("尾号6217的卡", []),
        ("没有号码", []),
    ],
)
def test_what_a_message_names(text: str, named: list[str]) -> None:
    assert [each.text for each in named_contacts(text)] == named


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("4000000000", True),
        ("400-000-0000", True),
        ("400-000-0001", False),
        ("106900000000", True),
        ("www.qinghe-demo.example", True),
        ("qinghe-demo.example.evil.com", False),
        ("evilqinghe-demo.example", False),
        ("QINGHE-DEMO.EXAMPLE/pay", True),
    ],
)
def test_only_what_is_in_the_list_is_the_lenders(text: str, own: bool) -> None:
    (named,) = named_contacts(text)
    assert (own_contact(named, OWN) is not None) is own
