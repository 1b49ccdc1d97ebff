"""Calls about what becomes of a borrower's data: deleting what was said, and everything that is held in one file."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote as url_quote

from bot.client.connection import Connection, UnusableAnswer
from bot.client.door import FILING_SECONDS, Door
from bot.client.errors import BackendUnavailable, FilingInProgress, FilingUnknown
from bot.client.results import MalformedAnswer, read

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """What is not deleted, and how long it is kept; the lender's words."""

    what: str
    kept: str


@dataclass(frozen=True)
class Erasure:
    """A deletion of what was said; its id is the receipt, and without `done_at` it is still to be carried out."""

    erasure_id: str
    borrower_id: str
    channel: str
    asked_at: datetime
    done_at: datetime | None
    kept: tuple[Kept, ...]
    as_of: datetime


@dataclass(frozen=True)
class Erasures:
    """Erasures, sorted as the call says."""

    as_of: datetime
    erasures: tuple[Erasure, ...]


@dataclass(frozen=True)
class ExportLink:
    """Where everything held of the borrower can be fetched once, and until when."""

    url: str
    expires_at: datetime
    as_of: datetime


class Privacy(Door):
    """What a borrower may have done with her data at once."""

    def erase_conversations(self, channel: str, *, filing_key: str) -> Erasure:
        """The erasure as asked for; it is carried out when the turn is over.

        Raises:
            BackendUnavailable: it was never asked for.
            FilingUnknown: no usable answer, and asking again under the same key did not settle it.
        """
        deadline = time.monotonic() + FILING_SECONDS
        may_have_arrived = False
        for attempt in range(3):
            try:
                body = {"channel": channel}
                path = f"{self._path}/erasures"
                data, _ = self._ask("POST", path, body, idempotency_key=filing_key, deadline=deadline)
                return read(Erasure, data)
            except FilingInProgress:
                may_have_arrived = True
            except UnusableAnswer as error:
                may_have_arrived = may_have_arrived or error.was_sent
                log.warning("asking for an erasure, attempt %d: %s", attempt + 1, error)
            except MalformedAnswer as error:
                may_have_arrived = True
                log.warning("asking for an erasure, attempt %d: %s", attempt + 1, error)
            self._client.pause(0.3 * 2**attempt)
        if may_have_arrived:
            raise FilingUnknown("what became of an erasure is unknown")
        raise BackendUnavailable("the backend was never reached")

    def erasures(self) -> tuple[Erasure, ...]:
        """The borrower's erasures, the newest first.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(Erasures, self._get("/erasures")).erasures

    def export_link(self) -> ExportLink:
        """A link for everything that is held of the borrower; the one before it ends.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(ExportLink, self._call("POST", f"{self._path}/export-links"))

    def export(self) -> dict[str, Any]:
        """Everything the ledger holds of the borrower: `borrower_id`, `lender_name`, `as_of`, `tables`.

        Raises:
            BackendUnavailable: no usable answer.
        """
        data = self._get("/export")
        if not isinstance(data, dict) or not isinstance(data.get("tables"), dict):
            raise BackendUnavailable("no tables in the export")
        return data

    def own_evidence(self, evidence_id: str) -> bytes:
        """The content of a proof of the borrower's own.

        Raises:
            ProblemError: there is none.
            BackendUnavailable: no usable answer.
        """
        data = self._get(f"/evidence/{url_quote(evidence_id, safe='')}")
        try:
            return base64.b64decode(data["content_base64"], validate=True)
        except (TypeError, KeyError, ValueError) as error:
            raise BackendUnavailable("no content in the answer") from error

    def erasure_done(self, erasure_id: str, removed: Mapping[str, int]) -> Erasure:
        """The proof, once all that the bot held is deleted.

        Raises:
            BackendUnavailable: no usable answer; telling it again is safe.
        """
        path = f"{self._path}/erasures/{url_quote(erasure_id, safe='')}/done"
        return self._read(Erasure, self._call("POST", path, {"removed": dict(removed)}))


def erasures_to_do(client: Connection) -> tuple[Erasure, ...]:
    """Erasures of all borrowers that the bot has still to carry out, the oldest first.

    Raises:
        BackendUnavailable: no usable answer.
    """
    try:
        return read(Erasures, client.call("GET", "/erasures")[0]).erasures
    except (UnusableAnswer, MalformedAnswer) as error:
        raise BackendUnavailable(f"/erasures: {error}") from error


def owner_of_export_link(client: Connection, token: str) -> str:
    """The borrower whose link it is; it is used up by this.

    Raises:
        ProblemError: there is no such link, it was used, or its time is over.
        BackendUnavailable: no usable answer.
    """
    try:
        data, _ = client.call("POST", "/export-links/redeem", {"token": token})
    except UnusableAnswer as error:
        raise BackendUnavailable(f"/export-links/redeem: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("borrower_id"), str):
        raise BackendUnavailable("/export-links/redeem: names nobody")
    return str(data["borrower_id"])
