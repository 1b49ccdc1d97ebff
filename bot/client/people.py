"""The lender's people: tickets for them, and when they can be reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote as url_quote

from bot.client.door import Door
from bot.client.results import FiledRequest


@dataclass(frozen=True)
class CallbackTime:
    """An hour at which somebody can call back."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Staff:
    """Whether a person can be reached now, how long one waits (minutes, roughly), and otherwise when."""

    phone: str
    open_now: bool
    open_until_at: datetime | None
    next_open_at: datetime | None
    wait_minutes: int | None
    callback_times: tuple[CallbackTime, ...]
    as_of: datetime


class People(Door):
    """Hands something over to people."""

    def open_ticket(self, kind: str, summary: str, *, idempotency_key: str, priority: str = "normal") -> FiledRequest:
        """A ticket for a person, with what they need to know.

        Raises:
            BackendUnavailable, FilingUnknown: as for `request_deferral`.
        """
        body = {"ticket_kind": kind, "summary": summary, "priority": priority}
        return self._file(f"{self._path}/tickets", body, idempotency_key)

    def report_bereavement(self, summary: str, *, filing_key: str, of_this_borrower: bool) -> FiledRequest:
        """A ticket for a person about a death, before everything else; calls to this borrower stop if it is they who died.

        Raises:
            BackendUnavailable, FilingUnknown: as for `request_deferral`.
        """
        body = {
            "ticket_kind": "bereavement",
            "summary": summary,
            "priority": "urgent",
            "pause_outreach": of_this_borrower,
        }
        return self._file(f"{self._path}/tickets", body, filing_key)

    def ask_for_callback(self, request_id: str, starts_at: datetime) -> FiledRequest:
        """The ticket, with when the borrower wants to be called; asking again changes the time.

        Raises:
            CallbackNotPossible: nobody is there then; carries `next_callback_at`.
            RequestNotFound: no such ticket of this borrower.
            AlreadyDecided: a person has dealt with it.
            BackendUnavailable: no usable answer; whether it was put down is not known, and asking again does no harm.
        """
        path = f"{self._path}/requests/{url_quote(request_id, safe='')}/callback"
        return self._read(FiledRequest, self._call("PUT", path, {"starts_at": starts_at.isoformat()}))
