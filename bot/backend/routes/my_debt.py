"""The bill, the days that matter, what changed, latest payments, and another due day."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from bot.backend import bills, changes, doors, due_days, filings, loan_payments
from bot.backend.filings import Filed
from bot.backend.problems import responses
from bot.backend.routes.common import REPLAYED, BorrowerId, IdempotencyKey, LoanId, TheCall, router, sent
from bot.backend.routes.filings import mark_replayed, request_body
from bot.backend.store import Writing
from bot.backend.wire_filings import FilingAsk, Request
from bot.backend.wire_my_debt import (
    Bill,
    Changes,
    DueDateChangeOptions,
    DueDateChangeQuote,
    DueDateChangeQuoteAsk,
    DueDaysOfAll,
    Month,
    PaymentsOfAll,
    SinceMoment,
)

routes = router("my debt")

_DOORS = ("borrower-not-found", "loan-not-found")
_NOT_MOVED = (
    "loan-closed",
    "request-pending",
    "due-date-change-not-offered",
    "due-date-change-past-due",
    "due-date-change-used-up",
    "due-date-change-deferral-in-force",
)


@routes.get(
    "/borrowers/{borrower_id}/bill",
    operation_id="getBill",
    response_model=Bill,
    responses=responses("borrower-not-found"),
)
def get_bill(
    call: TheCall,
    borrower_id: BorrowerId,
    month: Annotated[Month | None, Query(description="The present month when left out.", example="2026-12")] = None,
) -> Any:
    """What falls due in a month over all loans, and what is owed in all."""
    with call.store.read() as reading:
        return sent(bills.bill(reading, call.policy, borrower_id, month))


@routes.get(
    "/borrowers/{borrower_id}/due-days",
    operation_id="listDueDays",
    response_model=DueDaysOfAll,
    responses=responses("borrower-not-found"),
)
def list_due_days(borrower_id: BorrowerId, call: TheCall) -> Any:
    """When each open loan is due, until what hour, when auto debit draws, when the next statement is made."""
    with call.store.read() as reading:
        return sent(bills.due_days_of_all(reading, call.policy, borrower_id))


@routes.get(
    "/borrowers/{borrower_id}/changes",
    operation_id="listChanges",
    response_model=Changes,
    responses=responses("borrower-not-found"),
)
def list_changes(
    call: TheCall,
    borrower_id: BorrowerId,
    since_at: Annotated[SinceMoment, Query(description="What happened after this moment.", example="2026-11-01T09:00:00+08:00")],
) -> Any:
    """What happened since: payments, requests, due days, penalty, statements; newest first, fifty at most."""
    with call.store.read() as reading:
        return sent(changes.changes_since(reading, call.policy, borrower_id, since_at))


@routes.get(
    "/borrowers/{borrower_id}/latest-payments",
    operation_id="listLatestPayments",
    response_model=PaymentsOfAll,
    responses=responses("borrower-not-found"),
)
def list_latest_payments(borrower_id: BorrowerId, call: TheCall) -> Any:
    """The latest payments of every loan, and which of them look like one taken twice."""
    with call.store.read() as reading:
        return sent(loan_payments.latest(reading, call.policy, borrower_id))


@routes.get(
    "/borrowers/{borrower_id}/loans/{loan_id}/due-date-change-options",
    operation_id="getDueDateChangeOptions",
    response_model=DueDateChangeOptions,
    responses=responses(*_DOORS, *_NOT_MOVED),
)
def get_due_date_change_options(borrower_id: BorrowerId, loan_id: LoanId, call: TheCall) -> Any:
    """That the due day can be moved, to which days and how often; refused as a quote would be."""
    with call.store.read() as reading:
        return due_days.options(reading, borrower_id, loan_id, call.policy)


@routes.post(
    "/borrowers/{borrower_id}/loans/{loan_id}/due-date-change-quotes",
    operation_id="quoteDueDateChange",
    status_code=201,
    response_model=DueDateChangeQuote,
    responses=responses(*_DOORS, *_NOT_MOVED, "due-date-change-same-day", "due-date-change-nothing-to-move"),
)
def quote_due_date_change(call: TheCall, ask: DueDateChangeQuoteAsk, borrower_id: BorrowerId, loan_id: LoanId) -> Any:
    """What another due day would move and cost, the first bill that changes among it. It writes a quote and nothing else."""

    def work(writing: Writing) -> DueDateChangeQuote:
        quote_id = due_days.quote(writing, call.policy, borrower_id, loan_id, ask.due_day)
        row = doors.quote(writing, borrower_id, loan_id, "due_date_change", quote_id)
        of_the_quote = {name: row._mapping[name] for name in ("quote_id", "filing_key", "expires_at")}
        return DueDateChangeQuote(**row.terms, **of_the_quote, as_of=writing.now)

    return call.write("quote-due-date-change", work)


@routes.post(
    "/borrowers/{borrower_id}/loans/{loan_id}/due-date-changes",
    operation_id="fileDueDateChange",
    status_code=201,
    response_model=Request,
    responses={
        200: {**REPLAYED, "model": Request},
        **responses(
            *_DOORS,
            "quote-not-found",
            "quote-expired",
            "quote-stale",
            "request-pending",
            "request-in-progress",
            "idempotency-key-missing",
            "idempotency-key-reused",
        ),
    },
)
def file_due_date_change(
    call: TheCall, response: Response, ask: FilingAsk, borrower_id: BorrowerId, loan_id: LoanId, key: IdempotencyKey
) -> Any:
    """Files the other due day of a quote, once."""

    def work(writing: Writing) -> tuple[Filed, Request]:
        filed = filings.file_quote(writing, call.policy, borrower_id, loan_id, "due_date_change", ask.quote_id, key)
        return filed, Request(**request_body(filed.row, writing))

    filed, body = call.write_once("file-due_date_change", key, work)
    mark_replayed(response, filed.replayed)
    return body
