"""Calls about the credit line: how it stands, applications, closing, refunds, and what the lender says of its products."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote as url_quote

from bot.client.door import Door
from bot.client.errors import BackendUnavailable
from bot.client.results import FiledRequest


@dataclass(frozen=True)
class LineReason:
    """Why a line is not open, or nothing is left of it; the figures belong to the loan, where one is named."""

    code: str
    loan_id: str | None
    product_name: str | None
    amount_fen: int | None
    days_past_due: int | None
    since_date: date | None
    request_id: str | None = None


@dataclass(frozen=True)
class LimitChange:
    """A day on which a limit changed."""

    changed_date: date
    old_limit_fen: int
    new_limit_fen: int
    reason_code: str


@dataclass(frozen=True)
class CreditLineStanding:
    """What the borrower may draw of a product; `status` is open, suspended, blocked, not_opened, closed or refused."""

    product_id: str
    product_name: str
    kind: str
    status: str
    since_date: date
    limit_fen: int
    temporary_limit_fen: int
    temporary_until_date: date | None
    used_fen: int
    available_fen: int
    reasons: tuple[LineReason, ...]
    suspended_until_date: date | None
    next_review_date: date | None
    changes: tuple[LimitChange, ...]
    closing_request_id: str | None

    @property
    def was_opened(self) -> bool:
        """Whether there is a limit to speak of."""
        return self.status in ("open", "suspended", "blocked")


@dataclass(frozen=True)
class CreditLines:
    """All lines that the borrower has, had or was refused."""

    as_of: datetime
    credit_lines: tuple[CreditLineStanding, ...]


@dataclass(frozen=True)
class LoanApplication:
    """An application; `status` is reviewing, refused, paying_out, paid_out, payout_failed or withdrawn."""

    application_id: str
    product_id: str
    product_name: str
    amount_fen: int
    term: int | None
    filed_date: date
    status: str
    reason_codes: tuple[str, ...]
    decision_due_date: date | None
    payout_due_date: date | None
    paid_out_date: date | None
    card_last4: str | None
    reapply_from_date: date | None
    on_hold: bool = False


@dataclass(frozen=True)
class LoanApplications:
    """Applications, the latest first."""

    as_of: datetime
    applications: tuple[LoanApplication, ...]


@dataclass(frozen=True)
class Refund:
    """A refund; `status` is with_merchant, processing, booked or failed, `destination` line, bank_card or balance."""

    refund_id: str
    loan_id: str
    product_name: str
    merchant: str
    amount_fen: int
    purchase_date: date
    requested_date: date
    status: str
    destination: str
    card_last4: str | None
    expected_date: date | None
    booked_date: date | None
    reason_code: str | None
    bill_due_date: date | None
    bill_outstanding_fen: int


@dataclass(frozen=True)
class Refunds:
    """Refunds, the latest first."""

    as_of: datetime
    refunds: tuple[Refund, ...]


@dataclass(frozen=True)
class LoanInUse:
    """A loan that keeps a line from being closed."""

    loan_id: str
    outstanding_fen: int
    next_due_date: date | None


@dataclass(frozen=True)
class Closing:
    """What closing a line would mean, and what stands in its way."""

    as_of: datetime
    product_id: str
    product_name: str
    status: str
    limit_fen: int
    can_be_filed: bool
    filing_key: str
    loans_in_use: tuple[LoanInUse, ...]
    outstanding_fen: int
    running_application_id: str | None
    running_refunds: int
    pending_request_id: str | None
    decision_due_at: datetime


@dataclass(frozen=True)
class ContactOnFile:
    """Where the lender reaches the borrower, as far as a chat may show it."""

    phone_masked: str
    as_of: datetime


@dataclass(frozen=True)
class ProductDescription:
    """What the lender says of a product, in its own words."""

    product_id: str
    product_name: str
    kind: str
    repayment_method: str | None
    lent_by: str
    what: str
    usable_for: str
    not_for: str
    opening: str
    payment_order: str | None
    refunds: str | None
    money_arrives: str | None
    terms_offered: tuple[int, ...]


@dataclass(frozen=True)
class ProductShelf:
    """All products that the lender describes, and who the lender is."""

    as_of: datetime
    lender_name: str
    products: tuple[ProductDescription, ...]


class CreditLine(Door):
    """The borrower's lines, applications and refunds, and closing a line."""

    def credit_lines(self) -> CreditLines:
        """Every line, in the order of the lender's products; empty when there never was one.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(CreditLines, self._get("/credit-lines"))

    def loan_applications(self) -> LoanApplications:
        """Applications for loans, the latest first.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(LoanApplications, self._get("/loan-applications"))

    def refunds(self) -> Refunds:
        """Refunds of purchases, the latest first.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(Refunds, self._get("/refunds"))

    def closing(self, product_id: str) -> Closing:
        """What stands in the way of closing a line; nothing is changed.

        Raises:
            CreditLineNotFound: the borrower has no line of this product.
            BackendUnavailable: no usable answer.
        """
        found = self._read(Closing, self._get(f"/credit-lines/{url_quote(product_id, safe='')}/closing"))
        if found.product_id != product_id:
            raise BackendUnavailable("the answer is about another product")
        return found

    def request_closing(self, product_id: str, *, filing_key: str) -> FiledRequest:
        """The wish to close a line as filed, pending a person's decision; filing it again files nothing new.

        Raises:
            LineInUse: something is owed or under way; carries outstanding_fen.
            LineNotOpen: there is nothing to close; carries line_status.
            RequestPending: it was asked for already.
            BackendUnavailable, FilingUnknown: as for `request_deferral`.
        """
        return self._file(f"{self._path}/credit-lines/{url_quote(product_id, safe='')}/closings", {}, filing_key)

    def contact_on_file(self) -> ContactOnFile:
        """The telephone number on file, masked.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(ContactOnFile, self._get(""))
