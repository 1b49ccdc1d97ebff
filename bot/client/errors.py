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
CallbackNotPossible = _leaf("callback-not-possible", "utter_callback_not_possible", "Nobody is there then.")
AlreadyDecided = _leaf("already-decided", "utter_already_decided", "A person has dealt with it.")
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

DueDateChangeNotOffered = _leaf("due-date-change-not-offered", "utter_due_day_fixed", "The product keeps its due day.")
DueDateChangeSameDay = _leaf("due-date-change-same-day", "utter_due_day_same", "It is the day already; carries due_day.")
DueDateChangePastDue = _leaf("due-date-change-past-due", "utter_due_day_past_due", "Carries overdue_fen.")
DueDateChangeUsedUp = _leaf("due-date-change-used-up", "utter_due_day_used_up", "Carries changes_allowed and next_possible_date.")
DueDateChangeDeferralInForce = _leaf(
    "due-date-change-deferral-in-force", "utter_due_day_deferral_in_force", "A deferral runs; carries until_date."
)
DueDateChangeNothingToMove = _leaf(
    "due-date-change-nothing-to-move", "utter_due_day_nothing_to_move", "Nothing is due after the decision."
)
LoanNotClosed = _leaf("loan-not-closed", "utter_loan_not_closed", "Not paid off; carries outstanding_fen.")
PaymentNotFound = _leaf("payment-not-found", "utter_payment_not_found", "No such payment of this loan.")
PaymentMethodNotFound = _leaf("payment-method-not-found", "utter_card_not_found", "No such payment method of this borrower.")
LastPaymentMethod = _leaf("last-payment-method", "utter_last_card", "Auto debit needs it while a loan is open.")
AutoDebitFixed = _leaf("auto-debit-fixed", "utter_auto_debit_fixed", "The product keeps auto debit on.")
PrepaymentNotOffered = _leaf("prepayment-not-offered", "utter_prepayment_not_offered", "The product has no early repayment.")
PrepaymentTooSmall = _leaf("prepayment-too-small", "utter_prepayment_too_small", "Carries min_amount_fen.")
PrepaymentTooLarge = _leaf(
    "prepayment-too-large", "utter_prepayment_is_whole", "The part would be all of it; carries outstanding_principal_fen."
)
SecurePagesNotOffered = _leaf("secure-pages-not-offered", "utter_no_secure_page", "The lender has no secure pages.")

BlockedAfterFraud = _leaf("blocked-after-fraud", "utter_blocked_after_fraud", "Carries request_id and blocked_at.")
CreditEntryNotFound = _leaf("credit-entry-not-found", "utter_credit_entry_not_found", "No such spell of this loan.")
CreditLineNotFound = _leaf("credit-line-not-found", "utter_no_such_line", "No such credit line of this borrower.")
LineNotOpen = _leaf("line-not-open", "utter_line_not_open", "Nothing to close; carries line_status.")
LineInUse = _leaf("line-in-use", "utter_line_in_use", "Something is owed or under way; carries outstanding_fen.")

EvidenceTooMany = _leaf("evidence-too-many", "utter_evidence_too_many", "Carries max_files.")
EvidenceTooLarge = _leaf("evidence-too-large", "utter_evidence_too_large", "Carries max_bytes.")
EvidenceKind = _leaf("evidence-kind", "utter_evidence_kind", "No picture and no PDF; carries accepts.")

BindingNotFound = _leaf("binding-not-found", "utter_wechat_bind_code_expired", "Nothing is under way for this account.")
BindingCodeWrong = _leaf("binding-code-wrong", "utter_wechat_bind_code_wrong", "Carries tries_left.")
BindingCodeExpired = _leaf("binding-code-expired", "utter_wechat_bind_code_expired", "The code is out of time or used.")
BindingCodeUsedUp = _leaf("binding-code-used-up", "utter_wechat_bind_code_used_up", "No try is left for this code.")
BindingTooMany = _leaf("binding-too-many", "utter_wechat_bind_too_many", "Carries retry_after_seconds.")

RestructureNotOffered = _leaf("restructure-not-offered", "utter_restructure_not_offered", "This loan cannot have a new plan.")
RestructurePaymentTooLow = _leaf(
    "restructure-payment-too-low", "utter_restructure_payment_too_low", "Carries min_monthly_payment_fen and max_term."
)
RestructureNotLower = _leaf("restructure-not-lower", "utter_restructure_not_lower", "Carries monthly_payment_fen.")
RestructureTermNotOffered = _leaf("restructure-term-not-offered", "utter_restructure_term_not_offered", "Carries max_term.")
PaymentExceedsOutstanding = _leaf("payment-exceeds-outstanding", "utter_more_than_owed", "Carries outstanding_fen.")
FeeWaiverNotOffered = _leaf("fee-waiver-not-offered", "utter_fee_waiver_not_offered", "No programme is for this loan.")
FeeWaiverNothingOwed = _leaf("fee-waiver-nothing-owed", "utter_fee_waiver_nothing_owed", "No penalty is owed.")
FeeWaiverReasonNotCovered = _leaf(
    "fee-waiver-reason-not-covered", "utter_fee_waiver_reason_not_covered", "Carries reason_codes that are covered."
)
FeeWaiverOverdueTooLong = _leaf(
    "fee-waiver-overdue-too-long", "utter_fee_waiver_overdue_too_long", "Carries days_past_due and max_days_past_due."
)
FeeWaiverUsedUp = _leaf("fee-waiver-used-up", "utter_fee_waiver_used_up", "Carries next_possible_date.")
EventNotFound = _leaf("event-not-found", "utter_event_not_found", "No such event.")
EventFull = _leaf("event-full", "utter_event_full", "No seat is left.")
EventOver = _leaf("event-over", "utter_event_over", "It has begun or is over.")

RebuildCreditNotOffered = _leaf("rebuild-credit-not-offered", "utter_rebuild_credit_not_offered", "The lender has none.")
RebuildCreditAmount = _leaf("rebuild-credit-amount", "utter_rebuild_credit_amount", "Carries min_fen and max_fen.")
RebuildCreditNotEligible = _leaf("rebuild-credit-not-eligible", "utter_rebuild_credit_not_eligible", "Carries what is unmet.")


def _leaves(base: type[ProblemError]) -> list[type[ProblemError]]:
    return [base] + [leaf for child in base.__subclasses__() for leaf in _leaves(child)]


def problem_error(document: Mapping[str, Any]) -> ProblemError:
    """The exception for a problem document; the general one for a type that no leaf is made for."""
    by_type = {leaf.type: leaf for leaf in _leaves(ProblemError) if leaf.type}
    return by_type.get(str(document.get("type")), ProblemError)(document)
