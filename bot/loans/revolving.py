"""A revolving line: statement, minimum payment, interest on the rest, late fee."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.loans.days import add_months, day_in_month
from bot.loans.money import daily_interest_fen, share_fen
from bot.loans.overdue import LoanStatus, days_past_due, loan_status


@dataclass(frozen=True)
class RevolvingTerms:
    """A line's terms.

    Attributes:
        statement_day: day of the month the statement is made, 1 to 31, cut to the month's end.
        due_day: day of the month it is due, in the month of the statement when later than its day, else in the next.
        grace_period_days: days after the due date in which paying the minimum still counts as on time.
        minimum_share: share of purchases in the minimum payment.
        daily_rate: interest a day on what is not paid by the due date.
        late_fee_daily_rate: late fee a day on the unpaid part of the minimum.
        late_fee_share: late fee once, as a share of the unpaid part of the minimum.
    """

    statement_day: int
    due_day: int
    grace_period_days: int = 0
    minimum_share: Decimal = Decimal("0.1")
    daily_rate: Decimal = Decimal("0.0005")
    late_fee_daily_rate: Decimal = Decimal(0)
    late_fee_share: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if not (1 <= self.statement_day <= 31 and 1 <= self.due_day <= 31):
            raise ValueError("statement day and due day are days of the month")
        if self.grace_period_days < 0 or not 0 <= self.minimum_share <= 1:
            raise ValueError("a grace period is zero or more days, a minimum payment a share from 0 to 1")
        if min(self.daily_rate, self.late_fee_daily_rate, self.late_fee_share) < 0:
            raise ValueError("rates of a revolving line are zero or more")


@dataclass(frozen=True)
class Statement:
    """One statement.

    Attributes:
        statement_date: when it was made.
        due_date: last day on time.
        purchases_fen: spending not split into instalments.
        instalments_fen: instalments that fall due with it.
        fees_fen: fees.
        interest_fen: interest of the last statement's rest.
        past_due_fen: unpaid minimum of earlier statements.
    """

    statement_date: date
    due_date: date
    purchases_fen: int = 0
    instalments_fen: int = 0
    fees_fen: int = 0
    interest_fen: int = 0
    past_due_fen: int = 0

    def __post_init__(self) -> None:
        if min(self.purchases_fen, self.instalments_fen, self.fees_fen, self.interest_fen, self.past_due_fen) < 0:
            raise ValueError("no part of a statement is below zero")
        if self.due_date <= self.statement_date:
            raise ValueError(f"a statement of {self.statement_date} cannot be due on {self.due_date}")

    @property
    def total_fen(self) -> int:
        """All of it."""
        return self.purchases_fen + self.instalments_fen + self.fees_fen + self.interest_fen + self.past_due_fen


@dataclass(frozen=True)
class RevolvingPosition:
    """How a statement stands on a day.

    Attributes:
        status: closed when all of it is paid.
        unpaid_fen: of the whole statement.
        minimum_unpaid_fen: of the minimum.
        days_past_due: from the due date, 0 once the minimum is paid.
        days_delinquent: from the end of grace.
        interest_fen: on the rest since the due date.
        late_fee_fen: on the unpaid minimum, none within grace.
    """

    status: LoanStatus
    unpaid_fen: int
    minimum_unpaid_fen: int
    days_past_due: int
    days_delinquent: int
    interest_fen: int
    late_fee_fen: int


def last_statement_date(terms: RevolvingTerms, today: date) -> date:
    """The latest statement date that is not after today."""
    this_month = day_in_month(today.year, today.month, terms.statement_day)
    return this_month if this_month <= today else add_months(today, -1, terms.statement_day)


def next_statement_date(terms: RevolvingTerms, today: date) -> date:
    """The first statement date after today."""
    this_month = day_in_month(today.year, today.month, terms.statement_day)
    return this_month if this_month > today else add_months(today, 1, terms.statement_day)


def statement_due_date(terms: RevolvingTerms, statement_date: date) -> date:
    """When a statement is due: the first due day after it."""
    this_month = day_in_month(statement_date.year, statement_date.month, terms.due_day)
    return this_month if this_month > statement_date else add_months(statement_date, 1, terms.due_day)


def minimum_payment_fen(terms: RevolvingTerms, statement: Statement) -> int:
    """The least that keeps the line in order: a share of purchases, and all of the other parts of the statement."""
    in_full_fen = statement.total_fen - statement.purchases_fen
    return share_fen(statement.purchases_fen, terms.minimum_share) + in_full_fen


def interest_on_rest_fen(terms: RevolvingTerms, rest_fen: int, due_date: date, until: date) -> int:
    """Interest on what was not paid, from the day after the due date; 0 up to it."""
    return daily_interest_fen(rest_fen, terms.daily_rate, days_past_due(due_date, until))


def late_spending_fen(statement: Statement, unpaid_fen: int, minimum_unpaid_fen: int) -> int:
    """What of an unpaid minimum bears a late fee once grace is over: what is late beyond fees and interest."""
    return max(0, _bearing_fen(statement, unpaid_fen) - (unpaid_fen - minimum_unpaid_fen))


def _bearing_fen(statement: Statement, unpaid_fen: int) -> int:
    """Spending among what is unpaid: fees and interest are settled first and bear nothing themselves."""
    return min(unpaid_fen, statement.total_fen - statement.fees_fen - statement.interest_fen)


def revolving_position(terms: RevolvingTerms, statement: Statement, paid_fen: int, today: date) -> RevolvingPosition:
    """How a statement stands when so much was paid towards it.

    Raises:
        ValueError: a negative payment.
    """
    if paid_fen < 0:
        raise ValueError(f"a payment cannot be {paid_fen} fen")
    unpaid_fen = max(0, statement.total_fen - paid_fen)
    minimum_unpaid_fen = max(0, minimum_payment_fen(terms, statement) - paid_fen)
    late_days = days_past_due(statement.due_date, today) if minimum_unpaid_fen else 0
    delinquent_days = max(0, late_days - terms.grace_period_days)
    status = loan_status(statement.due_date if minimum_unpaid_fen else None, today, terms.grace_period_days)
    if status is LoanStatus.CLOSED and unpaid_fen:
        status = LoanStatus.ACTIVE  # the minimum is paid, the rest revolves
    late_fen = late_spending_fen(statement, unpaid_fen, minimum_unpaid_fen) if delinquent_days else 0
    revolving_fen = min(_bearing_fen(statement, unpaid_fen), unpaid_fen - minimum_unpaid_fen)
    if not terms.late_fee_daily_rate:
        revolving_fen += late_fen  # a daily late fee stands in for interest; one charged once does not
    late_fee_fen = daily_interest_fen(late_fen, terms.late_fee_daily_rate, late_days)
    return RevolvingPosition(
        status=status,
        unpaid_fen=unpaid_fen,
        minimum_unpaid_fen=minimum_unpaid_fen,
        days_past_due=late_days,
        days_delinquent=delinquent_days,
        interest_fen=interest_on_rest_fen(terms, revolving_fen, statement.due_date, today),
        late_fee_fen=late_fee_fen + share_fen(late_fen, terms.late_fee_share),
    )
