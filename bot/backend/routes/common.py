"""What the calls share: the backend behind them, path and header parameters, and writing under a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Annotated, TypeVar
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from bot.backend.idempotency import InFlight
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.reads import Reads
from bot.backend.store import Store, Writing
from bot.backend.wire import ID_PATTERN, KEY_PATTERN, Answer

T = TypeVar("T")


@dataclass(frozen=True)
class Backend:
    """The ledger and the lender's policy, for one process."""

    store: Store
    policy: Policy
    in_flight: InFlight = field(default_factory=InFlight)
    evidence_max_bytes: int = 10 * 1024 * 1024
    reads: Reads | None = None


class Call:
    """One HTTP call: the backend, and the id that its log and audit rows carry."""

    def __init__(self, request: Request) -> None:
        self.backend: Backend = request.app.state.backend
        self.store: Store = self.backend.store
        self.policy: Policy = self.backend.policy
        self.trace_id: str = request.state.trace_id
        # Who at the desk it is, as the desk says; the token alone tells that it is the desk.
        person = unquote(request.headers.get("x-desk-person", "")).strip()
        self.desk_actor: str = f"desk:{person}"[:80] if person.isprintable() and person else "desk"

    def write(self, label: str, work: Callable[[Writing], T], *, actor: str = "borrower") -> T:
        """Carries out work in one transaction."""
        return self.store.write(label, work, actor=actor, trace_id=self.trace_id)

    def listed(self, borrower_ids: Iterable[str], what: str) -> None:
        """Counts, for each of these borrowers, that the desk saw her on a list."""
        if self.backend.reads is not None:
            for borrower_id in set(borrower_ids):
                self.backend.reads.note(borrower_id, self.desk_actor, what)

    def write_once(self, label: str, key: str, work: Callable[[Writing], T]) -> T:
        """Carries out work under an Idempotency-Key.

        Raises:
            Problem: `request-in-progress`, when the same key is being written right now.
        """
        with self.backend.in_flight.only_one(key):
            return self.write(label, work)


def sent(body: Answer) -> Response:
    """The body as it is: it was checked when it was built, and the framework would check and copy it once more."""
    return Response(body.json(ensure_ascii=False), media_type="application/json")


def known_query_only(request: Request) -> None:
    """Refuses a query parameter that the call does not know: a slip would otherwise widen what is answered."""
    known = {parameter.alias for parameter in request.scope["route"].dependant.query_params}
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        errors = [{"pointer": f"query:{name[:64]}", "detail": "unknown parameter"} for name in unknown]
        raise Problem("validation", "Unknown query parameters.", errors=errors)


def router(tag: str) -> APIRouter:
    """A router of the contract's first version; unset members of answers are sent as null."""
    return APIRouter(prefix="/v1", tags=[tag], dependencies=[Depends(known_query_only)])


TheCall = Annotated[Call, Depends(Call)]
BorrowerId = Annotated[str, Path(regex=ID_PATTERN, description="Borrower on whose behalf the call is made.", example="B1001")]
LoanId = Annotated[str, Path(regex=ID_PATTERN, example="L1001")]
RequestId = Annotated[str, Path(regex=ID_PATTERN, example="DF00000001")]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        regex=KEY_PATTERN,
        description="The same key never writes twice; for a filing it is the quote's `filing_key`.",
        example="deferral-3f1c9a7d",
    ),
]
REPLAYED = {
    "description": "Done before under this key; here it is again.",
    "headers": {"Idempotent-Replayed": {"schema": {"type": "string", "enum": ["true"]}, "description": "Always `true`."}},
}
