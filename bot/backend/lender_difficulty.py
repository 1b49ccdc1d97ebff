"""What the lender file says about difficulty: what is kept to live on, reasons, waivers of penalty, lectures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field, root_validator

from bot.backend.days import Day
from bot.backend.products import Product, Row
from bot.loans.fee_waiver import WaiverRules
from bot.loans.schedule import RepaymentMethod

_ID = r"^[A-Za-z0-9_-]{1,64}$"
_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
AssistanceKind = Literal["legal", "money", "mind", "work", "charity", "complaint"]


class HardshipRow(Row):
    """How help is weighed: what a household keeps, how finely a payment is chosen, which reasons last."""

    kept_share: Decimal = Field(default=Decimal("0.20"), ge=0, lt=1)
    step_fen: int = Field(default=1000, ge=1, le=1_000_000)
    lasting_reasons: list[str] = ["unemployed", "income_drop", "disability", "business_loss", "farm_loss", "divorce"]


class FeeWaiverRow(Row):
    """A programme that waives penalty; the meanings are those of `bot.loans.fee_waiver.WaiverRules`."""

    programme_id: str = Field(regex=_ID)
    name: str = Field(min_length=1, max_length=40)
    products: list[str] = []  # product ids; empty: all that are repaid in instalments
    share: Decimal = Field(gt=0, le=1)
    max_waived_fen: int | None = Field(None, ge=1)
    reason_codes: list[str] = []
    borrower_flags: list[str] = []
    max_days_past_due: int | None = Field(None, ge=1)
    once_within_months: int = Field(12, ge=1, le=240)
    from_date: Day | None = None
    until_date: Day | None = None
    asks_for: list[str] = Field([], max_items=6)  # papers, in words for borrowers

    def in_force(self, today: date) -> bool:
        """Whether it can be asked for on that day."""
        return (self.from_date is None or self.from_date.on(today) <= today) and (
            self.until_date is None or today <= self.until_date.on(today)
        )

    def rules(self) -> WaiverRules:
        """The row as rules read it."""
        return WaiverRules(
            share=self.share,
            max_waived_fen=self.max_waived_fen,
            reason_codes=frozenset(self.reason_codes),
            borrower_flags=frozenset(self.borrower_flags),
            max_days_past_due=self.max_days_past_due,
            once_within_months=self.once_within_months,
        )


class EventRow(Row):
    """A lecture or an hour of advice that one can be put down for."""

    event_id: str = Field(regex=_ID)
    name: str = Field(min_length=1, max_length=60)
    kind: AssistanceKind
    city: str
    place: str = Field(min_length=1, max_length=80)
    held_date: Day
    begins: str = Field(regex=_CLOCK)
    ends: str = Field(regex=_CLOCK)
    who: str = Field(min_length=1, max_length=80)
    what: str = Field(min_length=1, max_length=120)
    seats: int = Field(ge=1, le=10_000)

    @root_validator(skip_on_failure=True)
    def _ends_after_it_begins(cls, values: dict[str, str]) -> dict[str, str]:  # noqa: N805
        if values["ends"] <= values["begins"]:
            raise ValueError(f"event {values['event_id']} ends before it begins")
        return values


def check_difficulty(products: Mapping[str, Product], waivers: Iterable[FeeWaiverRow]) -> None:
    """That waivers and bill instalments name products that can have them.

    Raises:
        ValueError: one sentence with what is wrong.
    """
    for waiver in waivers:
        for product_id in waiver.products:
            if product_id not in products or products[product_id].kind != "instalment":
                raise ValueError(f"fee waiver {waiver.programme_id}: {product_id!r} is no product that is repaid in instalments")
    for product in products.values():
        split = product.line.bill_instalments if product.line else None
        if split is None:
            continue
        target = products.get(split.product)
        if target is None or target.repayment_method is not RepaymentMethod.EQUAL_PAYMENT or target.annual_rate is None:
            raise ValueError(f"{product.product_id}: bill instalments need a product with `equal_payment`, not {split.product!r}")
