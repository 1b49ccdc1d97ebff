"""What the desk has decided since a moment, for the accounts of a messenger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from bot.client.connection import Connection, UnusableAnswer
from bot.client.errors import BackendUnavailable
from bot.client.results import MalformedAnswer, read

PAGE = 200


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


def decisions_since(client: Connection, channel: str, since: datetime, after: Decision | None = None) -> Decisions:
    """What was decided at this moment or later, for accounts that were bound by then; `PAGE` rows at most.

    Args:
        client: the connection to the lender.
        channel: the messenger.
        since: the moment.
        after: the last row that was read, if `PAGE` rows came: what stands behind it is read, and `since` counts for nothing.

    Raises:
        BackendUnavailable: no usable answer.
    """
    try:
        query = {"channel": channel, "since": since.isoformat(), "limit": str(PAGE)}
        if after is not None:
            last = {"since": after.decided_at.isoformat(), "after_request_id": after.request_id, "after_openid": after.openid}
            query = {**query, **last}
        data, _ = client.call("GET", f"/decisions?{urlencode(query)}")
        return read(Decisions, data)
    except (UnusableAnswer, MalformedAnswer) as error:
        raise BackendUnavailable(f"/decisions: {error}") from error
