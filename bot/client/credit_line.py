"""Calls about the credit line: eligibility, limit, suspension, closing, refunds, personal data."""

from __future__ import annotations

from bot.client.door import Door


class CreditLine(Door):
    """Calls about the credit line: eligibility, limit, suspension, closing, refunds, personal data."""
