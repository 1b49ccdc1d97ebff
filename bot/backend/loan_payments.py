"""A borrower's latest payments over all loans, with what stands out among them."""

from __future__ import annotations

import sqlalchemy as sa

from bot.backend import doors, schema
from bot.backend.policy import Policy
from bot.backend.routes.loans import payment_bodies
from bot.backend.store import Reading
from bot.backend.wire_my_debt import DoubledPayment, LoanPayments, PaymentsOfAll, PendingDispute
from bot.loans.bookings import Booking, doubled

_LATEST = 10


def latest(reading: Reading, policy: Policy, borrower_id: str) -> PaymentsOfAll:
    """The latest payments of each loan; the loan with the latest of all first, loans without any last.

    Raises:
        Problem: `borrower-not-found`.
    """
    loans = []
    disputes = _pending_disputes(reading, borrower_id)
    for account in doors.accounts(reading, policy, borrower_id):
        table = schema.payments
        query = sa.select(table).where(table.c.loan_id == account.row.loan_id)
        rows = reading.rows(query.order_by(table.c.booked_at.desc(), table.c.payment_id.desc()).limit(_LATEST))
        took = [Booking(row.payment_id, row.amount_fen, row.booked_at) for row in rows if row.status != "failed"]
        unpaid = account.unpaid(reading.today)
        next_due_date = unpaid[0].due_date if unpaid else None
        loans.append(
            LoanPayments(
                loan_id=account.row.loan_id,
                product_name=account.product.name,
                status=account.status(reading.today).value,
                outstanding_fen=sum(due.outstanding_fen for due in unpaid),
                next_due_date=next_due_date,
                next_due_fen=sum(due.outstanding_fen for due in unpaid if due.due_date == next_due_date) if unpaid else None,
                closed_date=account.row.closed_date,
                payments=payment_bodies(reading, rows),
                doubled=[DoubledPayment(earlier_payment_id=earlier, later_payment_id=later) for earlier, later in doubled(took)],
                disputes=disputes.get(account.row.loan_id, []),
            )
        )
    loans.sort(key=lambda loan: loan.payments[0].booked_at.timestamp() if loan.payments else 0, reverse=True)
    return PaymentsOfAll(as_of=reading.now, certificate_arrives=policy.lender.file.my_debt.certificate_arrives, loans=loans)


def _pending_disputes(reading: Reading, borrower_id: str) -> dict[str, list[PendingDispute]]:
    table = schema.requests
    query = sa.select(table).where(
        table.c.borrower_id == borrower_id, table.c.kind == "ticket", table.c.status == "pending", table.c.loan_id.is_not(None)
    )
    found: dict[str, list[PendingDispute]] = {}
    for row in reading.rows(query.order_by(table.c.filed_at)):
        if row.terms.get("ticket_kind") == "dispute":
            said = {name: row.terms.get(name) for name in ("payment_id", "dispute_code")}
            found.setdefault(row.loan_id, []).append(PendingDispute(request_id=row.request_id, **said))
    return found
