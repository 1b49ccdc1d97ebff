"""Disputing what is reported to the credit bureau."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from bot.backend import credit_disputes
from bot.backend.filings import Filed
from bot.backend.problems import responses
from bot.backend.routes.common import REPLAYED, BorrowerId, IdempotencyKey, TheCall, router
from bot.backend.routes.filings import mark_replayed, request_body
from bot.backend.store import Writing
from bot.backend.wire_filings import Request
from bot.backend.wire_overdue import CreditDisputeAsk

routes = router("credit disputes")


@routes.post(
    "/borrowers/{borrower_id}/credit-disputes",
    operation_id="fileCreditDispute",
    status_code=201,
    response_model=Request,
    responses={
        200: {**REPLAYED, "model": Request},
        **responses(
            "borrower-not-found",
            "loan-not-found",
            "credit-entry-not-found",
            "request-pending",
            "request-in-progress",
            "idempotency-key-missing",
            "idempotency-key-reused",
        ),
    },
)
def file_credit_dispute(
    call: TheCall, response: Response, ask: CreditDisputeAsk, borrower_id: BorrowerId, key: IdempotencyKey
) -> Any:
    """Files what is wrong about an entry, once; the entry is marked as disputed until a person has answered."""

    def work(writing: Writing) -> tuple[Filed, Request]:
        filed = credit_disputes.file(writing, call.policy, borrower_id, ask, key)
        return filed, Request(**request_body(filed.row, writing))

    filed, body = call.write_once("file-credit-dispute", key, work)
    mark_replayed(response, filed.replayed)
    return body
