"""Accounts of messengers that speak for borrowers: bound by a one-time code, read, unbound."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query

from bot.backend import bindings, doors
from bot.backend.problems import Problem, responses
from bot.backend.routes.common import BorrowerId, TheCall, router
from bot.backend.store import Writing
from bot.backend.wire import ID_PATTERN
from bot.backend.wire_bindings import (
    Binding,
    BindingAsk,
    BindingCodeAsk,
    BindingStart,
    BoundAccount,
    BoundAccounts,
    BoundChannel,
    OpenId,
    SentCode,
    SentCodes,
    Unbound,
)

routes = router("bindings")

BindingId = Annotated[str, Path(regex=ID_PATTERN, example="BI0123456789abcdef0123")]
TheChannel = Annotated[BoundChannel, Query(description="The messenger.", example="wechat")]
TheOpenId = Annotated[OpenId, Query(description="The account, as its platform calls it.", example="oABCD-1234")]


@routes.post(
    "/bindings",
    operation_id="startBinding",
    status_code=202,
    response_model=BindingStart,
    responses=responses("binding-too-many"),
)
def start_binding(ask: BindingAsk, call: TheCall) -> Any:
    """Sends a code to the phone, if it is a borrower's; the answer does not tell."""
    return call.write(
        "start-binding",
        lambda writing: bindings.start(writing, call.policy, ask.channel, ask.openid, ask.phone),
    )


@routes.post(
    "/bindings/{binding_id}/confirm",
    operation_id="confirmBinding",
    response_model=Binding,
    responses=responses("binding-not-found", "binding-code-wrong", "binding-code-expired", "binding-code-used-up"),
)
def confirm_binding(ask: BindingCodeAsk, binding_id: BindingId, call: TheCall) -> Any:
    """Binds the account to whoever received the code; what it was bound to before is unbound."""
    confirmed = call.write(
        "confirm-binding",
        lambda writing: bindings.confirm(writing, ask.channel, ask.openid, binding_id, ask.code),
    )
    if isinstance(confirmed, Problem):
        raise confirmed
    return confirmed


@routes.get("/bindings", operation_id="getBinding", response_model=Binding, responses=responses("binding-not-found"))
def get_binding(channel: TheChannel, openid: TheOpenId, call: TheCall) -> Any:
    """Whom an account speaks for."""
    with call.store.read() as reading:
        return bindings.binding_of(reading, channel, openid)


@routes.delete("/bindings", operation_id="unbind", response_model=Unbound, responses=responses())
def unbind(
    channel: TheChannel,
    openid: TheOpenId,
    call: TheCall,
    which: Annotated[Literal["this", "others"], Query(description="This account, or all others of its borrower.")] = "this",
    reason: Annotated[Literal["asked", "unfollowed"], Query(description="Why; it is kept on the audit trail.")] = "asked",
) -> Any:
    """Unbinds an account, or all others that speak for the same borrower; again, it changes nothing."""

    def work(writing: Writing) -> Unbound:
        gone = bindings.unbind(writing, channel, openid, reason, others=which == "others")
        return Unbound(as_of=writing.now, unbound=gone)

    return call.write("unbind", work)


@routes.get(
    "/borrowers/{borrower_id}/bindings",
    operation_id="listBindings",
    response_model=BoundAccounts,
    responses=responses("borrower-not-found"),
)
def list_bindings(borrower_id: BorrowerId, call: TheCall) -> Any:
    """The accounts that speak for a borrower: where a decision can be told."""
    with call.store.read() as reading:
        doors.borrower(reading, borrower_id)
        names = BoundAccount.__fields__
        rows = bindings.accounts_of(reading, borrower_id)
        found = [BoundAccount(**{name: row._mapping[name] for name in names}) for row in rows]
        return BoundAccounts(as_of=reading.now, accounts=found)


@routes.get("/desk/outbox", operation_id="listOutbox", response_model=SentCodes, responses=responses())
def list_outbox(call: TheCall) -> Any:
    """Codes that a text message gateway would have sent; for a demo, where nobody has these phones. Who looks is kept."""

    def work(writing: Writing) -> SentCodes:
        own = SentCode.__fields__.keys() - {"borrower_name"}
        found = [
            SentCode(**{name: row._mapping[name] for name in own}, borrower_name=row.display_name)
            for row in bindings.outbox(writing)
        ]
        writing.audit("desk.listed", "outbox", count=len(found))
        return SentCodes(as_of=writing.now, messages=found)

    return call.write("list-outbox", work, actor=call.desk_actor)
