"""Calls about reminders, large letters and other wishes."""

from __future__ import annotations

from bot.client.door import Door


class OwnSettings(Door):
    """Calls about reminders, large letters and other wishes."""
