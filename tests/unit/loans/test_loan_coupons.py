"""Whether a coupon can be used today, and if not, why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.loans.coupons import Coupon, CouponLoan, CouponStatus, NotUsable, coupon_status, not_usable_because

FIRST, LAST = date(2026, 11, 10), date(2026, 11, 30)
COUPON = Coupon(FIRST, LAST, product_ids=frozenset({"A"}), min_payment_fen=50_000, only_when_nothing_is_past_due=True)
LOAN = CouponLoan("A", 60_000, is_past_due=False)


@pytest.mark.parametrize(
    ("today", "status"),
    [
        (date(2026, 11, 9), CouponStatus.NOT_STARTED),
        (FIRST, CouponStatus.VALID),
        (LAST, CouponStatus.VALID),
        (date(2026, 12, 1), CouponStatus.EXPIRED),
    ],
)
def test_its_first_and_its_last_day_count(today: date, status: CouponStatus) -> None:
    assert coupon_status(COUPON, today) is status


def test_a_used_one_stays_used_after_its_last_day() -> None:
    assert coupon_status(replace(COUPON, used_date=FIRST), date(2027, 1, 1)) is CouponStatus.USED


@pytest.mark.parametrize(
    ("loans", "why"),
    [
        ([LOAN], None),
        ([], NotUsable.NO_FITTING_LOAN),
        ([replace(LOAN, product_id="B")], NotUsable.NO_FITTING_LOAN),
        ([replace(LOAN, next_due_fen=None)], NotUsable.NO_FITTING_LOAN),
        ([replace(LOAN, next_due_fen=49_999)], NotUsable.PAYMENT_TOO_SMALL),
        ([replace(LOAN, next_due_fen=50_000)], None),
        ([LOAN, CouponLoan("B", 100, is_past_due=True)], NotUsable.PAST_DUE),
    ],
)
def test_why_it_cannot_be_used(loans: list[CouponLoan], why: NotUsable | None) -> None:
    assert not_usable_because(COUPON, loans, FIRST) is why


def test_one_for_every_product_fits_any_loan_and_lateness_may_not_matter() -> None:
    for_all = Coupon(FIRST, LAST)
    assert not_usable_because(for_all, [CouponLoan("B", 100, is_past_due=True)], FIRST) is None
