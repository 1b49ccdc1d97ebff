"""Calls about interest, fees and coupons."""

from __future__ import annotations

from bot.client.door import Door


class Cost(Door):
    """Calls about interest, fees and coupons."""
