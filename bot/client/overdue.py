"""Calls about being late: penalties, consequences, credit standing and its repair."""

from __future__ import annotations

from bot.client.door import Door


class Overdue(Door):
    """Calls about being late: penalties, consequences, credit standing and its repair."""
