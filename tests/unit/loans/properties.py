"""How hypothesis runs here: the same examples every time, and no clock."""

from __future__ import annotations

from hypothesis import settings

same_every_time = settings(derandomize=True, deadline=None, database=None)
