"""What the lender file says about a borrower's credit lines, applications and refunds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, root_validator

from bot.backend.days import Day
from bot.backend.products import Product, Row

_ID = r"^[A-Za-z0-9_-]{1,64}$"

# Why a line is not open, or an application was refused. `overdue`, `overdue_with_agency`, `used_up` and `no_limit_set` are
# reckoned from the loans (bot/loans/credit_line.py) and stand in no file.
ReasonOnFile = Literal[
    "short_history",
    "recent_late_payments",
    "income_not_confirmed",
    "many_other_debts",
    "identity_expired",
    "identity_not_complete",
    "security_hold",
    "risk_review",
    "amount_above_limit",
    "own_wish",
    "not_used_for_long",
]
LimitReason = Literal[
    "review", "paid_on_time", "recent_late_payments", "many_other_debts", "not_used_for_long", "own_wish", "after_review"
]


class LimitChangeRow(Row):
    """A day on which the limit changed, and why."""

    changed: Day
    old_limit_fen: int = Field(ge=0)
    new_limit_fen: int = Field(ge=0)
    reason_code: LimitReason


class CreditLineRow(Row):
    """What the lender decided about one product for this borrower."""

    product_id: str
    status: Literal["open", "suspended", "not_opened", "closed", "refused"] = "open"
    limit_fen: int = Field(0, ge=0, le=100_000_000_00)  # of a revolving product it is the line's own, and left out here
    since: Day
    reason_codes: list[ReasonOnFile] = []
    until: Day | None = None
    next_review: Day | None = None
    temporary_limit_fen: int = Field(0, ge=0)
    temporary_until: Day | None = None
    limit_changes: list[LimitChangeRow] = []

    @root_validator(skip_on_failure=True)
    def _adds_up(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        if values["status"] in ("suspended", "refused") and not values["reason_codes"]:
            raise ValueError(f"a line that is {values['status']} has `reason_codes`")
        if bool(values["temporary_limit_fen"]) != (values["temporary_until"] is not None):
            raise ValueError("`temporary_limit_fen` and `temporary_until` go together")
        return values


class LoanApplicationRow(Row):
    """An application for a loan, in its present state."""

    application_id: str = Field(regex=_ID)
    product_id: str
    amount_fen: int = Field(ge=1, le=100_000_000_00)
    term: int | None = Field(None, ge=1, le=600)
    filed: Day
    status: Literal["reviewing", "refused", "paying_out", "paid_out", "payout_failed", "withdrawn"]
    reason_codes: list[ReasonOnFile | Literal["card_closed", "card_not_own"]] = []
    decision_due: Day | None = None
    payout_due: Day | None = None
    paid_out: Day | None = None
    card_last4: str | None = Field(None, regex=r"^[0-9]{4}$")
    reapply_from: Day | None = None


class RefundRow(Row):
    """A purchase that is refunded; once booked it is a payment to the line, so that the books know it."""

    refund_id: str = Field(regex=_ID)
    merchant: str = Field(min_length=1, max_length=60)
    amount_fen: int = Field(ge=1, le=100_000_000_00)
    purchased: Day
    requested: Day
    status: Literal["with_merchant", "processing", "booked", "failed"]
    destination: Literal["line", "bank_card", "balance"] = "line"
    card_last4: str | None = Field(None, regex=r"^[0-9]{4}$")
    expected: Day | None = None
    booked: Day | None = None
    reason_code: Literal["merchant_refused", "order_not_found", "card_closed"] | None = None

    @root_validator(skip_on_failure=True)
    def _adds_up(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        if (values["status"] == "booked") != (values["booked"] is not None):
            raise ValueError("a refund that is booked, and no other, has `booked`")
        return values


def check_lines(
    borrower_id: str,
    lines: Sequence[CreditLineRow],
    applications: Sequence[LoanApplicationRow],
    products: Mapping[str, Product],
) -> None:
    """Sees that a borrower's rows name products that are there, and each product once.

    Raises:
        ValueError: they do not; the message names the borrower and what is wrong.
    """
    for product_id in [*(row.product_id for row in lines), *(row.product_id for row in applications)]:
        if product_id not in products:
            raise ValueError(f"borrower {borrower_id}: there is no product {product_id!r}")
    named = [row.product_id for row in lines]
    twice = next((product_id for product_id in named if named.count(product_id) > 1), None)
    if twice is not None:
        raise ValueError(f"borrower {borrower_id}: the credit line of {twice} is given twice")
