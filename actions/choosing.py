"""Which of several loans a borrower means. Pure functions over what the message holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.client.results import Loan

_TENTH = 10


def named_loans(entities: Mapping[str, Any], loans: Sequence[Loan], text: str = "") -> list[Loan]:
    """The open loans that a message points at, in the order of `loans`; empty when it points at none.

    A button names the loan itself; words name the product, the tail of the card, a place in the list ("第二笔"), the nearest
    or the largest, an amount near to what is due or owed, or all of them.
    """
    loans = [loan for loan in loans if loan.is_open]
    if "loan_id" in entities:
        return [loan for loan in loans if loan.loan_id == entities["loan_id"]]
    reference = entities.get("loan_reference")
    if reference is not None and (chosen := _by_reference(str(reference), loans)):
        return chosen
    found = list(loans)
    narrowed = False
    for matches in (_by_card(entities, loans), _by_name(text, loans), _by_amount(entities, loans)):
        if matches:
            found = [loan for loan in found if loan in matches]
            narrowed = True
    return found if narrowed else []


def foreign_product(entities: Mapping[str, Any], loans: Sequence[Loan]) -> str | None:
    """The product a message names, when it is none of this lender's; None when it names none, or one of theirs."""
    product = entities.get("product")
    if product is None or any(str(product) in loan.product_name for loan in loans):
        return None
    return str(product)


def _by_reference(reference: str, loans: Sequence[Loan]) -> list[Loan]:
    dated = [loan for loan in loans if loan.next_due_date is not None]
    if reference == "all":
        return list(loans)
    if reference.isdigit() and 1 <= int(reference) <= len(loans):
        return [loans[int(reference) - 1]]
    if reference == "last":
        return [loans[-1]]
    if reference == "nearest" and dated:
        return [min(dated, key=lambda loan: loan.next_due_date or loan.as_of.date())]
    if reference in ("largest", "smallest") and loans:
        pick = max if reference == "largest" else min
        return [pick(loans, key=lambda loan: loan.outstanding_fen)]
    return []


def _by_card(entities: Mapping[str, Any], loans: Sequence[Loan]) -> list[Loan]:
    return [loan for loan in loans if loan.card_last4 and loan.card_last4 == str(entities.get("card_last4"))]


def _by_name(text: str, loans: Sequence[Loan]) -> list[Loan]:
    """By the lender's own names for its products; of names that contain one another, the longest counts."""
    named = [loan for loan in loans if loan.product_name in text]
    longest = max((len(loan.product_name) for loan in named), default=0)
    return [loan for loan in named if len(loan.product_name) == longest]


def _by_amount(entities: Mapping[str, Any], loans: Sequence[Loan]) -> list[Loan]:
    fen = entities.get("amount")
    if not isinstance(fen, int):
        return []
    return [
        loan
        for loan in loans
        if any(abs(fen - each) * _TENTH <= each for each in (loan.next_due_fen, loan.outstanding_fen, loan.principal_fen) if each)
    ]
