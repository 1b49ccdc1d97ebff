"""Proofs that borrowers hand in for a request: pictures and PDFs, kept in the ledger, read at the desk."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote as url_quote

import sqlalchemy as sa
from fastapi import Path, Response
from pydantic import ConstrainedStr, Field

from bot.backend import doors
from bot.backend.problems import Problem, responses
from bot.backend.routes.common import REPLAYED, BorrowerId, RequestId, TheCall, router
from bot.backend.routes.filings import mark_replayed
from bot.backend.schema_evidence import evidence as kept_evidence
from bot.backend.store import Reading, Writing
from bot.backend.wire import ID_PATTERN, Answer, Ask, ShortText
from bot.loans.evidence import KINDS, kind_of

routes = router("evidence")

MAX_FILES = 10  # for one request

EvidenceId = Annotated[str, Path(regex=ID_PATTERN, example="EV0123456789abcdef")]


class Base64(ConstrainedStr):
    """Bytes as text."""

    strict = True
    min_length = 4
    regex = r"^[A-Za-z0-9+/]+={0,2}$"


class EvidenceAsk(Ask, example={"name": "诊断证明.pdf", "content_base64": "JVBERi0xLjcK"}):
    """A file of the borrower's."""

    name: ShortText
    content_base64: Base64 = Field(..., description=f"The file, one of {', '.join(KINDS)} by its first bytes.")


class Evidence(Answer):
    """A proof as it is kept; the same content for the same request is kept once."""

    evidence_id: str
    request_id: str
    name: str
    kind: str = Field(description="Media type, by the first bytes.")
    size_bytes: int
    sha256: str
    received_at: datetime


class EvidenceList(Answer):
    """What was handed in for a request, oldest first."""

    as_of: datetime
    evidence: list[Evidence]


def _listed(reading: Reading, request_id: str) -> EvidenceList:
    table = kept_evidence
    columns = [table.c[name] for name in Evidence.__fields__]
    query = sa.select(*columns).where(table.c.request_id == request_id).order_by(table.c.received_at, table.c.evidence_id)
    return EvidenceList(as_of=reading.now, evidence=[Evidence(**row._mapping) for row in reading.rows(query)])


@routes.post(
    "/borrowers/{borrower_id}/requests/{request_id}/evidence",
    operation_id="addEvidence",
    status_code=201,
    response_model=Evidence,
    responses={
        200: {**REPLAYED, "description": "Kept already; here it is again.", "model": Evidence},
        **responses(
            "borrower-not-found",
            "request-not-found",
            "already-decided",
            "evidence-kind",
            "evidence-too-large",
            "evidence-too-many",
        ),
    },
)
def add_evidence(call: TheCall, response: Response, ask: EvidenceAsk, borrower_id: BorrowerId, request_id: RequestId) -> Any:
    """Keeps a proof for a pending request. The same content again keeps nothing new, whatever it is called."""
    content = _decoded(ask.content_base64)
    if len(content) > call.backend.evidence_max_bytes:
        limit = call.backend.evidence_max_bytes
        raise Problem("evidence-too-large", f"At most {limit} bytes.", max_bytes=limit)
    kind = kind_of(content)
    if kind is None:
        raise Problem("evidence-kind", f"Its first bytes are none of {', '.join(KINDS)}.", accepts=list(KINDS))

    def work(writing: Writing) -> tuple[bool, Evidence]:
        doors.borrower(writing, borrower_id)
        request = doors.request(writing, request_id, borrower_id)
        kept = _listed(writing, request_id).evidence
        sha256 = hashlib.sha256(content).hexdigest()
        for earlier in kept:
            if earlier.sha256 == sha256:
                return True, earlier
        if request.status != "pending":
            raise Problem("already-decided", f"The request is {request.status}.", request_status=request.status)
        if len(kept) >= MAX_FILES:
            raise Problem("evidence-too-many", f"A request holds at most {MAX_FILES} files.", max_files=MAX_FILES)
        evidence = Evidence(
            evidence_id=f"EV{secrets.token_hex(8)}",
            request_id=request_id,
            name=ask.name,
            kind=kind,
            size_bytes=len(content),
            sha256=sha256,
            received_at=writing.now,
        )
        writing.insert(kept_evidence, borrower_id=borrower_id, content=content, **evidence.dict())
        writing.audit("evidence.added", evidence.evidence_id, borrower_id, request_id=request_id, sha256=sha256)
        return False, evidence

    replayed, body = call.write("add-evidence", work)
    mark_replayed(response, replayed)
    return body


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        errors = [{"pointer": "#/content_base64", "detail": str(error)}]
        raise Problem("validation", "The content is not base64.", errors=errors) from error


@routes.get(
    "/borrowers/{borrower_id}/requests/{request_id}/evidence",
    operation_id="listEvidence",
    response_model=EvidenceList,
    responses=responses("borrower-not-found", "request-not-found"),
)
def list_evidence(call: TheCall, borrower_id: BorrowerId, request_id: RequestId) -> Any:
    """What the borrower handed in for a request; not the contents."""
    with call.store.read() as reading:
        doors.borrower(reading, borrower_id)
        doors.request(reading, request_id, borrower_id)
        return _listed(reading, request_id)


@routes.get(
    "/desk/requests/{request_id}/evidence",
    operation_id="listDeskEvidence",
    response_model=EvidenceList,
    responses=responses("request-not-found"),
)
def list_desk_evidence(call: TheCall, request_id: RequestId) -> Any:
    """What was handed in for any borrower's request. Who looks is on the borrower's audit trail."""

    def work(writing: Writing) -> EvidenceList:
        row = doors.request(writing, request_id)
        writing.audit("evidence.listed", request_id, row.borrower_id)
        return _listed(writing, request_id)

    return call.write("list-desk-evidence", work, actor=call.desk_actor)


@routes.get(
    "/desk/evidence/{evidence_id}/content",
    operation_id="readEvidence",
    response_class=Response,
    responses={
        200: {
            "description": "The file as it was handed in.",
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS},
        },
        **responses("evidence-not-found"),
    },
)
def read_evidence(call: TheCall, evidence_id: EvidenceId) -> Any:
    """The file itself, to be saved and not to be shown in place. Who looks at a proof is on the borrower's audit trail."""
    row = call.write("read-evidence", lambda writing: _opened(writing, evidence_id), actor=call.desk_actor)
    return Response(
        row.content,
        media_type=row.kind,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{url_quote(row.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def _opened(writing: Writing, evidence_id: str) -> Any:
    table = kept_evidence
    row = writing.one(sa.select(table).where(table.c.evidence_id == evidence_id))
    if row is None:
        raise Problem("evidence-not-found", f"No evidence {evidence_id}.")
    writing.audit("evidence.read", evidence_id, row.borrower_id, request_id=row.request_id)
    return row
