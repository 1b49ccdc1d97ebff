"""Calls about fraud, collectors, complaints, privacy, bereavement."""

from __future__ import annotations

from bot.client.door import Door


class Rights(Door):
    """Calls about fraud, collectors, complaints, privacy, bereavement."""
