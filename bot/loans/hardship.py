"""Which of the possible ways fits somebody who cannot pay, and why. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum


class Way(str, Enum):
    """What a borrower in difficulty can be offered."""

    INTEREST_FREE_DEFERRAL = "interest_free_deferral"
    DEFERRAL = "deferral"
    RESTRUCTURE = "restructure"
    MINIMUM_PAYMENT = "minimum_payment"
    ASSISTANCE = "assistance"


class Because(str, Enum):
    """Why one of them is recommended."""

    COSTS_NOTHING = "costs_nothing"
    GAP_IS_SHORT = "gap_is_short"
    INCOME_IS_LOWER = "income_is_lower"
    CHANGES_LEAST = "changes_least"
    ONLY_WAY_LEFT = "only_way_left"
    STAYS_ON_TIME = "stays_on_time"
    REQUEST_WAITS = "request_waits"
    NOTHING_ELSE = "nothing_else"


@dataclass(frozen=True)
class Recommendation:
    """One way and the reason for it; no way while a request waits."""

    way: Way | None
    because: Because


def recommended(
    possible: Collection[Way],
    reason_code: str | None,
    *,
    lasting_reasons: Collection[str],
    request_waits: bool = False,
) -> Recommendation:
    """The way that fits best.

    What costs nothing comes first. A reason that lasts (a lower income for long) calls for a smaller payment and not for a
    later one; any other for the smallest change.

    Args:
        possible: the ways that the backend's rules allow.
        reason_code: why the borrower cannot pay, where it was said.
        lasting_reasons: reasons that mean a lower income for long, by the lender.
        request_waits: a change of the plan is being decided; another cannot be filed.
    """
    if request_waits:
        return Recommendation(None, Because.REQUEST_WAITS)
    if Way.INTEREST_FREE_DEFERRAL in possible:
        return Recommendation(Way.INTEREST_FREE_DEFERRAL, Because.COSTS_NOTHING)
    if reason_code in lasting_reasons and Way.RESTRUCTURE in possible:
        return Recommendation(Way.RESTRUCTURE, Because.INCOME_IS_LOWER)
    if Way.DEFERRAL in possible:
        return Recommendation(Way.DEFERRAL, Because.GAP_IS_SHORT if reason_code else Because.CHANGES_LEAST)
    if Way.MINIMUM_PAYMENT in possible:
        return Recommendation(Way.MINIMUM_PAYMENT, Because.STAYS_ON_TIME)
    if Way.RESTRUCTURE in possible:
        return Recommendation(Way.RESTRUCTURE, Because.ONLY_WAY_LEFT)
    return Recommendation(Way.ASSISTANCE, Because.NOTHING_ELSE)
