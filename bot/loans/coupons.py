"""Whether a coupon can be used, and if not, why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum


class CouponStatus(str, Enum):
    """How a coupon stands on a day."""

    VALID = "valid"
    USED = "used"
    EXPIRED = "expired"
    NOT_STARTED = "not_started"


class NotUsable(str, Enum):
    """Why a coupon cannot be used today."""

    USED = "used"
    EXPIRED = "expired"
    NOT_STARTED = "not_started"
    PAST_DUE = "past_due"
    NO_FITTING_LOAN = "no_fitting_loan"
    PAYMENT_TOO_SMALL = "payment_too_small"


@dataclass(frozen=True)
class Coupon:
    """What a coupon says.

    Attributes:
        valid_from_date: first day.
        valid_until_date: last day, it included.
        used_date: when it was used; None when it was not.
        product_ids: products it is good for; empty for all.
        min_payment_fen: the least payment that it can be used with.
        only_when_nothing_is_past_due: whether something past due keeps it from being used.
    """

    valid_from_date: date
    valid_until_date: date
    used_date: date | None = None
    product_ids: frozenset[str] = frozenset()
    min_payment_fen: int = 0
    only_when_nothing_is_past_due: bool = False


@dataclass(frozen=True)
class CouponLoan:
    """What a coupon looks at in a loan: its product, the next payment (None: nothing is owed), and whether it is past due."""

    product_id: str
    next_due_fen: int | None
    is_past_due: bool


def coupon_status(coupon: Coupon, today: date) -> CouponStatus:
    """How it stands; a used one stays used after its last day."""
    if coupon.used_date:
        return CouponStatus.USED
    if today > coupon.valid_until_date:
        return CouponStatus.EXPIRED
    return CouponStatus.NOT_STARTED if today < coupon.valid_from_date else CouponStatus.VALID


def not_usable_because(coupon: Coupon, loans: Sequence[CouponLoan], today: date) -> NotUsable | None:
    """Why it cannot be used today; None when it can."""
    status = coupon_status(coupon, today)
    if status is not CouponStatus.VALID:
        return NotUsable(status.value)
    if coupon.only_when_nothing_is_past_due and any(loan.is_past_due for loan in loans):
        return NotUsable.PAST_DUE
    payments = [
        loan.next_due_fen
        for loan in loans
        if loan.next_due_fen and (not coupon.product_ids or loan.product_id in coupon.product_ids)
    ]
    if not payments:
        return NotUsable.NO_FITTING_LOAN
    return None if max(payments) >= coupon.min_payment_fen else NotUsable.PAYMENT_TOO_SMALL
