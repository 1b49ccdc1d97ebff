"""Restructuring: a new schedule replaces what is left of the old one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.loans.days import add_months, due_dates
from bot.loans.money import monthly_interest_fen, share_fen
from bot.loans.payments import AmountDue
from bot.loans.schedule import Instalment, LoanTerms, RepaymentMethod, regular_payment_fen, schedule_over


@dataclass(frozen=True)
class RestructurePlan:
    """A new schedule.

    Attributes:
        annual_rate: simple yearly rate of it, may be zero.
        instalments: all of them, numbered from 1.
        regular_payment_fen: what every level instalment but the last comes to.
    """

    annual_rate: Decimal
    instalments: tuple[Instalment, ...]
    regular_payment_fen: int

    @property
    def term(self) -> int:
        """Number of instalments."""
        return len(self.instalments)

    @property
    def largest_payment_fen(self) -> int:
        """The most that falls due on one day."""
        return max(row.payment_fen for row in self.instalments)

    @property
    def total_payment_fen(self) -> int:
        """All there is to pay."""
        return sum(row.payment_fen for row in self.instalments)

    @property
    def total_interest_fen(self) -> int:
        """Interest of all instalments."""
        return sum(row.interest_fen for row in self.instalments)


@dataclass(frozen=True)
class RestructureComparison:
    """New plan against old.

    Attributes:
        old_payment_fen: next instalment of the old plan.
        new_payment_fen: regular instalment of the new one.
        old_remaining_interest_fen: interest and fees left in the old plan.
        new_total_interest_fen: interest of the new one.
    """

    old_payment_fen: int
    new_payment_fen: int
    old_remaining_interest_fen: int
    new_total_interest_fen: int

    @property
    def payment_drop_fen(self) -> int:
        """How much less a month; negative when more."""
        return self.old_payment_fen - self.new_payment_fen

    @property
    def extra_interest_fen(self) -> int:
        """How much more interest in all; negative when less."""
        return self.new_total_interest_fen - self.old_remaining_interest_fen


@dataclass(frozen=True)
class SettlementPlan:
    """Part of the penalty waived, a down payment, and the rest without interest.

    Attributes:
        waived_fen: penalty not asked for.
        settle_total_fen: principal, interest and the penalty that is left.
        down_payment_fen: due at once.
        rest_fen: spread over the plan.
        plan: the rest, interest-free.
    """

    waived_fen: int
    settle_total_fen: int
    down_payment_fen: int
    rest_fen: int
    plan: RestructurePlan


@dataclass(frozen=True)
class PaymentTooSmall:
    """No term the product has makes the instalments as small as asked.

    Attributes:
        minimum_monthly_payment_fen: what the longest term takes a month.
        max_term: that term.
    """

    minimum_monthly_payment_fen: int
    max_term: int


def restructure_plan(
    principal_fen: int,
    annual_rate: Decimal,
    term: int,
    first_due_date: date,
    *,
    anchor_day: int | None = None,
    interest_only_terms: int = 0,
) -> RestructurePlan:
    """The remaining principal over a new term at a new rate, level payments by month.

    Args:
        principal_fen: what is left.
        annual_rate: simple yearly rate; zero for none.
        term: all instalments, the interest-only ones included.
        first_due_date: of the new plan.
        anchor_day: day of the month to come back to; the first due date's own by default.
        interest_only_terms: so many instalments at the start pay interest only.

    Raises:
        ValueError: a principal of zero or less, a negative rate, or no level instalment left.
    """
    level_terms = term - interest_only_terms
    if interest_only_terms < 0 or level_terms < 1:
        raise ValueError(f"{term} instalments leave none to repay the principal after {interest_only_terms} of interest only")
    on_dates = due_dates(first_due_date, term, anchor_day)
    terms = LoanTerms(
        principal_fen=principal_fen,
        method=RepaymentMethod.EQUAL_PAYMENT,
        term=level_terms,
        disbursed_date=add_months(first_due_date, -1),  # by month it does not matter which day of the month before
        first_due_date=first_due_date,
        anchor_day=anchor_day,
        annual_rate=annual_rate,
    )
    interest_fen = monthly_interest_fen(principal_fen, annual_rate)
    start = tuple(
        Instalment(number, due_date, principal_fen, 0, interest_fen)
        for number, due_date in enumerate(on_dates[:interest_only_terms], start=1)
    )
    level = schedule_over(terms, on_dates[interest_only_terms:], first_number=interest_only_terms + 1)
    return RestructurePlan(annual_rate, start + level, regular_payment_fen(terms))


def compare_plans(unpaid: Sequence[AmountDue], plan: RestructurePlan) -> RestructureComparison:
    """What a new plan changes against what is unpaid of the old one.

    Raises:
        ValueError: nothing is unpaid.
    """
    if not unpaid:
        raise ValueError("nothing is unpaid, so there is nothing to compare")
    next_due = min(unpaid, key=lambda due: (due.due_date, due.instalment_number))
    return RestructureComparison(
        old_payment_fen=next_due.outstanding_fen - next_due.penalty_fen,
        new_payment_fen=plan.regular_payment_fen,
        old_remaining_interest_fen=sum(due.interest_fen + due.fee_fen for due in unpaid),
        new_total_interest_fen=plan.total_interest_fen,
    )


def plan_for_monthly_payment(
    principal_fen: int,
    monthly_payment_fen: int,
    annual_rate: Decimal,
    max_term: int,
    first_due_date: date,
    *,
    anchor_day: int | None = None,
    terms_offered: Sequence[int] | None = None,
) -> RestructurePlan | PaymentTooSmall:
    """The shortest plan whose every instalment fits what the borrower can pay a month, or what it would take.

    Args:
        principal_fen: what is left.
        monthly_payment_fen: what can be paid a month.
        annual_rate: simple yearly rate of the new plan.
        max_term: the most instalments.
        first_due_date: of the new plan.
        anchor_day: day of the month to come back to; the first due date's own by default.
        terms_offered: numbers of instalments to choose from, from small to large, `max_term` the last; all by default.

    Raises:
        ValueError: a principal, payment or maximum term of zero or less, or a negative rate.
    """
    if monthly_payment_fen <= 0 or max_term < 1:
        raise ValueError("a monthly payment and a maximum term must be above zero")
    for term in terms_offered or range(1, max_term + 1):
        plan = restructure_plan(principal_fen, annual_rate, term, first_due_date, anchor_day=anchor_day)
        if plan.largest_payment_fen <= monthly_payment_fen:
            return plan
    return PaymentTooSmall(plan.largest_payment_fen, max_term)


def settlement_plan(
    principal_fen: int,
    interest_fen: int,
    penalty_fen: int,
    term: int,
    first_due_date: date,
    *,
    waived_penalty_share: Decimal = Decimal(0),
    down_payment_share: Decimal = Decimal(0),
    anchor_day: int | None = None,
) -> SettlementPlan:
    """All that is owed with part of the penalty waived: a down payment, and the rest in level instalments without interest.

    Args:
        principal_fen: owed.
        interest_fen: owed.
        penalty_fen: owed.
        term: instalments after the down payment.
        first_due_date: of the first of them.
        waived_penalty_share: of the penalty, from 0 to 1.
        down_payment_share: of what is left to settle, from 0 to below 1.
        anchor_day: day of the month to come back to; the first due date's own by default.

    Raises:
        ValueError: a share out of its range, a negative amount, or nothing to settle.
    """
    if min(principal_fen, interest_fen, penalty_fen) < 0:
        raise ValueError("nothing owed can be less than zero")
    if not 0 <= waived_penalty_share <= 1 or not 0 <= down_payment_share < 1:
        raise ValueError("the waived share lies from 0 to 1, the down payment from 0 to below 1")
    waived_fen = share_fen(penalty_fen, waived_penalty_share)
    total_fen = principal_fen + interest_fen + penalty_fen - waived_fen
    down_payment_fen = share_fen(total_fen, down_payment_share)
    rest_fen = total_fen - down_payment_fen
    plan = restructure_plan(rest_fen, Decimal(0), term, first_due_date, anchor_day=anchor_day)
    return SettlementPlan(waived_fen, total_fen, down_payment_fen, rest_fen, plan)
