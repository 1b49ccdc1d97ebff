"""Lectures one can be put down for, and calls at a time that was asked for."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from bot.backend import doors, filings, idempotency, schema
from bot.backend.clock import SHANGHAI
from bot.backend.filings import Filed
from bot.backend.lender_difficulty import EventRow
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.store import Reading, Writing
from bot.backend.wire_difficulty import AssistanceAsk, Event

_LONGEST_AHEAD = timedelta(days=31)


def events(reading: Reading, policy: Policy, city: str | None) -> list[Event]:
    """Events to come in a city, or everywhere, the next first."""
    rows = [row for row in policy.lender.file.events if city is None or row.city == city]
    found = [_event(reading, row) for row in rows]
    return sorted((row for row in found if row.starts_at > reading.now), key=lambda row: (row.starts_at, row.event_id))


def _event(reading: Reading, row: EventRow) -> Event:
    day = row.held_date.on(_told_from(reading))
    shared = {name: getattr(row, name) for name in ("event_id", "name", "kind", "city", "place", "who", "what")}
    return Event(
        **shared,
        starts_at=_moment(day, row.begins),
        ends_at=_moment(day, row.ends),
        seats_left=max(0, row.seats - len(_seated(reading, row.event_id))),
    )


def _told_from(reading: Reading) -> date:
    """The day that `today+3d` of the lender file counts from: that of filling the ledger, so that an event keeps its day."""
    told = reading.one(sa.select(schema.origin.c.value).where(schema.origin.c.key == "told_from_date"))
    return date.fromisoformat(told.value) if told else reading.today


def _moment(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


def _seated(reading: Reading, event_id: str) -> list[Any]:
    """Requests that hold a seat."""
    table = schema.requests
    query = sa.select(table).where(table.c.kind == "assistance", table.c.status.in_(("pending", "approved")))
    return [row for row in reading.rows(query) if row.terms.get("event_id") == event_id]


def file(writing: Writing, policy: Policy, borrower_id: str, ask: AssistanceAsk, key: str) -> Filed:
    """Files a seat or a call, once; a borrower has one seat at an event, whatever the key.

    Raises:
        Problem: what `filings.file_plain` refuses, `event-not-found`, `event-full`, `event-over`, `callback-not-possible`.
    """
    if ask.callback_at is not None:
        terms: dict[str, Any] = {"callback_at": ask.callback_at.astimezone(SHANGHAI), "about": ask.about}
        filed = filings.file_plain(writing, policy, borrower_id, "assistance", terms, key, None)
        if not filed.replayed:
            _somebody_is_there(writing, policy, terms["callback_at"])
        return filed
    row = next((row for row in policy.lender.file.events if row.event_id == ask.event_id), None)
    if row is None:
        raise Problem("event-not-found", f"No event {ask.event_id}.")
    doors.borrower(writing, borrower_id)
    event = _event(writing, row)
    mine = next((taken for taken in _seated(writing, row.event_id) if taken.borrower_id == borrower_id), None)
    if mine is not None and idempotency.subject_for(writing, borrower_id, key) is None:
        return Filed(mine, replayed=True)
    terms = {"event_id": event.event_id, "event_name": event.name, "starts_at": event.starts_at, "place": event.place}
    filed = filings.file_plain(writing, policy, borrower_id, "assistance", terms, key, None)
    if not filed.replayed and event.starts_at <= writing.now:
        raise Problem("event-over", "It has begun or is over.")
    # Counted with this one in it: the counter of requests lets one borrower through at a time.
    if not filed.replayed and len(_seated(writing, row.event_id)) > row.seats:
        raise Problem("event-full", "No seat is left.")
    return filed


def _somebody_is_there(reading: Reading, policy: Policy, wanted: datetime) -> None:
    hours = policy.lender.file.staff.opening_hours(reading.today)
    if reading.now < wanted < reading.now + _LONGEST_AHEAD and hours.is_open(wanted.date(), wanted.time()):
        return
    local = reading.now.astimezone(SHANGHAI)
    first = next(hours.whole_hours(reading.today, local.time()), None)
    raise Problem(
        "callback-not-possible",
        "Nobody is there then, or it is past, or more than a month ahead.",
        next_callback_at=datetime.combine(*first, SHANGHAI) if first else None,
    )
