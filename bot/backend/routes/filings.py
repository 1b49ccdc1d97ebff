"""Quotes, filings, reading them back, and undoing."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Query, Response

from bot.backend import deferrals, doors, filings, idempotency, restructures, schema
from bot.backend.filings import Filed
from bot.backend.lender_file import RequestKind
from bot.backend.problems import responses
from bot.backend.routes.common import REPLAYED, BorrowerId, Call, IdempotencyKey, LoanId, RequestId, TheCall, router
from bot.backend.store import Reading, Writing
from bot.backend.wire import KEY_PATTERN
from bot.backend.wire_filings import (
    DeferralQuote,
    DeferralQuoteAsk,
    DeferralWindow,
    FilingAsk,
    Request,
    Requests,
    RequestStatus,
    RestructureQuote,
    RestructureQuoteAsk,
)

routes = router("filings")

_DOORS = ("borrower-not-found", "loan-not-found")
_FILING = (
    *_DOORS,
    "quote-not-found",
    "quote-expired",
    "quote-stale",
    "request-pending",
    "request-in-progress",
    "idempotency-key-missing",
    "idempotency-key-reused",
)


def request_body(row: Any, reading: Reading) -> dict[str, Any]:
    """The members of `Request`."""
    own = Request.__fields__.keys() - {"as_of"}
    return {**{name: row._mapping[name] for name in own}, "as_of": reading.now}


def quote_body(row: Any, reading: Reading) -> dict[str, Any]:
    """The members of a quote."""
    names = ("quote_id", "filing_key", "expires_at")
    return {**row.terms, **{name: row._mapping[name] for name in names}, "as_of": reading.now}


@routes.post(
    "/borrowers/{borrower_id}/loans/{loan_id}/deferral-quotes",
    operation_id="quoteDeferral",
    status_code=201,
    response_model=DeferralQuote,
    responses=responses(
        *_DOORS,
        "loan-closed",
        "request-pending",
        "deferral-not-offered",
        "deferral-too-long",
        "deferral-too-short",
        "deferral-period-past",
        "deferral-used-up",
        "deferral-overdue-too-long",
    ),
)
def quote_deferral(
    call: TheCall,
    ask: DeferralQuoteAsk,
    borrower_id: BorrowerId,
    loan_id: LoanId,
) -> Any:
    """What a deferral would move and cost. It writes a quote and changes nothing else."""

    def work(writing: Writing) -> DeferralQuote:
        quote_id = deferrals.quote(writing, call.policy, borrower_id, loan_id, ask.period, ask.reason_code)
        row = doors.quote(writing, borrower_id, loan_id, "deferral", quote_id)
        return DeferralQuote(**quote_body(row, writing))

    return call.write("quote-deferral", work)


@routes.get(
    "/borrowers/{borrower_id}/loans/{loan_id}/deferral-window",
    operation_id="getDeferralWindow",
    response_model=DeferralWindow,
    responses=responses(
        *_DOORS,
        "loan-closed",
        "request-pending",
        "deferral-not-offered",
        "deferral-used-up",
        "deferral-overdue-too-long",
    ),
)
def get_deferral_window(call: TheCall, borrower_id: BorrowerId, loan_id: LoanId) -> Any:
    """Between which days one can choose as of today, or why there is no deferral at all; nothing is written."""
    with call.store.read() as reading:
        account = doors.account(reading, call.policy, borrower_id, loan_id)
        found = deferrals.window_of(reading, account)
        return DeferralWindow(loan_id=loan_id, product_name=account.product.name, as_of=reading.now, **vars(found))


@routes.post(
    "/borrowers/{borrower_id}/loans/{loan_id}/deferrals",
    operation_id="fileDeferral",
    status_code=201,
    response_model=Request,
    responses={200: {**REPLAYED, "model": Request}, **responses(*_FILING)},
)
def file_deferral(
    call: TheCall,
    response: Response,
    ask: FilingAsk,
    borrower_id: BorrowerId,
    loan_id: LoanId,
    key: IdempotencyKey,
) -> Any:
    """Files the deferral of a quote, once."""
    return _file_quote(call, response, "deferral", borrower_id, loan_id, ask.quote_id, key)


@routes.post(
    "/borrowers/{borrower_id}/loans/{loan_id}/restructure-quotes",
    operation_id="quoteRestructure",
    status_code=201,
    response_model=RestructureQuote,
    responses=responses(
        *_DOORS,
        "loan-closed",
        "request-pending",
        "restructure-not-offered",
        "restructure-payment-too-low",
        "restructure-not-lower",
        "restructure-term-not-offered",
        "blocked-after-fraud",
    ),
)
def quote_restructure(
    call: TheCall,
    ask: RestructureQuoteAsk,
    borrower_id: BorrowerId,
    loan_id: LoanId,
) -> Any:
    """A new plan for what is left, from what the borrower can pay a month. It writes a quote and changes nothing else."""

    def work(writing: Writing) -> RestructureQuote:
        quote_id = restructures.quote(writing, call.policy, borrower_id, loan_id, ask)
        row = doors.quote(writing, borrower_id, loan_id, "restructure", quote_id)
        return RestructureQuote(**quote_body(row, writing))

    return call.write("quote-restructure", work)


@routes.post(
    "/borrowers/{borrower_id}/loans/{loan_id}/restructures",
    operation_id="fileRestructure",
    status_code=201,
    response_model=Request,
    responses={200: {**REPLAYED, "model": Request}, **responses(*_FILING, "blocked-after-fraud")},
)
def file_restructure(
    call: TheCall,
    response: Response,
    ask: FilingAsk,
    borrower_id: BorrowerId,
    loan_id: LoanId,
    key: IdempotencyKey,
) -> Any:
    """Files the new plan of a quote, once."""
    return _file_quote(call, response, "restructure", borrower_id, loan_id, ask.quote_id, key)


def _file_quote(
    call: Call, response: Response, kind: RequestKind, borrower_id: str, loan_id: str, quote_id: str, key: str
) -> Request:
    def work(writing: Writing) -> tuple[Filed, Request]:
        filed = filings.file_quote(writing, call.policy, borrower_id, loan_id, kind, quote_id, key)
        return filed, Request(**request_body(filed.row, writing))

    filed, body = call.write_once(f"file-{kind}", key, work)
    mark_replayed(response, filed.replayed)
    return body


def mark_replayed(response: Response, replayed: bool) -> None:
    """Makes the answer to a repeat say so."""
    if replayed:
        response.status_code = 200
        response.headers["Idempotent-Replayed"] = "true"


@routes.get(
    "/borrowers/{borrower_id}/requests",
    operation_id="listRequests",
    response_model=Requests,
    responses=responses("borrower-not-found"),
)
def list_requests(
    call: TheCall,
    borrower_id: BorrowerId,
    idempotency_key: Annotated[str | None, Query(regex=KEY_PATTERN, description="Only the request filed under this key.")] = None,
    status: Annotated[RequestStatus | None, Query(description="Only requests that stand so.")] = None,
) -> Any:
    """The borrower's requests, newest first; by key, to read back what a filing led to."""
    with call.store.read() as reading:
        doors.borrower(reading, borrower_id)
        table = schema.requests
        query = sa.select(table).where(table.c.borrower_id == borrower_id)
        if idempotency_key is not None:
            query = query.where(table.c.request_id == idempotency.subject_for(reading, borrower_id, idempotency_key))
        if status is not None:
            query = query.where(table.c.status == status)
        rows = reading.rows(query.order_by(table.c.filed_at.desc(), table.c.request_id.desc()))
        found = [Request(**request_body(row, reading)) for row in rows]
        return Requests(borrower_id=borrower_id, as_of=reading.now, requests=found)


@routes.get(
    "/borrowers/{borrower_id}/requests/{request_id}",
    operation_id="getRequest",
    response_model=Request,
    responses=responses("borrower-not-found", "request-not-found"),
)
def get_request(borrower_id: BorrowerId, request_id: RequestId, call: TheCall) -> Any:
    """One request, as it stands."""
    with call.store.read() as reading:
        doors.borrower(reading, borrower_id)
        return Request(**request_body(doors.request(reading, request_id, borrower_id), reading))


@routes.post(
    "/borrowers/{borrower_id}/requests/{request_id}/undo",
    operation_id="undoRequest",
    response_model=Request,
    responses=responses("borrower-not-found", "request-not-found", "undo-too-late"),
)
def undo_request(borrower_id: BorrowerId, request_id: RequestId, call: TheCall) -> Any:
    """Takes a request back, within its minutes and before a decision; undoing again answers the same."""

    def work(writing: Writing) -> Request:
        return Request(**request_body(filings.undo(writing, borrower_id, request_id), writing))

    return call.write("undo-request", work)
