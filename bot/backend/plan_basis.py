"""What a new plan is drawn up from, whether it replaces an instalment loan's or splits a statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.backend.wire_filings import CreditEffect
from bot.loans.payments import AmountDue


@dataclass(frozen=True)
class PlanBasis:
    """All that a new plan follows from.

    Attributes:
        principal_fen: what is spread.
        annual_rate: of the new plan.
        terms_offered: numbers of instalments, from small to large.
        first_due_date: of the new plan.
        anchor_day: day of the month that due dates come back to.
        replaced: what the new plan stands in the place of; not empty.
        arrears_fen: owed beside it, whatever the new plan.
        numbers_behind: the new plan's numbers go on behind this one.
        credit_effect: what it does to the credit record, approved.
        conditions: what the borrower should know, as codes.
    """

    principal_fen: int
    annual_rate: Decimal
    terms_offered: Sequence[int]
    first_due_date: date
    anchor_day: int
    replaced: tuple[AmountDue, ...]
    arrears_fen: int
    numbers_behind: int
    credit_effect: CreditEffect
    conditions: tuple[str, ...]

    @property
    def present_payment_fen(self) -> int:
        """What falls due next of what is replaced, without penalty."""
        next_due = min(self.replaced, key=lambda due: (due.due_date, due.instalment_number))
        return next_due.outstanding_fen - next_due.penalty_fen

    @property
    def max_term(self) -> int:
        """The most instalments."""
        return self.terms_offered[-1]
