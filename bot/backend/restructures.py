"""Restructuring: a new plan from what the borrower can pay a month, and the exchange once a person approved it."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Any

from bot.backend import bill_instalments, booking, doors, filings, new_plans, schema
from bot.backend.doors import Account
from bot.backend.ledger import terms_to_json
from bot.backend.line import LineAccount
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.store import Writing
from bot.backend.wire import jsonable
from bot.backend.wire_filings import PlannedInstalment, RestructureQuoteAsk
from bot.loans.schedule import LoanTerms, RepaymentMethod


def quote(writing: Writing, policy: Policy, borrower_id: str, loan_id: str, ask: RestructureQuoteAsk) -> str:
    """Writes a quote for a new plan and says its id; nothing else changes.

    Raises:
        Problem: what the doors refuse, `loan-closed`, `request-pending`, `restructure-…`,
            `blocked-after-fraud`.
    """
    account = doors.account(writing, policy, borrower_id, loan_id)
    terms = new_plans.terms(writing, policy, account, ask)
    what = {"monthly_payment_fen": terms.monthly_payment_fen, "instalments": [row.dict() for row in terms.instalments]}
    quote_id = f"Q{secrets.token_hex(10)}"
    writing.insert(
        schema.quotes,
        quote_id=quote_id,
        kind="restructure",
        borrower_id=borrower_id,
        loan_id=loan_id,
        loan_version=account.row.version,
        filing_key=filings.filing_key(writing, borrower_id, "restructure", loan_id, what),
        quoted_at=writing.now,
        expires_at=policy.quote_expires_at(writing.now),
        asked=jsonable(ask),
        terms=jsonable(terms),
    )
    writing.audit("restructure.quoted", quote_id, borrower_id, loan_id=loan_id)
    return quote_id


def apply(writing: Writing, account: Account, request: Any) -> None:
    """Puts the confirmed plan in the place of what is unpaid; arrears fall due on its first day.

    Of a revolving line, the statement is split instead.

    Raises:
        Problem: `loan-changed`, when the decision came so late that a due date of the new plan is over.
    """
    if isinstance(account, LineAccount):
        bill_instalments.apply(writing, account, request)
        return
    plan = [PlannedInstalment(**row) for row in request.terms["instalments"]]
    if plan[0].due_date <= writing.today:
        raise Problem("loan-changed", "The new plan's first day is over; refuse it and let the borrower ask anew.")
    interest_fen, penalty_fen = new_plans.arrears(account, writing.today)
    first_day = min(row.original_due_date for row in account.plan if account.due_of(row, writing.today).outstanding_fen)
    table, loan_id = schema.instalments, account.row.loan_id
    for row in account.plan:
        where = (table.c.loan_id == loan_id, table.c.instalment_number == row.instalment_number)
        if row.paid.total_fen:
            writing.update(
                table,
                *where,
                principal_fen=row.paid.principal_fen,
                interest_fen=row.paid.interest_fen,
                fee_fen=row.paid.fee_fen,
                fixed_penalty_fen=row.paid.penalty_fen,
            )
        else:
            writing.delete(table, *where)
    if interest_fen or penalty_fen:
        # An instalment of their own: they are owed already, and paying the rest early does not save them.
        writing.insert(
            table,
            loan_id=loan_id,
            instalment_number=plan[0].instalment_number - 1,
            due_date=plan[0].due_date,
            original_due_date=min(first_day, writing.today),
            principal_fen=0,
            interest_fen=interest_fen,
            fee_fen=0,
            fixed_penalty_fen=penalty_fen,
        )
    for planned in plan:
        writing.insert(
            table,
            loan_id=loan_id,
            instalment_number=planned.instalment_number,
            due_date=planned.due_date,
            original_due_date=planned.due_date,
            principal_fen=planned.principal_fen,
            interest_fen=planned.interest_fen,
            fee_fen=planned.fee_fen,
        )
    old = account.terms
    terms = LoanTerms(
        principal_fen=sum(row.principal_fen for row in plan),
        method=RepaymentMethod.EQUAL_PAYMENT,
        term=len(plan),
        disbursed_date=writing.today,
        first_due_date=plan[0].due_date,
        anchor_day=old.anchor_day,
        annual_rate=Decimal(request.terms["annual_rate"]),
        day_base=old.day_base,
    )
    booking.loan_changed(writing, account.row, terms=terms_to_json(terms), restructured_date=writing.today)
