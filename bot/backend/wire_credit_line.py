"""Credit lines, applications, refunds and descriptions of products in JSON; the fields are those of docs/loan-backend.md."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from bot.backend.wire import Answer, Ask

LineStatusCode = Literal["open", "suspended", "blocked", "not_opened", "closed", "refused"]


class LineReason(Answer):
    """Why a line is not open, or nothing is left of it; the figures belong to the loan, where one is named."""

    code: str
    loan_id: str | None
    product_name: str | None = Field(description="Of the loan.")
    amount_fen: int | None = Field(description="What is past due.")
    days_past_due: int | None
    since_date: date | None
    request_id: str | None = Field(description="Of the report of fraud, when that has blocked the line.")


class LimitChange(Answer):
    """A day on which the limit changed."""

    changed_date: date
    old_limit_fen: int
    new_limit_fen: int
    reason_code: str


class CreditLine(Answer):
    """What the borrower may draw of a product, as of now."""

    product_id: str
    product_name: str
    kind: Literal["instalment", "revolving"]
    status: LineStatusCode
    since_date: date = Field(description="Since when the status holds.")
    limit_fen: int
    temporary_limit_fen: int = Field(description="How much more, up to `temporary_until_date`.")
    temporary_until_date: date | None
    used_fen: int = Field(description="Principal still owed.")
    available_fen: int = Field(description="0 unless the line is open.")
    reasons: list[LineReason] = Field(description="Empty while it is open and something is left.")
    suspended_until_date: date | None = Field(description="Last day of a suspension that ends by itself.")
    next_review_date: date | None = Field(description="When the lender looks at it again; null: no day is set.")
    changes: list[LimitChange] = Field(description="The latest first.")
    closing_request_id: str | None


class CreditLines(Answer):
    """Every line the borrower has, had or was refused, in the order of the lender's products."""

    as_of: datetime
    credit_lines: list[CreditLine]


class LoanApplication(Answer):
    """An application for a loan."""

    application_id: str
    product_id: str
    product_name: str
    amount_fen: int
    term: int | None
    filed_date: date
    status: Literal["reviewing", "refused", "paying_out", "paid_out", "payout_failed", "withdrawn"]
    reason_codes: list[str]
    decision_due_date: date | None
    payout_due_date: date | None
    paid_out_date: date | None
    card_last4: str | None = Field(description="Of the card that the money goes to.")
    reapply_from_date: date | None
    on_hold: bool = Field(description="Under way, but stopped by a block after a report of fraud: nothing is paid out.")


class LoanApplications(Answer):
    """Applications, the latest first."""

    as_of: datetime
    applications: list[LoanApplication]


class Refund(Answer):
    """A purchase that is refunded."""

    refund_id: str
    loan_id: str
    product_name: str
    merchant: str
    amount_fen: int
    purchase_date: date
    requested_date: date
    status: Literal["with_merchant", "processing", "booked", "failed"]
    destination: Literal["line", "bank_card", "balance"]
    card_last4: str | None
    expected_date: date | None
    booked_date: date | None
    reason_code: str | None
    payment_id: str | None = Field(description="The payment to the line that a booked refund is.")
    bill_due_date: date | None = Field(description="Of the bill in force; null when nothing is billed.")
    bill_outstanding_fen: int = Field(description="What is still to pay of that bill, the booked refund counted.")


class Refunds(Answer):
    """Refunds, the latest first."""

    as_of: datetime
    refunds: list[Refund]


class InUse(Answer):
    """A loan that keeps a line from being closed."""

    loan_id: str
    outstanding_fen: int
    next_due_date: date | None


class Closing(Answer):
    """What closing a line would mean, and what stands in its way."""

    as_of: datetime
    product_id: str
    product_name: str
    status: LineStatusCode
    limit_fen: int
    can_be_filed: bool
    filing_key: str
    loans_in_use: list[InUse]
    outstanding_fen: int
    running_application_id: str | None
    running_refunds: int = Field(description="Refunds under way; they do not stand in the way.")
    pending_request_id: str | None
    decision_due_at: datetime


class ClosingAsk(Ask, example={}):
    """Nothing but the wish itself: why is nobody's business."""


class ProductDescription(Answer):
    """What the lender says of a product, in its own words."""

    product_id: str
    product_name: str
    kind: Literal["instalment", "revolving"]
    repayment_method: str | None
    lent_by: str
    what: str
    usable_for: str
    not_for: str
    opening: str
    payment_order: str | None
    refunds: str | None
    money_arrives: str | None
    terms_offered: list[int]


class ProductDescriptions(Answer):
    """All products that the lender describes."""

    as_of: datetime
    lender_name: str
    products: list[ProductDescription]
