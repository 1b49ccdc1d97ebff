"""The lender's people: when they are there, how they can be told from others, a call back; and their side of a block."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Path

from bot.backend import doors, protection
from bot.backend.clock import SHANGHAI
from bot.backend.problems import Problem, responses
from bot.backend.routes.common import BorrowerId, Call, RequestId, TheCall, router
from bot.backend.routes.filings import request_body
from bot.backend.schema_rights import safety_blocks
from bot.backend.store import Reading, Writing
from bot.backend.wire import ID_PATTERN
from bot.backend.wire_filings import Request
from bot.backend.wire_rights import (
    BereavementPapers,
    CallbackAsk,
    CallbackTime,
    DeskBlock,
    DeskBlocks,
    LiftAsk,
    OwnContact,
    OwnContacts,
    Staff,
)
from bot.loans.opening_hours import wait_minutes

routes = router("people")

_TIMES_A_DAY = 4
_DAYS = 2
SafetyBlockId = Annotated[str, Path(regex=ID_PATTERN, example="SB00000001")]


@routes.get("/own-contacts", operation_id="listOwnContacts", response_model=OwnContacts, responses=responses())
def list_own_contacts(call: TheCall) -> Any:
    """The lender's own numbers, sites, apps and accounts; what is not among them is not the lender's."""
    with call.store.read() as reading:
        lender = call.policy.lender.file
        contacts = [OwnContact(**row.dict()) for row in lender.rights.own_contacts]
        return OwnContacts(as_of=reading.now, lender_name=lender.lender.name, contacts=contacts)


@routes.get("/bereavement-papers", operation_id="listBereavementPapers", response_model=BereavementPapers, responses=responses())
def list_bereavement_papers(call: TheCall) -> Any:
    """What the lender asks of the family of a borrower who has died."""
    with call.store.read() as reading:
        return BereavementPapers(as_of=reading.now, papers=call.policy.lender.file.rights.bereavement_papers)


@routes.get("/staff", operation_id="getStaff", response_model=Staff, responses=responses())
def get_staff(call: TheCall) -> Any:
    """Whether a person can be reached now, how long one waits, and otherwise when."""
    with call.store.read() as reading:
        staff = call.policy.lender.file.staff
        hours = staff.opening_hours(reading.today)
        now = _local_time(reading)
        open_now = hours.is_open(reading.today, now)
        span = hours.on(reading.today)
        following = None if open_now else hours.next_opening(reading.today, now)
        waiting = protection.waiting_for_a_person(reading)
        return Staff(
            as_of=reading.now,
            phone=staff.phone,
            open_now=open_now,
            open_until_at=_moment(reading.today, span.closes) if open_now and span else None,
            next_open_at=_moment(*following) if following else None,
            wait_minutes=wait_minutes(waiting, staff.people, staff.minutes_each) if open_now else None,
            callback_times=_callback_times(reading, call),
        )


def _local_time(reading: Reading) -> time:
    return reading.now.astimezone(SHANGHAI).time()


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SHANGHAI)


def _callback_times(reading: Reading, call: Call) -> list[CallbackTime]:
    """Some hours of each of the next days with people, spread over the day."""
    hours = call.policy.lender.file.staff.opening_hours(reading.today)
    by_day: dict[date, list[datetime]] = {}
    for day, begins in islice(hours.whole_hours(reading.today, _local_time(reading)), 24 * (_DAYS + 1)):
        by_day.setdefault(day, []).append(_moment(day, begins))
    found = []
    for starts in list(by_day.values())[:_DAYS]:
        step = max(1, -(-len(starts) // _TIMES_A_DAY))
        found += [CallbackTime(starts_at=start, ends_at=start + timedelta(hours=1)) for start in starts[::step]]
    return found


@routes.put(
    "/borrowers/{borrower_id}/requests/{request_id}/callback",
    operation_id="askForCallback",
    response_model=Request,
    responses=responses("borrower-not-found", "request-not-found", "already-decided", "callback-not-possible"),
)
def ask_for_callback(ask: CallbackAsk, borrower_id: BorrowerId, request_id: RequestId, call: TheCall) -> Any:
    """When the borrower wants to be called about a ticket for a person; the latest wish counts."""

    def work(writing: Writing) -> Request:
        doors.borrower(writing, borrower_id)
        row = doors.request(writing, request_id, borrower_id)
        if row.kind != "ticket":
            raise Problem("request-not-found", f"No ticket {request_id}.")
        if row.status != "pending":
            raise Problem("already-decided", f"The ticket is {row.status}.", request_status=row.status)
        starts_at = _within_hours(writing, call, ask.starts_at)
        if row.terms.get("callback_starts_at") != starts_at.isoformat():
            row = protection.with_terms(writing, row, callback_starts_at=starts_at.isoformat())
            writing.audit("callback.asked", request_id, borrower_id, starts_at=starts_at.isoformat())
        return Request(**request_body(row, writing))

    return call.write("ask-for-callback", work)


def _within_hours(reading: Reading, call: Call, wanted: datetime) -> datetime:
    """The wanted moment in Shanghai, if somebody is there then.

    Raises:
        Problem: `callback-not-possible`.
    """
    hours = call.policy.lender.file.staff.opening_hours(reading.today)
    local = wanted.astimezone(SHANGHAI)
    to_come = reading.now < local < reading.now + timedelta(days=31)
    if to_come and hours.is_open(local.date(), local.time()):
        return local
    times = _callback_times(reading, call)
    raise Problem(
        "callback-not-possible",
        "Nobody is there then, or it is past, or more than a month ahead.",
        next_callback_at=times[0].starts_at if times else None,
    )


# The desk's side of a block.


def _desk_block(reading: Reading, row: Any) -> DeskBlock:
    name = doors.borrower(reading, row.borrower_id).display_name
    own = DeskBlock.__fields__.keys() - {"borrower_name"}
    return DeskBlock(**{key: row._mapping[key] for key in own}, borrower_name=name)


@routes.get("/desk/safety-blocks", operation_id="listSafetyBlocks", response_model=DeskBlocks, responses=responses())
def list_safety_blocks(call: TheCall) -> Any:
    """Blocks that are in force, the oldest first. Who looks is kept."""

    def work(writing: Writing) -> DeskBlocks:
        table = safety_blocks
        in_force = sa.select(table).where(table.c.lifted_at.is_(None))
        rows = writing.rows(in_force.order_by(table.c.blocked_at, table.c.safety_block_id))
        writing.audit("desk.listed", "safety-blocks", count=len(rows))
        return DeskBlocks(as_of=writing.now, blocks=[_desk_block(writing, row) for row in rows])

    found = call.write("list-safety-blocks", work, actor=call.desk_actor)
    call.listed((row.borrower_id for row in found.blocks), "listSafetyBlocks")
    return found


@routes.post(
    "/desk/safety-blocks/{safety_block_id}/lift",
    operation_id="liftSafetyBlock",
    response_model=DeskBlock,
    responses=responses("safety-block-not-found"),
)
def lift_safety_block(ask: LiftAsk, safety_block_id: SafetyBlockId, call: TheCall) -> Any:
    """A person lifts a block, after having made sure who asks; lifting it again changes nothing."""

    def work(writing: Writing) -> DeskBlock:
        row = protection.block_by_id(writing, safety_block_id)
        doors.borrower(writing, row.borrower_id)
        return _desk_block(writing, protection.lift_block(writing, safety_block_id, ask.reason, ask.lifted_by))

    return call.write("lift-safety-block", work, actor=f"desk:{ask.lifted_by}"[:80])
