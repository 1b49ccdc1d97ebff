"""The penalty of a loan as of a day, as rows that can be checked by hand, and the days on which being late has consequences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount
from bot.backend.line import LineAccount
from bot.loans.days import days_between
from bot.loans.overdue import PenaltyRules
from bot.loans.payments import AmountDue
from bot.loans.penalty_sum import PenaltyRow, a_day_more_fen, charged_from, late_fee_rows, penalty_rows
from bot.loans.revolving import late_spending_fen, next_statement_date


@dataclass(frozen=True)
class PenaltyOf:
    """The penalty of a loan as of a day.

    Attributes:
        until_date: the day; of a line no later than the day before its next statement, which bills what has run.
        counted_from_date: due date of the oldest unpaid instalment; None when nothing is owed.
        rows: what runs, by instalment number.
        earlier_fen: put down before, when a payment or a deferral changed what it runs on.
        paid_fen: of all this, what was paid.
        a_day_more_fen: what each further day adds; of a loan that is not late yet (or within grace), what it would.
        overdue_fen: to be paid on that day for nothing to be past due, penalty included.
    """

    until_date: date
    counted_from_date: date | None
    days_past_due: int
    rows: tuple[tuple[int, PenaltyRow], ...]
    earlier_fen: int
    paid_fen: int
    a_day_more_fen: int
    overdue_fen: int

    @property
    def penalty_fen(self) -> int:
        """Owed on that day."""
        return sum(row.amount_fen for _, row in self.rows) + self.earlier_fen - self.paid_fen


def penalty_of(account: Account, today: date, until: date) -> PenaltyOf:
    """The penalty if nothing is paid up to a day.

    Args:
        account: the loan.
        today: the ledger's day.
        until: the day asked about, today or later.
    """
    return _of_loan(account, until) if isinstance(account, LoanAccount) else _of_line(account, today, until)


def counted_from(account: Account, today: date) -> date | None:
    """The due date that days past due are counted from; the next one where nothing is late; None where nothing is owed."""
    if isinstance(account, LoanAccount):
        unpaid = account.unpaid(today)
        return unpaid[0].due_date if unpaid else None
    current = account.current
    if not current or not account.minimum_unpaid_fen(today):
        return None
    return current.past_due_since_date or current.statement.due_date


def normal_daily_rate(account: Account) -> tuple[Fraction, bool]:
    """The rate a day that penalty is a multiple of, and whether six decimals say it exactly."""
    rate = account.terms.exact_daily_rate if isinstance(account, LoanAccount) else Fraction(account.terms.late_fee_daily_rate)
    return rate, (rate * 10**6).denominator == 1


def multiplier(account: Account) -> Decimal:
    """How many times the normal rate; a line's late fee has a rate of its own."""
    return account.product.penalty.multiplier if isinstance(account, LoanAccount) else Decimal(1)


def _of_loan(account: LoanAccount, until: date) -> PenaltyOf:
    rules, rate = account.product.penalty_rules(), account.terms.exact_daily_rate
    rows: list[tuple[int, PenaltyRow]] = []
    earlier_fen = paid_fen = overdue_fen = 0
    late: list[PenaltyRow] = []
    unpaid = account.unpaid(until)
    for due in unpaid:
        row = account.instalment(due.instalment_number)
        if due.due_date >= until:
            continue
        overdue_fen += due.outstanding_fen
        earlier_fen += row.fixed_penalty_fen
        paid_fen += row.paid.penalty_fen
        running = _rows(due, until, rate, rules, row.penalty_from_date)
        rows += [(due.instalment_number, part) for part in running]
        late += running or _rows(due, charged_from(due.due_date, rules.grace_period_days), rate, rules)
    if not late and unpaid:
        late += _rows(unpaid[0], charged_from(unpaid[0].due_date, rules.grace_period_days), rate, rules)
    first = unpaid[0].due_date if unpaid else None
    days = max(0, days_between(first, until)) if first else 0
    return PenaltyOf(until, first, days, tuple(rows), earlier_fen, paid_fen, a_day_more_fen(late), overdue_fen)


def _rows(due: AmountDue, until: date, rate: Fraction, rules: PenaltyRules, since: date | None = None) -> list[PenaltyRow]:
    amounts = {"principal_fen": due.principal_fen, "interest_fen": due.interest_fen, "fee_fen": due.fee_fen}
    return list(penalty_rows(due.due_date, until, rate, rules, **amounts, since=since))


def _of_line(account: LineAccount, today: date, until: date) -> PenaltyOf:
    current = account.current
    if current is None:
        return PenaltyOf(until, None, 0, (), 0, 0, 0, 0)
    last = next_statement_date(account.terms, current.statement.statement_date) - timedelta(days=1)
    until = min(until, max(last, today))
    due_date, position = current.statement.due_date, current.position(account.terms, until)
    late_fen = late_spending_fen(current.statement, position.unpaid_fen, position.minimum_unpaid_fen)

    def running(to: date, since: date | None, share: Decimal) -> tuple[PenaltyRow, ...]:
        terms = account.terms
        return late_fee_rows(
            late_fen,
            due_date,
            to,
            grace_period_days=terms.grace_period_days,
            daily_rate=terms.late_fee_daily_rate,
            share=share,
            since=since,
        )

    rows = running(until, current.accrued_until_date, account.terms.late_fee_share)
    from_day = charged_from(due_date, account.terms.grace_period_days)
    daily = running(max(from_day, until), None, Decimal(0))  # what is charged once is not charged again by a day more
    # What a payment has put down, less what was paid of it; the rest of the fee is in the rows.
    owed_fen = current.dues(account.terms, until)[1].penalty_fen
    return PenaltyOf(
        until_date=until,
        counted_from_date=counted_from(account, until) or None,
        days_past_due=account.days_past_due(until),
        rows=tuple((current.statement_number, row) for row in rows),
        earlier_fen=owed_fen + current.paid.penalty_fen - sum(row.amount_fen for row in rows),
        paid_fen=current.paid.penalty_fen,
        a_day_more_fen=a_day_more_fen(daily),
        overdue_fen=account.overdue_fen(until),
    )
