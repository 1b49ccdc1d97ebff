"""What stands out among the payments of a loan. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Two of the same amount so close together are rarely meant; further apart they are two instalments of a plan.
_CLOSE = timedelta(hours=48)


@dataclass(frozen=True)
class Booking:
    """A payment that took money: booked, or on its way."""

    payment_id: str
    amount_fen: int
    booked_at: datetime


def doubled(bookings: Sequence[Booking]) -> list[tuple[str, str]]:
    """Pairs of payments that look like one taken twice, each the earlier and the later id, the latest pair first.

    >>> at = datetime(2026, 11, 24, 8)
    >>> doubled([Booking("P1", 500, at), Booking("P2", 500, at + timedelta(hours=6)), Booking("P3", 700, at)])
    [('P1', 'P2')]
    """
    ordered = sorted(bookings, key=lambda booking: (booking.booked_at, booking.payment_id))
    pairs = []
    for place, later in enumerate(ordered):
        for earlier in reversed(ordered[:place]):
            if earlier.amount_fen == later.amount_fen and later.booked_at - earlier.booked_at <= _CLOSE:
                pairs.append((earlier.payment_id, later.payment_id))
                break
    return list(reversed(pairs))
