"""Calls about paying a part, ways out of a difficulty, new plans, waivers of penalty, lectures and calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from bot.client.door import Door
from bot.client.paying import PlannedInstalment
from bot.client.results import FiledRequest

CreditEffect = Literal["none_if_approved", "already_reported", "reported_as_restructured"]


@dataclass(frozen=True)
class MinimumMonth:
    """One month of the example of paying only the minimum."""

    due_date: date
    payment_fen: int
    interest_fen: int
    rest_fen: int


@dataclass(frozen=True)
class MinimumExample:
    """Paying only the minimum to the end, with nothing new bought; it ends by paying all that is left below a sum."""

    number_of_months: int
    total_interest_fen: int
    total_payment_fen: int
    last_payment_date: date
    ends_below_fen: int
    first_months: tuple[MinimumMonth, ...]


@dataclass(frozen=True)
class PartialPayment:
    """What a part payment would settle today, and what is left of what is due."""

    amount_fen: int
    fee_fen: int
    interest_fen: int
    penalty_fen: int
    principal_fen: int
    still_due_fen: int
    due_date: date
    a_day_late_fen: int


@dataclass(frozen=True)
class BillInstalments:
    """The statement split into the most instalments on offer."""

    term: int
    monthly_payment_fen: int
    total_interest_fen: int
    last_due_date: date


@dataclass(frozen=True)
class MinimumPayment:
    """Paying only a part: the minimum of a line with what follows, or what a part payment of a loan does."""

    loan_id: str
    product_name: str
    offered: bool
    due_date: date | None
    due_fen: int
    days_past_due: int
    a_day_late_fen: int
    minimum_fen: int | None
    minimum_share: Decimal | None
    rest_fen: int | None
    rest_a_day_fen: int | None
    daily_rate: Decimal | None
    example: MinimumExample | None
    bill_instalments: BillInstalments | None
    deferral_offered: bool
    partial: PartialPayment | None
    as_of: datetime


@dataclass(frozen=True)
class HardshipWay:
    """One way: whether it is possible, and what it would mean; what does not belong to it is None."""

    way: str
    possible: bool
    why_not: str | None
    next_possible_date: date | None
    period: str | None
    old_due_date: date | None
    new_due_date: date | None
    old_payment_fen: int | None
    new_payment_fen: int | None
    new_term: int | None
    extra_interest_fen: int | None
    proof_needed: bool
    credit_effect: str | None
    minimum_fen: int | None
    rest_a_day_fen: int | None


@dataclass(frozen=True)
class HardshipOptions:
    """The ways for one loan side by side, and which is recommended for which reason."""

    loan_id: str
    product_name: str
    days_past_due: int
    penalty_fen: int
    pending_request_id: str | None
    ways: tuple[HardshipWay, ...]
    recommended: str | None
    because: str
    reasons_that_help: tuple[str, ...]
    waiver_may_fit: bool
    as_of: datetime

    def way(self, *names: str) -> HardshipWay | None:
        """The way of one of these names that is possible; None when none is."""
        return next((row for row in self.ways if row.way in names and row.possible), None)


@dataclass(frozen=True)
class PaymentRange:
    """Monthly payments that a new plan can have."""

    loan_id: str
    product_name: str
    min_monthly_payment_fen: int
    max_monthly_payment_fen: int
    suggested_monthly_payment_fen: int
    step_fen: int
    present_payment_fen: int
    max_term: int
    splits_statement: bool
    as_of: datetime


@dataclass(frozen=True)
class RestructureQuote:
    """A new plan; nothing is filed by it."""

    quote_id: str
    loan_id: str
    filing_key: str
    expires_at: datetime
    as_of: datetime
    monthly_payment_fen: int
    other_payments_fen: int | None
    old_payment_fen: int
    new_payment_fen: int
    new_term: int
    annual_rate: Decimal
    effective_annual_rate: Decimal
    first_due_date: date
    last_due_date: date
    principal_fen: int
    arrears_fen: int
    extra_interest_fen: int
    total_payment_fen: int
    instalments: tuple[PlannedInstalment, ...]
    credit_effect: CreditEffect
    conditions: tuple[str, ...]
    decision_due_at: datetime


@dataclass(frozen=True)
class WaiverProgramme:
    """A programme of the lender that waives penalty; `name` and `asks_for` are the lender's words."""

    programme_id: str
    name: str
    for_everybody: bool
    reason_codes: tuple[str, ...]
    fits: bool
    why_not: str | None
    waived_fen: int
    asks_for: tuple[str, ...]


@dataclass(frozen=True)
class WaiverProgrammes:
    """The programmes for one loan, those that fit first."""

    loan_id: str
    product_name: str
    penalty_fen: int
    days_past_due: int
    pending_request_id: str | None
    programmes: tuple[WaiverProgramme, ...]
    as_of: datetime


@dataclass(frozen=True)
class WaiverQuote:
    """The programme that fits best, and what it would waive; nothing is filed by it."""

    quote_id: str
    loan_id: str
    filing_key: str
    expires_at: datetime
    as_of: datetime
    programme_id: str
    programme_name: str
    penalty_fen: int
    waived_fen: int
    asks_for: tuple[str, ...]
    decision_due_at: datetime


class Difficulty(Door):
    """For a borrower in difficulty. What only reads says so; what files, files once."""

    def minimum_payment(self, loan_id: str, amount_fen: int | None = None) -> MinimumPayment:
        """What paying only a part means; with an amount also what that would settle today. Reads only.

        Raises:
            LoanClosed: nothing is owed.
            PaymentExceedsOutstanding: the amount is more than is owed; carries outstanding_fen.
            BackendUnavailable: no usable answer.
        """
        query = "" if amount_fen is None else f"?amount_fen={amount_fen}"
        path = self._loan_path(loan_id, f"/minimum-payment{query}")
        return self._mine(self._read(MinimumPayment, self._get(path)), loan_id)

    def hardship_options(self, loan_id: str, reason_code: str | None = None) -> HardshipOptions:
        """The ways for one loan side by side. Reads only.

        Raises:
            LoanClosed: nothing is owed.
            BackendUnavailable: no usable answer.
        """
        path = self._path + self._loan_path(loan_id, "/hardship-options")
        return self._mine(self._read(HardshipOptions, self._call("POST", path, {"reason_code": reason_code})), loan_id)

    def restructure_range(self, loan_id: str) -> PaymentRange:
        """Between which monthly payments a new plan can be chosen. Reads only.

        Raises:
            ProblemError: no new plan is possible; the leaf says why.
            BackendUnavailable: no usable answer.
        """
        path = self._loan_path(loan_id, "/restructure-range")
        return self._mine(self._read(PaymentRange, self._get(path)), loan_id)

    def restructure_quote(
        self,
        loan_id: str,
        *,
        monthly_payment_fen: int | None = None,
        household: tuple[int, int] | None = None,
        term: int | None = None,
        reason_code: str | None = None,
    ) -> RestructureQuote:
        """A new plan; nothing is filed. One of the three wishes is given.

        Args:
            loan_id: the loan.
            monthly_payment_fen: what the borrower can pay a month.
            household: income and unavoidable expenses of a month, in fen; the backend turns them into what can be paid.
            term: how many instalments are wished for.
            reason_code: why, where the borrower said so.

        Raises:
            RestructurePaymentTooLow, RestructureNotLower, RestructureTermNotOffered: another wish may do.
            ProblemError: no new plan is possible; the leaf says why.
            BackendUnavailable: no usable answer.
        """
        body: dict[str, Any] = {"monthly_payment_fen": monthly_payment_fen, "term": term, "reason_code": reason_code}
        if household is not None:
            body["household"] = {"monthly_income_fen": household[0], "essential_expenses_fen": household[1]}
        path = self._path + self._loan_path(loan_id, "/restructure-quotes")
        return self._mine(self._read(RestructureQuote, self._call("POST", path, body)), loan_id)

    def request_restructure(self, loan_id: str, quote_id: str, *, filing_key: str) -> FiledRequest:
        """The new plan as filed, pending a person's decision.

        Raises:
            as for `request_deferral`.
        """
        path = self._path + self._loan_path(loan_id, "/restructures")
        return self._file(path, {"quote_id": quote_id}, filing_key)

    def fee_waivers(self, loan_id: str) -> WaiverProgrammes:
        """The lender's programmes that waive penalty, and whether they fit without a reason. Reads only.

        Raises:
            BackendUnavailable: no usable answer.
        """
        path = self._loan_path(loan_id, "/fee-waivers")
        return self._mine(self._read(WaiverProgrammes, self._get(path)), loan_id)

    def fee_waiver_quote(self, loan_id: str, reason_code: str | None, text: str | None = None) -> WaiverQuote:
        """The programme that fits best, and what it would waive; nothing is filed.

        Raises:
            FeeWaiverReasonNotCovered: another reason may do.
            ProblemError: no programme fits; the leaf says why.
            BackendUnavailable: no usable answer.
        """
        path = self._path + self._loan_path(loan_id, "/fee-waiver-quotes")
        body = {"reason_code": reason_code, "text": text}
        return self._mine(self._read(WaiverQuote, self._call("POST", path, body)), loan_id)

    def request_fee_waiver(self, loan_id: str, quote_id: str, *, filing_key: str) -> FiledRequest:
        """The waiver as filed, pending a person's decision.

        Raises:
            as for `request_deferral`.
        """
        path = self._path + self._loan_path(loan_id, "/fee-waivers")
        return self._file(path, {"quote_id": quote_id}, filing_key)

    def request_event(self, event_id: str, *, filing_key: str) -> FiledRequest:
        """A seat at an event, to be confirmed by a person; asked for again, the same seat.

        Raises:
            EventNotFound, EventFull, EventOver: there is no seat to have.
            BackendUnavailable, FilingUnknown: as for `request_deferral`.
        """
        return self._file(f"{self._path}/assistance-requests", {"event_id": event_id}, filing_key)

    def request_call(self, callback_at: datetime, about: str | None, *, filing_key: str) -> FiledRequest:
        """A call at a time, to be made by a person.

        Raises:
            CallbackNotPossible: nobody is there then; carries next_callback_at.
            BackendUnavailable, FilingUnknown: as for `request_deferral`.
        """
        body = {"callback_at": callback_at.isoformat(), "about": about}
        return self._file(f"{self._path}/assistance-requests", body, filing_key)
