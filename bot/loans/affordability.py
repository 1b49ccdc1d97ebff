"""What a household can pay a month, and between which sums a new plan can be chosen. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.loans.money import share_fen


@dataclass(frozen=True)
class PaymentRange:
    """Monthly payments that a new plan can have; all but `min_fen` are multiples of the step.

    Attributes:
        min_fen: what the longest plan takes a month, rounded up to the step.
        max_fen: the largest that is still below what the plan in force takes.
        suggested_fen: between the two, three fifths of what the plan in force takes where that is possible.
        step_fen: how finely one chooses.
    """

    min_fen: int
    max_fen: int
    suggested_fen: int
    step_fen: int


def affordable_fen(income_fen: int, expenses_fen: int, other_payments_fen: int, kept_share: Decimal, step_fen: int) -> int:
    """What can be paid a month: what income leaves after expenses and other loans, but for a share that is kept for surprises.

    Args:
        income_fen: of a month.
        expenses_fen: what cannot be done without in a month.
        other_payments_fen: what other loans take in a month.
        kept_share: of what is left, from 0 to below 1; it stays with the household.
        step_fen: the sum is rounded down to a multiple of it.

    Returns:
        a multiple of the step; 0 when nothing is left.

    >>> affordable_fen(400000, 250000, 30000, Decimal("0.2"), 1000)
    96000
    """
    left_fen = income_fen - expenses_fen - other_payments_fen
    if left_fen <= 0:
        return 0
    return share_fen(left_fen, 1 - kept_share) // step_fen * step_fen


def payment_range(lowest_fen: int, present_fen: int, step_fen: int) -> PaymentRange | None:
    """The monthly payments to choose from; None when even the longest plan does not take less than the plan in force.

    >>> payment_range(38492, 108084, 1000)
    PaymentRange(min_fen=39000, max_fen=108000, suggested_fen=64000, step_fen=1000)
    """
    smallest_fen = -(-lowest_fen // step_fen) * step_fen
    largest_fen = (present_fen - 1) // step_fen * step_fen
    if smallest_fen > largest_fen:
        return None
    wished_fen = present_fen * 3 // 5 // step_fen * step_fen
    return PaymentRange(smallest_fen, largest_fen, min(max(wished_fen, smallest_fen), largest_fen), step_fen)
