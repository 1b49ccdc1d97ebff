"""What the lender file says about bills, the hour by which one has paid, and the settlement certificate."""

from __future__ import annotations

from datetime import time

from pydantic import Field

from bot.backend.products import Row


class MyDebtRow(Row):
    """Rules and places that are the same for every loan; texts are the lender's own words, read by borrowers."""

    # Until when on the due day a payment is in time, "22:00" in quotes; empty: until midnight.
    pay_until: str | None = Field(default=None, regex=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    bill_places: list[str] = Field(default=[], max_items=4)  # where a borrower sees the bill, a line each
    certificate_arrives: str = Field(default="", max_length=80)  # how a settlement certificate reaches the borrower

    @property
    def pay_until_time(self) -> time | None:
        """`pay_until` as a time of day."""
        return time.fromisoformat(self.pay_until) if self.pay_until else None
