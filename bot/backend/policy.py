"""What the lender decided, in force for every call: its file and its minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.backend.clock import SHANGHAI
from bot.backend.lender_file import Lender, RequestKind
from bot.backend.products import Product

# The people who decide go home then; "by the 27th" means by that hour.
_END_OF_WORK = time(18, 0)


@dataclass(frozen=True)
class Policy:
    """The lender's file with the minutes of the settings."""

    lender: Lender
    undo_minutes: int
    quote_minutes: int
    bot_url: str = "http://127.0.0.1:5005"  # where the demo's secure pages are

    @property
    def products(self) -> Mapping[str, Product]:
        """All products by id."""
        return {row.product_id: row for row in self.lender.file.products}

    def quote_expires_at(self, now: datetime) -> datetime:
        """Until when a quote made now holds."""
        return now + timedelta(minutes=self.quote_minutes)

    def undo_until_at(self, now: datetime) -> datetime:
        """Until when a request filed now can be undone."""
        return now + timedelta(minutes=self.undo_minutes)

    def decision_due_at(self, kind: RequestKind, now: datetime) -> datetime:
        """By when the lender's people decide on a request of that kind filed now."""
        day = now.astimezone(SHANGHAI).date() + timedelta(days=self.lender.file.lender.decision_days[kind])
        return datetime.combine(day, _END_OF_WORK, SHANGHAI)
