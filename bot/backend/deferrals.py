"""Deferrals: what one would move and cost, and the moving once a person approved it."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from bot.backend import booking, doors, filings, schema
from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount
from bot.backend.policy import Policy
from bot.backend.problems import PROBLEM_TYPES, Problem
from bot.backend.store import Reading, Writing
from bot.backend.wire import jsonable
from bot.backend.wire_filings import CreditEffect, DeferralChange, DeferralTerms
from bot.loans.days import Period
from bot.loans.deferral import (
    DeferralEffect,
    DeferralRefusal,
    DeferralRules,
    DeferralWindow,
    deferral_effect,
    deferral_refusal,
    deferral_window,
    deferrals_used,
)
from bot.loans.payments import AmountDue


def quote(writing: Writing, policy: Policy, borrower_id: str, loan_id: str, period_text: str, reason_code: str | None) -> str:
    """Writes a quote for a deferral and says its id; nothing else changes.

    Raises:
        Problem: what the doors refuse, `loan-closed`, `request-pending`, or why the product does not allow it.
    """
    account = doors.account(writing, policy, borrower_id, loan_id)
    terms = terms_of(writing, policy, account, borrower_id, period_text, reason_code)
    # What was asked and what it does; not when it was asked, or a repeat tomorrow would be a second filing.
    what = {name: getattr(terms, name) for name in ("period", "reason_code", "interest_free")}
    what["changes"] = [change.dict() for change in terms.changes]
    quote_id = f"Q{secrets.token_hex(10)}"
    writing.insert(
        schema.quotes,
        quote_id=quote_id,
        kind="deferral",
        borrower_id=borrower_id,
        loan_id=loan_id,
        loan_version=account.row.version,
        filing_key=filings.filing_key(writing, borrower_id, "deferral", loan_id, what),
        quoted_at=writing.now,
        expires_at=policy.quote_expires_at(writing.now),
        asked={"period": period_text, "reason_code": reason_code},
        terms=jsonable(terms),
    )
    writing.audit("deferral.quoted", quote_id, borrower_id, loan_id=loan_id, period=period_text)
    return quote_id


def terms_of(
    reading: Reading, policy: Policy, account: Account, borrower_id: str, period_text: str, reason_code: str | None
) -> DeferralTerms:
    """What such a deferral would move and cost; nothing is written.

    Raises:
        Problem: `loan-closed`, `request-pending`, or why the product does not allow it.
    """
    today, loan_id = reading.today, account.row.loan_id
    account, unpaid, deferred_on = _deferrable(reading, account)
    period = Period.parse(period_text)
    all_rules = account.product.deferral_rules(today)
    refusal = deferral_refusal(account.terms, all_rules[-1], unpaid, period, today, deferred_on)
    if refusal:
        raise _problem(account, refusal)
    flags = frozenset(doors.borrower(reading, borrower_id).flags)
    effect = _effect(account, all_rules, period, today, reason_code, flags)
    return DeferralTerms(
        loan_id=loan_id,
        period=period_text,
        reason_code=reason_code,
        interest_free=effect.interest_free,
        interest_free_reason=effect.interest_free_reason,
        first_instalment_number=effect.changes[0].instalment_number,
        changes=[DeferralChange(**vars(change)) for change in effect.changes],
        old_due_date=effect.old_due_date,
        new_due_date=effect.new_due_date,
        deferred_fen=effect.deferred_fen,
        extra_interest_fen=effect.extra_interest_fen,
        penalty_to_date_fen=effect.penalty_to_date_fen,
        penalty_if_late_fen=effect.penalty_if_late_fen,
        credit_effect=_credit_effect(account, effect, today),
        conditions=_conditions(effect, reason_code),
        decision_due_at=policy.decision_due_at("deferral", reading.now),
        deferrals_used=len(deferrals_used(all_rules[-1], deferred_on, today)),
        deferrals_allowed=all_rules[-1].deferrals_allowed,
    )


def window_of(reading: Reading, account: Account) -> DeferralWindow:
    """Between which days the next due day can be moved today; nothing is written.

    Raises:
        Problem: `loan-closed`, `request-pending`, or why the product allows none at all.
    """
    account, unpaid, deferred_on = _deferrable(reading, account)
    rules = account.product.deferral_rules(reading.today)[-1]
    found = deferral_window(rules, unpaid, reading.today, deferred_on)
    if isinstance(found, DeferralRefusal):
        raise _problem(account, found)
    return found


def _deferrable(reading: Reading, account: Account) -> tuple[LoanAccount, list[AmountDue], list[date]]:
    """The loan with what is unpaid of it, and the days on which earlier deferrals were asked for.

    Raises:
        Problem: `deferral-not-offered`, `loan-closed`, `request-pending`.
    """
    if not isinstance(account, LoanAccount):
        raise Problem("deferral-not-offered", f"{account.product.product_id} is a revolving line.")
    loan_id, unpaid = account.row.loan_id, account.unpaid(reading.today)
    if not unpaid:
        raise Problem("loan-closed", "Nothing is owed.")
    earlier = doors.deferrals_of(reading, [loan_id])
    pending = doors.pending_plan_change(reading, [loan_id]).get(loan_id)
    if pending:
        raise Problem("request-pending", f"{pending} waits for a decision.", request_id=pending)
    return account, unpaid, [row.filed_at.date() for row in earlier]


def _problem(account: LoanAccount, refusal: DeferralRefusal) -> Problem:
    members = PROBLEM_TYPES[refusal.code.value].members
    detail = f"The rules of {account.product.product_id}."
    return Problem(refusal.code.value, detail, **{name: getattr(refusal, name) for name in members})


def _effect(
    account: LoanAccount,
    all_rules: list[DeferralRules],
    period: Period,
    today: date,
    reason_code: str | None,
    flags: frozenset[str],
) -> DeferralEffect:
    """The effect under the first of the rules that makes it interest-free, else under the last."""
    for rules in all_rules:
        effect = deferral_effect(
            account.terms,
            account.unpaid(today),
            period,
            today,
            rules,
            account.product.penalty_rules(),
            reason_code=reason_code,
            borrower_flags=flags,
        )
        if effect.interest_free:
            break
    return effect


def _credit_effect(account: LoanAccount, effect: DeferralEffect, today: date) -> CreditEffect:
    """What the deferral does to the credit record, approved: by the product's rows, never a promise beyond them."""
    if account.days_past_due(today) >= account.product.reported_from_days_past_due:
        return "already_reported"
    restructured_from = account.product.deferral and account.product.deferral.reported_as_restructured_from_days
    return "reported_as_restructured" if restructured_from and effect.days >= restructured_from else "none_if_approved"


def _conditions(effect: DeferralEffect, reason_code: str | None) -> list[str]:
    """What the borrower should know before confirming, as codes."""
    conditions = ["decided_by_person"]
    if reason_code and effect.interest_free_reason == reason_code:
        conditions.append("proof_of_reason")
    if effect.penalty_to_date_fen:
        conditions.append("penalty_to_date_stays_owed")
    if any(change.stays_due_fen for change in effect.changes):
        conditions.append("interest_stays_due")
    return conditions


def apply(writing: Writing, account: Account, request: Any) -> None:
    """Moves the instalments as the borrower confirmed them; penalty up to today stays owed and grows no further.

    Raises:
        Problem: `deferral-period-past`, when the decision came so late that the new day is over.
    """
    assert isinstance(account, LoanAccount)
    changes = [DeferralChange(**change) for change in request.terms["changes"]]
    if any(change.new_due_date <= writing.today for change in changes):
        raise Problem("deferral-period-past", "The new due date is over; refuse it and let the borrower ask anew.")
    table = schema.instalments
    for change in changes:
        row = account.instalment(change.instalment_number)
        fixed_fen = booking.penalty_put_down(account, row, writing.today)
        where = (table.c.loan_id == account.row.loan_id, table.c.instalment_number == row.instalment_number)
        extra = {
            "deferral_interest_fen": change.extra_interest_fen,
            "deferral_from_date": max(change.old_due_date, writing.today),
        }
        if change.stays_due_fen:
            # The interest stays with its day; the principal becomes an instalment of its own behind it.
            writing.update(table, *where, principal_fen=row.paid.principal_fen)
            writing.insert(
                table,
                loan_id=account.row.loan_id,
                instalment_number=max(r.instalment_number for r in account.plan) + 1,
                due_date=change.new_due_date,
                original_due_date=change.old_due_date,
                principal_fen=row.principal_fen - row.paid.principal_fen,
                interest_fen=change.extra_interest_fen,
                fee_fen=0,
                **extra,
            )
        else:
            writing.update(
                table,
                *where,
                due_date=change.new_due_date,
                interest_fen=row.interest_fen + change.extra_interest_fen,
                fixed_penalty_fen=fixed_fen,
                penalty_from_date=None,
                **extra,
            )
    booking.loan_changed(writing, account.row)
