"""Plants what the lender file says about credit lines, applications and refunds."""

from __future__ import annotations

from datetime import date

from bot.backend import booking, doors, schema_credit_line
from bot.backend.lender_credit_line import CreditLineRow, LoanApplicationRow, RefundRow
from bot.backend.lender_file import BorrowerRow, LoanRow
from bot.backend.policy import Policy
from bot.backend.store import Writing


def plant_lines(writing: Writing, borrower: BorrowerRow, disbursed_dates: list[date], today: date) -> None:
    """Writes the borrower's lines and applications; a product she has a loan of, and no row, has an open line as large.

    Args:
        writing: the transaction in which the borrower comes.
        borrower: her rows.
        disbursed_dates: when her loans begin, in the order of the rows.
        today: the day that the file's relative days are told from.
    """
    for row in borrower.credit_lines:
        _insert_line(writing, borrower, row, today)
    told = {row.product_id for row in borrower.credit_lines}
    for product_id in dict.fromkeys(loan.product for loan in borrower.loans if loan.product not in told):
        own = [(loan, day) for loan, day in zip(borrower.loans, disbursed_dates, strict=True) if loan.product == product_id]
        writing.insert(
            schema_credit_line.credit_lines,
            borrower_id=borrower.borrower_id,
            product_id=product_id,
            status="open",
            limit_fen=sum(loan.principal_fen or loan.credit_limit_fen or 0 for loan, _ in own),
            since_date=min(day for _, day in own),
            reason_codes=[],
        )
    for application in borrower.loan_applications:
        _insert_application(writing, borrower, application, today)


def _insert_line(writing: Writing, borrower: BorrowerRow, row: CreditLineRow, today: date) -> None:
    own_limits = [loan.credit_limit_fen for loan in borrower.loans if loan.product == row.product_id and loan.credit_limit_fen]
    limit_fen = sum(own_limits) or row.limit_fen
    if row.limit_fen and row.limit_fen != limit_fen:
        raise ValueError(f"the line of {row.product_id} says {row.limit_fen}, but its loan {limit_fen}")
    writing.insert(
        schema_credit_line.credit_lines,
        borrower_id=borrower.borrower_id,
        product_id=row.product_id,
        status=row.status,
        limit_fen=limit_fen,
        since_date=row.since.on(today),
        reason_codes=list(row.reason_codes),
        until_date=row.until and row.until.on(today),
        next_review_date=row.next_review and row.next_review.on(today),
        temporary_limit_fen=row.temporary_limit_fen,
        temporary_until_date=row.temporary_until and row.temporary_until.on(today),
    )
    for change in row.limit_changes:
        writing.insert(
            schema_credit_line.limit_changes,
            borrower_id=borrower.borrower_id,
            product_id=row.product_id,
            changed_date=change.changed.on(today),
            **change.dict(exclude={"changed"}),
        )


def _insert_application(writing: Writing, borrower: BorrowerRow, row: LoanApplicationRow, today: date) -> None:
    days = ("filed", "decision_due", "payout_due", "paid_out", "reapply_from")
    told = {f"{name}_date": getattr(row, name) and getattr(row, name).on(today) for name in days}
    writing.insert(schema_credit_line.loan_applications, borrower_id=borrower.borrower_id, **row.dict(exclude=set(days)), **told)


def plant_refund(writing: Writing, policy: Policy, borrower: BorrowerRow, loan: LoanRow, row: RefundRow, today: date) -> None:
    """Writes a refund; one that is booked is a payment to the line on that day, so that the books know it."""
    payment_id = None
    if row.status == "booked" and row.destination == "line":
        account = doors.account(writing, policy, borrower.borrower_id, loan.loan_id)
        payment_id = booking.book(writing, policy, account, row.amount_fen, writing.today, "refund")
    days = ("purchased", "requested", "expected", "booked")
    told = {
        "purchase_date": row.purchased.on(today),
        "requested_date": row.requested.on(today),
        "expected_date": row.expected and row.expected.on(today),
        "booked_date": row.booked and row.booked.on(today),
    }
    writing.insert(
        schema_credit_line.refunds,
        borrower_id=borrower.borrower_id,
        loan_id=loan.loan_id,
        payment_id=payment_id,
        **row.dict(exclude=set(days)),
        **told,
    )
    writing.audit(f"refund.{row.status}", row.refund_id, borrower.borrower_id)
