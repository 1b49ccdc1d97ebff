"""Restructuring: a new plan from what the borrower can pay a month, and the exchange once a person approved it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.backend import booking, doors, filings, schema
from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount, terms_to_json
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.store import Reading, Writing
from bot.backend.wire import jsonable, shown_rate
from bot.backend.wire_filings import PlannedInstalment, RestructureTerms
from bot.loans.days import add_months
from bot.loans.payments import AmountDue
from bot.loans.restructure import PaymentTooSmall, compare_plans, plan_for_monthly_payment
from bot.loans.schedule import LoanTerms, RepaymentMethod


def quote(
    writing: Writing, policy: Policy, borrower_id: str, loan_id: str, monthly_payment_fen: int, reason_code: str | None
) -> str:
    """Writes a quote for a new plan and says its id; nothing else changes.

    Raises:
        Problem: what the doors refuse, `loan-closed`, `request-pending`, `restructure-…`.
    """
    account = doors.account(writing, policy, borrower_id, loan_id)
    terms = _terms(writing, policy, account, monthly_payment_fen, reason_code)
    what = {"monthly_payment_fen": monthly_payment_fen, "instalments": [row.dict() for row in terms.instalments]}
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
        asked={"monthly_payment_fen": monthly_payment_fen, "reason_code": reason_code},
        terms=jsonable(terms),
    )
    writing.audit("restructure.quoted", quote_id, borrower_id, loan_id=loan_id, monthly_payment_fen=monthly_payment_fen)
    return quote_id


def _terms(
    reading: Reading, policy: Policy, account: Account, monthly_payment_fen: int, reason_code: str | None
) -> RestructureTerms:
    today, loan_id = reading.today, account.row.loan_id
    unpaid = account.unpaid(today)
    principal_fen = sum(due.principal_fen for due in unpaid)
    if not unpaid:
        raise Problem("loan-closed", "Nothing is owed.")
    rules = account.product.restructure
    if not isinstance(account, LoanAccount) or rules is None or principal_fen < max(1, rules.min_principal_fen):
        raise Problem("restructure-not-offered", f"Not for this loan of {account.product.product_id}.")
    pending = doors.pending_plan_change(reading, [loan_id]).get(loan_id)
    if pending:
        raise Problem("request-pending", f"{pending} waits for a decision.", request_id=pending)
    first_due_date, anchor_day = _first_due_date(account, unpaid, today)
    plan = plan_for_monthly_payment(
        principal_fen, monthly_payment_fen, rules.annual_rate, rules.max_term, first_due_date, anchor_day=anchor_day
    )
    if isinstance(plan, PaymentTooSmall):
        raise Problem(
            "restructure-payment-too-low",
            "The longest plan takes more a month.",
            min_monthly_payment_fen=plan.minimum_monthly_payment_fen,
            max_term=plan.max_term,
        )
    compared = compare_plans(unpaid, plan)
    if compared.payment_drop_fen <= 0:
        raise Problem("restructure-not-lower", "The plan in force fits already.", monthly_payment_fen=compared.old_payment_fen)
    arrears_fen = sum(_arrears(account, today))
    # Numbers go on behind what is paid; arrears are an instalment of their own, before the new plan's.
    kept = max((row.instalment_number for row in account.plan if row.paid.total_fen), default=0)
    behind = kept + (1 if arrears_fen else 0)
    return RestructureTerms(
        loan_id=loan_id,
        monthly_payment_fen=monthly_payment_fen,
        reason_code=reason_code,
        old_payment_fen=compared.old_payment_fen,
        new_payment_fen=compared.new_payment_fen,
        new_term=plan.term,
        annual_rate=shown_rate(rules.annual_rate),
        first_due_date=first_due_date,
        last_due_date=plan.instalments[-1].due_date,
        principal_fen=principal_fen,
        arrears_fen=arrears_fen,
        extra_interest_fen=compared.extra_interest_fen,
        total_payment_fen=plan.total_payment_fen + arrears_fen,
        instalments=[
            PlannedInstalment.of(replace(row, instalment_number=behind + row.instalment_number)) for row in plan.instalments
        ],
        credit_effect="reported_as_restructured",
        conditions=["decided_by_person"] + (["arrears_with_first_instalment"] if arrears_fen else []),
        decision_due_at=policy.decision_due_at("restructure", reading.now),
    )


def _first_due_date(account: LoanAccount, unpaid: list[AmountDue], today: date) -> tuple[date, int]:
    """The next due day of the plan in force, so that no day of interest is lost or counted twice."""
    anchor_day = account.terms.anchor_day or account.terms.first_due_date.day
    coming = [due.due_date for due in unpaid if due.due_date > today]
    if coming:
        return coming[0], anchor_day
    this_month = add_months(today, 0, anchor_day)
    return (this_month if this_month > today else add_months(today, 1, anchor_day)), anchor_day


def _arrears(account: LoanAccount, today: date) -> tuple[int, int]:
    """Interest with fee of instalments whose first day is over, and all penalty: owed whatever the new plan."""
    interest_fen = penalty_fen = 0
    for row in account.plan:
        penalty_fen += account.due_of(row, today).penalty_fen
        if account.first_day_is_over(row, today):
            due = account.owed_already(row, today)
            interest_fen += due.interest_fen + due.fee_fen
    return interest_fen, penalty_fen


def apply(writing: Writing, account: Account, request: Any) -> None:
    """Puts the confirmed plan in the place of what is unpaid; arrears fall due on its first day.

    Raises:
        Problem: `loan-changed`, when the decision came so late that a due date of the new plan is over.
    """
    assert isinstance(account, LoanAccount)
    plan = [PlannedInstalment(**row) for row in request.terms["instalments"]]
    if plan[0].due_date <= writing.today:
        raise Problem("loan-changed", "The new plan's first day is over; refuse it and let the borrower ask anew.")
    interest_fen, penalty_fen = _arrears(account, writing.today)
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
