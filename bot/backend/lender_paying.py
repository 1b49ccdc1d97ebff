"""What the lender file says about paying: its secure pages, when auto debit draws, and the ways to repay."""

from __future__ import annotations

import re
from datetime import time
from typing import Literal

from pydantic import Field, validator

from bot.backend.products import Row

_SNAKE_CASE = r"^[a-z][a-z0-9_]{0,39}$"


def _clock(value: object) -> time:
    """A time of day as the file writes it, "08:30" in quotes: bare, YAML 1.1 would read it as a number."""
    if not isinstance(value, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise ValueError(f'{value!r} is not a time of day; write "08:30", in quotes')
    return time.fromisoformat(value)


class SecurePages(Row):
    """The lender's own pages behind its login, where cards and names are entered; the bot only hands over to them.

    In the demo they are where the bot is (`{bot_url}/demo/secure`), and only say what they would ask for.
    """

    base_url: str = Field(regex=r"^(https://[A-Za-z0-9.-]+(:[0-9]{1,5})?|\{bot_url\})(/[A-Za-z0-9._~/-]*)?$", max_length=200)
    minutes: int = Field(15, ge=1, le=120)  # for how long a link holds


class AutoDebitHours(Row):
    """When auto debit draws: at these hours of the due date, and so many days longer while something is past due."""

    hours: list[time] = Field(min_items=1, max_items=12)
    retry_days: int = Field(0, ge=0, le=365)
    draws_part: bool = False  # whether it takes what is there when that is not enough

    @validator("hours", pre=True, each_item=True)
    def _times(cls, value: object) -> time:  # noqa: N805
        return _clock(value)

    @validator("hours")
    def _in_order(cls, value: list[time]) -> list[time]:  # noqa: N805
        if value != sorted(set(value)):
            raise ValueError("the hours go from early to late, each once")
        return value


class TransferAccount(Row):
    """The lender's own account for transfers."""

    account_holder: str = Field(min_length=1, max_length=60)
    account_number: str = Field(regex=r"^[0-9 ]{8,40}$")
    bank_name: str = Field(min_length=1, max_length=60)
    remark: Literal["loan_id", "none"] = "loan_id"  # what the transfer's remark must say


class RepaymentWay(Row):
    """One way to repay, with its steps in the lender's words."""

    way: str = Field(regex=_SNAKE_CASE)
    name: str = Field(min_length=1, max_length=30)
    products: list[str] = []  # product ids; empty: all
    steps: list[str] = Field(min_items=1, max_items=6)
    arrives: str = Field(min_length=1, max_length=60)  # when it counts as paid
    same_day_until: time | None = None  # until when it still counts for the day; empty: all day
    single_limit_fen: int | None = Field(None, ge=1)
    daily_limit_fen: int | None = Field(None, ge=1)
    payment_page: bool = False  # whether it is done on the lender's payment page
    transfer_account: TransferAccount | None = None

    @validator("same_day_until", pre=True)
    def _time(cls, value: object) -> time | None:  # noqa: N805
        return None if value is None else _clock(value)
