"""What the lender file says about coming back after lateness: the small interest-free credit to rebuild a record with."""

from __future__ import annotations

from typing import Any

from pydantic import Field, root_validator

from bot.backend.products import Row


class RebuildCreditRow(Row):
    """A small interest-free credit for those who were late and have settled; how much, how long, and who may ask for it."""

    name: str = Field(min_length=1, max_length=40)
    min_fen: int = Field(ge=1, le=100_000_000_00)
    max_fen: int = Field(ge=1, le=100_000_000_00)
    term: int = Field(ge=1, le=60)
    settled_days: int = Field(ge=0, le=2000)  # so many days after everything past due was paid
    once_within_months: int = Field(24, ge=1, le=240)

    @root_validator(skip_on_failure=True)
    def _in_order(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        if values["max_fen"] < values["min_fen"]:
            raise ValueError("`max_fen` is not below `min_fen`")
        return values
