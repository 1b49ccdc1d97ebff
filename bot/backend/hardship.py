"""The ways for somebody who cannot pay, side by side, each as its own quote would reckon it. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.backend import deferrals, doors, fee_waivers, minimum_payments, new_plans
from bot.backend.doors import Account
from bot.backend.line import LineAccount
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.products import Product
from bot.backend.store import Reading
from bot.backend.wire_difficulty import HardshipOptions, HardshipWay
from bot.backend.wire_filings import RestructureQuoteAsk
from bot.loans.hardship import Way, recommended

_A_MONTH = 30


def options(reading: Reading, policy: Policy, borrower_id: str, account: Account, reason_code: str | None) -> HardshipOptions:
    """All ways for one loan, with why not where one is not possible, and the one that fits best.

    Raises:
        Problem: `loan-closed`.
    """
    today, product = reading.today, account.product
    if not account.unpaid(today):
        raise Problem("loan-closed", "Nothing is owed.")
    loan_id = account.row.loan_id
    waiting = doors.pending_plan_change(reading, [loan_id]).get(loan_id)
    if isinstance(account, LineAccount):
        ways = [_minimum(reading, policy, account), _restructure(reading, policy, account, reason_code)]
    else:
        ways = [
            _deferral(reading, policy, borrower_id, account, reason_code),
            _restructure(reading, policy, account, reason_code),
        ]
    ways.append(_way(Way.ASSISTANCE))
    hardship = policy.lender.file.hardship
    best = recommended(
        [Way(row.way) for row in ways if row.possible],
        reason_code,
        lasting_reasons=hardship.lasting_reasons,
        request_waits=waiting is not None,
    )
    waivers = fee_waivers.programmes(reading, policy, borrower_id, account, reason_code)
    return HardshipOptions(
        loan_id=loan_id,
        product_name=product.name,
        days_past_due=account.days_past_due(today),
        penalty_fen=waivers.penalty_fen,
        pending_request_id=waiting,
        ways=ways,
        recommended=best.way.value if best.way else None,
        because=best.because.value,
        reasons_that_help=_reasons_that_help(reading, product, ways),
        waiver_may_fit=any(row.fits or row.why_not == "reason-not-covered" for row in waivers.programmes),
        as_of=reading.now,
    )


def _way(way: Way, *, possible: bool = True, **values: Any) -> HardshipWay:
    nothing = {name: None for name in HardshipWay.__fields__ if name not in ("way", "possible", "proof_needed")}
    return HardshipWay(**{**nothing, "proof_needed": False, **values, "way": way.value, "possible": possible})


def _or_why_not(way: Way, work: Callable[[], HardshipWay]) -> HardshipWay:
    try:
        return work()
    except Problem as problem:
        next_date = problem.members.get("next_possible_date")
        return _way(way, possible=False, why_not=problem.kind.slug, next_possible_date=next_date)


def _deferral(reading: Reading, policy: Policy, borrower_id: str, account: Account, reason_code: str | None) -> HardshipWay:
    """A month's deferral, or as long as the product allows."""

    def work() -> HardshipWay:
        period = _usual_period(account.product)
        if period is None:
            raise Problem("deferral-not-offered", "The product has none.")
        terms = deferrals.terms_of(reading, policy, account, borrower_id, period, reason_code)
        return _way(
            Way.INTEREST_FREE_DEFERRAL if terms.interest_free else Way.DEFERRAL,
            period=period,
            old_due_date=terms.old_due_date,
            new_due_date=terms.new_due_date,
            extra_interest_fen=terms.extra_interest_fen,
            proof_needed="proof_of_reason" in terms.conditions,
            credit_effect=terms.credit_effect,
        )

    return _or_why_not(Way.DEFERRAL, work)


def _usual_period(product: Product) -> str | None:
    rules = product.deferral
    if rules is None:
        return None
    if rules.max_days is not None:
        return f"P{min(_A_MONTH, rules.max_days)}D"
    return "P1M" if rules.max_months else "P1I"


def _restructure(reading: Reading, policy: Policy, account: Account, reason_code: str | None) -> HardshipWay:
    """The new plan of the payment that is suggested; of a line, its statement split as far as possible."""

    def work() -> HardshipWay:
        _, found = new_plans.range_of(reading, policy, account)
        splits_statement = isinstance(account, LineAccount)
        monthly_fen = found.min_fen if splits_statement else found.suggested_fen
        ask = RestructureQuoteAsk.parse_obj({"monthly_payment_fen": monthly_fen, "reason_code": reason_code})
        terms = new_plans.terms(reading, policy, account, ask)
        return _way(
            Way.RESTRUCTURE,
            old_payment_fen=None if splits_statement else terms.old_payment_fen,
            new_payment_fen=terms.new_payment_fen,
            new_term=terms.new_term,
            extra_interest_fen=terms.extra_interest_fen,
            credit_effect=terms.credit_effect,
        )

    return _or_why_not(Way.RESTRUCTURE, work)


def _minimum(reading: Reading, policy: Policy, account: LineAccount) -> HardshipWay:
    found = minimum_payments.minimum_payment(reading, policy, account, None)
    return _way(
        Way.MINIMUM_PAYMENT,
        possible=bool(found.minimum_fen),
        old_due_date=found.due_date,
        old_payment_fen=found.due_fen,
        minimum_fen=found.minimum_fen,
        rest_a_day_fen=found.rest_a_day_fen,
    )


def _reasons_that_help(reading: Reading, product: Product, ways: list[HardshipWay]) -> list[str]:
    """Reasons for which a deferral of this product costs nothing; none when it is not possible, or costs nothing anyway."""
    if product.deferral is None or not any(row.way == Way.DEFERRAL.value and row.possible for row in ways):
        return []
    free = [row for row in product.deferral.interest_free if row.in_force(reading.today)]
    return sorted({code for row in free for code in row.reason_codes})
