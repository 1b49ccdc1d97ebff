"""The service's connection to a loan backend: calls, time limits, and what counts as a usable answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from bot.client.errors import LoanBackendError, ProblemError, problem_error
from bot.observability import metrics, request_id, tracing

log = logging.getLogger(__name__)


class UnusableAnswer(LoanBackendError):
    """No answer, half an answer, a server error or something that is not the contract's.

    Attributes:
        was_sent: whether the call may have reached the backend.
    """

    response = "utter_backend_unavailable"

    def __init__(self, why: str, *, was_sent: bool) -> None:
        super().__init__(why)
        self.was_sent = was_sent


class TooManyCalls(UnusableAnswer):
    """The backend takes no more calls for a while (429), and has done nothing about this one.

    Attributes:
        retry_after_seconds: when it asks to be called again; None when it does not say.
    """

    def __init__(self, why: str, *, retry_after_seconds: float | None) -> None:
        super().__init__(why, was_sent=False)
        self.retry_after_seconds = retry_after_seconds


class Connection:
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
            # It would sleep as long as a 429 or 503 asks for, a minute say, and the borrower would hear nothing.
            respect_retry_after_header=False,
        )
        self._session.mount(self._url, HTTPAdapter(pool_maxsize=connections, pool_block=True, max_retries=reading))
        # Filings and reading them back share one budget of time, and the tries are counted by `_file`.
        self._filing_session = requests.Session()
        self._filing_session.headers.update(self._session.headers)
        self._filing_session.mount(self._url, HTTPAdapter(pool_maxsize=connections, pool_block=True))

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
            TooManyCalls: it wants to be called later.
            UnusableAnswer: no answer that could be used.
        """
        headers = {**request_id.headers(), **tracing.headers()}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        session, timeout = self._session, self._timeout
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise UnusableAnswer("out of time", was_sent=False)
            session, timeout = self._filing_session, (min(timeout[0], left), min(timeout[1], left))
        try:
            answer = session.request(method, self._url + path, json=body, headers=headers, timeout=timeout, allow_redirects=False)
        except requests.ConnectTimeout as error:
            metrics.backend_errors.labels("unreachable").inc()
            raise UnusableAnswer(str(error), was_sent=False) from error
        except requests.ConnectionError as error:
            metrics.backend_errors.labels("unreachable" if _was_refused(error) else "no_answer").inc()
            raise UnusableAnswer(str(error), was_sent=not _was_refused(error)) from error
        except requests.RequestException as error:
            metrics.backend_errors.labels("no_answer").inc()
            raise UnusableAnswer(str(error), was_sent=True) from error
        if answer.status_code >= 500:
            metrics.backend_errors.labels("server_error").inc()
            raise UnusableAnswer(f"{method} {path} answered {answer.status_code}", was_sent=True)
        if answer.status_code == 429 and not _is_a_problem_of_ours(answer):
            metrics.backend_errors.labels("too_many_calls").inc()
            after = _seconds(answer.headers.get("Retry-After"))
            raise TooManyCalls(f"{method} {path}: too many calls", retry_after_seconds=after)
        try:
            data = answer.json()
        except ValueError as error:
            metrics.backend_errors.labels("malformed").inc()
            raise UnusableAnswer(f"{method} {path}: not JSON", was_sent=True) from error
        if 200 <= answer.status_code < 300:
            return data, answer.headers
        if not isinstance(data, dict) or "type" not in data:
            raise UnusableAnswer(f"{method} {path} answered {answer.status_code} without a problem", was_sent=True)
        raise problem_error(data)

    def pause(self, seconds: float) -> None:
        """Waits between two tries."""
        self._pause(seconds)


def _is_a_problem_of_ours(answer: requests.Response) -> bool:
    """Whether it says why in the contract's own words, which a borrower can be told."""
    try:
        data = answer.json()
    except ValueError:
        return False
    return isinstance(data, dict) and type(problem_error(data)) is not ProblemError


def _seconds(retry_after: str | None) -> float | None:
    """How long `Retry-After` asks to wait, in seconds or until a moment; None when it says nothing that can be read."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _was_refused(error: requests.ConnectionError) -> bool:
    """Whether the connection was never made, so that nothing can have been filed."""
    return "NewConnectionError" in repr(error) or "ConnectTimeoutError" in repr(error)
