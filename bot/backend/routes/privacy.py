"""What becomes of a borrower's data: deleting what was said, and everything that is held in one file."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import Path, Query, Response
from pydantic import ConstrainedInt, Field

from bot.backend import doors, erasures, export_links
from bot.backend.held import held
from bot.backend.problems import Problem, responses
from bot.backend.routes.common import REPLAYED, BorrowerId, IdempotencyKey, TheCall, router
from bot.backend.routes.filings import mark_replayed
from bot.backend.schema_evidence import evidence
from bot.backend.store import Writing
from bot.backend.wire import ID_PATTERN, Answer, Ask, Code

routes = router("privacy")

ErasureId = Annotated[str, Path(regex=ID_PATTERN, example="ER00000001")]
_KEYED = ("request-in-progress", "idempotency-key-missing", "idempotency-key-reused")


class Removed(ConstrainedInt):
    """How many of a kind were deleted."""

    strict = True
    ge = 0
    le = 2**53


class ErasureAsk(Ask, example={"channel": "web"}):
    """A borrower wants everything deleted that was said."""

    channel: Literal["web", "wechat", "wecom"] = Field(description="Where she asks for it.")


class ErasureDone(Ask, example={"removed": {"events": 120, "chat_messages": 40}}):
    """What the bot has deleted, by kind."""

    removed: dict[Code, Removed]


class Kept(Answer):
    """What was not deleted, and how long it is kept; the lender's words."""

    what: str
    kept: str


class Erasure(Answer):
    """A deletion of what was said; its id is the receipt."""

    erasure_id: str
    borrower_id: str
    channel: str
    asked_at: datetime
    done_at: datetime | None
    removed: dict[str, int] = Field(description="How many of which kind; complete once it is done.")
    kept: list[Kept]
    as_of: datetime


class Erasures(Answer):
    """Erasures, sorted as the call says."""

    as_of: datetime
    erasures: list[Erasure]


class ExportLink(Answer):
    """Where everything held of the borrower can be fetched once, and until when."""

    url: str
    expires_at: datetime
    as_of: datetime


class ExportToken(Ask, example={"token": "q3J2c0mB6w7n1yqk8dY2xw"}):
    """What stands in such a link."""

    token: str = Field(min_length=16, max_length=64, regex=r"^[A-Za-z0-9_-]{16,64}$")


class ExportOwner(Answer):
    """Whose link it was; it is used up."""

    borrower_id: str
    as_of: datetime


class OwnEvidence(Answer):
    """A proof as it is kept."""

    evidence_id: str
    name: str
    kind: str = Field(description="Media type, by the first bytes.")
    content_base64: str


class Export(Answer):
    """Everything the ledger holds of a borrower, by table."""

    borrower_id: str
    lender_name: str
    as_of: datetime
    tables: dict[str, list[dict[str, Any]]]


def _erasure(row: Any, now: datetime) -> Erasure:
    return Erasure(**row._mapping, as_of=now)


@routes.post(
    "/borrowers/{borrower_id}/erasures",
    operation_id="eraseConversations",
    status_code=201,
    response_model=Erasure,
    responses={200: {**REPLAYED, "model": Erasure}, **responses("borrower-not-found", *_KEYED)},
)
def erase_conversations(call: TheCall, response: Response, ask: ErasureAsk, borrower_id: BorrowerId, key: IdempotencyKey) -> Any:
    """Asks for the deletion of what was said, once; the bot carries it out when the turn is over."""

    def work(writing: Writing) -> tuple[bool, Erasure]:
        row, replayed = erasures.ask(writing, call.policy, borrower_id, ask.channel, key)
        return replayed, _erasure(row, writing.now)

    replayed, body = call.write_once("erase-conversations", key, work)
    mark_replayed(response, replayed)
    return body


@routes.get(
    "/borrowers/{borrower_id}/erasures",
    operation_id="listErasures",
    response_model=Erasures,
    responses=responses("borrower-not-found"),
)
def list_erasures(call: TheCall, borrower_id: BorrowerId) -> Any:
    """A borrower's deletions, the newest first."""
    with call.store.read() as reading:
        found = [_erasure(row, reading.now) for row in erasures.erasures_of(reading, borrower_id)]
        return Erasures(as_of=reading.now, erasures=found)


@routes.get("/erasures", operation_id="listErasuresToDo", response_model=Erasures, responses=responses())
def list_erasures_to_do(call: TheCall, limit: Annotated[int, Query(ge=1, le=500, description="So many at most.")] = 50) -> Any:
    """Deletions that the bot has still to carry out, the oldest first."""
    with call.store.read() as reading:
        return Erasures(as_of=reading.now, erasures=[_erasure(row, reading.now) for row in erasures.to_do(reading, limit)])


@routes.post(
    "/borrowers/{borrower_id}/erasures/{erasure_id}/done",
    operation_id="finishErasure",
    response_model=Erasure,
    responses=responses("borrower-not-found", "request-not-found"),
)
def finish_erasure(call: TheCall, ask: ErasureDone, borrower_id: BorrowerId, erasure_id: ErasureId) -> Any:
    """The bot has deleted what it held, and read back that nothing is left; told again, it changes nothing."""

    def work(writing: Writing) -> Erasure:
        removed = {str(kind): int(count) for kind, count in ask.removed.items()}
        return _erasure(erasures.carried_out(writing, borrower_id, erasure_id, removed), writing.now)

    return call.write("finish-erasure", work, actor="service:erasure")


@routes.post(
    "/borrowers/{borrower_id}/export-links",
    operation_id="createExportLink",
    status_code=201,
    response_model=ExportLink,
    responses=responses("borrower-not-found"),
)
def create_export_link(call: TheCall, borrower_id: BorrowerId) -> Any:
    """A link that fetches, once and within minutes, everything that is held of the borrower."""

    def work(writing: Writing) -> ExportLink:
        url, expires_at = export_links.issue(writing, call.policy, borrower_id)
        return ExportLink(url=url, expires_at=expires_at, as_of=writing.now)

    return call.write("create-export-link", work)


@routes.post(
    "/export-links/redeem",
    operation_id="redeemExportLink",
    response_model=ExportOwner,
    responses=responses("request-not-found"),
)
def redeem_export_link(call: TheCall, ask: ExportToken) -> Any:
    """Whose link it is; from then on it is nobody's."""
    hashed = hashlib.sha256(ask.token.encode()).hexdigest()

    def work(writing: Writing) -> ExportOwner:
        return ExportOwner(borrower_id=export_links.redeem(writing, hashed), as_of=writing.now)

    return call.write("redeem-export-link", work)


def _export(writing: Writing, call: TheCall, borrower_id: str) -> Export:
    tables = held(writing, borrower_id)
    writing.audit("export.made", borrower_id, borrower_id, rows={name: len(rows) for name, rows in tables.items() if rows})
    name = call.policy.lender.file.lender.name
    return Export(borrower_id=borrower_id, lender_name=name, as_of=writing.now, tables=tables)


@routes.get(
    "/borrowers/{borrower_id}/export",
    operation_id="exportBorrower",
    response_model=Export,
    responses=responses("borrower-not-found"),
)
def export_borrower(call: TheCall, borrower_id: BorrowerId) -> Any:
    """Everything the ledger holds of the borrower, for herself; that it was fetched is on her audit trail."""
    return call.write("export", lambda writing: _export(writing, call, borrower_id))


@routes.get(
    "/desk/borrowers/{borrower_id}/export",
    operation_id="exportDeskBorrower",
    response_model=Export,
    responses=responses("borrower-not-found"),
)
def export_desk_borrower(call: TheCall, borrower_id: BorrowerId) -> Any:
    """The same for the lender; who fetched it is on the borrower's audit trail."""
    return call.write("export", lambda writing: _export(writing, call, borrower_id), actor=call.desk_actor)


@routes.get(
    "/borrowers/{borrower_id}/evidence/{evidence_id}",
    operation_id="readOwnEvidence",
    response_model=OwnEvidence,
    responses=responses("borrower-not-found", "evidence-not-found"),
)
def read_own_evidence(
    call: TheCall, borrower_id: BorrowerId, evidence_id: Annotated[str, Path(regex=ID_PATTERN, example="EV0123456789abcdef")]
) -> Any:
    """A proof of the borrower's own, for her file of everything."""
    with call.store.read() as reading:
        doors.borrower(reading, borrower_id)
        mine = (evidence.c.evidence_id == evidence_id, evidence.c.borrower_id == borrower_id)
        row = reading.one(sa.select(evidence).where(*mine))
    if row is None:
        raise Problem("evidence-not-found", f"No evidence {evidence_id} of this borrower.")
    return OwnEvidence(
        evidence_id=evidence_id, name=row.name, kind=row.kind, content_base64=base64.b64encode(row.content).decode()
    )
