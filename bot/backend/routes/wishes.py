"""Complaints and tickets: what a person at the lender has to look at."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import Response
from pydantic import Field, StrictBool, root_validator

from bot.backend import doors, filings, protection
from bot.backend.filings import Filed
from bot.backend.lender_file import RequestKind
from bot.backend.problems import Problem, responses
from bot.backend.routes.common import REPLAYED, BorrowerId, Call, IdempotencyKey, TheCall, router
from bot.backend.routes.filings import mark_replayed, request_body
from bot.backend.store import Writing
from bot.backend.wire import Ask, Code, Id, PlainText, ShortText
from bot.backend.wire_filings import Request
from bot.backend.wire_my_debt import DisputeCode
from bot.backend.wire_rights import CollectionIncident

routes = router("complaints and tickets")

_ONLY_IF_SAID = ("summary", "dispute_code", "payment_id", "wish", "incident", "pause_outreach")
_KEYED = ("request-in-progress", "idempotency-key-missing", "idempotency-key-reused")


class ComplaintAsk(Ask, example={"topic": "collection", "text": "一天打了八个电话", "loan_id": "L1001"}):
    """What the borrower complains about, in her words."""

    topic: Code = Field(..., description="What about, such as `collection`, `fees`, `service`.")
    text: PlainText
    loan_id: Id | None = None
    wish: ShortText | None = Field(None, description="What would put it right, in the borrower's words.")
    incident: CollectionIncident | None = Field(
        None, description="With the topic `collection`: what is known of the call or visit."
    )
    pause_outreach: StrictBool = Field(False, description="Whether nobody shall call while it is looked into.")

    @root_validator(skip_on_failure=True)
    def _incident_fits(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        if values["incident"] is not None and values["topic"] != "collection":
            raise ValueError("an `incident` belongs to the topic `collection`")
        return values


class TicketAsk(Ask, example={"ticket_kind": "human", "summary": "想谈延期，刚失业", "priority": "high"}):
    """Something for a person to do."""

    ticket_kind: Literal["human", "dispute", "settlement_certificate", "bereavement", "other"]
    summary: PlainText | None = Field(
        None,
        description="What the person should know, so that the borrower need not repeat it; "
        "may be left out for `dispute` and `settlement_certificate`, where the other members say it.",
    )
    priority: Literal["normal", "high", "urgent"] = "normal"
    loan_id: Id | None = Field(None, description="Must be named but for `human`, `bereavement` and `other`.")
    dispute_code: DisputeCode | None = Field(None, description="What is wrong about a payment; with `dispute`, and only then.")
    payment_id: Id | None = Field(None, description="Which payment, where there is one; with `dispute`, and only then.")
    pause_outreach: StrictBool = Field(False, description="With `bereavement`: whether nobody shall call from now on.")

    @root_validator(skip_on_failure=True)
    def _is_whole(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        kind = values["ticket_kind"]
        if kind not in ("human", "bereavement", "other") and values["loan_id"] is None:
            raise ValueError(f"a {kind} ticket names its `loan_id`")
        if kind not in ("dispute", "settlement_certificate") and values["summary"] is None:
            raise ValueError(f"a {kind} ticket has a `summary`")
        if kind != "dispute" and (values["dispute_code"] or values["payment_id"]):
            raise ValueError("`dispute_code` and `payment_id` belong to `dispute`")
        if values["pause_outreach"] and kind != "bereavement":
            raise ValueError("`pause_outreach` belongs to `bereavement`")
        return values


def _filed(
    call: Call, response: Response, borrower_id: str, kind: RequestKind, ask: ComplaintAsk | TicketAsk, key: str
) -> Request:
    terms = {name: value for name, value in ask.dict(exclude={"loan_id"}).items() if value or name not in _ONLY_IF_SAID}
    if isinstance(ask, ComplaintAsk) and ask.incident is not None:
        terms["incident"] = ask.incident.dict(exclude_none=True)

    def work(writing: Writing) -> tuple[Filed, Request]:
        filed = filings.file_plain(writing, call.policy, borrower_id, kind, terms, key, ask.loan_id)
        if not filed.replayed and terms.get("ticket_kind") == "settlement_certificate":
            _must_be_paid_off(writing, call, borrower_id, str(ask.loan_id))
        if not filed.replayed and terms.get("payment_id"):
            doors.payment(writing, str(ask.loan_id), terms["payment_id"])
        if ask.pause_outreach:
            filed = protection.with_pause(writing, call.policy, filed, "bereavement" if kind == "ticket" else "complaint")
        return filed, Request(**request_body(filed.row, writing))

    filed, body = call.write_once(f"file-{kind}", key, work)
    mark_replayed(response, filed.replayed)
    return body


def _must_be_paid_off(writing: Writing, call: Call, borrower_id: str, loan_id: str) -> None:
    unpaid = doors.account(writing, call.policy, borrower_id, loan_id).unpaid(writing.today)
    if unpaid:
        owed_fen = sum(due.outstanding_fen for due in unpaid)
        raise Problem("loan-not-closed", "Only a loan that is paid off gets a certificate.", outstanding_fen=owed_fen)


@routes.post(
    "/borrowers/{borrower_id}/complaints",
    operation_id="fileComplaint",
    status_code=201,
    response_model=Request,
    responses={200: {**REPLAYED, "model": Request}, **responses("borrower-not-found", "loan-not-found", *_KEYED)},
)
def file_complaint(
    call: TheCall,
    response: Response,
    ask: ComplaintAsk,
    borrower_id: BorrowerId,
    key: IdempotencyKey,
) -> Any:
    """Files a complaint, once; a person answers by `decision_due_at`."""
    return _filed(call, response, borrower_id, "complaint", ask, key)


@routes.post(
    "/borrowers/{borrower_id}/tickets",
    operation_id="fileTicket",
    status_code=201,
    response_model=Request,
    responses={
        200: {**REPLAYED, "model": Request},
        **responses("borrower-not-found", "loan-not-found", "payment-not-found", "loan-not-closed", *_KEYED),
    },
)
def file_ticket(
    call: TheCall,
    response: Response,
    ask: TicketAsk,
    borrower_id: BorrowerId,
    key: IdempotencyKey,
) -> Any:
    """Files a ticket, once: a hand-over to a person, a dispute, a certificate."""
    return _filed(call, response, borrower_id, "ticket", ask, key)
