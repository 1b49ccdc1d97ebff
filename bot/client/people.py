"""Tickets for the lender's people."""

from __future__ import annotations

from bot.client.door import Door
from bot.client.results import FiledRequest


class People(Door):
    """Hands something over to people."""

    def open_ticket(self, kind: str, summary: str, *, idempotency_key: str, priority: str = "normal") -> FiledRequest:
        """A ticket for a person, with what they need to know.

        Raises:
            BackendUnavailable, FilingUnknown: as for `request_deferral`.
        """
        body = {"ticket_kind": kind, "summary": summary, "priority": priority}
        return self._file(f"{self._path}/tickets", body, idempotency_key)
