"""What a loan has cost and will cost, what that is a year, and how the next instalment's interest comes about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount
from bot.backend.schema import allocations, payments
from bot.backend.store import Reading
from bot.loans.cost import InterestSum, interest_sum, is_over_ceiling
from bot.loans.rates import annual_rate_of, annual_rates
from bot.loans.schedule import RepaymentMethod


@dataclass(frozen=True)
class Parts:
    """Interest, fee and penalty, each for itself."""

    interest_fen: int
    fee_fen: int
    penalty_fen: int

    @property
    def total_fen(self) -> int:
        """The three together."""
        return self.interest_fen + self.fee_fen + self.penalty_fen


@dataclass(frozen=True)
class Yearly:
    """What the loan costs a year, interest and fees together.

    Attributes:
        simple: twelve times the monthly rate of return; of a line its daily rate times the days of a year.
        effective: the same compounded over a year; None for a line, whose months are as the borrower uses it.
    """

    simple: Decimal
    effective: Decimal | None

    @property
    def over_ceiling(self) -> bool:
        """Whether the simple one is above what a court looks at."""
        return is_over_ceiling(self.simple)


def paid_so_far(reading: Reading, loan_id: str) -> Parts:
    """What of the payments went to interest, fee and penalty."""
    a = allocations.c
    query = (
        sa.select(sa.func.sum(a.interest_fen), sa.func.sum(a.fee_fen), sa.func.sum(a.penalty_fen))
        .join_from(allocations, payments)
        .where(payments.c.loan_id == loan_id)
    )
    row = reading.one(query)
    return Parts(*(int(value or 0) for value in row)) if row else Parts(0, 0, 0)


def still_to_come(account: Account, today: date) -> Parts:
    """What of the plan is unpaid if it is kept to its end; of a line what has been billed or has run by now."""
    unpaid = account.unpaid(today)
    return Parts(
        sum(due.interest_fen for due in unpaid),
        sum(due.fee_fen for due in unpaid),
        sum(due.penalty_fen for due in unpaid),
    )


def yearly(account: Account) -> Yearly:
    """What it costs a year by the terms in force."""
    if isinstance(account, LoanAccount):
        rates = annual_rates(account.terms)
        return Yearly(rates.simple, rates.compound)
    return Yearly(annual_rate_of(account.terms.daily_rate, account.product.day_base), None)


def next_sum(account: Account, today: date) -> tuple[int, InterestSum] | None:
    """Number of the next instalment to come and how its interest (or fee) comes about.

    None where nothing is to come, and where a deferral, a prepayment or a first period of odd length made it another amount
    than the terms alone would.
    """
    if not isinstance(account, LoanAccount):
        return None
    coming = [row for row in account.plan if row.due_date >= today and account.due_of(row, today).outstanding_fen]
    if not coming:
        return None
    row = coming[0]
    opening_fen = sum(other.principal_fen for other in account.plan if other.instalment_number >= row.instalment_number)
    found = interest_sum(account.terms, opening_fen, account.interest_from_date(row), row.due_date)
    charged_fen = row.fee_fen if account.terms.method is RepaymentMethod.FLAT_FEE else row.interest_fen
    return (row.instalment_number, found) if found.amount_fen == charged_fen else None
