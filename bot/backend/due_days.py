"""Another due day for good: the quote, and the moving once a person approved it."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

import sqlalchemy as sa

from bot.backend import booking, doors, filings, schema
from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount, terms_to_json
from bot.backend.policy import Policy
from bot.backend.problems import PROBLEM_TYPES, Problem
from bot.backend.store import Reading, Writing
from bot.backend.wire import jsonable
from bot.backend.wire_my_debt import DueDateChangeOptions, DueDateChangeTerms, MovedInstalment
from bot.loans.days import add_months
from bot.loans.due_day import (
    FIRST_DAY,
    LAST_DAY,
    DueDayRefusal,
    DueDayRefusalCode,
    changes_that_count,
    due_day_effect,
    due_day_of,
    due_day_refusal,
)


def refusal(reading: Reading, account: Account, due_day: int | None = None) -> DueDayRefusal | None:
    """Why the due day of a loan stays where it is; None when a request to move it can be made."""
    if not isinstance(account, LoanAccount):
        return DueDayRefusal(DueDayRefusalCode.NOT_OFFERED)  # it follows the statement day
    today, loan_id = reading.today, account.row.loan_id
    return due_day_refusal(
        account.terms,
        account.product.due_day_rules(),
        account.unpaid(today),
        today,
        _changed_on(reading, loan_id),
        _deferred_until(reading, loan_id),
        due_day,
    )


def options(reading: Reading, borrower_id: str, loan_id: str, policy: Policy) -> DueDateChangeOptions:
    """That the due day can be moved, and how often.

    Raises:
        Problem: what the doors refuse, `loan-closed`, `request-pending`, or why the product does not allow it.
    """
    account = _movable(reading, policy, borrower_id, loan_id, None)
    rules = account.product.due_day_rules()
    return DueDateChangeOptions(
        loan_id=loan_id,
        product_name=account.product.name,
        due_day=due_day_of(account.terms),
        first_day=FIRST_DAY,
        last_day=LAST_DAY,
        changes_used=len(changes_that_count(rules, _changed_on(reading, loan_id), reading.today)),
        changes_allowed=rules.changes_allowed,
        allowed_within_months=rules.allowed_within_months,
        as_of=reading.now,
    )


def quote(writing: Writing, policy: Policy, borrower_id: str, loan_id: str, due_day: int) -> str:
    """Writes a quote for another due day and says its id; nothing else changes.

    Raises:
        Problem: as for `options`, and `due-date-change-same-day`, `due-date-change-nothing-to-move`.
    """
    account = _movable(writing, policy, borrower_id, loan_id, due_day)
    terms = _terms(writing, policy, account, due_day)
    what = {"due_day": due_day, "changes": [change.dict() for change in terms.changes]}
    quote_id = f"Q{secrets.token_hex(10)}"
    writing.insert(
        schema.quotes,
        quote_id=quote_id,
        kind="due_date_change",
        borrower_id=borrower_id,
        loan_id=loan_id,
        loan_version=account.row.version,
        filing_key=filings.filing_key(writing, borrower_id, "due_date_change", loan_id, what),
        quoted_at=writing.now,
        expires_at=policy.quote_expires_at(writing.now),
        asked={"due_day": due_day},
        terms=jsonable(terms),
    )
    writing.audit("due_date_change.quoted", quote_id, borrower_id, loan_id=loan_id, due_day=due_day)
    return quote_id


def _movable(reading: Reading, policy: Policy, borrower_id: str, loan_id: str, due_day: int | None) -> LoanAccount:
    """The loan, if its due day can be moved."""
    account = doors.account(reading, policy, borrower_id, loan_id)
    if account.row.closed_date is not None:
        raise Problem("loan-closed", "Nothing is owed.")
    pending = doors.pending_plan_change(reading, [loan_id]).get(loan_id)
    if pending:
        raise Problem("request-pending", f"{pending} waits for a decision.", request_id=pending)
    refused = refusal(reading, account, due_day)
    if refused or not isinstance(account, LoanAccount):
        assert refused is not None
        members = PROBLEM_TYPES[refused.code.value].members
        detail = f"The rules of {account.product.product_id}."
        raise Problem(refused.code.value, detail, **{name: getattr(refused, name) for name in members})
    return account


def _terms(reading: Reading, policy: Policy, account: LoanAccount, due_day: int) -> DueDateChangeTerms:
    loan_id, today = account.row.loan_id, reading.today
    decision_due_at = policy.decision_due_at("due_date_change", reading.now)
    unpaid = account.unpaid(today)
    effect = due_day_effect(account.terms, unpaid, due_day, decided_by=decision_due_at.date())
    if effect is None:
        raise Problem("due-date-change-nothing-to-move", "Nothing is due after the decision.")
    rules, earlier = account.product.due_day_rules(), _changed_on(reading, loan_id)
    counted = changes_that_count(rules, [*earlier, today], today)
    used_up = len(counted) >= rules.changes_allowed
    first, stays = effect.moves[0], [due.due_date for due in unpaid if due.due_date < effect.moves[0].old_due_date]
    return DueDateChangeTerms(
        loan_id=loan_id,
        due_day=due_day,
        old_due_day=due_day_of(account.terms),
        unchanged_due_date=min(stays, default=None),
        first_instalment_number=first.instalment_number,
        first_old_due_date=first.old_due_date,
        first_new_due_date=first.new_due_date,
        first_old_payment_fen=first.old_payment_fen,
        first_new_payment_fen=first.new_payment_fen,
        days=effect.days,
        extra_interest_fen=effect.extra_interest_fen,
        last_due_date=effect.moves[-1].new_due_date,
        changes=[MovedInstalment(**vars(move)) for move in effect.moves],
        conditions=["decided_by_person"],
        decision_due_at=decision_due_at,
        changes_used=len(counted) - 1,
        changes_allowed=rules.changes_allowed,
        next_change_possible_date=(add_months(counted[-rules.changes_allowed], rules.allowed_within_months) if used_up else None),
    )


def _changed_on(reading: Reading, loan_id: str) -> list[date]:
    """Days on which changes of the due day were filed that are pending or approved."""
    table = schema.requests
    query = sa.select(table.c.filed_at).where(
        table.c.loan_id == loan_id, table.c.kind == "due_date_change", table.c.status.in_(("pending", "approved"))
    )
    return [row.filed_at.date() for row in reading.rows(query)]


def _deferred_until(reading: Reading, loan_id: str) -> date | None:
    """The new due date of an approved deferral, as long as it is to come."""
    approved = [row for row in doors.deferrals_of(reading, [loan_id]) if row.status == "approved"]
    days = [date.fromisoformat(row.terms["new_due_date"]) for row in approved]
    return max((day for day in days if day >= reading.today), default=None)


def apply(writing: Writing, account: Account, request: Any) -> None:
    """Moves the instalments as the borrower confirmed them, and the loan's day of the month.

    Raises:
        Problem: `loan-changed`, when the decision came so late that a day of the change is over.
    """
    assert isinstance(account, LoanAccount)
    changes = [MovedInstalment(**change) for change in request.terms["changes"]]
    if min(changes[0].old_due_date, changes[0].new_due_date) <= writing.today:
        raise Problem("loan-changed", "The first moved day is over; refuse it and let the borrower ask anew.")
    for change in changes:
        row = account.instalment(change.instalment_number)
        booking.update_instalment(
            writing,
            account,
            row.instalment_number,
            due_date=change.new_due_date,
            original_due_date=change.new_due_date,  # this is no deferral: the day is the regular one from now on
            interest_fen=row.interest_fen + change.new_payment_fen - change.old_payment_fen,
        )
    terms = {**terms_to_json(account.terms), "anchor_day": request.terms["due_day"]}
    booking.loan_changed(writing, account.row, terms=terms)
