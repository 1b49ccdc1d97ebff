"""Why a deferral is not possible, with what would be possible instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import Enum
from itertools import count

from bot.loans.days import Period, PeriodUnit, add_months, days_between
from bot.loans.deferral_moves import counts_from, deferral_moves, in_due_order, months_later
from bot.loans.deferral_rules import DeferralRules, InstalmentsGo, deferrals_used
from bot.loans.overdue import days_past_due
from bot.loans.payments import AmountDue
from bot.loans.schedule import LoanTerms


class DeferralRefusalCode(str, Enum):
    """Why a deferral is not possible; the value ends the problem type of the loan backend."""

    TOO_LONG = "deferral-too-long"
    TOO_SHORT = "deferral-too-short"
    USED_UP = "deferral-used-up"
    OVERDUE_TOO_LONG = "deferral-overdue-too-long"
    NOT_OFFERED = "deferral-not-offered"
    PERIOD_PAST = "deferral-period-past"


@dataclass(frozen=True)
class DeferralRefusal:
    """Why not, with what would be possible; fields that do not belong to the code are None.

    Attributes:
        code: the reason.
        max_days: with `TOO_LONG`, days from the day it counts from to `latest_date`.
        latest_date: with `TOO_LONG`, the latest possible new due date.
        min_days: with `TOO_SHORT`.
        earliest_date: with `TOO_SHORT`, the earliest possible new due date.
        deferrals_used: with `USED_UP`, within the window.
        deferrals_allowed: with `USED_UP`.
        next_possible_date: with `USED_UP`, the day one leaves the window; None when none is ever allowed.
        days_past_due: with `OVERDUE_TOO_LONG`.
        max_days_past_due: with `OVERDUE_TOO_LONG`.
    """

    code: DeferralRefusalCode
    max_days: int | None = None
    latest_date: date | None = None
    min_days: int | None = None
    earliest_date: date | None = None
    deferrals_used: int | None = None
    deferrals_allowed: int | None = None
    next_possible_date: date | None = None
    days_past_due: int | None = None
    max_days_past_due: int | None = None

    def details(self) -> dict[str, int | date]:
        """The fields that belong to the code, by name."""
        named = {row.name: getattr(self, row.name) for row in fields(self) if row.name != "code"}
        return {name: value for name, value in named.items() if value is not None}


def deferral_refusal(
    terms: LoanTerms,
    rules: DeferralRules,
    unpaid: Sequence[AmountDue],
    period: Period,
    today: date,
    deferred_on: Sequence[date] = (),
) -> DeferralRefusal | None:
    """Why this deferral is not possible, or None when it is.

    Args:
        terms: the loan's.
        rules: the product's.
        unpaid: every unpaid instalment, not empty.
        period: what is asked for.
        today: the day of asking.
        deferred_on: days on which earlier deferrals (approved or pending) were asked for.

    Raises:
        ValueError: nothing is unpaid.
    """
    return _none_at_all(rules, unpaid, today, deferred_on) or _wrong_length(terms, rules, unpaid, period, today)


@dataclass(frozen=True)
class DeferralWindow:
    """The days to which the next instalment can be moved, both included.

    Attributes:
        due_date: of the oldest unpaid instalment.
        earliest_date: the earliest new due date; None when the product knows only whole months or instalments.
        latest_date: the latest; None likewise.
        max_months: how many months the plan can be moved instead; None when not at all.
    """

    due_date: date
    earliest_date: date | None
    latest_date: date | None
    max_months: int | None


def deferral_window(
    rules: DeferralRules, unpaid: Sequence[AmountDue], today: date, deferred_on: Sequence[date] = ()
) -> DeferralWindow | DeferralRefusal:
    """Between which days one can choose, or why there is no deferral whatever the day; arguments as for `deferral_refusal`.

    Raises:
        ValueError: nothing is unpaid.
    """
    refusal = _none_at_all(rules, unpaid, today, deferred_on)
    if refusal:
        return refusal
    due_date = in_due_order(unpaid)[0].due_date
    start = counts_from(due_date, today)
    if rules.max_days is None:
        return DeferralWindow(due_date, None, None, rules.max_months)
    earliest, latest = start + timedelta(days=rules.min_days), start + timedelta(days=rules.max_days)
    return DeferralWindow(due_date, earliest, latest, rules.max_months)


def _none_at_all(
    rules: DeferralRules, unpaid: Sequence[AmountDue], today: date, deferred_on: Sequence[date]
) -> DeferralRefusal | None:
    """Why no deferral is possible, however long."""
    oldest_due_date = in_due_order(unpaid)[0].due_date
    if not rules.offered_on(today):
        return DeferralRefusal(DeferralRefusalCode.NOT_OFFERED)
    late_days = days_past_due(oldest_due_date, today)
    if late_days > rules.max_days_past_due:
        return DeferralRefusal(
            DeferralRefusalCode.OVERDUE_TOO_LONG, days_past_due=late_days, max_days_past_due=rules.max_days_past_due
        )
    return _used_up(rules, deferred_on, today)


def _used_up(rules: DeferralRules, deferred_on: Sequence[date], today: date) -> DeferralRefusal | None:
    used, allowed = deferrals_used(rules, deferred_on, today), rules.deferrals_allowed
    if len(used) < allowed:
        return None
    next_possible = add_months(used[len(used) - allowed], rules.allowed_within_months) if allowed else None
    return DeferralRefusal(
        DeferralRefusalCode.USED_UP,
        deferrals_used=len(used),
        deferrals_allowed=allowed,
        next_possible_date=next_possible,
    )


def _wrong_length(
    terms: LoanTerms, rules: DeferralRules, unpaid: Sequence[AmountDue], period: Period, today: date
) -> DeferralRefusal | None:
    moves = deferral_moves(terms, unpaid, period, today, rules)
    if any(new_due_date <= today for _, new_due_date in moves):
        return DeferralRefusal(DeferralRefusalCode.PERIOD_PAST)
    oldest_due_date, new_due_date = moves[0][0].due_date, moves[0][1]
    start = counts_from(oldest_due_date, today)
    longest = {PeriodUnit.MONTHS: rules.max_months, PeriodUnit.INSTALMENTS: rules.max_instalments}.get(period.unit)
    if longest is None and rules.max_days is None:  # days were asked for, and the product knows only longer deferrals
        return _too_short(start, next(day for day in _months_after(terms, oldest_due_date) if day > start))
    earliest_date = start + timedelta(days=rules.min_days)
    if new_due_date < earliest_date:
        return _too_short(start, earliest_date)
    if longest is not None:
        behind_last = period.unit is PeriodUnit.INSTALMENTS and rules.instalments_go is InstalmentsGo.AFTER_LAST
        from_date = in_due_order(unpaid)[-1].due_date if behind_last else oldest_due_date
        return _too_long(start, months_later(terms, from_date, longest)) if period.count > longest else None
    latest_date = start + timedelta(days=rules.max_days or 0)
    return _too_long(start, latest_date) if new_due_date > latest_date else None


def _months_after(terms: LoanTerms, due_date: date) -> Iterator[date]:
    return (months_later(terms, due_date, months) for months in count(1))


def _too_short(start: date, earliest_date: date) -> DeferralRefusal:
    min_days = days_between(start, earliest_date)
    return DeferralRefusal(DeferralRefusalCode.TOO_SHORT, min_days=min_days, earliest_date=earliest_date)


def _too_long(start: date, latest_date: date) -> DeferralRefusal:
    max_days = days_between(start, latest_date)
    return DeferralRefusal(DeferralRefusalCode.TOO_LONG, max_days=max_days, latest_date=latest_date)
