"""What every topic's calls share: reading strictly, and filing under a key so that nothing is filed twice."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import quote as url_quote

from bot.client.connection import Connection, UnusableAnswer
from bot.client.errors import BackendUnavailable, FilingInProgress, FilingUnknown, LoanBackendError
from bot.client.outcomes import counted
from bot.client.results import FiledRequest, MalformedAnswer, read

log = logging.getLogger(__name__)

T = TypeVar("T")

# A filing, with its repeats and readings back, is over within this time: Rasa gives an action up after 25 s, and nothing
# may be filed after the borrower has been told that nobody knows.
FILING_SECONDS = 15.0


class Door:
    """One borrower's door to the backend. Every call asks anew; nothing is kept.

    A topic's calls are methods of a class of its own that derives from this one (`bot/client/paying.py`, …); they use
    `_get`, `_call`, `_file`, `_read`, `_read_list` and `_mine`, and no `requests`.
    """

    def __init__(self, client: Connection, borrower_id: str) -> None:
        self._client = client
        self.borrower_id = borrower_id
        self._path = f"/borrowers/{url_quote(borrower_id, safe='')}"

    @staticmethod
    def _loan_path(loan_id: str, what: str = "") -> str:
        """A path below the borrower's, for one loan."""
        return f"/loans/{url_quote(loan_id, safe='')}{what}"

    @counted
    def _file(self, path: str, body: Mapping[str, Any], key: str) -> FiledRequest:
        """Files under a key, so that it may be sent again; after an unusable answer it reads back before it does."""
        deadline = time.monotonic() + FILING_SECONDS
        may_have_arrived = False
        for attempt in range(3):
            try:
                data, headers = self._client.call("POST", path, body, idempotency_key=key, deadline=deadline)
                replayed = headers.get("Idempotent-Replayed") == "true" and not may_have_arrived
                return self._read_filed(data, replayed=replayed)
            except FilingInProgress:
                # Perhaps our own first try, still being written: what it became can be read in a moment.
                if not may_have_arrived:
                    raise
            except UnusableAnswer as error:
                may_have_arrived = may_have_arrived or error.was_sent
                log.warning("filing %s…, attempt %d: %s", key[:12], attempt + 1, error)
            except MalformedAnswer as error:
                may_have_arrived = True
                log.warning("filing %s…, attempt %d: %s", key[:12], attempt + 1, error)
            self._client.pause(0.3 * 2**attempt)
            if may_have_arrived and (filed := self._read_back(key, deadline)) is not None:
                return filed
        if may_have_arrived:
            raise FilingUnknown(f"what became of the filing {key[:12]}… is unknown")
        raise BackendUnavailable("the backend was never reached")

    def _read_back(self, key: str, deadline: float) -> FiledRequest | None:
        try:
            path = f"{self._path}/requests?idempotency_key={url_quote(key, safe='')}"
            found = self._read_list(FiledRequest, self._client.call("GET", path, deadline=deadline)[0], "requests")
        except LoanBackendError as error:
            log.warning("reading back %s…: %s", key[:12], error)
            return None
        return found[0] if found else None

    def _read_filed(self, data: Any, *, replayed: bool = False) -> FiledRequest:
        return read(FiledRequest, {**data, "replayed": replayed} if isinstance(data, dict) else data)

    def _get(self, path: str) -> Any:
        return self._call("GET", self._path + path)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        try:
            return self._client.call(method, path, body)[0]
        except UnusableAnswer as error:
            raise BackendUnavailable(str(error)) from error

    def _read(self, kind: type[T], data: Any) -> T:
        try:
            return read(kind, data)
        except MalformedAnswer as error:
            raise BackendUnavailable(str(error)) from error

    def _read_list(self, kind: type[T], data: Any, name: str) -> list[T]:
        if not isinstance(data, dict) or not isinstance(data.get(name), list):
            raise BackendUnavailable(f"no list of {name}")
        return [self._read(kind, item) for item in data[name]]

    @staticmethod
    def _mine(answer: T, loan_id: str) -> T:
        """The answer, if it is about the loan that was asked for; a backend that mixes borrowers up is not repeated."""
        if getattr(answer, "loan_id", loan_id) != loan_id:
            raise BackendUnavailable("the answer is about another loan")
        return answer
