"""A revolving line as of a day: the statement in force, its minimum payment, and what runs on the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from bot.backend.ledger import Paid, paid_by_number
from bot.backend.products import Product
from bot.backend.schema import statements
from bot.backend.store import Reading, Writing
from bot.loans.overdue import LoanStatus, days_past_due
from bot.loans.payments import AmountDue
from bot.loans.revolving import (
    RevolvingPosition,
    RevolvingTerms,
    Statement,
    interest_on_rest_fen,
    next_statement_date,
    revolving_position,
    statement_due_date,
)


@dataclass(frozen=True)
class StatementAccount:
    """One statement, with what was paid towards it and what has accrued on its rest."""

    statement_number: int
    statement: Statement
    carried_in_fen: int = 0
    accrued_interest_fen: int = 0
    accrued_late_fee_fen: int = 0
    accrued_until_date: date | None = None
    past_due_since_date: date | None = None
    carried_forward: bool = False
    paid: Paid = field(default_factory=Paid)

    @property
    def paid_of_statement_fen(self) -> int:
        """What was paid of the statement itself; the rest of the payments went to what accrued later."""
        interest_fen = min(self.paid.interest_fen, self.statement.interest_fen)
        return self.paid.principal_fen + self.paid.fee_fen + interest_fen

    def position(self, terms: RevolvingTerms, day: date) -> RevolvingPosition:
        """How the statement stands, accruals of other days left out."""
        return revolving_position(terms, self.statement, self.paid_of_statement_fen, day)

    def accrued(self, terms: RevolvingTerms, day: date) -> tuple[int, int]:
        """Interest on the rest and late fee up to a day, paid or not."""

        def running(until: date) -> tuple[int, int]:
            position = self.position(terms, until)
            carried_fen = min(self.carried_in_fen, position.unpaid_fen)
            before_due = min(until, self.statement.due_date)
            on_carried = interest_on_rest_fen(terms, carried_fen, self.statement.statement_date, before_due)
            return on_carried + position.interest_fen, position.late_fee_fen

        interest_fen, late_fee_fen = running(day)
        put_down = running(self.accrued_until_date or self.statement.statement_date)
        return (
            self.accrued_interest_fen + max(0, interest_fen - put_down[0]),
            self.accrued_late_fee_fen + max(0, late_fee_fen - put_down[1]),
        )

    def dues(self, terms: RevolvingTerms, day: date) -> tuple[AmountDue, AmountDue]:
        """What is unpaid on a day: of the statement itself, and of what has accrued since (the late fee as penalty).

        What has accrued is billed with the next statement, so payments go to this one first.
        """
        statement, paid = self.statement, self.paid
        paid_interest_fen = min(paid.interest_fen, statement.interest_fen)
        principal_fen = statement.purchases_fen + statement.instalments_fen + statement.past_due_fen - paid.principal_fen
        interest_fen, late_fee_fen = self.accrued(terms, day)
        next_due_date = statement_due_date(terms, next_statement_date(terms, statement.statement_date))
        return (
            AmountDue(
                self.statement_number,
                statement.due_date,
                principal_fen,
                statement.interest_fen - paid_interest_fen,
                statement.fees_fen - paid.fee_fen,
            ),
            AmountDue(
                self.statement_number,
                next_due_date,
                0,
                interest_fen - (paid.interest_fen - paid_interest_fen),
                0,
                late_fee_fen - paid.penalty_fen,
            ),
        )


@dataclass(frozen=True)
class LineAccount:
    """A revolving line; `statements` reach to the day it was rolled to."""

    row: Any
    product: Product
    terms: RevolvingTerms
    statements: tuple[StatementAccount, ...]

    @property
    def current(self) -> StatementAccount | None:
        """The latest statement; None before the first."""
        return self.statements[-1] if self.statements else None

    def unpaid(self, day: date) -> list[AmountDue]:
        """Of the current statement, and what has accrued since; earlier rests are part of it. Empty when nothing is owed."""
        dues = self.current.dues(self.terms, day) if self.current else ()
        return [due for due in dues if due.outstanding_fen]

    def status(self, day: date) -> LoanStatus:
        """How the line stands; a line that owes nothing is still active, until it was closed."""
        if self.row.closed_date is not None:
            return LoanStatus.CLOSED
        if not self.current:
            return LoanStatus.ACTIVE
        if self.current.past_due_since_date and self.minimum_unpaid_fen(day):
            return LoanStatus.OVERDUE
        status = self.current.position(self.terms, day).status
        return LoanStatus.ACTIVE if status is LoanStatus.CLOSED else status

    def minimum_unpaid_fen(self, day: date) -> int:
        """What is still to pay of the minimum."""
        return self.current.position(self.terms, day).minimum_unpaid_fen if self.current else 0

    def days_past_due(self, day: date) -> int:
        """From the oldest due date whose minimum is unpaid."""
        if not self.current or not self.minimum_unpaid_fen(day):
            return 0
        return days_past_due(self.current.past_due_since_date or self.current.statement.due_date, day)

    def days_delinquent(self, day: date) -> int:
        """The same from the end of grace."""
        return max(0, self.days_past_due(day) - self.terms.grace_period_days)

    def overdue_fen(self, day: date) -> int:
        """What of the minimum is past due, late fee included."""
        if not self.days_past_due(day) or not self.current:
            return 0
        current, statement = self.current, self.current.statement
        if day > statement.due_date:
            past_due_fen = self.minimum_unpaid_fen(day)
        else:  # only what was past due when the statement was made; payments went to the minimum as a whole
            past_due_fen = min(statement.past_due_fen, self.minimum_unpaid_fen(day))
        return past_due_fen + current.dues(self.terms, day)[1].penalty_fen

    def rolled_to(self, day: date) -> LineAccount:
        """The line with every statement made that a rest calls for up to a day, no new spending in them."""
        line = self
        while line.current and line.unpaid(next_statement_date(line.terms, line.current.statement.statement_date)):
            statement_date = next_statement_date(line.terms, line.current.statement.statement_date)
            if statement_date > day:
                break
            line = line.with_statement(statement_date)
        return line

    def with_statement(self, statement_date: date, **spending: int) -> LineAccount:
        """The line with one more statement: new spending, and what was left of the last one carried into it.

        Args:
            statement_date: when it is made.
            spending: `purchases_fen`, `instalments_fen`, `fees_fen` since the last one.
        """
        last, earlier = self.current, self.statements[:-1]
        new = Statement(statement_date, statement_due_date(self.terms, statement_date), **spending)
        account = StatementAccount(last.statement_number + 1 if last else 1, new)
        if last is None:
            return replace(self, statements=(account,))
        accrued, position = last.dues(self.terms, statement_date)[1], last.position(self.terms, statement_date)
        past_due_fen = position.minimum_unpaid_fen if statement_date > last.statement.due_date else 0
        rest_fen = position.unpaid_fen
        account = replace(
            account,
            statement=replace(
                new,
                purchases_fen=new.purchases_fen + rest_fen - past_due_fen,
                past_due_fen=past_due_fen,
                interest_fen=accrued.interest_fen,
                fees_fen=new.fees_fen + accrued.penalty_fen,
            ),
            carried_in_fen=rest_fen,
            past_due_since_date=(last.past_due_since_date or last.statement.due_date) if past_due_fen else None,
        )
        interest_fen, late_fee_fen = last.accrued(self.terms, statement_date)
        closed = replace(
            last,
            accrued_interest_fen=interest_fen,
            accrued_late_fee_fen=late_fee_fen,
            accrued_until_date=statement_date,
            carried_forward=True,
        )
        return replace(self, statements=(*earlier, closed, account))


def load(reading: Reading, rows: Iterable[Any], products: Mapping[str, Product]) -> list[LineAccount]:
    """The lines of these rows of `loans`, rolled to the reading's day."""
    rows = list(rows)
    ids = [row.loan_id for row in rows]
    paid = paid_by_number(reading, ids)
    found: dict[str, list[StatementAccount]] = defaultdict(list)
    table = statements
    for row in reading.rows(sa.select(table).where(table.c.loan_id.in_(ids)).order_by(table.c.statement_number)):
        values = dict(row._mapping)
        loan_id = values.pop("loan_id")
        statement = Statement(**{name: values.pop(name) for name in Statement.__dataclass_fields__})
        number = values["statement_number"]
        found[loan_id].append(StatementAccount(statement=statement, paid=paid.get((loan_id, number), Paid()), **values))
    accounts = []
    for row in rows:
        product = products[row.product_id]
        terms = product.revolving_terms(row.terms["statement_day"], row.terms["due_day"])
        accounts.append(LineAccount(row, product, terms, tuple(found[row.loan_id])).rolled_to(reading.today))
    return accounts


def keep(writing: Writing, line: LineAccount) -> None:
    """Writes the line's statements down, those included that a reading only reckoned."""
    table = statements
    for account in line.statements:
        values = {name: getattr(account.statement, name) for name in Statement.__dataclass_fields__}
        for name in StatementAccount.__dataclass_fields__:
            if name not in ("statement", "statement_number", "paid"):
                values[name] = getattr(account, name)
        where = (table.c.loan_id == line.row.loan_id, table.c.statement_number == account.statement_number)
        if not writing.update(table, *where, **values):
            writing.insert(table, loan_id=line.row.loan_id, statement_number=account.statement_number, **values)
