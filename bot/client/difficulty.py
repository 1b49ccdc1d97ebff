"""Calls about minimum payment, restructuring, waivers, programmes."""

from __future__ import annotations

from bot.client.door import Door


class Difficulty(Door):
    """Calls about minimum payment, restructuring, waivers, programmes."""
