"""Quotes and requests in JSON; the fields are those of docs/loan-backend.md."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field, root_validator, validator

from bot.backend.lender_file import RequestKind
from bot.backend.wire import Answer, Ask, Code, Fen, FenOrNothing, Id, ShortText
from bot.loans.days import Period
from bot.loans.schedule import Instalment

CreditEffect = Literal["none_if_approved", "already_reported", "reported_as_restructured"]
RequestStatus = Literal["pending", "approved", "refused", "undone"]


class DeferralQuoteAsk(Ask, example={"period": "P15D", "reason_code": None}):
    """How long or until when, and why if the borrower says so."""

    period: str = Field(
        description="`P15D` days, `P2W` weeks, `P3M` months, `P2I` instalments, or the day itself.",
        regex=r"^(P[1-9][0-9]{0,3}[DWMI]|[0-9]{4}-[0-9]{2}-[0-9]{2})$",
        max_length=10,
    )
    reason_code: Code | None = None

    @validator("period", pre=True)
    def _text(cls, value: Any) -> Any:  # noqa: N805
        if not isinstance(value, str) or re.search(r"\s", value):
            raise ValueError("a period is text such as P15D or 2026-12-15")
        return value

    @validator("period")
    def _in_the_calendar(cls, value: str) -> str:  # noqa: N805
        Period.parse(value)
        return value


class DeferralChange(Answer):
    """One instalment before and after."""

    instalment_number: int
    old_due_date: date
    new_due_date: date
    old_payment_fen: int
    new_payment_fen: int
    stays_due_fen: int = Field(description="Interest that stays due on the old day; 0 but for an interest-only loan's end.")
    extra_interest_fen: int


class DeferralTerms(Answer):
    """What a deferral moves and costs."""

    loan_id: str
    period: str
    reason_code: str | None
    interest_free: bool
    interest_free_reason: str | None
    first_instalment_number: int
    changes: list[DeferralChange]
    old_due_date: date
    new_due_date: date
    deferred_fen: int
    extra_interest_fen: int
    penalty_to_date_fen: int = Field(description="Owed already, and not part of the deferral.")
    penalty_if_late_fen: int = Field(description="What being late as long would cost instead.")
    credit_effect: CreditEffect
    conditions: list[str]
    decision_due_at: datetime
    deferrals_used: int
    deferrals_allowed: int


class DeferralQuote(DeferralTerms):
    """What would change; it holds until `expires_at` as long as the loan stays as it is."""

    quote_id: str
    filing_key: str
    expires_at: datetime
    as_of: datetime


class Household(Ask):
    """What comes in and what cannot be done without, a month."""

    monthly_income_fen: FenOrNothing
    essential_expenses_fen: FenOrNothing


class RestructureQuoteAsk(Ask, example={"monthly_payment_fen": 50000}):
    """What the borrower can pay a month: said, reckoned from the household, or as the number of instalments wished for."""

    monthly_payment_fen: Fen | None = None
    household: Household | None = None
    term: int | None = Field(None, strict=True, ge=1, le=600)
    reason_code: Code | None = None

    @root_validator(skip_on_failure=True)
    def _one_of_three(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        if sum(values[name] is not None for name in ("monthly_payment_fen", "household", "term")) != 1:
            raise ValueError("give one of `monthly_payment_fen`, `household` and `term`")
        return values


class PlannedInstalment(Answer):
    """One row of a plan to come."""

    instalment_number: int
    due_date: date
    principal_fen: int
    interest_fen: int
    fee_fen: int
    payment_fen: int

    @classmethod
    def of(cls, row: Instalment) -> PlannedInstalment:
        """The row of a schedule."""
        names = [name for name in cls.__fields__ if name != "payment_fen"]
        return cls(**{name: getattr(row, name) for name in names}, payment_fen=row.payment_fen)


class RestructureTerms(Answer):
    """A new plan for what is left."""

    loan_id: str
    monthly_payment_fen: int = Field(description="As asked, as reckoned from the household, or what the wished term takes.")
    household: Household | None
    other_payments_fen: int | None = Field(description="What other loans take a month; with `household`.")
    reason_code: str | None
    old_payment_fen: int
    new_payment_fen: int
    new_term: int
    annual_rate: str
    effective_annual_rate: str = Field(description="Internal rate of return of the new plan, compounded over a year.")
    first_due_date: date
    last_due_date: date
    principal_fen: int
    arrears_fen: int = Field(description="Interest, fee and penalty owed already; due on the first day of the new plan.")
    extra_interest_fen: int = Field(description="Negative when the new plan costs less.")
    total_payment_fen: int
    instalments: list[PlannedInstalment]
    credit_effect: CreditEffect
    conditions: list[str]
    decision_due_at: datetime


class RestructureQuote(RestructureTerms):
    """What would change; it holds until `expires_at` as long as the loan stays as it is."""

    quote_id: str
    filing_key: str
    expires_at: datetime
    as_of: datetime


class PaymentRange(Answer):
    """Monthly payments that a new plan can have, to choose from."""

    loan_id: str
    product_name: str
    min_monthly_payment_fen: int
    max_monthly_payment_fen: int
    suggested_monthly_payment_fen: int
    step_fen: int
    present_payment_fen: int = Field(description="What falls due next, without penalty.")
    max_term: int
    splits_statement: bool = Field(description="Whether it is the statement of a line that is split.")
    as_of: datetime


class DeferralWindow(Answer):
    """Between which days the next due day can be moved, both included."""

    loan_id: str
    product_name: str
    due_date: date
    earliest_date: date | None = Field(description="Null when only whole months or instalments can be asked for.")
    latest_date: date | None
    max_months: int | None = Field(description="How many months the plan can be moved instead; null when not at all.")
    as_of: datetime


class FilingAsk(Ask, example={"quote_id": "Q0f8a51c2d3e94b7a86c1"}):
    """The quote the borrower confirmed."""

    quote_id: Id


class Request(Answer):
    """Something the borrower asked for, and what became of it."""

    request_id: str
    borrower_id: str
    kind: RequestKind
    loan_id: str | None
    status: RequestStatus
    filed_at: datetime
    undo_until_at: datetime
    decision_due_at: datetime
    decided_at: datetime | None
    decision_reason: str | None
    terms: dict[str, Any] = Field(description="What was confirmed: of a deferral or restructure the whole quote.")
    as_of: datetime


class Requests(Answer):
    """Requests, newest first."""

    borrower_id: str = Field(description="Whose they are, so that an answer that was mixed up can be told, an empty one too.")
    as_of: datetime
    requests: list[Request]


class DeskRequest(Request):
    """A request as the people who decide see it."""

    borrower_name: str
    product_name: str | None
    can_be_decided_from_at: datetime
    decided_by: str | None
    safety_block_id: str | None = Field(description="A block in force after a report of fraud: ask back on the number on file.")


class DeskRequests(Answer):
    """Requests of all borrowers, the one to be decided first on top."""

    as_of: datetime
    requests: list[DeskRequest]


class DecisionAsk(Ask, example={"decision": "approve", "reason": "材料齐全", "decided_by": "desk"}):
    """The decision of a person."""

    decision: Literal["approve", "refuse"]
    reason: ShortText
    decided_by: ShortText
    granted_fen: Fen | None = Field(
        None, description="Of a waiver that is approved in part: how much is waived, less than its programme would."
    )
