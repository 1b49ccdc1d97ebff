"""Another due day for good: which instalments move, what the first of them comes to, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from bot.loans.days import add_months, day_in_month, days_between
from bot.loans.money import daily_interest_fen
from bot.loans.payments import AmountDue
from bot.loans.schedule import LoanTerms, RepaymentMethod

FIRST_DAY, LAST_DAY = 1, 28
"""Days that every month has."""


@dataclass(frozen=True)
class DueDayRules:
    """How often a product lets the due day be moved.

    Attributes:
        offered: whether it does at all.
        changes_allowed: so many times …
        allowed_within_months: … in so many months, counted from each filing.
    """

    offered: bool = True
    changes_allowed: int = 1
    allowed_within_months: int = 12

    def __post_init__(self) -> None:
        if self.changes_allowed < 1 or self.allowed_within_months < 1:
            raise ValueError("a due day can be moved once at least in a month at least; leave the rule out where it cannot be")


class DueDayRefusalCode(str, Enum):
    """Why a due day stays; the value is the last part of the problem's type."""

    NOT_OFFERED = "due-date-change-not-offered"
    SAME_DAY = "due-date-change-same-day"
    PAST_DUE = "due-date-change-past-due"
    USED_UP = "due-date-change-used-up"
    DEFERRAL_IN_FORCE = "due-date-change-deferral-in-force"
    NOTHING_TO_MOVE = "due-date-change-nothing-to-move"


@dataclass(frozen=True)
class DueDayRefusal:
    """Why not, with what a borrower can do something with; unset members do not belong to the code."""

    code: DueDayRefusalCode
    due_day: int | None = None
    overdue_fen: int | None = None
    changes_allowed: int | None = None
    next_possible_date: date | None = None
    until_date: date | None = None


@dataclass(frozen=True)
class DueDayMove:
    """One instalment before and after."""

    instalment_number: int
    old_due_date: date
    new_due_date: date
    old_payment_fen: int
    new_payment_fen: int


@dataclass(frozen=True)
class DueDayEffect:
    """What moving the due day does.

    Attributes:
        moves: every instalment that moves, the first due first.
        days: how much later the first of them falls; negative when earlier.
        extra_interest_fen: interest for those days, on the first of them; negative when earlier.
    """

    moves: tuple[DueDayMove, ...]
    days: int
    extra_interest_fen: int


def due_day_of(terms: LoanTerms) -> int:
    """The day of the month on which a loan is due."""
    return terms.anchor_day or terms.first_due_date.day


def changes_that_count(rules: DueDayRules, changed_on: Sequence[date], today: date) -> list[date]:
    """Days of earlier changes that still count against the limit, oldest first."""
    return sorted(day for day in changed_on if add_months(day, rules.allowed_within_months) > today)


def due_day_refusal(
    terms: LoanTerms,
    rules: DueDayRules,
    unpaid: Sequence[AmountDue],
    today: date,
    changed_on: Sequence[date],
    deferred_until: date | None,
    due_day: int | None = None,
) -> DueDayRefusal | None:
    """Why the due day cannot be moved; None when it can.

    Args:
        terms: the loan's.
        rules: the product's.
        unpaid: every unpaid instalment.
        today: the day of asking.
        changed_on: days on which earlier changes were filed that are pending or approved.
        deferred_until: the new day of a deferral in force; the instalment it moved comes first.
        due_day: the day asked for; None to ask whether it can be moved at all.
    """
    if not rules.offered:
        return DueDayRefusal(DueDayRefusalCode.NOT_OFFERED)
    past_due = [due for due in unpaid if due.due_date < today]
    if past_due:
        owed_fen = sum(due.outstanding_fen for due in past_due)
        return DueDayRefusal(DueDayRefusalCode.PAST_DUE, overdue_fen=owed_fen)
    counted = changes_that_count(rules, changed_on, today)
    if len(counted) >= rules.changes_allowed:
        next_possible_date = add_months(counted[-rules.changes_allowed], rules.allowed_within_months)
        return DueDayRefusal(
            DueDayRefusalCode.USED_UP, changes_allowed=rules.changes_allowed, next_possible_date=next_possible_date
        )
    if deferred_until is not None:
        return DueDayRefusal(DueDayRefusalCode.DEFERRAL_IN_FORCE, until_date=deferred_until)
    if due_day == due_day_of(terms):
        return DueDayRefusal(DueDayRefusalCode.SAME_DAY, due_day=due_day)
    return None


def due_day_effect(terms: LoanTerms, unpaid: Sequence[AmountDue], due_day: int, decided_by: date) -> DueDayEffect | None:
    """What moves, and what it costs; None when nothing is left that can be moved.

    Every instalment keeps its month and takes the new day. The first that moves is the first whose old and new day both lie
    after the day by which a person has decided, so that nobody has a bill moved under their hands. It bears the interest of
    the days between, as its period grows longer or shorter by them; all later periods are whole months as before.

    Args:
        terms: the loan's; a flat fee does not change with days.
        unpaid: every unpaid instalment.
        due_day: 1 to 28.
        decided_by: the last day on which the request is decided.

    Raises:
        ValueError: a day that not every month has.
    """
    if not FIRST_DAY <= due_day <= LAST_DAY:
        raise ValueError(f"a due day is {FIRST_DAY} to {LAST_DAY}, not {due_day}")
    ordered = sorted(unpaid, key=lambda due: (due.due_date, due.instalment_number))
    dated = [(due, day_in_month(due.due_date.year, due.due_date.month, due_day)) for due in ordered]
    moving = [(due, day) for due, day in dated if due.due_date > decided_by and day > decided_by]
    if not moving:
        return None
    first, first_day = moving[0]
    days = days_between(first.due_date, first_day)
    interest_fen = 0
    if terms.method is not RepaymentMethod.FLAT_FEE:
        principal_fen = sum(due.principal_fen for due, _ in moving)
        interest_fen = daily_interest_fen(principal_fen, terms.exact_daily_rate, abs(days))
    extra_fen = interest_fen if days > 0 else -min(interest_fen, first.interest_fen)
    moves = tuple(
        DueDayMove(
            due.instalment_number,
            due.due_date,
            day,
            due.outstanding_fen,
            due.outstanding_fen + (extra_fen if due is first else 0),
        )
        for due, day in moving
    )
    return DueDayEffect(moves, days, extra_fen)
