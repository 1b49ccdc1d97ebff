"""Ways to repay, the next debit and secure links, in JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field, root_validator

from bot.backend.wire import Answer, Ask, Id

LinkPurpose = Literal["pay", "add_card", "update_phone", "update_name", "update_id", "close", "upload"]


class SecureLinkAsk(Ask, example={"purpose": "pay", "loan_id": "L1001"}):
    """What the lender's secure page shall be opened for."""

    purpose: LinkPurpose
    loan_id: Id | None = Field(None, description="Must be named with `pay`; with `close` where one loan is meant.")
    quote_id: Id | None = Field(None, description="A prepayment quote to be paid; with `pay`, and only then.")
    request_id: Id | None = Field(None, description="The request that evidence is for; with `upload`, and only then.")

    @root_validator(skip_on_failure=True)
    def _fits_the_purpose(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        purpose = values["purpose"]
        if purpose == "pay" and values["loan_id"] is None:
            raise ValueError("`pay` names its `loan_id`")
        if purpose not in ("pay", "close") and values["loan_id"] is not None:
            raise ValueError("`loan_id` belongs to `pay` and `close`")
        if purpose != "pay" and values["quote_id"] is not None:
            raise ValueError("`quote_id` belongs to `pay`")
        if purpose != "upload" and values["request_id"] is not None:
            raise ValueError("`request_id` belongs to `upload`")
        return values


class SecureLink(Answer):
    """A link to the lender's secure page, told this once."""

    purpose: LinkPurpose
    url: str
    expires_at: datetime
    as_of: datetime


class Debit(Answer):
    """What auto debit takes next for one loan, and when."""

    loan_id: str
    product_name: str
    due_date: date
    attempt_at: datetime
    amount_fen: int = Field(description="All that is due by then, penalty included, less what is being processed.")


class Debits(Answer):
    """How auto debit draws, and what comes next; the first first, none when it is off or nothing is due."""

    as_of: datetime
    auto_debit: bool
    hours: list[str] = Field(description="Times of the due date at which it draws, such as `08:00`.")
    retry_days: int = Field(description="For so many days after the due date it goes on while something is unpaid.")
    draws_part: bool = Field(description="Whether it takes what is there when that is not enough.")
    fixed_by_product_names: list[str] = Field(description="Products of open loans that do not let it be switched off.")
    debits: list[Debit]


class TransferAccount(Answer):
    """The lender's own account."""

    account_holder: str
    account_number: str
    bank_name: str
    remark: str | None = Field(description="What the transfer's remark must say; the loan's id, where a loan was asked for.")


class RepaymentWay(Answer):
    """One way to repay; name, steps and `arrives` are the lender's words."""

    way: str
    name: str
    steps: list[str]
    arrives: str
    same_day_until: str | None = Field(description="Until when it still counts for the day, such as `22:00`; null: all day.")
    single_limit_fen: int | None
    daily_limit_fen: int | None
    payment_page: bool = Field(description="Whether it is done on the page that a secure link for `pay` opens.")
    transfer_account: TransferAccount | None


class RepaymentWays(Answer):
    """The ways to repay, in the lender's order."""

    as_of: datetime
    loan_id: str | None
    ways: list[RepaymentWay]
