"""The bill, the days that matter, what changed, another due day, and disputes about payments, in JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, Literal

from pydantic import ConstrainedInt, Field

from bot.backend.wire import Answer, Ask
from bot.backend.wire_loans import InstalmentStatus, Payment
from bot.loans.due_day import FIRST_DAY, LAST_DAY

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})")
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


class SinceMoment(datetime):
    """A moment with its time zone, RFC 3339; pydantic alone would take a number for one."""

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[Any], datetime]]:
        """Makes it a parameter."""
        yield cls._read

    @classmethod
    def _read(cls, value: Any) -> datetime:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            raise ValueError("a moment is text such as 2026-11-24T09:30:00+08:00")
        return datetime.fromisoformat(value.replace("Z", "+00:00"))

    @classmethod
    def __modify_schema__(cls, schema: dict[str, Any]) -> None:
        """What the document says of it."""
        schema.update(type="string", format="date-time", pattern=f"^{_MOMENT.pattern}$")


class Month(date):
    """A month written `2026-12`, as its first day."""

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[Any], date]]:
        """Makes it a parameter."""
        yield cls._read

    @classmethod
    def _read(cls, value: Any) -> date:
        written = _MONTH.fullmatch(value) if isinstance(value, str) else None
        if not written:
            raise ValueError("a month is text such as 2026-12")
        return date(int(written[1]), int(written[2]), 1)

    @classmethod
    def __modify_schema__(cls, schema: dict[str, Any]) -> None:
        """What the document says of it."""
        schema.pop("format", None)  # pydantic puts a date's there
        schema.update(type="string", pattern=f"^{_MONTH.pattern}$")


class DayOfMonth(ConstrainedInt):
    """A day that every month has."""

    strict = True
    ge = FIRST_DAY
    le = LAST_DAY


DisputeCode = Literal["not_booked", "charged_twice", "wrong_amount", "not_by_me", "other"]


class BillItem(Answer):
    """One instalment or statement of the month."""

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
    outstanding_fen: int = Field(description="What of it is due by its day and unpaid.")
    status: InstalmentStatus


class Owed(Answer):
    """What is owed in all, by what it is."""

    outstanding_fen: int
    principal_fen: int
    interest_fen: int
    fee_fen: int
    penalty_fen: int


class OwedOnLoan(Owed):
    """The same for one loan that is open."""

    loan_id: str
    product_name: str
    instalments_paid: int | None = Field(description="Null for a revolving line.")
    instalments_left: int | None


class Bill(Answer):
    """A month over all loans, and what is owed in all."""

    as_of: datetime
    month: str
    items: list[BillItem] = Field(description="By due date; in the present month what is past due of earlier ones too.")
    payment_fen: int = Field(description="The month's items together.")
    paid_fen: int
    outstanding_fen: int
    past_due_fen: int = Field(description="Of what is outstanding: past its day.")
    not_billed_yet: list[str] = Field(description="Revolving products whose statement of the month is still to come.")
    owed: Owed
    owed_by_loan: list[OwedOnLoan] = Field(description="Open loans in the order of the list of loans.")
    bill_places: list[str] = Field(description="Where the borrower sees the bill, in the lender's words.")


class DueDays(Answer):
    """The days and hours that matter for one open loan."""

    loan_id: str
    product_name: str
    due_day: int = Field(description="Day of the month.")
    next_due_date: date | None
    next_due_fen: int | None
    coming_due_dates: list[date] = Field(description="Due dates from today on, three at most.")
    pay_until_at: datetime | None = Field(description="Until when the next payment is in time; null when nothing is due.")
    grace_period_days: int
    grace_until_date: date | None = Field(description="Last day on which paying it costs nothing more.")
    debit_at: datetime | None = Field(description="When auto debit draws next for it; null when it does not.")
    last_statement_date: date | None = Field(description="Revolving only.")
    next_statement_date: date | None
    card_last4: str | None
    can_be_moved: bool = Field(description="Whether a request to move the due day can be filed now.")


class DueDaysOfAll(Answer):
    """The same for all open loans, by next due date."""

    as_of: datetime
    pay_until: str | None = Field(description="Hour of the due day, such as `22:00`; null: until midnight.")
    auto_debit: bool
    debit_hours: list[str]
    loans: list[DueDays]


ChangeCode = Literal[
    "payment_booked",
    "payment_processing",
    "payment_failed",
    "request_filed",
    "request_approved",
    "request_refused",
    "request_undone",
    "instalment_due",
    "penalty_started",
    "statement_made",
    "loan_opened",
    "loan_closed",
]


class Change(Answer):
    """Something that happened; members that do not belong to its code are null."""

    code: ChangeCode
    happened_date: date
    happened_at: datetime | None = Field(description="Null where only the day counts.")
    loan_id: str | None
    product_name: str | None
    instalment_number: int | None
    amount_fen: int | None
    failure_reason: str | None
    request_id: str | None
    request_kind: str | None


class Changes(Answer):
    """What happened since a moment, newest first."""

    as_of: datetime
    since_at: datetime
    changes: list[Change]


class DoubledPayment(Answer):
    """Two payments that look like one taken twice."""

    earlier_payment_id: str
    later_payment_id: str


class PendingDispute(Answer):
    """A dispute about a payment that a person has not answered yet."""

    request_id: str
    payment_id: str | None
    dispute_code: DisputeCode | None


class LoanPayments(Answer):
    """One loan's latest payments, and what stands out among them."""

    loan_id: str
    product_name: str
    status: Literal["active", "in_grace", "overdue", "closed"]
    outstanding_fen: int
    next_due_date: date | None
    next_due_fen: int | None
    closed_date: date | None
    payments: list[Payment] = Field(description="Newest first, ten at most.")
    doubled: list[DoubledPayment] = Field(description="The latest pair first.")
    disputes: list[PendingDispute] = Field(description="The oldest first.")


class PaymentsOfAll(Answer):
    """All loans with their latest payments: the one with the latest payment first."""

    as_of: datetime
    certificate_arrives: str = Field(description="How a settlement certificate reaches the borrower, in the lender's words.")
    loans: list[LoanPayments]


class DueDateChangeOptions(Answer):
    """That the due day can be moved, and how often."""

    loan_id: str
    product_name: str
    due_day: int
    first_day: int
    last_day: int
    changes_used: int
    changes_allowed: int
    allowed_within_months: int
    as_of: datetime


class DueDateChangeQuoteAsk(Ask, example={"due_day": 15}):
    """The day of the month that is wished for."""

    due_day: DayOfMonth


class MovedInstalment(Answer):
    """One instalment before and after."""

    instalment_number: int
    old_due_date: date
    new_due_date: date
    old_payment_fen: int
    new_payment_fen: int


class DueDateChangeTerms(Answer):
    """What moving the due day does."""

    loan_id: str
    due_day: int
    old_due_day: int
    unchanged_due_date: date | None = Field(description="The next due date, where it comes before the change.")
    first_instalment_number: int
    first_old_due_date: date
    first_new_due_date: date
    first_old_payment_fen: int
    first_new_payment_fen: int
    days: int = Field(description="How much later the first moved bill falls; negative when earlier.")
    extra_interest_fen: int = Field(description="Interest of those days, on that bill; negative when earlier.")
    last_due_date: date
    changes: list[MovedInstalment]
    conditions: list[str]
    decision_due_at: datetime
    changes_used: int
    changes_allowed: int
    next_change_possible_date: date | None = Field(description="When this one is used, from when there is another.")


class DueDateChangeQuote(DueDateChangeTerms):
    """What would change; it holds until `expires_at` as long as the loan stays as it is."""

    quote_id: str
    filing_key: str
    expires_at: datetime
    as_of: datetime
