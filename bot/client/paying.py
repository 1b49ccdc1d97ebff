"""Calls about how to repay: ways, debits, cards, failed payments, early repayment."""

from __future__ import annotations

from bot.client.door import Door


class Paying(Door):
    """Calls about how to repay: ways, debits, cards, failed payments, early repayment."""
