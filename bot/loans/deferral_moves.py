"""Which instalments a deferral moves, and to which day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import Enum

from bot.loans.days import Period, PeriodUnit, add_months, day_in_month
from bot.loans.deferral_rules import DeferralRules, InstalmentsGo
from bot.loans.payments import AmountDue
from bot.loans.schedule import LoanTerms, RepaymentMethod

Move = tuple[AmountDue, date]
"""An unpaid instalment and its new due date."""


class DeferralKind(str, Enum):
    """What a deferral moves."""

    ONE_INSTALMENT = "one_instalment"  # the next one (or all that are past due) by days or until a day
    ALL_REMAINING = "all_remaining"  # every unpaid one by months: a repayment holiday
    INSTALMENTS = "instalments"  # so many of them, as `DeferralRules.instalments_go` says
    LAST_PRINCIPAL = "last_principal"  # principal of an interest-only loan; its last interest stays due


def deferral_kind(
    terms: LoanTerms, unpaid: Sequence[AmountDue], period: Period, rules: DeferralRules | None = None
) -> DeferralKind:
    """What a period means for this loan.

    Days, weeks and a named day move one instalment, months the whole plan, instalments so many of them. Where the product
    offers no months (no instalments), the period means one instalment until that day. When only the last instalment of an
    interest-only loan is left, its principal moves whatever the period.
    """
    interest_only = terms.method in (RepaymentMethod.INTEREST_ONLY, RepaymentMethod.INTEREST_ONLY_DAILY)
    if interest_only and len(unpaid) == 1 and unpaid[0].principal_fen:
        return DeferralKind.LAST_PRINCIPAL
    if period.unit is PeriodUnit.INSTALMENTS and (rules is None or rules.max_instalments is not None):
        return DeferralKind.INSTALMENTS
    if period.unit is PeriodUnit.MONTHS and (rules is None or rules.max_months is not None):
        return DeferralKind.ALL_REMAINING
    return DeferralKind.ONE_INSTALMENT


def in_due_order(unpaid: Sequence[AmountDue]) -> list[AmountDue]:
    """Unpaid instalments by due date, the oldest first.

    Raises:
        ValueError: there are none.
    """
    if not unpaid:
        raise ValueError("nothing is unpaid, so there is nothing to defer")
    return sorted(unpaid, key=lambda due: (due.due_date, due.instalment_number))


def months_later(terms: LoanTerms, due_date: date, months: int) -> date:
    """A due date so many months on, on the loan's day of the month unless this date had left it already."""
    anchor_day = terms.anchor_day or terms.first_due_date.day
    on_anchor = due_date == day_in_month(due_date.year, due_date.month, anchor_day)
    return add_months(due_date, months, anchor_day if on_anchor else None)


def counts_from(due_date: date, today: date) -> date:
    """Where the days of a deferral start: at the due date, or today when it is past."""
    return max(due_date, today)


def moves_whole_plan(kind: DeferralKind, rules: DeferralRules) -> bool:
    """Whether every unpaid instalment moves by the same number of months."""
    extends = kind is DeferralKind.INSTALMENTS and rules.instalments_go is InstalmentsGo.PLAN_EXTENDS
    return kind is DeferralKind.ALL_REMAINING or extends


def deferral_moves(
    terms: LoanTerms, unpaid: Sequence[AmountDue], period: Period, today: date, rules: DeferralRules
) -> list[Move]:
    """The instalments that move, the oldest due date first, each with its new due date, allowed or not.

    Raises:
        ValueError: nothing is unpaid.
    """
    ordered = in_due_order(unpaid)
    kind = deferral_kind(terms, ordered, period, rules)
    if moves_whole_plan(kind, rules):
        return [(due, months_later(terms, due.due_date, period.count)) for due in ordered]
    if kind is DeferralKind.INSTALMENTS:
        last_due_date = ordered[-1].due_date
        return [(due, months_later(terms, last_due_date, n)) for n, due in enumerate(ordered[: period.count], start=1)]
    oldest_due_date = ordered[0].due_date
    if period.unit in (PeriodUnit.MONTHS, PeriodUnit.INSTALMENTS):
        new_due_date = months_later(terms, oldest_due_date, period.count)
    else:
        new_due_date = period.end_from(counts_from(oldest_due_date, today))
    past_due = [due for due in ordered if due.due_date < today]  # left behind, they would keep the loan overdue
    return [(due, new_due_date) for due in past_due or ordered[:1]]
