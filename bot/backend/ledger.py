"""An instalment loan as of a day: what was agreed, what the plan in force says, what was paid, what is owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from bot.backend.products import Product
from bot.backend.schema import allocations, instalments, payments
from bot.backend.store import Reading
from bot.loans.days import days_between
from bot.loans.money import share_fen
from bot.loans.overdue import LoanStatus, days_delinquent, days_past_due, loan_status, penalty
from bot.loans.payments import AmountDue
from bot.loans.schedule import LoanTerms, RepaymentMethod


@dataclass(frozen=True)
class Paid:
    """What was paid towards one instalment, and when last (None: nothing yet)."""

    principal_fen: int = 0
    interest_fen: int = 0
    fee_fen: int = 0
    penalty_fen: int = 0
    last_date: date | None = None

    @property
    def total_fen(self) -> int:
        """All four together."""
        return self.principal_fen + self.interest_fen + self.fee_fen + self.penalty_fen


@dataclass(frozen=True)
class PlanRow:
    """One instalment of the plan in force, with what was paid towards it."""

    instalment_number: int
    due_date: date
    original_due_date: date
    principal_fen: int
    interest_fen: int
    fee_fen: int
    fixed_penalty_fen: int
    penalty_from_date: date | None
    deferral_interest_fen: int
    deferral_from_date: date | None
    paid: Paid

    @property
    def is_deferred(self) -> bool:
        """Whether its day was moved."""
        return self.due_date != self.original_due_date


@dataclass(frozen=True)
class LoanAccount:
    """An instalment loan; every figure is reckoned when asked for, as of the day asked for."""

    row: Any
    product: Product
    terms: LoanTerms
    plan: tuple[PlanRow, ...]

    def due_of(self, row: PlanRow, day: date) -> AmountDue:
        """What of an instalment is unpaid on a day, penalty up to that day included."""
        principal_fen = row.principal_fen - row.paid.principal_fen
        interest_fen = row.interest_fen - row.paid.interest_fen
        fee_fen = row.fee_fen - row.paid.fee_fen
        penalty_fen = row.fixed_penalty_fen - row.paid.penalty_fen
        if day > row.due_date and (principal_fen or interest_fen or fee_fen):  # most rows need no reckoning
            penalty_fen += penalty(
                row.due_date,
                day,
                self.terms.exact_daily_rate,
                self.product.penalty_rules(),
                principal_fen=principal_fen,
                interest_fen=interest_fen,
                fee_fen=fee_fen,
                since=row.penalty_from_date,
            ).total_fen
        return AmountDue(row.instalment_number, row.due_date, principal_fen, interest_fen, fee_fen, penalty_fen)

    def unpaid(self, day: date) -> list[AmountDue]:
        """Every instalment that is not paid in full, by due date."""
        dues = [self.due_of(row, day) for row in self.plan]
        return sorted((due for due in dues if due.outstanding_fen), key=lambda due: (due.due_date, due.instalment_number))

    def past_due(self, day: date) -> list[AmountDue]:
        """The unpaid instalments whose day has passed, in grace or not."""
        return [due for due in self.unpaid(day) if due.due_date < day]

    def status(self, day: date) -> LoanStatus:
        """How the loan stands."""
        unpaid = self.unpaid(day)
        return loan_status(unpaid[0].due_date if unpaid else None, day, self.product.grace_period_days)

    def days_past_due(self, day: date) -> int:
        """Of the oldest unpaid instalment."""
        unpaid = self.unpaid(day)
        return days_past_due(unpaid[0].due_date, day) if unpaid else 0

    def days_delinquent(self, day: date) -> int:
        """Of the oldest unpaid instalment, from the end of grace."""
        unpaid = self.unpaid(day)
        return days_delinquent(unpaid[0].due_date, day, self.product.grace_period_days) if unpaid else 0

    def first_day_is_over(self, row: PlanRow, day: date) -> bool:
        """Whether an instalment is due on a day or was, its deferral left aside: its interest is earned."""
        return row.original_due_date <= day

    def owed_already(self, row: PlanRow, day: date) -> AmountDue:
        """A deferred instalment whose first day is over, as if it fell due on a day.

        Of the interest that the deferral added, only the days used count.
        """
        due = self.due_of(row, day)
        if row.due_date <= day:
            return due
        unused_fen = 0
        if row.deferral_from_date and row.deferral_interest_fen:
            days = days_between(row.deferral_from_date, row.due_date)
            unused = Fraction(days_between(max(day, row.deferral_from_date), row.due_date), days)
            unused_fen = min(share_fen(row.deferral_interest_fen, unused), due.interest_fen)
        return replace(due, due_date=day, interest_fen=due.interest_fen - unused_fen)

    def interest_from_date(self, first_later: PlanRow) -> date:
        """Where interest starts on what is not due: with the period of the first instalment that is not."""
        before = [row for row in self.plan if row.instalment_number == first_later.instalment_number - 1]
        if not before:
            return self.terms.disbursed_date
        # A plan that was moved as a whole pauses meanwhile; one deferred instalment leaves the others where they were.
        start = before[0].due_date if first_later.is_deferred else before[0].original_due_date
        return max(start, self.terms.disbursed_date)

    def instalment(self, number: int) -> PlanRow:
        """The row of that number."""
        return next(row for row in self.plan if row.instalment_number == number)


def load(reading: Reading, rows: Iterable[Any], products: Mapping[str, Product]) -> list[LoanAccount]:
    """The accounts of these rows of `loans`, in their order."""
    rows = list(rows)
    ids = [row.loan_id for row in rows]
    paid = paid_by_number(reading, ids)
    plans: dict[str, list[PlanRow]] = defaultdict(list)
    table = instalments
    for row in reading.rows(sa.select(table).where(table.c.loan_id.in_(ids)).order_by(table.c.instalment_number)):
        values = {key: value for key, value in row._mapping.items() if key != "loan_id"}
        plans[row.loan_id].append(PlanRow(**values, paid=paid.get((row.loan_id, row.instalment_number), Paid())))
    return [LoanAccount(row, products[row.product_id], terms_from_json(row.terms), tuple(plans[row.loan_id])) for row in rows]


def paid_by_number(reading: Reading, loan_ids: list[str]) -> dict[tuple[str, int], Paid]:
    """What was paid towards each instalment (or statement) of these loans."""
    a, p = allocations.c, payments.c
    total = sa.func.sum  # of big integers it is a Decimal on PostgreSQL
    query = (
        sa.select(
            p.loan_id,
            a.instalment_number,
            total(a.principal_fen),
            total(a.interest_fen),
            total(a.fee_fen),
            total(a.penalty_fen),
            sa.func.max(p.value_date),
        )
        .join_from(allocations, payments)
        .where(p.loan_id.in_(loan_ids), a.instalment_number.is_not(None))
        .group_by(p.loan_id, a.instalment_number)
    )
    return {
        (loan_id, number): Paid(int(principal), int(interest), int(fee), int(penalty), last_date)
        for loan_id, number, principal, interest, fee, penalty, last_date in reading.rows(query)
    }


def terms_to_json(terms: LoanTerms) -> dict[str, Any]:
    """Terms as the `terms` column of `loans` keeps them; rates are text, days ISO."""
    values: dict[str, Any] = {}
    for name in LoanTerms.__dataclass_fields__:
        value = getattr(terms, name)
        if isinstance(value, RepaymentMethod):
            value = value.value
        elif isinstance(value, date):
            value = value.isoformat()
        elif isinstance(value, Decimal):
            value = format(value, "f")
        values[name] = value
    return values


def terms_from_json(values: Mapping[str, Any]) -> LoanTerms:
    """The terms that `terms_to_json` wrote."""
    read: dict[str, Any] = dict(values)
    read["method"] = RepaymentMethod(read["method"])
    for name in ("disbursed_date", "first_due_date"):
        read[name] = date.fromisoformat(read[name])
    for name in ("annual_rate", "daily_rate", "fee_rate"):
        read[name] = None if read[name] is None else Decimal(read[name])
    return LoanTerms(**read)
