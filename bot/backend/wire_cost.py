"""Costs and coupons in JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from bot.backend.lender_cost import CouponKind
from bot.backend.wire import Answer


class CostParts(Answer):
    """Interest, fee and penalty, and the three together."""

    interest_fen: int
    fee_fen: int
    penalty_fen: int
    total_fen: int


class NextCost(Answer):
    """How the next instalment's interest (or fee) comes about.

    `month`: `base_fen` × `rate` ÷ 12. `day`: `base_fen` × `rate` × `count` days. `flat_fee`: `base_fen` × `rate` ÷ `count`
    instalments. Rounded half up to the fen.
    """

    instalment_number: int
    by: Literal["month", "day", "flat_fee"]
    base_fen: int
    rate: str
    count: int
    amount_fen: int


class Costs(Answer):
    """What a loan costs: a year, so far, and to come."""

    as_of: datetime
    loan_id: str
    product_name: str
    kind: Literal["instalment", "revolving"]
    disbursed_date: date
    principal_fen: int
    outstanding_principal_fen: int
    daily_rate: str | None = Field(description="Null where the instalments carry a fee and no interest.")
    daily_rate_is_exact: bool
    annual_rate: str | None = Field(description="Simple yearly rate, interest and fees together (PBOC 2021 No. 3).")
    effective_annual_rate: str | None = Field(description="The same compounded, by internal rate of return; null for a line.")
    ceiling_rate: str = Field(description="What a court looks at on the borrower's request (Fafa 2017 No. 22, art. 2).")
    over_ceiling: bool
    paid: CostParts
    to_come: CostParts = Field(description="If the plan is kept to its end; of a line what has been billed or has run by now.")
    next: NextCost | None = Field(description="Null where nothing is to come or the terms alone do not explain it.")


class Coupon(Answer):
    """A coupon with its conditions, and whether it can be used today."""

    coupon_id: str
    name: str
    kind: CouponKind
    amount_fen: int | None
    days: int | None
    product_names: list[str] = Field(description="Empty: every product.")
    min_payment_fen: int
    only_when_nothing_is_past_due: bool
    how_to_use: str
    valid_from_date: date
    valid_until_date: date
    used_date: date | None
    status: Literal["valid", "used", "expired", "not_started"]
    not_usable_because: Literal["used", "expired", "not_started", "past_due", "no_fitting_loan", "payment_too_small"] | None = (
        Field(description="Null when it can be used today.")
    )


class Coupons(Answer):
    """The borrower's coupons: those that can be used first, then by last day."""

    as_of: datetime
    coupons: list[Coupon]
