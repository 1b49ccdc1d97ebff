"""A change of debit order or cards ends as done, not done or unknown, and is never said to be what it is not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from bot.client import LoanClient
from bot.client.client import BorrowerLoans
from bot.client.errors import BackendUnavailable, FilingUnknown, LastPaymentMethod
from tests.support.scripted import scripted_backend


def methods(*ids: str, auto_debit: bool = True) -> tuple[int, dict[str, Any]]:
    rows = [
        {"payment_method_id": name, "kind": "bank_card", "label": "储蓄卡", "card_last4": "0000", "debit_order": place}
        for place, name in enumerate(ids, start=1)
    ]
    return 200, {
        "as_of": "2026-11-24T10:00:00+08:00",
        "auto_debit": auto_debit,
        "auto_debit_can_be_switched_off": True,
        "payment_methods": rows,
    }


def door(url: str) -> BorrowerLoans:
    return LoanClient(url, "token", connect_timeout=0.5, read_timeout=0.5, pause=lambda seconds: None).loans_of("B1")


def test_a_change_answers_what_is_now_in_force() -> None:
    with scripted_backend(methods("B", "A")) as (url, script):
        now = door(url).change_debit_order(["B", "A"])
    assert [row.payment_method_id for row in now.payment_methods] == ["B", "A"]
    assert (script.calls[0].method, script.calls[0].path) == ("PUT", "/v1/borrowers/B1/debit-order")


@pytest.mark.parametrize("fault", ["drop", "half", "garbage", "slow", (500, {}), (200, {"as_of": "?"})])
def test_after_an_unusable_answer_it_is_read_back(fault: Any) -> None:
    with scripted_backend(fault, methods("B", "A")) as (url, _):
        assert door(url).change_debit_order(["B", "A"]).payment_methods[0].payment_method_id == "B"
    with scripted_backend(fault, methods("A", "B")) as (url, _), pytest.raises(BackendUnavailable):
        door(url).change_debit_order(["B", "A"])


def test_what_cannot_be_read_back_is_unknown() -> None:
    with scripted_backend("drop", *[(500, {})] * 9) as (url, _), pytest.raises(FilingUnknown):
        door(url).switch_auto_debit(enabled=False)


def test_a_card_that_is_gone_after_a_lost_answer_was_removed() -> None:
    with scripted_backend("drop", methods("B")) as (url, script):
        assert len(door(url).remove_payment_method("A").payment_methods) == 1
    assert [call.method for call in script.calls] == ["DELETE", "GET"]


def test_a_refusal_is_told_as_it_is() -> None:
    refusal = (409, {"type": "/problems/last-payment-method", "title": "…", "status": 409, "detail": "…"})
    with scripted_backend(refusal) as (url, _), pytest.raises(LastPaymentMethod):
        door(url).remove_payment_method("A")


@pytest.fixture
def nobody_there() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{free.getsockname()[1]}"


def test_a_backend_that_was_never_reached_changed_nothing(nobody_there: str) -> None:
    with pytest.raises(BackendUnavailable):
        door(nobody_there).switch_auto_debit(enabled=False)
