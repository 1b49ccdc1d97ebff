"""Loans, instalments and payments in JSON; the fields are those of docs/loan-backend.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from bot.backend.ledger import LoanAccount, PlanRow
from bot.backend.line import LineAccount, StatementAccount
from bot.backend.wire import Answer, shown_rate
from bot.loans.overdue import days_past_due
from bot.loans.rates import annual_rate_of, annual_rates, daily_rate_of, percent
from bot.loans.schedule import LoanTerms, RepaymentMethod

Status = Literal["active", "in_grace", "overdue", "closed"]
InstalmentStatus = Literal["paid", "due", "overdue", "upcoming", "deferred"]


class DeferralInForce(Answer):
    """A deferral that was approved and whose new due date has not passed."""

    request_id: str
    first_instalment_number: int
    old_due_date: date
    new_due_date: date
    deferred_fen: int
    extra_interest_fen: int
    interest_free: bool


class Loan(Answer):
    """A loan as of now."""

    loan_id: str
    product_id: str
    product_name: str
    kind: Literal["instalment", "revolving"]
    repayment_method: str | None = Field(description="Null for a revolving line.")
    principal_fen: int = Field(description="What was lent; the credit limit of a revolving line.")
    disbursed_date: date
    term: int | None = Field(description="Number of instalments of the plan in force; null for a revolving line.")
    annual_rate: str | None = Field(description="Simple yearly rate; of a flat-fee loan what its fees come to.")
    daily_rate: str | None
    status: Status
    outstanding_fen: int = Field(description="Principal, interest, fee and penalty if the plan is kept to its end.")
    outstanding_principal_fen: int
    overdue_fen: int = Field(description="What is past due, in grace or not, penalty included.")
    penalty_fen: int
    days_past_due: int
    days_delinquent: int
    grace_period_days: int
    next_instalment_number: int | None = Field(description="The oldest unpaid instalment, past due or not.")
    next_due_date: date | None
    next_due_fen: int | None = Field(description="All that is due that day.")
    statement_date: date | None
    minimum_payment_fen: int | None = Field(description="What is still to pay of the minimum; revolving only.")
    card_last4: str | None
    deferral: DeferralInForce | None
    pending_request_id: str | None
    collection_agency: str | None
    as_of: datetime


class Instalment(Answer):
    """One instalment, or one statement of a revolving line, as of now."""

    instalment_number: int
    due_date: date
    original_due_date: date
    principal_fen: int
    interest_fen: int
    fee_fen: int
    penalty_fen: int = Field(description="Penalty up to today, paid or not.")
    payment_fen: int = Field(description="The four together.")
    paid_fen: int
    outstanding_fen: int
    status: InstalmentStatus = Field(
        description="`due` is the next one, in grace too; `overdue` is past grace; `deferred` has a moved day to come."
    )
    days_past_due: int
    paid_date: date | None


class LoanWithPlan(Loan):
    """A loan with its whole plan."""

    instalments: list[Instalment]


class Loans(Answer):
    """The borrower's loans: open ones by next due date, closed ones last."""

    borrower_id: str
    as_of: datetime
    loans: list[Loan]


class Plans(Answer):
    """The borrower's loans in the same order, each with its whole plan."""

    borrower_id: str
    as_of: datetime
    loans: list[LoanWithPlan]


class PaymentAllocation(Answer):
    """What a payment settled of one instalment; without number, principal prepaid beside the plan."""

    instalment_number: int | None
    fee_fen: int
    interest_fen: int
    principal_fen: int
    penalty_fen: int


class Payment(Answer):
    """A payment."""

    payment_id: str
    amount_fen: int
    booked_at: datetime
    value_date: date
    channel: str
    status: Literal["booked", "processing", "failed"]
    failure_reason: str | None
    allocations: list[PaymentAllocation]


class Payments(Answer):
    """Payments, newest first."""

    as_of: datetime
    payments: list[Payment]


def shown_rates(terms: LoanTerms) -> tuple[str | None, str | None]:
    """Yearly and daily rate to show; a flat-fee loan shows what its fees come to a year (PBOC 2021 No. 3)."""
    if terms.method is RepaymentMethod.FLAT_FEE:
        return shown_rate(percent(annual_rates(terms).simple) / 100), None
    if terms.method.by_day and terms.daily_rate is not None:
        return shown_rate(annual_rate_of(terms.daily_rate, terms.day_base)), shown_rate(terms.daily_rate)
    yearly = terms.annual_rate
    if yearly is None:
        return None, None
    return shown_rate(yearly), shown_rate(daily_rate_of(yearly, terms.day_base))


def loan_fields(
    account: LoanAccount | LineAccount,
    today: date,
    now: datetime,
    deferral: Mapping[str, Any] | None,
    pending_request_id: str | None,
) -> dict[str, Any]:
    """The members of `Loan`."""
    unpaid = account.unpaid(today)
    first = unpaid[0] if unpaid else None
    row, product = account.row, account.product
    if isinstance(account, LineAccount):
        current = account.current
        own: dict[str, Any] = {
            "term": None,
            "annual_rate": shown_rate(annual_rate_of(account.terms.daily_rate, product.day_base)),
            "daily_rate": shown_rate(account.terms.daily_rate),
            "overdue_fen": account.overdue_fen(today),
            "statement_date": current.statement.statement_date if current else None,
            "minimum_payment_fen": account.minimum_unpaid_fen(today),
        }
    else:
        annual_rate, daily_rate = shown_rates(account.terms)
        own = {
            "term": len(account.plan),
            "annual_rate": annual_rate,
            "daily_rate": daily_rate,
            "overdue_fen": sum(due.outstanding_fen for due in account.past_due(today)),
            "statement_date": None,
            "minimum_payment_fen": None,
        }
    return {
        "loan_id": row.loan_id,
        "product_id": row.product_id,
        "product_name": product.name,
        "kind": product.kind,
        "repayment_method": row.terms.get("method"),
        "principal_fen": row.principal_fen,
        "disbursed_date": row.disbursed_date,
        "status": account.status(today).value,
        "outstanding_fen": sum(due.outstanding_fen for due in unpaid),
        "outstanding_principal_fen": sum(due.principal_fen for due in unpaid),
        "penalty_fen": sum(due.penalty_fen for due in unpaid),
        "days_past_due": account.days_past_due(today),
        "days_delinquent": account.days_delinquent(today),
        "grace_period_days": product.grace_period_days,
        "next_instalment_number": first and first.instalment_number,
        "next_due_date": first and first.due_date,
        "next_due_fen": sum(due.outstanding_fen for due in unpaid if due.due_date == first.due_date) if first else None,
        "card_last4": row.card_last4,
        "deferral": deferral,
        "pending_request_id": pending_request_id,
        "collection_agency": row.collection_agency,
        "as_of": now,
        **own,
    }


def instalments_of(account: LoanAccount | LineAccount, today: date) -> list[Instalment]:
    """The plan as of today, by number."""
    if isinstance(account, LineAccount):
        return [_statement(account, statement, today) for statement in account.statements]
    unpaid = account.unpaid(today)
    coming = [due.instalment_number for due in unpaid if due.due_date >= today]
    return [_instalment(account, row, today, coming[0] if coming else None) for row in account.plan]


def _instalment(account: LoanAccount, row: PlanRow, today: date, next_number: int | None) -> Instalment:
    due = account.due_of(row, today)
    late_days = days_past_due(row.due_date, today) if due.outstanding_fen else 0
    penalty_fen = due.penalty_fen + row.paid.penalty_fen
    status: InstalmentStatus
    if not due.outstanding_fen:
        status = "paid"
    elif late_days:
        status = "overdue" if late_days > account.product.grace_period_days else "due"
    elif row.is_deferred:
        status = "deferred"
    else:
        status = "due" if row.instalment_number == next_number else "upcoming"
    return Instalment(
        instalment_number=row.instalment_number,
        due_date=row.due_date,
        original_due_date=row.original_due_date,
        principal_fen=row.principal_fen,
        interest_fen=row.interest_fen,
        fee_fen=row.fee_fen,
        penalty_fen=penalty_fen,
        payment_fen=row.principal_fen + row.interest_fen + row.fee_fen + penalty_fen,
        paid_fen=row.paid.total_fen,
        outstanding_fen=due.outstanding_fen,
        status=status,
        days_past_due=late_days,
        paid_date=None if due.outstanding_fen else row.paid.last_date,
    )


def _statement(account: LineAccount, row: StatementAccount, today: date) -> Instalment:
    """A statement; what was carried forward is owed with the next one, not with this."""
    until = row.accrued_until_date if row.carried_forward and row.accrued_until_date else today
    interest_fen, late_fee_fen = row.accrued(account.terms, until)
    owed_fen = sum(due.outstanding_fen for due in row.dues(account.terms, today))
    outstanding_fen = 0 if row.carried_forward else owed_fen
    statement, is_current = row.statement, row is account.current
    late_days = account.days_past_due(today) if is_current else 0
    status: InstalmentStatus
    if not outstanding_fen:
        status = "paid"
    else:
        status = "overdue" if late_days > account.terms.grace_period_days else "due"
    parts = {
        "principal_fen": statement.purchases_fen + statement.instalments_fen + statement.past_due_fen,
        "interest_fen": statement.interest_fen + interest_fen,
        "fee_fen": statement.fees_fen,
        "penalty_fen": late_fee_fen,
    }
    return Instalment(
        instalment_number=row.statement_number,
        due_date=statement.due_date,
        original_due_date=statement.due_date,
        **parts,
        payment_fen=sum(parts.values()),
        paid_fen=row.paid.total_fen,
        outstanding_fen=outstanding_fen,
        status=status,
        days_past_due=late_days,
        paid_date=None if outstanding_fen else row.paid.last_date,
    )
