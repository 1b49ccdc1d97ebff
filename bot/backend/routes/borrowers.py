"""Reading about a borrower."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import Query

from bot.backend import doors, schema, standing
from bot.backend.problems import responses
from bot.backend.routes.common import BorrowerId, TheCall, router
from bot.backend.routes.loans import deferrals_in_force
from bot.backend.wire import Answer

routes = router("borrowers")


class Borrower(Answer):
    """Who the borrower is, as far as a conversation needs it."""

    borrower_id: str
    display_name: str
    city: str
    district: str | None
    care_mode: bool
    phone_masked: str
    as_of: datetime


class StandingReason(Answer):
    """One thing that counts, of one loan."""

    code: Literal[
        "overdue_reported",
        "overdue_not_yet_reported",
        "with_agency",
        "restructured",
        "paid_late",
        "deferral_in_force",
    ]
    loan_id: str
    product_name: str
    days_past_due: int | None
    amount_fen: int | None
    since_date: date | None


class CreditStanding(Answer):
    """How the borrower's loans here look to a credit bureau; other lenders' are not known."""

    as_of: datetime
    standing: standing.Standing
    reasons: list[StandingReason]


class AuditEntry(Answer):
    """One write that concerned the borrower."""

    at: datetime
    actor: Literal["borrower", "desk", "seed"]
    action: str
    subject_id: str


class AuditTrail(Answer):
    """Writes that concerned the borrower, newest first."""

    as_of: datetime
    entries: list[AuditEntry]


@routes.get(
    "/borrowers/{borrower_id}",
    operation_id="getBorrower",
    response_model=Borrower,
    responses=responses("borrower-not-found"),
)
def get_borrower(borrower_id: BorrowerId, call: TheCall) -> Any:
    """The borrower."""
    with call.store.read() as reading:
        row = doors.borrower(reading, borrower_id)
        own = Borrower.__fields__.keys() - {"as_of"}
        return Borrower(**{name: row._mapping[name] for name in own}, as_of=reading.now)


@routes.get(
    "/borrowers/{borrower_id}/credit-standing",
    operation_id="getCreditStanding",
    response_model=CreditStanding,
    responses=responses("borrower-not-found"),
)
def get_credit_standing(borrower_id: BorrowerId, call: TheCall) -> Any:
    """What the lender reports or may report, and why, the gravest reason first; no reasons when all is well."""
    with call.store.read() as reading:
        accounts = doors.accounts(reading, call.policy, borrower_id)
        deferred = deferrals_in_force(reading, [account.row.loan_id for account in accounts])
        reasons = standing.reasons_for(accounts, deferred, reading.today)
        return CreditStanding(
            as_of=reading.now,
            standing=standing.standing(reasons),
            reasons=[StandingReason(**vars(reason)) for reason in reasons],
        )


@routes.get(
    "/borrowers/{borrower_id}/audit-trail",
    operation_id="listAuditTrail",
    response_model=AuditTrail,
    responses=responses("borrower-not-found"),
)
def list_audit_trail(
    call: TheCall,
    borrower_id: BorrowerId,
    limit: Annotated[int, Query(ge=1, le=500, description="So many at most.")] = 100,
) -> Any:
    """What was written about the borrower and for her, newest first; it cannot be changed."""
    with call.store.read() as reading:
        doors.borrower(reading, borrower_id)
        table = schema.audit
        query = sa.select(table).where(table.c.borrower_id == borrower_id)
        rows = reading.rows(query.order_by(table.c.sequence.desc()).limit(limit))
        entries = [
            # Which person at the desk it was concerns the lender.
            AuditEntry(at=row.at, actor=row.actor.partition(":")[0], action=row.action, subject_id=row.subject_id)
            for row in rows
        ]
        return AuditTrail(as_of=reading.now, entries=entries)
