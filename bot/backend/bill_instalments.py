"""Splitting a statement of a revolving line: what is spread becomes an instalment loan, and the line is paid down by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from bot.backend import booking, schema
from bot.backend.ledger import terms_to_json
from bot.backend.line import LineAccount
from bot.backend.plan_basis import PlanBasis
from bot.backend.problems import Problem
from bot.backend.products import Product
from bot.backend.store import Writing
from bot.backend.wire_filings import PlannedInstalment
from bot.loans.days import add_months
from bot.loans.payments import AmountDue
from bot.loans.revolving import next_statement_date, statement_due_date
from bot.loans.schedule import LoanTerms, RepaymentMethod


def basis(account: LineAccount, products: Mapping[str, Product], today: date) -> PlanBasis | None:
    """What the statement in force can be split from; None where the product has none, or too little is left."""
    rules = account.product.line and account.product.line.bill_instalments
    if not rules or account.current is None:
        return None
    due, accrued = account.current.dues(account.terms, today)
    if due.principal_fen < rules.min_fen:
        return None
    stays_fen = due.interest_fen + due.fee_fen + accrued.outstanding_fen
    late = account.days_past_due(today) >= account.product.reported_from_days_past_due
    return PlanBasis(
        principal_fen=due.principal_fen,
        annual_rate=products[rules.product].annual_rate or Decimal(0),
        terms_offered=rules.terms,
        first_due_date=_first_due_date(account, today),
        anchor_day=account.terms.due_day,
        replaced=(AmountDue(due.instalment_number, due.due_date, due.principal_fen),),
        arrears_fen=stays_fen,
        numbers_behind=0,
        credit_effect="already_reported" if late else "none_if_approved",
        conditions=("interest_stays_due",) if stays_fen else (),
    )


def _first_due_date(account: LineAccount, today: date) -> date:
    """The due date of the statement that comes next: this one's is what the splitting is for."""
    assert account.current is not None
    due_date = statement_due_date(account.terms, next_statement_date(account.terms, account.current.statement.statement_date))
    while due_date <= today:
        due_date = add_months(due_date, 1, account.terms.due_day)
    return due_date


def apply(writing: Writing, account: LineAccount, request: Any) -> None:
    """Pays the line down by what is spread, and opens the instalment loan that the borrower confirmed.

    Raises:
        Problem: `loan-changed`, when the next statement has been made meanwhile.
    """
    plan = [PlannedInstalment(**row) for row in request.terms["instalments"]]
    rules = account.product.line and account.product.line.bill_instalments
    if not rules or plan[0].due_date != _first_due_date(account, writing.today):
        raise Problem("loan-changed", "The next statement has been made; refuse it and let the borrower ask anew.")
    spread_fen = sum(row.principal_fen for row in plan)
    booking.book_principal(writing, account, spread_fen, writing.today, channel="bill_instalments")
    loan_id = f"LF{writing.next_number('bill_instalments'):08d}"
    terms = LoanTerms(
        principal_fen=spread_fen,
        method=RepaymentMethod.EQUAL_PAYMENT,
        term=len(plan),
        disbursed_date=writing.today,
        first_due_date=plan[0].due_date,
        anchor_day=account.terms.due_day,
        annual_rate=Decimal(request.terms["annual_rate"]),
    )
    writing.insert(
        schema.loans,
        loan_id=loan_id,
        borrower_id=request.borrower_id,
        product_id=rules.product,
        principal_fen=spread_fen,
        disbursed_date=writing.today,
        terms=terms_to_json(terms),
        card_last4=account.row.card_last4,
    )
    for row in plan:
        writing.insert(
            schema.instalments,
            loan_id=loan_id,
            instalment_number=row.instalment_number,
            due_date=row.due_date,
            original_due_date=row.due_date,
            principal_fen=row.principal_fen,
            interest_fen=row.interest_fen,
            fee_fen=row.fee_fen,
        )
    writing.audit("loan.opened", loan_id, request.borrower_id, split_from=account.row.loan_id, principal_fen=spread_fen)
