"""For borrowers in difficulty: paying a part, ways side by side, waivers of penalty, lectures and calls."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from bot.backend import assistance, doors, fee_waivers, filings, hardship, minimum_payments, new_plans
from bot.backend.filings import Filed
from bot.backend.line import LineAccount
from bot.backend.problems import responses
from bot.backend.routes.common import REPLAYED, BorrowerId, IdempotencyKey, LoanId, TheCall, router
from bot.backend.routes.filings import mark_replayed, quote_body, request_body
from bot.backend.store import Writing
from bot.backend.wire import ShortText
from bot.backend.wire_difficulty import (
    AssistanceAsk,
    Events,
    HardshipAsk,
    HardshipOptions,
    MinimumPayment,
    WaiverProgrammes,
    WaiverQuote,
    WaiverQuoteAsk,
)
from bot.backend.wire_filings import FilingAsk, PaymentRange, Request

routes = router("difficulty")

_DOORS = ("borrower-not-found", "loan-not-found")
_KEYED = ("request-in-progress", "idempotency-key-missing", "idempotency-key-reused")


@routes.get(
    "/borrowers/{borrower_id}/loans/{loan_id}/minimum-payment",
    operation_id="getMinimumPayment",
    response_model=MinimumPayment,
    responses=responses(*_DOORS, "loan-closed", "payment-exceeds-outstanding"),
)
def get_minimum_payment(
    call: TheCall,
    borrower_id: BorrowerId,
    loan_id: LoanId,
    amount_fen: Annotated[
        int | None, Query(ge=1, le=100_000_000_00, description="What a payment of so much today would settle.")
    ] = None,
) -> Any:
    """What paying only a part means: the minimum with its example to the end, or what a part payment settles."""
    with call.store.read() as reading:
        account = doors.account(reading, call.policy, borrower_id, loan_id)
        return minimum_payments.minimum_payment(reading, call.policy, account, amount_fen)


@routes.get(
    "/borrowers/{borrower_id}/loans/{loan_id}/restructure-range",
    operation_id="getRestructureRange",
    response_model=PaymentRange,
    responses=responses(
        *_DOORS,
        "loan-closed",
        "request-pending",
        "restructure-not-offered",
        "restructure-not-lower",
        "restructure-term-not-offered",
        "blocked-after-fraud",
    ),
)
def get_restructure_range(borrower_id: BorrowerId, loan_id: LoanId, call: TheCall) -> Any:
    """Between which monthly payments a new plan can be chosen."""
    with call.store.read() as reading:
        account = doors.account(reading, call.policy, borrower_id, loan_id)
        basis, found = new_plans.range_of(reading, call.policy, account)
        return PaymentRange(
            loan_id=loan_id,
            product_name=account.product.name,
            min_monthly_payment_fen=found.min_fen,
            max_monthly_payment_fen=found.max_fen,
            suggested_monthly_payment_fen=found.suggested_fen,
            step_fen=found.step_fen,
            present_payment_fen=basis.present_payment_fen,
            max_term=basis.max_term,
            splits_statement=isinstance(account, LineAccount),
            as_of=reading.now,
        )


@routes.post(
    "/borrowers/{borrower_id}/loans/{loan_id}/hardship-options",
    operation_id="listHardshipOptions",
    response_model=HardshipOptions,
    responses=responses(*_DOORS, "loan-closed"),
)
def list_hardship_options(ask: HardshipAsk, borrower_id: BorrowerId, loan_id: LoanId, call: TheCall) -> Any:
    """The ways for somebody who cannot pay, side by side. A POST only because the reason does not belong into an address."""
    with call.store.read() as reading:
        account = doors.account(reading, call.policy, borrower_id, loan_id)
        return hardship.options(reading, call.policy, borrower_id, account, ask.reason_code)


@routes.get(
    "/borrowers/{borrower_id}/loans/{loan_id}/fee-waivers",
    operation_id="listFeeWaivers",
    response_model=WaiverProgrammes,
    responses=responses(*_DOORS),
)
def list_fee_waivers(borrower_id: BorrowerId, loan_id: LoanId, call: TheCall) -> Any:
    """The lender's programmes that waive penalty, and whether they fit this loan as long as no reason is said."""
    with call.store.read() as reading:
        account = doors.account(reading, call.policy, borrower_id, loan_id)
        return fee_waivers.programmes(reading, call.policy, borrower_id, account, None)


@routes.post(
    "/borrowers/{borrower_id}/loans/{loan_id}/fee-waiver-quotes",
    operation_id="quoteFeeWaiver",
    status_code=201,
    response_model=WaiverQuote,
    responses=responses(
        *_DOORS,
        "loan-closed",
        "request-pending",
        "fee-waiver-not-offered",
        "fee-waiver-nothing-owed",
        "fee-waiver-reason-not-covered",
        "fee-waiver-overdue-too-long",
        "fee-waiver-used-up",
    ),
)
def quote_fee_waiver(call: TheCall, ask: WaiverQuoteAsk, borrower_id: BorrowerId, loan_id: LoanId) -> Any:
    """The programme that fits best, and what it would waive. It writes a quote and changes nothing else."""

    def work(writing: Writing) -> WaiverQuote:
        quote_id = fee_waivers.quote(writing, call.policy, borrower_id, loan_id, ask.reason_code, ask.text)
        row = doors.quote(writing, borrower_id, loan_id, "fee_waiver", quote_id)
        return WaiverQuote(**quote_body(row, writing))

    return call.write("quote-fee-waiver", work)


@routes.post(
    "/borrowers/{borrower_id}/loans/{loan_id}/fee-waivers",
    operation_id="fileFeeWaiver",
    status_code=201,
    response_model=Request,
    responses={
        200: {**REPLAYED, "model": Request},
        **responses(*_DOORS, "quote-not-found", "quote-expired", "quote-stale", "request-pending", *_KEYED),
    },
)
def file_fee_waiver(
    call: TheCall, response: Response, ask: FilingAsk, borrower_id: BorrowerId, loan_id: LoanId, key: IdempotencyKey
) -> Any:
    """Files the waiver of a quote, once; a person decides, and approval lowers the penalty."""

    def work(writing: Writing) -> tuple[Filed, Request]:
        filed = filings.file_quote(writing, call.policy, borrower_id, loan_id, "fee_waiver", ask.quote_id, key)
        return filed, Request(**request_body(filed.row, writing))

    filed, body = call.write_once("file-fee-waiver", key, work)
    mark_replayed(response, filed.replayed)
    return body


@routes.get("/events", operation_id="listEvents", response_model=Events, responses=responses())
def list_events(
    call: TheCall,
    city: Annotated[ShortText | None, Query(description="Only in this city.", example="成都")] = None,
) -> Any:
    """Lectures and hours of advice to come, the next first."""
    with call.store.read() as reading:
        return Events(as_of=reading.now, events=assistance.events(reading, call.policy, city))


@routes.post(
    "/borrowers/{borrower_id}/assistance-requests",
    operation_id="fileAssistance",
    status_code=201,
    response_model=Request,
    responses={
        200: {**REPLAYED, "model": Request},
        **responses("borrower-not-found", "event-not-found", "event-full", "event-over", "callback-not-possible", *_KEYED),
    },
)
def file_assistance(call: TheCall, response: Response, ask: AssistanceAsk, borrower_id: BorrowerId, key: IdempotencyKey) -> Any:
    """Puts the borrower down for an event, or for a call at a time, once; a person confirms it."""

    def work(writing: Writing) -> tuple[Filed, Request]:
        filed = assistance.file(writing, call.policy, borrower_id, ask, key)
        return filed, Request(**request_body(filed.row, writing))

    filed, body = call.write_once("file-assistance", key, work)
    mark_replayed(response, filed.replayed)
    return body
