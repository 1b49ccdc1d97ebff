"""Minimum payment, ways out of a difficulty, waivers of penalty, lectures and calls, in JSON."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field, root_validator, validator

from bot.backend.lender_difficulty import AssistanceKind
from bot.backend.wire import Answer, Ask, Code, Id, ShortText
from bot.backend.wire_filings import CreditEffect

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})")
WayKind = Literal["interest_free_deferral", "deferral", "restructure", "minimum_payment", "assistance"]


class MinimumMonth(Answer):
    """One month of the example in which only the minimum is paid and nothing new is bought."""

    due_date: date
    payment_fen: int
    interest_fen: int = Field(description="Part of the payment.")
    rest_fen: int = Field(description="Left after it, without the interest that runs from then on.")


class MinimumExample(Answer):
    """Paying only the minimum to the end."""

    number_of_months: int
    total_interest_fen: int = Field(description="What is still to come; what the statement has billed already is not in it.")
    total_payment_fen: int
    last_payment_date: date
    ends_below_fen: int = Field(description="Once no more than this is left, the example pays all of it.")
    first_months: list[MinimumMonth] = Field(description="Six at most.")


class PartialPayment(Answer):
    """What a part payment would settle today, and what is left of what is due next."""

    amount_fen: int
    fee_fen: int
    interest_fen: int
    penalty_fen: int
    principal_fen: int
    still_due_fen: int = Field(description="Of what is due next or past due; of a line, of its minimum.")
    due_date: date
    a_day_late_fen: int = Field(description="What a day costs while that is unpaid after the due date and grace.")


class BillInstalments(Answer):
    """The statement split, at the longest number of instalments on offer."""

    term: int
    monthly_payment_fen: int
    total_interest_fen: int
    last_due_date: date


class MinimumPayment(Answer):
    """Paying only a part: of a line the minimum and what follows, of an instalment loan what a part payment does."""

    loan_id: str
    product_name: str
    offered: bool = Field(description="Whether the product has a minimum payment.")
    due_date: date | None
    due_fen: int = Field(description="All of the statement, or of what is due next or past due.")
    days_past_due: int
    a_day_late_fen: int = Field(description="What a day costs while all of it is unpaid after the due date and grace.")
    minimum_fen: int | None = Field(description="Still to pay of the minimum.")
    minimum_share: str | None
    rest_fen: int | None = Field(description="What is left when the minimum is paid on the due date.")
    rest_a_day_fen: int | None = Field(description="Interest a day on that rest.")
    daily_rate: str | None
    example: MinimumExample | None
    bill_instalments: BillInstalments | None
    deferral_offered: bool
    partial: PartialPayment | None = Field(description="With `amount_fen`.")
    as_of: datetime


class HardshipAsk(Ask, example={"reason_code": "illness"}):
    """Why the borrower cannot pay, if she says so."""

    reason_code: Code | None = None


class HardshipWay(Answer):
    """One way: whether it is possible, and what it would mean; members that do not belong to it are null."""

    way: WayKind
    possible: bool
    why_not: str | None = Field(description="The problem type that asking for it would meet, without its path.")
    next_possible_date: date | None
    period: str | None
    old_due_date: date | None
    new_due_date: date | None
    old_payment_fen: int | None = Field(description="Null where it is a line's statement that would be split.")
    new_payment_fen: int | None
    new_term: int | None
    extra_interest_fen: int | None
    proof_needed: bool
    credit_effect: CreditEffect | None
    minimum_fen: int | None
    rest_a_day_fen: int | None


class HardshipOptions(Answer):
    """The ways for one loan side by side, and which is recommended for which reason."""

    loan_id: str
    product_name: str
    days_past_due: int
    penalty_fen: int
    pending_request_id: str | None
    ways: list[HardshipWay]
    recommended: WayKind | None
    because: str
    reasons_that_help: list[str] = Field(description="Reason codes for which a programme of this product is interest-free.")
    waiver_may_fit: bool = Field(description="Whether penalty is owed and a programme that waives it is for this loan.")
    as_of: datetime


class WaiverProgramme(Answer):
    """A programme of the lender that waives penalty."""

    programme_id: str
    name: str
    for_everybody: bool
    reason_codes: list[str]
    fits: bool
    why_not: str | None
    waived_fen: int = Field(description="As of today, if it were granted.")
    asks_for: list[str]


class WaiverProgrammes(Answer):
    """The programmes for one loan, those that fit first."""

    loan_id: str
    product_name: str
    penalty_fen: int
    days_past_due: int
    pending_request_id: str | None
    programmes: list[WaiverProgramme]
    as_of: datetime


class WaiverQuoteAsk(Ask, example={"reason_code": "illness", "text": None}):
    """Why the borrower asks for it, as a code and in her words."""

    reason_code: Code | None = None
    text: ShortText | None = None


class WaiverTerms(Answer):
    """The programme that fits best, and what it would waive as of today."""

    loan_id: str
    programme_id: str
    programme_name: str
    reason_code: str | None
    text: str | None
    penalty_fen: int
    waived_fen: int
    share: str
    max_waived_fen: int | None
    asks_for: list[str]
    decision_due_at: datetime


class WaiverQuote(WaiverTerms):
    """What could be asked for; it holds until `expires_at` as long as the loan stays as it is."""

    quote_id: str
    filing_key: str
    expires_at: datetime
    as_of: datetime


class Event(Answer):
    """A lecture or an hour of advice."""

    event_id: str
    name: str
    kind: AssistanceKind
    city: str
    place: str
    starts_at: datetime
    ends_at: datetime
    who: str
    what: str
    seats_left: int


class Events(Answer):
    """Events to come, the next first."""

    as_of: datetime
    events: list[Event]


class AssistanceAsk(Ask, example={"event_id": "EV-BUDGET"}):
    """A seat at an event, or a call at a time."""

    event_id: Id | None = None
    callback_at: datetime | None = None
    about: AssistanceKind | None = Field(None, description="What the call is about; with `callback_at`.")

    @validator("callback_at", pre=True)
    def _is_text(cls, value: Any) -> Any:  # noqa: N805
        if value is not None and (not isinstance(value, str) or not _MOMENT.fullmatch(value)):
            raise ValueError("a moment is text such as 2026-11-25T10:00:00+08:00")
        return value

    @root_validator(skip_on_failure=True)
    def _one_of_both(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        at = values["callback_at"]
        if (values["event_id"] is None) == (at is None):
            raise ValueError("give one of `event_id` and `callback_at`")
        if at is not None and at.tzinfo is None:
            raise ValueError("`callback_at` needs a time zone")
        if values["about"] is not None and at is None:
            raise ValueError("`about` belongs to `callback_at`")
        return values
