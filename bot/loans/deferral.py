"""Deferrals: what one moves and costs.

The parts are beside it, and their names can be had from here: `deferral_rules` (a product's), `deferral_moves` (which
instalment goes where) and `deferral_refusal` (why not).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.loans.days import Period, PeriodUnit, days_between
from bot.loans.deferral_moves import DeferralKind, Move, counts_from, deferral_kind, deferral_moves, moves_whole_plan
from bot.loans.deferral_refusal import (
    DeferralRefusal,
    DeferralRefusalCode,
    DeferralWindow,
    deferral_refusal,
    deferral_window,
)
from bot.loans.deferral_rules import DeferralRules, InstalmentsGo, InterestFreeRule, deferrals_used, is_interest_free
from bot.loans.money import daily_interest_fen, monthly_interest_fen
from bot.loans.overdue import PenaltyRules, penalty
from bot.loans.payments import AmountDue
from bot.loans.schedule import LoanTerms

__all__ = [
    "DeferralChange",
    "DeferralEffect",
    "DeferralKind",
    "DeferralRefusal",
    "DeferralRefusalCode",
    "DeferralRules",
    "DeferralWindow",
    "InstalmentsGo",
    "InterestFreeRule",
    "deferral_effect",
    "deferral_kind",
    "deferral_refusal",
    "deferral_window",
    "deferrals_used",
    "is_interest_free",
]


@dataclass(frozen=True)
class DeferralChange:
    """One instalment before and after.

    Attributes:
        instalment_number: which.
        old_due_date: before.
        new_due_date: after.
        old_payment_fen: unpaid before, penalty left out.
        new_payment_fen: due on the new day, extra interest included, penalty left out.
        stays_due_fen: interest and fee that stay due on the old day (`DeferralKind.LAST_PRINCIPAL`), else 0.
        extra_interest_fen: what the deferral adds to this instalment.
    """

    instalment_number: int
    old_due_date: date
    new_due_date: date
    old_payment_fen: int
    new_payment_fen: int
    stays_due_fen: int = 0
    extra_interest_fen: int = 0


@dataclass(frozen=True)
class DeferralEffect:
    """What a deferral moves and costs, if it is approved on the day it was reckoned for.

    Attributes:
        kind: what it moves.
        changes: every instalment that moves, the oldest due date first.
        interest_free_reason: why it costs nothing (reason code, flag, or `always`); None when it does cost interest.
        days: days from where they count (due date, or today when past) to the first new due date.
        deferred_principal_fen: principal whose repayment moves.
        normal_interest_fen: what those days cost at the normal rate, charged or not.
        extra_interest_fen: what they do cost.
        penalty_to_date_fen: penalty up to the day of approval; still owed, and it grows no further.
        penalty_if_late_fen: what being late as long would cost instead, beyond the penalty to date.
    """

    kind: DeferralKind
    changes: tuple[DeferralChange, ...]
    interest_free_reason: str | None
    days: int
    deferred_principal_fen: int
    normal_interest_fen: int
    extra_interest_fen: int
    penalty_to_date_fen: int
    penalty_if_late_fen: int

    @property
    def interest_free(self) -> bool:
        """Whether it costs nothing."""
        return self.interest_free_reason is not None

    @property
    def old_due_date(self) -> date:
        """Due date of the first instalment that moves."""
        return self.changes[0].old_due_date

    @property
    def new_due_date(self) -> date:
        """Where that instalment goes."""
        return self.changes[0].new_due_date

    @property
    def deferred_fen(self) -> int:
        """What moves, without extra interest and penalty."""
        return sum(change.old_payment_fen - change.stays_due_fen for change in self.changes)

    @property
    def saved_interest_fen(self) -> int:
        """Normal interest that an interest-free deferral does not charge."""
        return self.normal_interest_fen - self.extra_interest_fen


def deferral_effect(
    terms: LoanTerms,
    unpaid: Sequence[AmountDue],
    period: Period,
    today: date,
    rules: DeferralRules,
    penalty_rules: PenaltyRules,
    *,
    reason_code: str | None = None,
    borrower_flags: frozenset[str] = frozenset(),
) -> DeferralEffect:
    """What a deferral moves and costs; whether the rules allow it is `deferral_refusal`'s to say.

    Days and weeks count from the due date, or from today when it is past; months and instalments keep the day of the month.
    Extra interest is normal interest on the deferred principal: whole months for a plan that counts months and is moved by
    months, actual days otherwise; what is past due costs it from today only, as penalty has run until then. Of a plan moved
    as a whole, the first instalment not yet past due bears it for all after it.

    Args:
        terms: the loan's.
        unpaid: every unpaid instalment, penalty up to today in `penalty_fen`.
        period: what is asked for.
        today: the day of approval (of asking, in a quote).
        rules: the product's; they say for whom it is interest-free.
        penalty_rules: the product's, for what being late would cost.
        reason_code: why the borrower asks.
        borrower_flags: what holds for the borrower.

    Raises:
        ValueError: nothing is unpaid, or an instalment would not move to a later day than its own and today.
    """
    moves = deferral_moves(terms, unpaid, period, today, rules)
    kind = deferral_kind(terms, unpaid, period, rules)
    if any(new_due_date <= counts_from(due.due_date, today) for due, new_due_date in moves):
        raise ValueError(f"{period} would not move the due date {moves[0][0].due_date} to a later day")
    days = days_between(counts_from(moves[0][0].due_date, today), moves[0][1])
    interest_free_reason = is_interest_free(rules.interest_free, days, reason_code, borrower_flags)
    normal = _normal_interest(terms, moves, today, period, whole_plan=moves_whole_plan(kind, rules))
    changes = tuple(
        _change(due, new_due_date, 0 if interest_free_reason else interest, kind)
        for (due, new_due_date), interest in zip(moves, normal, strict=True)
    )
    return DeferralEffect(
        kind=kind,
        changes=changes,
        interest_free_reason=interest_free_reason,
        days=days,
        deferred_principal_fen=sum(due.principal_fen for due, _ in moves),
        normal_interest_fen=sum(normal),
        extra_interest_fen=sum(change.extra_interest_fen for change in changes),
        penalty_to_date_fen=sum(due.penalty_fen for due, _ in moves),
        penalty_if_late_fen=sum(
            _penalty_if_late(terms, due, until, today, penalty_rules, principal_only=kind is DeferralKind.LAST_PRINCIPAL)
            for due, until in moves
        ),
    )


def _normal_interest(terms: LoanTerms, moves: list[Move], today: date, period: Period, *, whole_plan: bool) -> list[int]:
    """Interest at the normal rate for each move.

    What a plan moved as a whole has not yet due stands still together, so its interest is one sum, on the first of it.
    """
    together = [due for due, _ in moves if due.due_date >= today] if whole_plan else []
    principal_fen = {due.instalment_number: due.principal_fen for due, _ in moves}
    for position, due in enumerate(together):
        principal_fen[due.instalment_number] = 0 if position else sum(due.principal_fen for due in together)
    return [
        _interest(terms, principal_fen[due.instalment_number], due.due_date, new_due_date, today, period)
        for due, new_due_date in moves
    ]


def _interest(terms: LoanTerms, principal_fen: int, old_due_date: date, new_due_date: date, today: date, period: Period) -> int:
    by_month = period.unit in (PeriodUnit.MONTHS, PeriodUnit.INSTALMENTS) and today <= old_due_date
    if by_month and terms.method.by_month and terms.annual_rate is not None:
        months = 12 * (new_due_date.year - old_due_date.year) + new_due_date.month - old_due_date.month
        return monthly_interest_fen(principal_fen, terms.annual_rate, months)
    days = days_between(counts_from(old_due_date, today), new_due_date)
    return daily_interest_fen(principal_fen, terms.exact_daily_rate, days)


def _change(due: AmountDue, new_due_date: date, extra_interest_fen: int, kind: DeferralKind) -> DeferralChange:
    payment_fen = due.outstanding_fen - due.penalty_fen
    stays_due_fen = payment_fen - due.principal_fen if kind is DeferralKind.LAST_PRINCIPAL else 0
    return DeferralChange(
        instalment_number=due.instalment_number,
        old_due_date=due.due_date,
        new_due_date=new_due_date,
        old_payment_fen=payment_fen,
        new_payment_fen=payment_fen - stays_due_fen + extra_interest_fen,
        stays_due_fen=stays_due_fen,
        extra_interest_fen=extra_interest_fen,
    )


def _penalty_if_late(
    terms: LoanTerms, due: AmountDue, until: date, today: date, rules: PenaltyRules, *, principal_only: bool
) -> int:
    def penalty_until(day: date) -> int:
        return penalty(
            due.due_date,
            day,
            terms.exact_daily_rate,
            rules,
            principal_fen=due.principal_fen,
            interest_fen=0 if principal_only else due.interest_fen,
            fee_fen=0 if principal_only else due.fee_fen,
        ).total_fen

    return penalty_until(until) - penalty_until(today)
