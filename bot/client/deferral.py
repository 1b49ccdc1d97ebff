"""More time: the quote, the filing, and the way back."""

from __future__ import annotations

import logging
import time
from urllib.parse import quote as url_quote

from bot.client import door
from bot.client.connection import UnusableAnswer
from bot.client.door import Door
from bot.client.errors import BackendUnavailable, FilingUnknown
from bot.client.results import DeferralQuote, DeferralWindow, FiledRequest, MalformedAnswer

log = logging.getLogger(__name__)


class Deferral(Door):
    """Quotes and files deferrals, and undoes whatever was filed."""

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
        path = self._path + self._loan_path(loan_id, "/deferral-quotes")
        return self._mine(self._read(DeferralQuote, self._call("POST", path, body)), loan_id)

    def deferral_window(self, loan_id: str) -> DeferralWindow:
        """Between which days the next due day can be moved; nothing is changed.

        Raises:
            LoanNotFound: no such loan, or not this borrower's.
            ProblemError: there is no deferral at all, whatever the day; the leaf says why.
            BackendUnavailable: no usable answer.
        """
        return self._mine(self._read(DeferralWindow, self._get(self._loan_path(loan_id, "/deferral-window"))), loan_id)

    def request_deferral(self, loan_id: str, quote_id: str, *, filing_key: str, deadline: float | None = None) -> FiledRequest:
        """The deferral as filed, pending a person's decision. Filing the same quote again files nothing new.

        Args:
            loan_id: the loan that the quote is for.
            quote_id: the quote that the borrower saw and confirmed.
            filing_key: the quote's own; derived from borrower, loan and terms.
            deadline: the moment (of `time.monotonic`) by which it has to be over, where several share their time.

        Raises:
            QuoteExpired, QuoteStale: the terms may have changed; quote again and ask again.
            RequestPending: another request for this loan waits for a decision.
            FilingInProgress: the same filing is being carried out at this moment.
            BackendUnavailable: the backend was never reached; nothing was filed.
            FilingUnknown: no usable answer, and reading back did not settle it.
        """
        path = self._path + self._loan_path(loan_id, "/deferrals")
        return self._file(path, {"quote_id": quote_id}, filing_key, deadline)

    def undo(self, request_id: str) -> FiledRequest:
        """The request, taken back. Undoing twice is undoing once.

        Raises:
            UndoTooLate: the ten minutes are over, or a person has decided.
            RequestNotFound: no such request of this borrower.
            FilingUnknown: no usable answer, and reading back did not settle it.
        """
        path = f"{self._path}/requests/{url_quote(request_id, safe='')}"
        deadline = time.monotonic() + door.FILING_SECONDS
        may_have_arrived = False
        for attempt in range(3):
            try:
                undone = self._read_filed(self._ask("POST", f"{path}/undo", {}, deadline=deadline)[0])
                if undone.request_id != request_id:
                    raise MalformedAnswer("the answer is about another request")
                return undone
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
