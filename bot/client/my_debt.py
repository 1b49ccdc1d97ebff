"""What is owed and when, what was paid, what was filed, and what of it can be moved or disputed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import quote as url_quote

from bot.client.door import Door
from bot.client.results import Borrower, DateChange, FiledRequest, Loan, Payment


@dataclass(frozen=True)
class BillItem:
    """One instalment or statement of a month."""

    loan_id: str
    product_name: str
    instalment_number: int
    due_date: date
    principal_fen: int
    interest_fen: int
    fee_fen: int
    penalty_fen: int
    payment_fen: int
    paid_fen: int
    outstanding_fen: int
    status: str


@dataclass(frozen=True)
class Owed:
    """What is owed in all, by what it is."""

    outstanding_fen: int
    principal_fen: int
    interest_fen: int
    fee_fen: int
    penalty_fen: int


@dataclass(frozen=True)
class OwedOnLoan(Owed):
    """The same of one open loan; a revolving line has no number of instalments."""

    loan_id: str
    product_name: str
    instalments_paid: int | None
    instalments_left: int | None


@dataclass(frozen=True)
class Bill:
    """A month over all loans, and what is owed in all; `not_billed_yet` names lines whose statement is still to come."""

    as_of: datetime
    month: str
    items: tuple[BillItem, ...]
    payment_fen: int
    paid_fen: int
    outstanding_fen: int
    past_due_fen: int
    not_billed_yet: tuple[str, ...]
    owed: Owed
    owed_by_loan: tuple[OwedOnLoan, ...]
    bill_places: tuple[str, ...]


@dataclass(frozen=True)
class DueDays:
    """The days and hours that matter for one open loan."""

    loan_id: str
    product_name: str
    due_day: int
    next_due_date: date | None
    next_due_fen: int | None
    pay_until_at: datetime | None
    grace_period_days: int
    grace_until_date: date | None
    debit_at: datetime | None
    last_statement_date: date | None
    next_statement_date: date | None
    card_last4: str | None
    can_be_moved: bool


@dataclass(frozen=True)
class DueDaysOfAll:
    """The same of all open loans, by next due date; `pay_until` is an hour of the due day, None for midnight."""

    as_of: datetime
    pay_until: str | None
    auto_debit: bool
    debit_hours: tuple[str, ...]
    loans: tuple[DueDays, ...]


@dataclass(frozen=True)
class Change:
    """Something that happened; what does not belong to its code is None."""

    code: str
    happened_date: date
    loan_id: str | None
    product_name: str | None
    instalment_number: int | None
    amount_fen: int | None
    failure_reason: str | None
    request_id: str | None
    request_kind: str | None


@dataclass(frozen=True)
class Changes:
    """What happened since a moment, newest first."""

    as_of: datetime
    since_at: datetime
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class DoubledPayment:
    """Two payments that look like one taken twice."""

    earlier_payment_id: str
    later_payment_id: str


@dataclass(frozen=True)
class PendingDispute:
    """A dispute that a person has not answered yet."""

    request_id: str
    payment_id: str | None
    dispute_code: str | None


@dataclass(frozen=True)
class LoanPayments:
    """One loan's latest payments, newest first, and what stands out among them."""

    loan_id: str
    product_name: str
    status: Literal["active", "in_grace", "overdue", "closed"]
    outstanding_fen: int
    next_due_date: date | None
    next_due_fen: int | None
    closed_date: date | None
    payments: tuple[Payment, ...]
    doubled: tuple[DoubledPayment, ...]
    disputes: tuple[PendingDispute, ...]

    def payment(self, payment_id: str | None) -> Payment | None:
        """The payment of that id."""
        return next((payment for payment in self.payments if payment.payment_id == payment_id), None)


@dataclass(frozen=True)
class PaymentsOfAll:
    """All loans with their latest payments; the loan with the latest of all first."""

    as_of: datetime
    certificate_arrives: str
    loans: tuple[LoanPayments, ...]


@dataclass(frozen=True)
class DueDateChangeOptions:
    """That the due day can be moved, to which days, and how often."""

    loan_id: str
    product_name: str
    due_day: int
    first_day: int
    last_day: int
    changes_used: int
    changes_allowed: int
    allowed_within_months: int


@dataclass(frozen=True)
class DueDateChangeQuote:
    """What another due day would move and cost; nothing is filed by it."""

    quote_id: str
    loan_id: str
    filing_key: str
    expires_at: datetime
    as_of: datetime
    due_day: int
    old_due_day: int
    unchanged_due_date: date | None
    first_instalment_number: int
    first_old_due_date: date
    first_new_due_date: date
    first_old_payment_fen: int
    first_new_payment_fen: int
    days: int
    extra_interest_fen: int
    last_due_date: date
    changes: tuple[DateChange, ...]
    decision_due_at: datetime
    next_change_possible_date: date | None


class MyDebt(Door):
    """The borrower, the loans with their plans, bills, payments and requests."""

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

    def bill(self, month: date | None = None) -> Bill:
        """What falls due in a month over all loans (a day of it; the present one by default), and what is owed in all.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(Bill, self._get(f"/bill?month={month:%Y-%m}" if month else "/bill"))

    def due_days(self) -> DueDaysOfAll:
        """Days and hours of each open loan: due, debited, in grace, statement; by next due date.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(DueDaysOfAll, self._get("/due-days"))

    def changes_since(self, since: datetime) -> Changes:
        """What happened after a moment (aware), newest first.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(Changes, self._get(f"/changes?since_at={url_quote(since.isoformat(), safe='')}"))

    def payments(self, loan_id: str) -> list[Payment]:
        """Payments of a loan, newest first; those under way and failed ones too.

        Raises:
            LoanNotFound: no such loan, or not this borrower's.
            BackendUnavailable: no usable answer.
        """
        return self._read_list(Payment, self._get(self._loan_path(loan_id, "/payments")), "payments")

    def latest_payments(self) -> PaymentsOfAll:
        """All loans with their latest payments, closed loans too, and what looks taken twice.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(PaymentsOfAll, self._get("/latest-payments"))

    def dispute_payment(
        self,
        loan_id: str,
        dispute_code: str,
        *,
        payment_id: str | None,
        summary: str | None,
        idempotency_key: str,
    ) -> FiledRequest:
        """A ticket that a payment is not as it should be; a person looks into it.

        Args:
            loan_id: the loan.
            dispute_code: "not_booked", "charged_twice", "wrong_amount", "not_by_me" or "other".
            payment_id: which payment, where it is among those booked.
            summary: what the borrower said of it, if anything.
            idempotency_key: the same key, the same ticket.

        Raises:
            LoanNotFound, PaymentNotFound: not there, or another borrower's.
            BackendUnavailable, FilingUnknown, FilingInProgress: as for `request_deferral`.
        """
        body: dict[str, Any] = {"ticket_kind": "dispute", "loan_id": loan_id, "dispute_code": dispute_code}
        body.update({name: said for name, said in (("payment_id", payment_id), ("summary", summary)) if said})
        return self._file(f"{self._path}/tickets", body, idempotency_key)

    def request_settlement_certificate(self, loan_id: str, *, idempotency_key: str) -> FiledRequest:
        """A ticket for the paper that says that a loan is paid off.

        Raises:
            LoanNotClosed: something is owed; carries outstanding_fen.
            LoanNotFound: no such loan, or not this borrower's.
            BackendUnavailable, FilingUnknown, FilingInProgress: as for `request_deferral`.
        """
        body = {"ticket_kind": "settlement_certificate", "loan_id": loan_id}
        return self._file(f"{self._path}/tickets", body, idempotency_key)

    def due_date_change_options(self, loan_id: str) -> DueDateChangeOptions:
        """That the due day of a loan can be moved, to which days and how often.

        Raises:
            LoanNotFound: no such loan, or not this borrower's.
            ProblemError: it cannot be moved; the leaf says why.
            BackendUnavailable: no usable answer.
        """
        path = self._loan_path(loan_id, "/due-date-change-options")
        return self._mine(self._read(DueDateChangeOptions, self._get(path)), loan_id)

    def due_date_change_quote(self, loan_id: str, due_day: int) -> DueDateChangeQuote:
        """What another due day (1 to 28) would move and cost; nothing is filed.

        Raises:
            LoanNotFound: no such loan, or not this borrower's.
            ProblemError: it cannot be moved, or not to this day; the leaf says why.
            BackendUnavailable: no usable answer.
        """
        path = self._path + self._loan_path(loan_id, "/due-date-change-quotes")
        return self._mine(self._read(DueDateChangeQuote, self._call("POST", path, {"due_day": due_day})), loan_id)

    def request_due_date_change(self, loan_id: str, quote_id: str, *, filing_key: str) -> FiledRequest:
        """The other due day as filed, pending a person's decision. Filing the same quote again files nothing new.

        Raises:
            QuoteExpired, QuoteStale: the terms may have changed; quote again and ask again.
            RequestPending: another request for this loan waits for a decision.
            BackendUnavailable, FilingUnknown, FilingInProgress: as for `request_deferral`.
        """
        path = self._path + self._loan_path(loan_id, "/due-date-changes")
        return self._file(path, {"quote_id": quote_id}, filing_key)

    def requests(self) -> list[FiledRequest]:
        """Everything this borrower has filed, newest first.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read_list(FiledRequest, self._get("/requests"), "requests")
