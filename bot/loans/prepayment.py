"""Paying early: all of it, or a part with fewer or smaller instalments afterwards.

Interest counts for the days the money was used (Civil Code art. 677), and a contract may add a fee.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from bot.loans.days import days_between, due_dates
from bot.loans.money import daily_interest_fen, round_fen, share_fen
from bot.loans.payments import AmountDue
from bot.loans.schedule import Instalment, LoanTerms, regular_payment_fen, schedule_over


class RemainingFee(str, Enum):
    """What becomes of fees of instalments not yet due (`flat_fee` loans)."""

    WAIVED = "waived"
    CHARGED = "charged"


class PrepaymentEffect(str, Enum):
    """What a part prepayment changes."""

    FEWER_INSTALMENTS = "fewer_instalments"
    SMALLER_INSTALMENTS = "smaller_instalments"


@dataclass(frozen=True)
class PrepaymentRules:
    """A product's rules for paying early.

    Attributes:
        fee_rate: share of the principal paid early; zero where the contract has none.
        remaining_fee: what becomes of flat fees not yet due.
    """

    fee_rate: Decimal = Decimal(0)
    remaining_fee: RemainingFee = RemainingFee.WAIVED

    def __post_init__(self) -> None:
        if not self.fee_rate.is_finite() or not 0 <= self.fee_rate <= 1:
            raise ValueError(f"a prepayment fee is a share from 0 to 1, not {self.fee_rate}")


NO_FEE = PrepaymentRules()


@dataclass(frozen=True)
class PayoffQuote:
    """What closes the loan on a day.

    Attributes:
        prepay_date: the day it holds for.
        due_fen: instalments due by that day and unpaid, penalty included.
        remaining_principal_fen: principal of the instalments after it.
        days: days of interest on that principal.
        accrued_interest_fen: that interest.
        remaining_fee_fen: flat fees of later instalments that are charged all the same.
        prepayment_fee_fen: what the contract takes for paying early.
        interest_saved_fen: interest of later instalments that is not paid.
        fee_saved_fen: flat fees of later instalments that are not paid.
    """

    prepay_date: date
    due_fen: int
    remaining_principal_fen: int
    days: int
    accrued_interest_fen: int
    remaining_fee_fen: int
    prepayment_fee_fen: int
    interest_saved_fen: int
    fee_saved_fen: int

    @property
    def amount_fen(self) -> int:
        """All there is to pay."""
        return (
            self.due_fen
            + self.remaining_principal_fen
            + self.accrued_interest_fen
            + self.remaining_fee_fen
            + self.prepayment_fee_fen
        )


@dataclass(frozen=True)
class PartPrepaymentQuote:
    """What a part prepayment costs on a day, and the plan after it.

    Attributes:
        prepay_date: the day it holds for.
        due_fen: instalments due by that day and unpaid, penalty included; they come first.
        prepaid_principal_fen: principal paid early.
        days: days of interest on it.
        accrued_interest_fen: that interest, on the prepaid part alone.
        prepayment_fee_fen: what the contract takes for paying early.
        remaining_principal_fen: principal after it.
        instalments: the plan after it, numbered on from where the loan stands.
        interest_saved_fen: interest less than without it.
        fee_saved_fen: flat fees less than without it.
    """

    prepay_date: date
    due_fen: int
    prepaid_principal_fen: int
    days: int
    accrued_interest_fen: int
    prepayment_fee_fen: int
    remaining_principal_fen: int
    instalments: tuple[Instalment, ...]
    interest_saved_fen: int
    fee_saved_fen: int

    @property
    def amount_fen(self) -> int:
        """All there is to pay that day."""
        return self.due_fen + self.prepaid_principal_fen + self.accrued_interest_fen + self.prepayment_fee_fen


def payoff_quote(
    terms: LoanTerms,
    unpaid: Sequence[AmountDue],
    prepay_date: date,
    rules: PrepaymentRules = NO_FEE,
    *,
    interest_from_date: date | None = None,
) -> PayoffQuote:
    """What closes the loan on a day.

    Interest of the running period is counted by days, at least one when the money went out that very day, and never comes
    to more than that period's own instalment would have charged.

    Args:
        terms: the loan's.
        unpaid: every unpaid instalment, penalty to the day included (`payments.amounts_due` makes them of a schedule).
        prepay_date: the day of paying.
        rules: the product's.
        interest_from_date: where interest starts on what is not yet due. By default the regular due date before the first
            such instalment (the day of disbursement before the first); name it for a plan that was deferred or replaced.

    Raises:
        ValueError: nothing is unpaid, or the day lies before disbursement.
    """
    due_fen, later = _split(terms, unpaid, prepay_date)
    principal_fen = sum(row.principal_fen for row in later)
    days = _days_used(terms, later, prepay_date, interest_from_date)
    accrued_fen = _accrued_fen(terms, later, principal_fen, days)
    fees_fen = sum(row.fee_fen for row in later)
    charged_fen = fees_fen if rules.remaining_fee is RemainingFee.CHARGED else 0
    return PayoffQuote(
        prepay_date=prepay_date,
        due_fen=due_fen,
        remaining_principal_fen=principal_fen,
        days=days,
        accrued_interest_fen=accrued_fen,
        remaining_fee_fen=charged_fen,
        prepayment_fee_fen=share_fen(principal_fen, rules.fee_rate),
        interest_saved_fen=sum(row.interest_fen for row in later) - accrued_fen,
        fee_saved_fen=fees_fen - charged_fen,
    )


def part_prepayment_quote(
    terms: LoanTerms,
    unpaid: Sequence[AmountDue],
    prepay_date: date,
    prepaid_principal_fen: int,
    effect: PrepaymentEffect,
    rules: PrepaymentRules = NO_FEE,
    *,
    interest_from_date: date | None = None,
) -> PartPrepaymentQuote:
    """What a part prepayment costs, and the plan after it; the instalment due that day is paid besides.

    Between two due dates interest is paid on the prepaid part for the days used; the rest goes on as if nothing had
    happened. Flat fees shrink with the principal where the rules waive them. Loans repaid at the end only have the one
    effect. Instalments that share a day after a deferral become one.

    Raises:
        ValueError: as for `payoff_quote`; the sum is not above zero, or closes the loan (ask for a payoff instead).
    """
    due_fen, later = _split(terms, unpaid, prepay_date)
    principal_fen = sum(row.principal_fen for row in later)
    if not 0 < prepaid_principal_fen < principal_fen:
        raise ValueError(f"a part prepayment lies between 0 and {principal_fen} fen, not at {prepaid_principal_fen}")
    days = _days_used(terms, later, prepay_date, interest_from_date)
    accrued_fen = _accrued_fen(terms, later, prepaid_principal_fen, days)
    remaining_fen = principal_fen - prepaid_principal_fen
    fees_fen = sum(row.fee_fen for row in later)
    if rules.remaining_fee is RemainingFee.WAIVED:
        fees_left_fen = round_fen(Fraction(fees_fen * remaining_fen, principal_fen))
    else:
        fees_left_fen = fees_fen
    start = _interest_from(terms, later, interest_from_date)
    instalments = _plan_after(terms, later, remaining_fen, start, effect, fees_left_fen)
    interest_left_fen = sum(row.interest_fen for row in instalments)
    return PartPrepaymentQuote(
        prepay_date=prepay_date,
        due_fen=due_fen,
        prepaid_principal_fen=prepaid_principal_fen,
        days=days,
        accrued_interest_fen=accrued_fen,
        prepayment_fee_fen=share_fen(prepaid_principal_fen, rules.fee_rate),
        remaining_principal_fen=remaining_fen,
        instalments=instalments,
        interest_saved_fen=sum(row.interest_fen for row in later) - accrued_fen - interest_left_fen,
        fee_saved_fen=fees_fen - fees_left_fen,
    )


def _split(terms: LoanTerms, unpaid: Sequence[AmountDue], prepay_date: date) -> tuple[int, list[AmountDue]]:
    """What is due by the day, all penalty included, and the instalments after it by due date."""
    if not unpaid:
        raise ValueError("nothing is unpaid, so there is nothing to prepay")
    if prepay_date < terms.disbursed_date:
        raise ValueError(f"the loan of {terms.disbursed_date} cannot be prepaid on {prepay_date}")
    due_fen = sum(row.outstanding_fen for row in unpaid if row.due_date <= prepay_date)
    later = sorted((row for row in unpaid if row.due_date > prepay_date), key=lambda row: row.due_date)
    # A deferred instalment lies in the future, yet the penalty from before its deferral is owed already.
    return due_fen + sum(row.penalty_fen for row in later), later


def _interest_from(terms: LoanTerms, later: list[AmountDue], named: date | None) -> date:
    if named is not None:
        return named
    before = min(row.instalment_number for row in later) - 1
    if before > terms.term:
        raise ValueError(f"the terms know no instalment {before}; name the day interest starts from")
    if not before:
        return terms.disbursed_date
    return due_dates(terms.first_due_date, terms.term, terms.anchor_day)[before - 1]


def _days_used(terms: LoanTerms, later: list[AmountDue], prepay_date: date, named: date | None) -> int:
    if not later:
        return 0
    start = _interest_from(terms, later, named)
    same_day = start == prepay_date == terms.disbursed_date
    return 1 if same_day else max(0, days_between(start, prepay_date))


def _accrued_fen(terms: LoanTerms, later: list[AmountDue], principal_fen: int, days: int) -> int:
    """Interest of the running period; nothing where its own instalment has none (flat fees, an interest-free deferral)."""
    period_fen = sum(row.interest_fen for row in later if row.due_date == later[0].due_date)
    return min(daily_interest_fen(principal_fen, terms.exact_daily_rate, days), period_fen)


def _plan_after(
    terms: LoanTerms, later: list[AmountDue], principal_fen: int, start: date, effect: PrepaymentEffect, fees_fen: int
) -> tuple[Instalment, ...]:
    fewer = effect is PrepaymentEffect.FEWER_INSTALMENTS and not terms.method.principal_last
    on_dates = sorted({row.due_date for row in later})
    rest = replace(terms, principal_fen=principal_fen, disbursed_date=start, first_due_date=on_dates[0])
    return schedule_over(
        rest,
        on_dates,
        first_number=min(row.instalment_number for row in later),
        payment_fen=max(1, regular_payment_fen(terms)) if fewer else None,
        fee_total_fen=fees_fen,
    )
