"""Booking payments, and quoting what paying early takes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import Response

from bot.backend import booking, doors, idempotency, prepayments, schema
from bot.backend.problems import responses
from bot.backend.routes.common import REPLAYED, BorrowerId, IdempotencyKey, LoanId, TheCall, router
from bot.backend.routes.filings import mark_replayed
from bot.backend.routes.loans import payment_bodies
from bot.backend.store import Writing
from bot.backend.wire import jsonable
from bot.backend.wire_loans import Payment
from bot.backend.wire_payments import PaymentAsk, PrepaymentQuote, PrepaymentQuoteAsk

routes = router("payments")


@routes.post(
    "/borrowers/{borrower_id}/loans/{loan_id}/payments",
    operation_id="bookPayment",
    status_code=201,
    response_model=Payment,
    responses={
        200: {**REPLAYED, "model": Payment},
        **responses(
            "borrower-not-found",
            "loan-not-found",
            "loan-closed",
            "quote-not-found",
            "quote-expired",
            "quote-stale",
            "payment-exceeds-outstanding",
            "payment-not-as-quoted",
            "request-in-progress",
            "idempotency-key-missing",
            "idempotency-key-reused",
        ),
    },
)
def book_payment(
    call: TheCall,
    response: Response,
    ask: PaymentAsk,
    borrower_id: BorrowerId,
    loan_id: LoanId,
    key: IdempotencyKey,
) -> Any:
    """Books a payment once: fee, then interest and penalty, then principal, the oldest due date first."""
    asked = idempotency.fingerprint("book-payment", [loan_id, jsonable(ask)])

    def work(writing: Writing) -> tuple[Payment, bool]:
        account = doors.account(writing, call.policy, borrower_id, loan_id)
        payment_id = idempotency.subject_of(writing, borrower_id, key, asked)
        replayed = payment_id is not None
        if payment_id is None:
            value_date = ask.value_date or writing.today
            booking.check_value_date(writing, account, value_date)
            if ask.quote_id is None:
                payment_id = booking.book(writing, call.policy, account, ask.amount_fen, value_date, ask.channel)
            else:
                quote = doors.quote(writing, borrower_id, loan_id, "prepayment", ask.quote_id)
                payment_id = prepayments.book(writing, call.policy, account, quote, ask.amount_fen, value_date, ask.channel)
            idempotency.remember(writing, borrower_id, key, asked, payment_id)
        row = writing.one(sa.select(schema.payments).where(schema.payments.c.payment_id == payment_id))
        return payment_bodies(writing, [row])[0], replayed

    body, replayed = call.write_once("book-payment", key, work)
    mark_replayed(response, replayed)
    return body


@routes.post(
    "/borrowers/{borrower_id}/loans/{loan_id}/prepayment-quotes",
    operation_id="quotePrepayment",
    status_code=201,
    response_model=PrepaymentQuote,
    responses=responses(
        "borrower-not-found",
        "loan-not-found",
        "loan-closed",
        "prepayment-not-offered",
        "prepayment-too-small",
        "prepayment-too-large",
    ),
)
def quote_prepayment(
    call: TheCall,
    ask: PrepaymentQuoteAsk,
    borrower_id: BorrowerId,
    loan_id: LoanId,
) -> Any:
    """What paying all or a part early takes. It writes a quote and changes nothing else."""

    def work(writing: Writing) -> PrepaymentQuote:
        quote_id = prepayments.quote(writing, call.policy, borrower_id, loan_id, ask)
        row = doors.quote(writing, borrower_id, loan_id, "prepayment", quote_id)
        names = ("quote_id", "filing_key", "expires_at")
        return PrepaymentQuote(**row.terms, **{name: row._mapping[name] for name in names}, as_of=writing.now)

    return call.write("quote-prepayment", work)
