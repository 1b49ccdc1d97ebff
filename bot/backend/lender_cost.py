"""What the lender file says about a borrower's coupons."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field, root_validator

from bot.backend.days import Day
from bot.backend.products import Row

CouponKind = Literal["interest_off", "fee_off", "interest_free_days"]


class CouponRow(Row):
    """A coupon that a borrower has, with its conditions; `products` empty is good for all."""

    coupon_id: str = Field(regex=r"^[A-Za-z0-9_-]{1,64}$")
    name: str = Field(min_length=1, max_length=40)
    kind: CouponKind
    amount_fen: int | None = Field(None, ge=1, le=100_000_000_00)
    days: int | None = Field(None, ge=1, le=366)
    products: list[str] = []
    min_payment_fen: int = Field(0, ge=0)
    only_when_nothing_is_past_due: bool = False
    how_to_use: str = Field(min_length=1, max_length=80)
    valid_from: Day
    valid_until: Day
    used: Day | None = None
    used_for_loan: str | None = Field(None, regex=r"^[A-Za-z0-9_-]{1,64}$")

    @root_validator(skip_on_failure=True)
    def _is_whole(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        by_days = values["kind"] == "interest_free_days"
        if by_days != (values["days"] is not None) or by_days == (values["amount_fen"] is not None):
            raise ValueError("a coupon for interest-free days has `days`, any other `amount_fen`")
        if values["used_for_loan"] and not values["used"]:
            raise ValueError("`used_for_loan` belongs to `used`")
        return values

    def values_on(self, today: date) -> dict[str, Any]:
        """The columns of `coupons`, days told from a day.

        Raises:
            ValueError: it ends before it begins, or was used in the future.
        """
        valid_from, valid_until = self.valid_from.on(today), self.valid_until.on(today)
        used = self.used.on(today) if self.used else None
        if valid_until < valid_from or (used and not valid_from <= used <= min(today, valid_until)):
            raise ValueError(f"coupon {self.coupon_id}: its days do not follow one another")
        return {
            "coupon_id": self.coupon_id,
            "name": self.name,
            "kind": self.kind,
            "amount_fen": self.amount_fen,
            "days": self.days,
            "product_ids": self.products,
            "min_payment_fen": self.min_payment_fen,
            "only_when_nothing_is_past_due": self.only_when_nothing_is_past_due,
            "how_to_use": self.how_to_use,
            "valid_from_date": valid_from,
            "valid_until_date": valid_until,
            "used_date": used,
            "used_loan_id": self.used_for_loan,
        }
