"""What can go wrong between the bot and the loan backend, and which response of `domain.yml` words it.

    LoanBackendError               utter_backend_failed            the backend answered with something of no use
    ├─ BackendUnavailable          utter_backend_unavailable       no answer at all; nothing was changed
    ├─ FilingUnknown               utter_filing_unknown            it may or may not have been filed
    └─ ProblemError                utter_backend_failed            the backend refused, and said why
       ├─ BorrowerNotFound         utter_borrower_not_found        /problems/borrower-not-found
       ├─ LoanNotFound             utter_loan_not_found            /problems/loan-not-found
       ├─ FilingInProgress         utter_filing_in_progress        /problems/request-in-progress
       └─ … a leaf for each row of the table at the end of this module

`tests/client/test_errors.py` compares three lists: the problem types that the backend can send, the exceptions here, and
the responses in `domain.yml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class LoanBackendError(Exception):
    """Anything that kept the backend from answering a call as documented."""

    response: ClassVar[str] = "utter_backend_failed"

    def details(self) -> dict[str, Any]:
        """Values for the response's placeholders, named with their units."""
        return {}


class BackendUnavailable(LoanBackendError):
    """No usable answer; the call changed nothing, or was one that changes nothing."""

    response = "utter_backend_unavailable"


class FilingUnknown(LoanBackendError):
    """A filing was sent, no usable answer came, and reading back did not settle it."""

    response = "utter_filing_unknown"


class ProblemError(LoanBackendError):
    """The backend refused. Its problem document is kept; `detail` is for the log."""

    type: ClassVar[str] = ""

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__(f"{document.get('type')} ({document.get('status')}): {document.get('detail')}")
        self.document = document

    def details(self) -> dict[str, Any]:
        """The problem's members for programs, such as `max_days`."""
        standard = {"type", "title", "status", "detail", "instance"}
        return {name: value for name, value in self.document.items() if name not in standard}


def _leaf(slug: str, response: str, meaning: str) -> type[ProblemError]:
    name = "".join(part.title() for part in slug.split("-"))
    return type(
        name,
        (ProblemError,),
        {"__doc__": meaning, "__module__": __name__, "type": f"/problems/{slug}", "response": response},
    )


# What exists for another borrower and what does not exist are the same to everybody here.
BorrowerNotFound = _leaf("borrower-not-found", "utter_borrower_not_found", "No such borrower.")
LoanNotFound = _leaf("loan-not-found", "utter_loan_not_found", "No such loan of this borrower.")
QuoteNotFound = _leaf("quote-not-found", "utter_quote_expired", "No such quote of this borrower and loan.")
RequestNotFound = _leaf("request-not-found", "utter_request_not_found", "No such request of this borrower.")

FilingInProgress = _leaf("request-in-progress", "utter_filing_in_progress", "The same filing is being carried out.")
QuoteExpired = _leaf("quote-expired", "utter_quote_expired", "The terms may have changed; quote and ask again.")
QuoteStale = _leaf("quote-stale", "utter_quote_expired", "The loan changed since the quote; quote and ask again.")
RequestPending = _leaf("request-pending", "utter_request_pending", "A request for this loan waits; carries request_id.")
UndoTooLate = _leaf("undo-too-late", "utter_undo_too_late", "The ten minutes are over, or a person has decided.")
LoanClosed = _leaf("loan-closed", "utter_loan_closed", "The loan is paid off.")

DeferralNotOffered = _leaf("deferral-not-offered", "utter_deferral_not_offered", "The product has no deferral.")
DeferralTooLong = _leaf("deferral-too-long", "utter_deferral_too_long", "Carries max_days and latest_date.")
DeferralTooShort = _leaf("deferral-too-short", "utter_deferral_too_short", "Carries min_days and earliest_date.")
DeferralPeriodPast = _leaf("deferral-period-past", "utter_deferral_day_past", "The day has passed already.")
DeferralUsedUp = _leaf("deferral-used-up", "utter_deferral_used_up", "Carries how many, and when the next is possible.")
DeferralOverdueTooLong = _leaf(
    "deferral-overdue-too-long", "utter_deferral_overdue_too_long", "Carries days_past_due and max_days_past_due."
)


def _leaves(base: type[ProblemError]) -> list[type[ProblemError]]:
    return [base] + [leaf for child in base.__subclasses__() for leaf in _leaves(child)]


def problem_error(document: Mapping[str, Any]) -> ProblemError:
    """The exception for a problem document; the general one for a type that no leaf is made for."""
    by_type = {leaf.type: leaf for leaf in _leaves(ProblemError) if leaf.type}
    return by_type.get(str(document.get("type")), ProblemError)(document)
