"""The client of the loan backend: `LoanClient` for the service, `BorrowerLoans` for one borrower.

`BorrowerLoans` is the one door to a borrower's data: whoever holds it can reach that borrower's loans and nobody else's.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import quote as url_quote

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from bot import config
from bot.client.errors import BackendUnavailable, FilingInProgress, FilingUnknown, LoanBackendError, problem_error
from bot.client.results import Borrower, DeferralQuote, FiledRequest, Loan, MalformedAnswer, Payment, read

log = logging.getLogger(__name__)

T = TypeVar("T")

# A filing, with its repeats and readings back, is over within this time: Rasa gives an action up after 25 s, and nothing
# may be filed after the borrower has been told that nobody knows.
FILING_SECONDS = 15.0


class UnusableAnswer(LoanBackendError):
    """No answer, half an answer, a server error or something that is not the contract's.

    Attributes:
        was_sent: whether the call may have reached the backend.
    """

    response = "utter_backend_unavailable"

    def __init__(self, why: str, *, was_sent: bool) -> None:
        super().__init__(why)
        self.was_sent = was_sent


class LoanClient:
    """The service's connection to a loan backend; one pooled session, safe to share between threads.

    Args:
        url: where the backend is, without `/v1`.
        token: the service's token.
        connect_timeout: seconds to wait for a connection.
        read_timeout: seconds to wait for an answer.
        connections: how many connections the pool keeps.
        pause: sleeps so many seconds between tries; tests put a clock of their own here.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        connect_timeout: float = 2,
        read_timeout: float = 5,
        connections: int = 64,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url.rstrip("/") + "/v1"
        self._timeout = (connect_timeout, read_timeout)
        self._pause = pause
        self._session = requests.Session()
        self._session.headers.update({"Authorization": f"Bearer {token}", "Accept": "application/json"})
        # Only what changes nothing is repeated here; a filing is repeated by `_file`, which reads back in between.
        # A reading that timed out is tried once more at most: Rasa does not wait longer than 25 s for an action.
        reading = Retry(
            total=2,
            read=1,
            backoff_factor=0.2,
            allowed_methods={"GET"},
            status_forcelist={502, 503, 504},
            raise_on_status=False,
        )
        self._session.mount(self._url, HTTPAdapter(pool_maxsize=connections, pool_block=True, max_retries=reading))
        # Filings and reading them back share one budget of time, and the tries are counted by `_file`.
        self._filing_session = requests.Session()
        self._filing_session.headers.update(self._session.headers)
        self._filing_session.mount(self._url, HTTPAdapter(pool_maxsize=connections, pool_block=True))

    def loans_of(self, borrower_id: str) -> BorrowerLoans:
        """The door to one borrower's data; nothing is asked yet."""
        return BorrowerLoans(self, borrower_id)

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
        deadline: float | None = None,
    ) -> tuple[Any, Mapping[str, str]]:
        """The JSON of a 2xx answer, and its headers.

        Args:
            method: GET or POST.
            path: below `/v1`.
            body: the JSON to send.
            idempotency_key: under which a filing may be sent again.
            deadline: the moment (of `time.monotonic`) by which it has to be over; such a call is tried once.

        Raises:
            ProblemError: the backend refused.
            UnusableAnswer: no answer that could be used.
        """
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        session, timeout = self._session, self._timeout
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise UnusableAnswer("out of time", was_sent=False)
            session, timeout = self._filing_session, (min(timeout[0], left), min(timeout[1], left))
        try:
            answer = session.request(method, self._url + path, json=body, headers=headers, timeout=timeout, allow_redirects=False)
        except requests.ConnectTimeout as error:
            raise UnusableAnswer(str(error), was_sent=False) from error
        except requests.ConnectionError as error:
            raise UnusableAnswer(str(error), was_sent=not _was_refused(error)) from error
        except requests.RequestException as error:
            raise UnusableAnswer(str(error), was_sent=True) from error
        if answer.status_code >= 500:
            raise UnusableAnswer(f"{method} {path} answered {answer.status_code}", was_sent=True)
        try:
            data = answer.json()
        except ValueError as error:
            raise UnusableAnswer(f"{method} {path}: not JSON", was_sent=True) from error
        if 200 <= answer.status_code < 300:
            return data, answer.headers
        if not isinstance(data, dict) or "type" not in data:
            raise UnusableAnswer(f"{method} {path} answered {answer.status_code} without a problem", was_sent=True)
        raise problem_error(data)

    def pause(self, seconds: float) -> None:
        """Waits between two tries."""
        self._pause(seconds)


def _was_refused(error: requests.ConnectionError) -> bool:
    """Whether the connection was never made, so that nothing can have been filed."""
    return "NewConnectionError" in repr(error) or "ConnectTimeoutError" in repr(error)


class BorrowerLoans:
    """One borrower's loans and requests. Every method asks the backend anew; nothing is kept."""

    def __init__(self, client: LoanClient, borrower_id: str) -> None:
        self._client = client
        self.borrower_id = borrower_id
        self._path = f"/borrowers/{url_quote(borrower_id, safe='')}"

    def borrower(self) -> Borrower:
        """Who this is.

        Raises:
            BorrowerNotFound: the lender does not know this borrower.
            BackendUnavailable: no usable answer.
        """
        return self._read(Borrower, self._get(""))

    def loans(self) -> list[Loan]:
        """All loans without their instalments, by next due date, closed ones last; empty when there are none.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read_list(Loan, self._get("/loans"), "loans")

    def plans(self) -> list[Loan]:
        """All loans with their instalments by number, in the order of `loans`; empty when there are none.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read_list(Loan, self._get("/plans"), "loans")

    def payments(self, loan_id: str) -> list[Payment]:
        """Payments of a loan, newest first; those under way and failed ones too.

        Raises:
            LoanNotFound: no such loan, or not this borrower's.
            BackendUnavailable: no usable answer.
        """
        return self._read_list(Payment, self._get(f"/loans/{url_quote(loan_id, safe='')}/payments"), "payments")

    def requests(self) -> list[FiledRequest]:
        """Everything this borrower has filed, newest first.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read_list(FiledRequest, self._get("/requests"), "requests")

    def deferral_quote(self, loan_id: str, period: str, reason_code: str | None = None) -> DeferralQuote:
        """What a deferral would change; nothing is filed.

        Args:
            loan_id: the loan.
            period: how long or until when, as an ISO 8601 duration ("P15D", "P3M"), "P2I" for two instalments, or a day.
            reason_code: why, where the borrower said so; a product may be interest-free for some reasons.

        Raises:
            LoanNotFound: no such loan, or not this borrower's.
            ProblemError: a rule of the product forbids it; the leaf says which.
            BackendUnavailable: no usable answer.
        """
        body = {"period": period, "reason_code": reason_code}
        path = f"{self._path}/loans/{url_quote(loan_id, safe='')}/deferral-quotes"
        return self._mine(self._read(DeferralQuote, self._call("POST", path, body)), loan_id)

    def request_deferral(self, loan_id: str, quote_id: str, *, filing_key: str) -> FiledRequest:
        """The deferral as filed, pending a person's decision. Filing the same quote again files nothing new.

        Args:
            loan_id: the loan that the quote is for.
            quote_id: the quote that the borrower saw and confirmed.
            filing_key: the quote's own; derived from borrower, loan and terms.

        Raises:
            QuoteExpired, QuoteStale: the terms may have changed; quote again and ask again.
            RequestPending: another request for this loan waits for a decision.
            FilingInProgress: the same filing is being carried out at this moment.
            BackendUnavailable: the backend was never reached; nothing was filed.
            FilingUnknown: no usable answer, and reading back did not settle it.
        """
        path = f"{self._path}/loans/{url_quote(loan_id, safe='')}/deferrals"
        return self._file(path, {"quote_id": quote_id}, filing_key)

    def undo(self, request_id: str) -> FiledRequest:
        """The request, taken back. Undoing twice is undoing once.

        Raises:
            UndoTooLate: the ten minutes are over, or a person has decided.
            RequestNotFound: no such request of this borrower.
            FilingUnknown: no usable answer, and reading back did not settle it.
        """
        path = f"{self._path}/requests/{url_quote(request_id, safe='')}"
        deadline = time.monotonic() + FILING_SECONDS
        may_have_arrived = False
        for attempt in range(3):
            try:
                return self._read_filed(self._client.call("POST", f"{path}/undo", {}, deadline=deadline)[0])
            except UnusableAnswer as error:
                may_have_arrived = may_have_arrived or error.was_sent
                log.warning("undo of %s, attempt %d: %s", request_id, attempt + 1, error)
            except MalformedAnswer as error:
                may_have_arrived = True
                log.warning("undo of %s, attempt %d: %s", request_id, attempt + 1, error)
            self._client.pause(0.3 * 2**attempt)
        if may_have_arrived:
            raise FilingUnknown(f"whether {request_id} was undone is unknown")
        raise BackendUnavailable("the backend was never reached")

    def open_ticket(self, kind: str, summary: str, *, idempotency_key: str, priority: str = "normal") -> FiledRequest:
        """A ticket for a person, with what they need to know.

        Raises:
            BackendUnavailable, FilingUnknown: as for `request_deferral`.
        """
        body = {"ticket_kind": kind, "summary": summary, "priority": priority}
        return self._file(f"{self._path}/tickets", body, idempotency_key)

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


@lru_cache(maxsize=1)
def default_client() -> LoanClient:
    """The client with the settings in force, made once a process."""
    settings = config.load()
    return LoanClient(
        settings.backend_url,
        settings.service_token,
        connect_timeout=settings.connect_timeout_seconds,
        read_timeout=settings.read_timeout_seconds,
        connections=settings.client_connections,
    )
