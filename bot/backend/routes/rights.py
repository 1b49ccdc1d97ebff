"""Fraud, collection and privacy: what a borrower may know, stop and ask for."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from bot.backend import doors, filings, protection
from bot.backend.blocks import block_in_force
from bot.backend.filings import Filed
from bot.backend.policy import Policy
from bot.backend.problems import responses
from bot.backend.routes.common import REPLAYED, BorrowerId, Call, IdempotencyKey, TheCall, router
from bot.backend.routes.filings import mark_replayed, request_body
from bot.backend.store import Reading, Writing
from bot.backend.wire_filings import Request
from bot.backend.wire_rights import (
    Collection,
    DataInventory,
    FraudReportAsk,
    Handler,
    HeldData,
    OutreachPause,
    OutreachPauseAsk,
    PrivacyRequestAsk,
    SafetyBlock,
)

routes = router("rights")

_KEYED = ("request-in-progress", "idempotency-key-missing", "idempotency-key-reused")


@routes.post(
    "/borrowers/{borrower_id}/fraud-reports",
    operation_id="reportFraud",
    status_code=201,
    response_model=Request,
    responses={200: {**REPLAYED, "model": Request}, **responses("borrower-not-found", "loan-not-found", *_KEYED)},
)
def report_fraud(call: TheCall, response: Response, ask: FraudReportAsk, borrower_id: BorrowerId, key: IdempotencyKey) -> Any:
    """Files a report of fraud, once, and blocks what can be blocked; a person looks at it before everything else."""
    terms = {**ask.dict(include={"what", "summary"}), "priority": "urgent"}

    def work(writing: Writing) -> tuple[Filed, Request]:
        filed = protection.report_fraud(writing, call.policy, borrower_id, terms, key, ask.loan_id, block=ask.block)
        return filed, Request(**request_body(filed.row, writing))

    filed, body = call.write_once("report-fraud", key, work)
    mark_replayed(response, filed.replayed)
    return body


@routes.get(
    "/borrowers/{borrower_id}/safety-block",
    operation_id="getSafetyBlock",
    response_model=SafetyBlock,
    responses=responses("borrower-not-found"),
)
def get_safety_block(borrower_id: BorrowerId, call: TheCall) -> Any:
    """Whether the borrower is blocked after a report of fraud, and what a block would stop."""
    with call.store.read() as reading:
        would_block = protection.what_a_block_stops(reading, call.policy, borrower_id)
        row = block_in_force(reading, borrower_id)
        return SafetyBlock(
            as_of=reading.now,
            blocked_now=row is not None,
            would_block=list(would_block),
            safety_block_id=row.safety_block_id if row else None,
            request_id=row.request_id if row else None,
            blocked=row.blocked if row else [],
            blocked_at=row.blocked_at if row else None,
        )


@routes.get(
    "/borrowers/{borrower_id}/collection",
    operation_id="getCollection",
    response_model=Collection,
    responses=responses("borrower-not-found"),
)
def get_collection(borrower_id: BorrowerId, call: TheCall) -> Any:
    """Who may call the borrower about which loan, and the numbers by which that can be checked; open loans only."""
    with call.store.read() as reading:
        cases = protection.cases_of(reading, borrower_id)
        accounts = doors.accounts(reading, call.policy, borrower_id)
        return Collection(
            as_of=reading.now,
            lender_name=call.policy.lender.file.lender.name,
            loans=[_handler(reading, call.policy, a, cases) for a in accounts if a.row.closed_date is None],
        )


def _handler(reading: Reading, policy: Policy, account: doors.Account, cases: dict[str, Any]) -> Handler:
    rights = policy.lender.file.rights
    days_past_due = account.days_past_due(reading.today)
    shared = {"loan_id": account.row.loan_id, "product_name": account.product.name, "days_past_due": days_past_due}
    agency, case = account.row.collection_agency, cases.get(account.row.loan_id)
    if agency:
        known = next((row for row in rights.agencies if row.name == agency), None)
        return Handler(
            handled_by="agency",
            name=agency,
            since_date=case.since_date if case else None,
            phones=known.phones if known else [],
            staff_numbers=case.staff_numbers if case else [],
            **shared,
        )
    own = rights.own_collectors
    return Handler(
        handled_by="lender" if days_past_due else "nobody",
        name=own.name if own and days_past_due else None,
        since_date=None,
        phones=own.phones if own and days_past_due else [],
        staff_numbers=own.staff_numbers if own and days_past_due else [],
        **shared,
    )


def _pause(reading: Reading, call: Call, borrower_id: str) -> OutreachPause:
    row = protection.pause_in_force(reading, borrower_id)
    rules = call.policy.lender.file.rights.outreach_pause
    return OutreachPause(
        as_of=reading.now,
        paused_now=row is not None,
        reason_code=row.reason_code if row else None,
        paused_until_at=protection.end_of(row.paused_until_date) if row else None,
        complaint_would_run_until_at=protection.would_run_until(reading, call.policy, borrower_id, "complaint"),
        bereavement_would_run_until_at=protection.would_run_until(reading, call.policy, borrower_id, "bereavement"),
        covers=rules.covers,
        not_covered=rules.not_covered,
    )


@routes.get(
    "/borrowers/{borrower_id}/outreach-pause",
    operation_id="getOutreachPause",
    response_model=OutreachPause,
    responses=responses("borrower-not-found"),
)
def get_outreach_pause(borrower_id: BorrowerId, call: TheCall) -> Any:
    """Whether nobody calls the borrower at present, until when, and what that covers."""
    with call.store.read() as reading:
        doors.borrower(reading, borrower_id)
        return _pause(reading, call, borrower_id)


@routes.put(
    "/borrowers/{borrower_id}/outreach-pause",
    operation_id="pauseOutreach",
    response_model=OutreachPause,
    responses=responses("borrower-not-found"),
)
def pause_outreach(ask: OutreachPauseAsk, borrower_id: BorrowerId, call: TheCall) -> Any:
    """Stops the calls for the lender's days; asking again the same day changes nothing, and never makes it shorter."""

    def work(writing: Writing) -> OutreachPause:
        doors.borrower(writing, borrower_id)
        protection.pause_outreach(writing, call.policy, borrower_id, ask.reason_code)
        return _pause(writing, call, borrower_id)

    return call.write("pause-outreach", work)


@routes.get(
    "/borrowers/{borrower_id}/data-inventory",
    operation_id="getDataInventory",
    response_model=DataInventory,
    responses=responses("borrower-not-found"),
)
def get_data_inventory(borrower_id: BorrowerId, call: TheCall) -> Any:
    """What is held of the borrower, why, who received it, for how long, and what may be deleted now."""
    with call.store.read() as reading:
        held = protection.held_data(reading, call.policy, borrower_id)
        names = HeldData.__fields__.keys() - {"can_be_deleted_now"}
        return DataInventory(
            as_of=reading.now,
            lender_name=call.policy.lender.file.lender.name,
            items=[HeldData(**row.dict(include=set(names)), can_be_deleted_now=may_go) for row, may_go in held],
        )


@routes.post(
    "/borrowers/{borrower_id}/privacy-requests",
    operation_id="filePrivacyRequest",
    status_code=201,
    response_model=Request,
    responses={200: {**REPLAYED, "model": Request}, **responses("borrower-not-found", *_KEYED)},
)
def file_privacy_request(
    call: TheCall, response: Response, ask: PrivacyRequestAsk, borrower_id: BorrowerId, key: IdempotencyKey
) -> Any:
    """Files what the borrower wants done with her data, once; a consent that is named is taken back at once."""

    def work(writing: Writing) -> tuple[Filed, Request]:
        withdrawn = ask.consent_purpose
        filed = filings.file_plain(
            writing, call.policy, borrower_id, "privacy_request", ask.dict(), key, None, undoable=withdrawn is None
        )
        if withdrawn is not None and not filed.replayed:
            protection.withdraw_consent(writing, borrower_id, withdrawn)
        return filed, Request(**request_body(filed.row, writing))

    filed, body = call.write_once("file-privacy-request", key, work)
    mark_replayed(response, filed.replayed)
    return body
