"""Waiving penalty: for whom a programme of the lender is meant, and how much of it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from bot.loans.days import add_months
from bot.loans.money import share_fen


class WhyNot(str, Enum):
    """Why a programme does not fit; the value ends the problem type of the loan backend, after `fee-waiver-`."""

    NOTHING_OWED = "nothing-owed"
    NOT_OFFERED = "not-offered"
    REASON_NOT_COVERED = "reason-not-covered"
    OVERDUE_TOO_LONG = "overdue-too-long"
    USED_UP = "used-up"


@dataclass(frozen=True)
class WaiverRules:
    """A programme of the lender.

    Attributes:
        share: of the penalty that is waived, above 0 to 1.
        max_waived_fen: never more than this; None for no limit.
        reason_codes: for borrowers with one of these reasons; with `borrower_flags`, one of either. Both empty: for everybody.
        borrower_flags: for borrowers who have this on record.
        max_days_past_due: not for loans that are late for longer; None for no limit.
        once_within_months: so long after one that was granted, no other is.
    """

    share: Decimal
    max_waived_fen: int | None = None
    reason_codes: frozenset[str] = frozenset()
    borrower_flags: frozenset[str] = frozenset()
    max_days_past_due: int | None = None
    once_within_months: int = 12

    @property
    def for_everybody(self) -> bool:
        """Whether no reason is needed."""
        return not (self.reason_codes or self.borrower_flags)

    def why_not(
        self,
        penalty_fen: int,
        days_past_due: int,
        reason_code: str | None,
        flags: Collection[str],
        granted_on: Sequence[date],
        today: date,
    ) -> WhyNot | None:
        """Why it does not fit, or None when it does."""
        if penalty_fen <= 0:
            return WhyNot.NOTHING_OWED
        if any(add_months(day, self.once_within_months) > today for day in granted_on):
            return WhyNot.USED_UP
        if self.max_days_past_due is not None and days_past_due > self.max_days_past_due:
            return WhyNot.OVERDUE_TOO_LONG
        if not (self.for_everybody or reason_code in self.reason_codes or self.borrower_flags & set(flags)):
            return WhyNot.REASON_NOT_COVERED
        return None

    def waived_fen(self, penalty_fen: int) -> int:
        """How much of so much penalty it waives."""
        waived_fen = share_fen(penalty_fen, self.share)
        return waived_fen if self.max_waived_fen is None else min(waived_fen, self.max_waived_fen)


def spread(waived_fen: int, penalties_fen: Sequence[int]) -> list[int]:
    """How much each of several penalties is lowered: the first whole, then the next, until the sum is used up.

    >>> spread(150, [100, 80, 20])
    [100, 50, 0]
    """
    lowered = []
    for penalty_fen in penalties_fen:
        part_fen = min(waived_fen, penalty_fen)
        lowered.append(part_fen)
        waived_fen -= part_fen
    return lowered
