"""What every topic's calls share: reading strictly, and filing under a key so that nothing is filed twice."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote as url_quote

from bot.client.connection import Connection, TooManyCalls, UnusableAnswer
from bot.client.errors import BackendUnavailable, FilingInProgress, FilingUnknown, LoanBackendError, ProblemError
from bot.client.outcomes import counted
from bot.client.results import FiledRequest, MalformedAnswer, read

log = logging.getLogger(__name__)

T = TypeVar("T")

# A filing, with its repeats and readings back, is over within this time: Rasa gives an action up after 25 s, and nothing
# may be filed after the borrower has been told that nobody knows.
FILING_SECONDS = 15.0
# Whose call an answer belongs to, where the backend says so.
BORROWER_HEADER = "Huanban-Borrower"


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
    def _file(self, path: str, body: Mapping[str, Any], key: str, deadline: float | None = None) -> FiledRequest:
        """Files under a key, so that it may be sent again; after an unusable answer it reads back before it does.

        `deadline`, a moment of `time.monotonic`, is for several filings that have one budget of time together.
        """
        deadline = time.monotonic() + FILING_SECONDS if deadline is None else deadline
        may_have_arrived = False
        for attempt in range(3):
            wait = 0.3 * 2**attempt
            try:
                data, headers = self._ask("POST", path, body, idempotency_key=key, deadline=deadline)
                replayed = headers.get("Idempotent-Replayed") == "true" and not may_have_arrived
                return self._read_filed(data, key, replayed=replayed)
            except FilingInProgress:
                # Perhaps our own first try, still being written: what it became can be read in a moment.
                if not may_have_arrived:
                    raise
            except ProblemError as refusal:
                # A refusal of this try says nothing about an earlier one, nor does one that the contract does not know.
                if not may_have_arrived and type(refusal) is not ProblemError:
                    raise
                return self._filed_all_the_same(key, deadline, refusal)
            except TooManyCalls as error:
                log.warning("filing %s…, attempt %d: %s", key[:12], attempt + 1, error)
                wait = max(wait, error.retry_after_seconds or 0.0)
                if time.monotonic() + wait >= deadline:
                    break
            except UnusableAnswer as error:
                may_have_arrived = may_have_arrived or error.was_sent
                log.warning("filing %s…, attempt %d: %s", key[:12], attempt + 1, error)
            except MalformedAnswer as error:
                may_have_arrived = True
                log.warning("filing %s…, attempt %d: %s", key[:12], attempt + 1, error)
            self._client.pause(wait)
            if may_have_arrived and (filed := self._read_back(key, deadline)) is not None:
                return filed
        if may_have_arrived:
            raise FilingUnknown(f"what became of the filing {key[:12]}… is unknown")
        raise BackendUnavailable("the backend was never reached")

    def _filed_all_the_same(self, key: str, deadline: float, refusal: ProblemError) -> FiledRequest:
        """The filing, where the ledger has it in spite of a refusal; raises the refusal only where it is seen not to."""
        try:
            found = self._filed_under(key, deadline)
        except LoanBackendError as error:
            raise FilingUnknown(f"refused, and reading back {key[:12]}… failed: {error}") from refusal
        if found is None:
            raise refusal
        return found

    def _read_back(self, key: str, deadline: float) -> FiledRequest | None:
        try:
            return self._filed_under(key, deadline)
        except LoanBackendError as error:
            log.warning("reading back %s…: %s", key[:12], error)
            return None

    def _filed_under(self, key: str, deadline: float) -> FiledRequest | None:
        path = f"{self._path}/requests?idempotency_key={url_quote(key, safe='')}"
        found = self._read_list(FiledRequest, self._ask("GET", path, deadline=deadline)[0], "requests")
        return found[0] if found else None

    def _read_filed(self, data: Any, key: str | None = None, *, replayed: bool = False) -> FiledRequest:
        filed = read(FiledRequest, {**data, "replayed": replayed} if isinstance(data, dict) else data)
        if key is not None and filed.terms.get("filing_key", key) != key:
            raise MalformedAnswer("the answer is about another filing")
        return filed

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **options: Any
    ) -> tuple[Any, Mapping[str, str]]:
        """What the connection brings, if it is this borrower's: nothing of anybody else is ever read.

        Raises:
            ProblemError, UnusableAnswer: as `Connection.call` does.
        """
        data, headers = self._client.call(method, path, body, **options)
        named = {headers.get(BORROWER_HEADER), *(each.get("borrower_id") for each in _objects(data))} - {None}
        if named - {self.borrower_id}:
            raise UnusableAnswer(f"{method} …{path.removeprefix(self._path)}: the answer is another borrower's", was_sent=True)
        return data, headers

    def _get(self, path: str) -> Any:
        return self._call("GET", self._path + path)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        try:
            return self._ask(method, path, body)[0]
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


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    """The object that an answer is, and those of the lists in it."""
    if isinstance(data, dict):
        yield data
        for value in data.values():
            if isinstance(value, list):
                yield from (each for each in value if isinstance(each, dict))
