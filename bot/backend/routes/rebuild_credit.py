"""The small interest-free credit to rebuild a record with: its rules, an offer, and filing the wish for it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from bot.backend import doors, rebuild_credit
from bot.backend.blocks import refuse_if_blocked
from bot.backend.filings import Filed
from bot.backend.problems import responses
from bot.backend.routes.common import REPLAYED, BorrowerId, IdempotencyKey, TheCall, router
from bot.backend.routes.filings import mark_replayed, request_body
from bot.backend.store import Writing
from bot.backend.wire_filings import Request
from bot.backend.wire_overdue import RebuildCondition, RebuildCredit, RebuildCreditAsk, RebuildOffer, RebuildPayment
from bot.loans.protection import NEW_LOANS

routes = router("credit to rebuild with")


@routes.get(
    "/borrowers/{borrower_id}/rebuild-credit",
    operation_id="getRebuildCredit",
    response_model=RebuildCredit,
    responses=responses("borrower-not-found", "rebuild-credit-not-offered", "rebuild-credit-amount", "blocked-after-fraud"),
)
def get_rebuild_credit(
    call: TheCall,
    borrower_id: BorrowerId,
    amount_fen: Annotated[int | None, Query(ge=1, le=100_000_000_00, description="The amount to show an offer for.")] = None,
) -> Any:
    """Whether the borrower may ask for it, which condition is not met, and the plan of an amount; nothing is written."""
    with call.store.read() as reading:
        accounts = doors.accounts(reading, call.policy, borrower_id)
        rules = rebuild_credit.rules_of(call.policy)
        refuse_if_blocked(reading, borrower_id, NEW_LOANS)  # no offer that could not be filed
        found = rebuild_credit.conditions(reading, accounts, borrower_id, rules)
        unmet = [row for row in found if not row.met]
        by_time = [row.met_on_date for row in unmet if row.met_on_date]
        offer = None
        if amount_fen is not None:
            plan = rebuild_credit.plan(rules, amount_fen, reading.today)
            terms = rebuild_credit.terms_for(rules, amount_fen, reading.today)
            if not unmet:
                offer = RebuildOffer(
                    amount_fen=amount_fen,
                    term=rules.term,
                    payment_fen=terms["payment_fen"],
                    payments=[RebuildPayment(due_date=day, payment_fen=payment_fen) for day, payment_fen in plan],
                    filing_key=rebuild_credit.key_for(reading, borrower_id, terms),
                    decision_due_at=call.policy.decision_due_at("rebuild_credit", reading.now),
                )
        return RebuildCredit(
            as_of=reading.now,
            name=rules.name,
            min_fen=rules.min_fen,
            max_fen=rules.max_fen,
            term=rules.term,
            settled_days=rules.settled_days,
            eligible=not unmet,
            possible_from_date=max(by_time) if unmet and len(by_time) == len(unmet) else None,
            conditions=[RebuildCondition(code=row.code, met=row.met, met_on_date=row.met_on_date) for row in found],
            offer=offer,
        )


@routes.post(
    "/borrowers/{borrower_id}/rebuild-credits",
    operation_id="fileRebuildCredit",
    status_code=201,
    response_model=Request,
    responses={
        200: {**REPLAYED, "model": Request},
        **responses(
            "borrower-not-found",
            "rebuild-credit-not-offered",
            "rebuild-credit-amount",
            "rebuild-credit-not-eligible",
            "blocked-after-fraud",
            "quote-stale",
            "request-in-progress",
            "idempotency-key-missing",
            "idempotency-key-reused",
        ),
    },
)
def file_rebuild_credit(
    call: TheCall,
    response: Response,
    ask: RebuildCreditAsk,
    borrower_id: BorrowerId,
    key: IdempotencyKey,
) -> Any:
    """Files the wish for it, once, under the offer's `filing_key`; a person decides, and nothing is paid out by it."""

    def work(writing: Writing) -> tuple[Filed, Request]:
        filed = rebuild_credit.file(writing, call.policy, borrower_id, ask.amount_fen, ask.term, key)
        return filed, Request(**request_body(filed.row, writing))

    filed, body = call.write_once("file-rebuild-credit", key, work)
    mark_replayed(response, filed.replayed)
    return body
