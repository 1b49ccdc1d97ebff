"""The desk of the people who decide; it takes a token of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Query

from bot.backend import doors, filings, schema
from bot.backend.blocks import block_in_force
from bot.backend.lender_file import RequestKind
from bot.backend.problems import responses
from bot.backend.routes.common import Call, RequestId, TheCall, router
from bot.backend.routes.filings import request_body
from bot.backend.store import Reading, Writing
from bot.backend.wire import Answer
from bot.backend.wire_filings import DecisionAsk, DeskRequest, DeskRequests, RequestStatus

routes = router("desk")


class DeskBorrower(Answer):
    """A borrower, as a demo needs it to speak as one."""

    borrower_id: str
    name: str
    situation: str
    display_name: str


class DeskBorrowers(Answer):
    """All borrowers, by id."""

    as_of: datetime
    borrowers: list[DeskBorrower]


def _body(reading: Reading, call: Call, row: Any) -> DeskRequest:
    borrower = doors.borrower(reading, row.borrower_id)
    block = block_in_force(reading, row.borrower_id)
    loan = reading.one(sa.select(schema.loans.c.product_id).where(schema.loans.c.loan_id == row.loan_id))
    return DeskRequest(
        **request_body(row, reading),
        borrower_name=borrower.display_name,
        product_name=call.policy.products[loan.product_id].name if loan else None,
        can_be_decided_from_at=row.undo_until_at,
        decided_by=row.decided_by,
        safety_block_id=block.safety_block_id if block else None,
    )


@routes.get("/desk/requests", operation_id="listDeskRequests", response_model=DeskRequests, responses=responses())
def list_desk_requests(
    call: TheCall,
    status: Annotated[RequestStatus, Query(description="Only requests that stand so.")] = "pending",
    kind: Annotated[RequestKind | None, Query(description="Only requests of this kind.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="So many at most.")] = 100,
) -> Any:
    """Requests of all borrowers, the one to be decided first on top. Who looks is kept."""

    def work(writing: Writing) -> DeskRequests:
        table = schema.requests
        query = sa.select(table).where(table.c.status == status)
        if kind is not None:
            query = query.where(table.c.kind == kind)
        rows = writing.rows(query.order_by(table.c.decision_due_at, table.c.request_id).limit(limit))
        writing.audit("desk.listed", "requests", status=status, kind=kind, count=len(rows))
        return DeskRequests(as_of=writing.now, requests=[_body(writing, call, row) for row in rows])

    found = call.write("list-desk-requests", work, actor=call.desk_actor)
    call.listed((row.borrower_id for row in found.requests), "listDeskRequests")
    return found


@routes.get(
    "/desk/requests/{request_id}",
    operation_id="getDeskRequest",
    response_model=DeskRequest,
    responses=responses("request-not-found"),
)
def get_desk_request(request_id: RequestId, call: TheCall) -> Any:
    """One request of any borrower. Who looks is on the borrower's audit trail."""

    def work(writing: Writing) -> DeskRequest:
        row = doors.request(writing, request_id)
        writing.audit("request.read", request_id, row.borrower_id)
        return _body(writing, call, row)

    return call.write("read-desk-request", work, actor=call.desk_actor)


@routes.post(
    "/desk/requests/{request_id}/decision",
    operation_id="decideRequest",
    response_model=DeskRequest,
    responses=responses(
        "blocked-after-fraud",
        "request-not-found",
        "already-decided",
        "undo-window-open",
        "loan-changed",
        "deferral-period-past",
        "line-not-open",
        "line-in-use",
    ),
)
def decide_request(ask: DecisionAsk, request_id: RequestId, call: TheCall) -> Any:
    """Approves or refuses a request; approval changes the plan, refusal leaves it as it is."""

    def work(writing: Writing) -> DeskRequest:
        row = filings.decide(writing, call.policy, request_id, ask.decision, ask.reason, ask.decided_by, ask.granted_fen)
        return _body(writing, call, row)

    return call.write("decide-request", work, actor=f"desk:{ask.decided_by}"[:80])


@routes.get("/desk/borrowers", operation_id="listDeskBorrowers", response_model=DeskBorrowers, responses=responses())
def list_desk_borrowers(call: TheCall) -> Any:
    """Who there is, and the situation each is in. Who looks is kept."""

    def work(writing: Writing) -> DeskBorrowers:
        rows = writing.rows(sa.select(schema.borrowers).order_by(schema.borrowers.c.borrower_id))
        own = DeskBorrower.__fields__.keys()
        found = [DeskBorrower(**{name: row._mapping[name] for name in own}) for row in rows]
        writing.audit("desk.listed", "borrowers", count=len(found))
        return DeskBorrowers(as_of=writing.now, borrowers=found)

    return call.write("list-desk-borrowers", work, actor=call.desk_actor)
