"""Being late in JSON: penalty as a sum, consequences by day, the credit record, and the credit to rebuild it with."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from pydantic import Field, root_validator

from bot.backend.rebuild_credit import ConditionCode
from bot.backend.standing import Standing
from bot.backend.wire import Answer, Ask, Day, Fen, Id, PlainText, shown_rate


class PenaltyRow(Answer):
    """One part: `base_fen` × `daily_rate` × `multiplier` × `days`, rounded half up to the fen."""

    instalment_number: int
    on: Literal["principal", "interest", "instalment", "minimum_payment"]
    base_fen: int
    daily_rate: str
    multiplier: str
    days: int
    from_date: date = Field(description="First day not counted yet: the due date, or the day of the last payment.")
    until_date: date
    amount_fen: int


class Penalty(Answer):
    """The penalty of a loan as of a day, as if nothing were paid until then."""

    as_of: datetime
    loan_id: str
    product_name: str
    until_date: date
    counted_from_date: date | None = Field(description="Due date of the oldest unpaid instalment.")
    days_past_due: int
    grace_period_days: int
    charged_from_date: date | None = Field(description="First day on which it is charged; it then counts from the due date.")
    daily_rate: str
    daily_rate_is_exact: bool = Field(description="False where the daily rate is a yearly one divided by `day_base`.")
    annual_rate: str | None
    day_base: int
    multiplier: str
    base: Literal["principal", "instalment", "minimum_payment"] = Field(description="What of a late instalment bears it.")
    compound_on_interest: bool = Field(description="Whether late interest bears it too.")
    penalty_fen: int = Field(description="The rows and `earlier_penalty_fen`, less `paid_penalty_fen`.")
    earlier_penalty_fen: int = Field(description="Put down when a payment or a deferral changed what it runs on.")
    paid_penalty_fen: int
    penalty_a_day_fen: int = Field(description="What a further day adds; of a loan that is not late, what it would.")
    overdue_fen: int = Field(description="To be paid on that day for nothing to be past due, penalty included.")
    rows: list[PenaltyRow]


class OverdueStep(Answer):
    """What happens, or may happen, from a day past due on; the words are the lender's."""

    code: str
    text: str
    from_day: int
    on_date: date
    reached: bool


class RecoveryStep(Answer):
    """What comes back, so many days after everything past due was paid; the words are the lender's."""

    code: str
    text: str
    after_days: int
    on_date: date
    reached: bool


class OverdueSteps(Answer):
    """The product's rules on being late with the days on which they would come for this loan."""

    as_of: datetime
    loan_id: str
    product_name: str
    counted_from_date: date | None = Field(description="Due date that days past due count from; null when nothing is owed.")
    days_past_due: int
    steps: list[OverdueStep]
    recovery_from_date: date | None = Field(description="Today while something is past due, else when the last lateness ended.")
    recovery: list[RecoveryStep]


class LateSpell(Answer):
    """A time in which something of a loan was past due without a break."""

    loan_id: str
    product_name: str
    since_date: date
    days_past_due: int = Field(description="The most that any of its instalments was late.")
    ended_date: date | None
    reported: bool
    kept_until_date: date | None = Field(description="Five years after it ended; null while it goes on.")
    disputed_request_id: str | None = Field(description="A dispute about it that waits for an answer.")


class CreditDisputeAsk(
    Ask,
    example={"loan_id": "L1004", "since_date": "2026-11-12", "what_is_wrong": "wrong_days", "text": "只晚两天"},
):
    """What is wrong in the record. Without a loan: an entry that the borrower has seen elsewhere and that is not listed here."""

    loan_id: Id | None = None
    since_date: Day | None = Field(None, description="Of the spell of `credit-record` that is meant; with `loan_id` only.")
    what_is_wrong: Literal["paid_on_time", "paid_already", "not_mine", "wrong_days", "kept_too_long", "other"]
    text: PlainText | None = Field(None, description="In the borrower's words; with `other`, or without an entry, it is needed.")
    wish: Literal["correct", "delete", "add_statement"] | None = Field(None, description="What would put it right.")

    @root_validator(skip_on_failure=True)
    def _is_whole(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        if values["since_date"] is not None and values["loan_id"] is None:
            raise ValueError("`since_date` belongs to a `loan_id`")
        if values["text"] is None and (values["what_is_wrong"] == "other" or values["since_date"] is None):
            raise ValueError("without an entry, and with `other`, say what is wrong as `text`")
        return values


class ArrearsRow(Answer):
    """What of a loan is past due."""

    loan_id: str
    product_name: str
    overdue_fen: int
    days_past_due: int
    reported: bool
    reported_on_date: date = Field(description="The day on which it was, or would be, first reported.")


class ReportingRule(Answer):
    """From when this loan is reported as late."""

    loan_id: str
    product_name: str
    reported_from_days_past_due: int
    next_due_date: date | None
    would_be_reported_on_date: date | None = Field(description="If the next (or oldest unpaid) instalment stays unpaid.")


class CreditRecord(Answer):
    """What this lender reported, reports or would report of the borrower; no credit report."""

    as_of: datetime
    standing: Standing
    spells: list[LateSpell]
    settle_first: list[ArrearsRow]
    rules: list[ReportingRule]
    last_settled_date: date | None


class RebuildCondition(Answer):
    """One condition of the credit to rebuild with."""

    code: ConditionCode
    met: bool
    met_on_date: date | None = Field(description="Where time alone will meet it.")


class RebuildPayment(Answer):
    """One payment of it, if it were paid out today."""

    due_date: date
    payment_fen: int


class RebuildOffer(Answer):
    """What would be filed for an amount."""

    amount_fen: int
    term: int
    payment_fen: int
    payments: list[RebuildPayment]
    filing_key: str
    decision_due_at: datetime


class RebuildCredit(Answer):
    """The small interest-free credit for those who were late and have settled: its rules, and whether she may ask for it."""

    as_of: datetime
    name: str
    min_fen: int
    max_fen: int
    term: int
    settled_days: int
    eligible: bool
    possible_from_date: date | None = Field(description="Where time alone keeps it away.")
    conditions: list[RebuildCondition]
    offer: RebuildOffer | None = Field(description="For `?amount_fen=`, when eligible.")


class RebuildCreditAsk(Ask, example={"amount_fen": 50000, "term": 6}):
    """What the borrower confirmed."""

    amount_fen: Fen
    term: int = Field(..., strict=True, ge=1, le=60)


def exact_rate(rate: Fraction) -> str:
    """An exact rate as text."""
    return shown_rate(Decimal(rate.numerator) / Decimal(rate.denominator))


def rate_and_multiplier(rate: Fraction, multiplier: Decimal) -> dict[str, str]:
    """A rate a day and its multiplier as text."""
    return {"daily_rate": exact_rate(rate), "multiplier": format(multiplier.normalize(), "f")}
