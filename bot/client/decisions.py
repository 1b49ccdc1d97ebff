"""What the desk has decided since a moment, for the accounts of a messenger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from bot.client.connection import Connection, UnusableAnswer
from bot.client.errors import BackendUnavailable
from bot.client.results import MalformedAnswer, read


@dataclass(frozen=True)
class Decision:
    """A decided request, and an account of its borrower's; `status` is `approved` or `refused`."""

    request_id: str
    kind: str
    status: str
    decided_at: datetime
    decision_reason: str | None
    openid: str


@dataclass(frozen=True)
class Decisions:
    """Decisions, the oldest first, a row for each account; `as_of` is the lender's clock."""

    as_of: datetime
    decisions: tuple[Decision, ...]


def decisions_since(client: Connection, channel: str, since: datetime) -> Decisions:
    """What was decided at this moment or later, for accounts that were bound by then.

    Raises:
        BackendUnavailable: no usable answer.
    """
    try:
        data, _ = client.call("GET", f"/decisions?{urlencode({'channel': channel, 'since': since.isoformat()})}")
        return read(Decisions, data)
    except (UnusableAnswer, MalformedAnswer) as error:
        raise BackendUnavailable(f"/decisions: {error}") from error
