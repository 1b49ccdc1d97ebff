"""The card of paying early: what each instalment consists of before and after; the interest saved is their difference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.prepayment_quote import show_cards
from bot.client import LoanClient
from tests.support.backend import SERVICE_TOKEN, backend_in_a_thread


def comparison(tmp_path: Path, seeded_ledger: Path, borrower_id: str, **ask: Any) -> tuple[dict[str, Any], Any]:
    with backend_in_a_thread(tmp_path, template=seeded_ledger) as backend:
        loans = LoanClient(backend.url, SERVICE_TOKEN).loans_of(borrower_id)
        loan = next(loan for loan in loans.loans() if loan.is_open)
        quote = loans.prepayment_quote(loan.loan_id, **ask)
        dispatcher = CollectingDispatcher()
        show_cards(dispatcher, loans, quote, loan)
    cards = [message["custom"]["card"] for message in dispatcher.messages if message["custom"]]
    return next(card for card in cards if card["type"] == "comparison"), quote


def total(rows: list[dict[str, Any]], name: str) -> int:
    return sum(row[name] for row in rows)


@pytest.mark.parametrize("effect", ["smaller_instalments", "fewer_instalments"])
def test_a_part_leaves_a_plan_whose_principal_and_interest_add_up(tmp_path: Path, seeded_ledger: Path, effect: str) -> None:
    card, quote = comparison(tmp_path, seeded_ledger, "B1001", principal_fen=300_000, effect=effect)
    before, after = card["before"], card["after"]
    assert all(row["principal_fen"] + row["interest_fen"] + row["fee_fen"] == row["payment_fen"] for row in after)
    assert total(before, "principal_fen") == total(after, "principal_fen") + quote.principal_fen
    assert total(before, "interest_fen") - total(after, "interest_fen") - quote.accrued_interest_fen == quote.interest_saved_fen
    assert card["extra_interest_fen"] == -quote.interest_saved_fen < 0


def test_the_whole_is_one_payment_in_the_place_of_all_to_come(tmp_path: Path, seeded_ledger: Path) -> None:
    card, quote = comparison(tmp_path, seeded_ledger, "B1001")
    (payoff,) = card["after"]
    assert payoff["payment_fen"] == quote.amount_fen == payoff["principal_fen"] + payoff["interest_fen"] + payoff["fee_fen"]
    assert payoff["due_date"] == quote.prepay_date.isoformat()
    assert total(card["before"], "interest_fen") - payoff["interest_fen"] == quote.interest_saved_fen


def test_what_is_past_due_stands_beside_the_payoff(tmp_path: Path, seeded_ledger: Path) -> None:
    card, quote = comparison(tmp_path, seeded_ledger, "B1003")
    *due, payoff = card["after"]
    assert [row["status"] for row in due] and total(due, "outstanding_fen") == quote.due_fen
    assert payoff["payment_fen"] == quote.amount_fen - quote.due_fen
