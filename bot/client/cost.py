"""Calls about interest, fees and coupons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from bot.client.door import Door


@dataclass(frozen=True)
class CostParts:
    """Interest, fee and penalty, and the three together."""

    interest_fen: int
    fee_fen: int
    penalty_fen: int
    total_fen: int


@dataclass(frozen=True)
class NextCost:
    """How the next instalment's interest or fee comes about; the meaning of `rate` and `count` follows from `by`."""

    instalment_number: int
    by: Literal["month", "day", "flat_fee"]
    base_fen: int
    rate: Decimal
    count: int
    amount_fen: int


@dataclass(frozen=True)
class Costs:
    """What a loan costs: a year (simple and compounded), so far, and to come."""

    loan_id: str
    product_name: str
    kind: Literal["instalment", "revolving"]
    as_of: datetime
    disbursed_date: date
    principal_fen: int
    outstanding_principal_fen: int
    daily_rate: Decimal | None
    daily_rate_is_exact: bool
    annual_rate: Decimal | None
    effective_annual_rate: Decimal | None
    ceiling_rate: Decimal
    over_ceiling: bool
    paid: CostParts
    to_come: CostParts
    next: NextCost | None


@dataclass(frozen=True)
class Coupon:
    """A coupon with its conditions; `not_usable_because` is None when it can be used today."""

    coupon_id: str
    name: str
    kind: Literal["interest_off", "fee_off", "interest_free_days"]
    product_names: tuple[str, ...]
    min_payment_fen: int
    only_when_nothing_is_past_due: bool
    how_to_use: str
    valid_from_date: date
    valid_until_date: date
    used_date: date | None
    status: Literal["valid", "used", "expired", "not_started"]
    not_usable_because: Literal["used", "expired", "not_started", "past_due", "no_fitting_loan", "payment_too_small"] | None

    @property
    def is_usable(self) -> bool:
        """Whether it can be used today."""
        return self.not_usable_because is None

    @property
    def is_valid_later(self) -> bool:
        """Whether it is not over, but cannot be used today."""
        return not self.is_usable and self.status in ("valid", "not_started")


@dataclass(frozen=True)
class Coupons:
    """The borrower's coupons: those that can be used first, then by last day."""

    as_of: datetime
    coupons: tuple[Coupon, ...]


class Cost(Door):
    """Calls about interest, fees and coupons."""

    def costs(self, loan_id: str) -> Costs:
        """What a loan costs a year, has cost and will cost, and how the next instalment's interest is made up.

        Raises:
            LoanNotFound: no such loan, or not this borrower's.
            BackendUnavailable: no usable answer.
        """
        return self._mine(self._read(Costs, self._get(self._loan_path(loan_id, "/costs"))), loan_id)

    def coupons(self) -> Coupons:
        """The borrower's coupons, with why one cannot be used.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(Coupons, self._get("/coupons"))
