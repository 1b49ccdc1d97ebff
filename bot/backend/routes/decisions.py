"""What the desk has decided, for whom it can be told: requests of borrowers for whom a messenger's account speaks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Query

from bot.backend import schema
from bot.backend.clock import SHANGHAI
from bot.backend.lender_file import RequestKind
from bot.backend.problems import responses
from bot.backend.routes.common import TheCall, router
from bot.backend.schema_bindings import bindings
from bot.backend.wire import Answer
from bot.backend.wire_bindings import BoundChannel
from bot.backend.wire_filings import RequestStatus

routes = router("bindings")

_MAYBE_ID = r"^[A-Za-z0-9_-]{0,64}$"


class Decision(Answer):
    """A decided request, and an account of its borrower's; a row for each account."""

    request_id: str
    kind: RequestKind
    status: RequestStatus
    filed_at: datetime
    decided_at: datetime
    decision_reason: str | None
    borrower_id: str
    openid: str


class Decisions(Answer):
    """Decisions, the oldest first."""

    as_of: datetime
    decisions: list[Decision]


@routes.get("/decisions", operation_id="listDecisions", response_model=Decisions, responses=responses())
def list_decisions(
    call: TheCall,
    channel: Annotated[BoundChannel, Query(description="The messenger.", example="wechat")],
    since: Annotated[datetime, Query(description="Decided at this moment or later.", example="2026-11-24T09:00:00+08:00")],
    limit: Annotated[int, Query(ge=1, le=500, description="So many rows at most.")] = 200,
    after_request_id: Annotated[str, Query(regex=_MAYBE_ID, description="Of that moment, only what follows this request.")] = "",
    after_openid: Annotated[str, Query(regex=_MAYBE_ID, description="Of that request, only what follows this account.")] = "",
) -> Any:
    """Decisions to be told over a messenger, as long as its account was bound when the request was decided.

    Whoever got `limit` rows reads on with the moment, request and account of the last one. A moment alone would not do, since any
    number of requests can have been decided at it.
    """
    table = schema.requests
    names = [name for name in Decision.__fields__ if name != "openid"]
    since = since if since.tzinfo else since.replace(tzinfo=SHANGHAI)
    of_this_request = sa.and_(table.c.request_id == after_request_id, bindings.c.openid > after_openid)
    comes_later = sa.or_(table.c.request_id > after_request_id, of_this_request)
    query = (
        sa.select(*(table.c[name] for name in names), bindings.c.openid)
        .join(bindings, bindings.c.borrower_id == table.c.borrower_id)
        .where(sa.or_(table.c.decided_at > since, sa.and_(table.c.decided_at == since, comes_later)))
        .where(table.c.status.in_(("approved", "refused")), bindings.c.channel == channel)
        .where(bindings.c.bound_at <= table.c.decided_at)
        .order_by(table.c.decided_at, table.c.request_id, bindings.c.openid)
        .limit(limit)
    )
    with call.store.read() as reading:
        found = [Decision(**row._mapping) for row in reading.rows(query)]
        return Decisions(as_of=reading.now, decisions=found)
