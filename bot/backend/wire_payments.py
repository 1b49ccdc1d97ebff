"""Paying, and paying early, in JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field, root_validator

from bot.backend.wire import Answer, Ask, Code, Day, Fen, Id
from bot.backend.wire_filings import PlannedInstalment
from bot.loans.prepayment import PrepaymentEffect


class PaymentAsk(Ask, example={"amount_fen": 108084, "channel": "bank_transfer"}):
    """A payment to book; with a quote it is the prepayment quoted."""

    amount_fen: Fen
    channel: Code = Field(..., description="How it came, `bank_transfer` or another word of the lender's.")
    value_date: Day | None = Field(None, description="The day it counts from; today when null, never one to come.")
    quote_id: Id | None = Field(None, description="A prepayment quote of today; the amount must be the quoted one.")


class PrepaymentQuoteAsk(
    Ask, schema_extra={"example": {"kind": "part", "principal_fen": 300000, "effect": "smaller_instalments"}}
):
    """All of it, or a part of the principal and what becomes of the plan."""

    kind: Literal["full", "part"]
    principal_fen: Fen | None = Field(None, description="Principal to pay early; with `part`, and only then.")
    effect: PrepaymentEffect | None = Field(None, description="With `part`, and only then.")
    prepay_date: Day | None = Field(None, description="Today when null; up to 31 days ahead.")

    @root_validator(skip_on_failure=True)
    def _part_is_whole(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        of_a_part = [values["principal_fen"] is not None, values["effect"] is not None]
        if of_a_part != [values["kind"] == "part"] * 2:
            raise ValueError("a part has `principal_fen` and `effect`, the whole has neither")
        return values


class PrepaymentQuote(Answer):
    """What paying early takes on a day, and what is left after it."""

    quote_id: str
    filing_key: str = Field(description="Idempotency-Key for the payment.")
    loan_id: str
    kind: Literal["full", "part"]
    effect: PrepaymentEffect | None
    prepay_date: date
    amount_fen: int = Field(description="All there is to pay that day.")
    due_fen: int = Field(description="Of it: instalments due by that day, penalty included.")
    principal_fen: int = Field(description="Of it: principal paid early.")
    accrued_interest_fen: int = Field(description="Of it: interest for the days used.")
    remaining_fee_fen: int = Field(description="Of it: fees of later instalments that are charged all the same.")
    prepayment_fee_fen: int = Field(description="Of it: what the contract takes for paying early.")
    days: int
    interest_saved_fen: int
    fee_saved_fen: int
    remaining_principal_fen: int
    limit_comes_back: bool = Field(description="Whether principal paid early can be borrowed again.")
    credit_effect: Literal["none", "reported_as_settled", "late_days_stay"] = Field(description="For the credit record.")
    instalments: list[PlannedInstalment] = Field(description="The plan afterwards; empty when all is paid.")
    expires_at: datetime
    as_of: datetime
