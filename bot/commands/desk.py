"""`./huanban desk`: the person who decides on requests."""

from __future__ import annotations

import os

from bot import config


def main(arguments: list[str]) -> int:
    """Hands over to the backend's desk with the settings in force."""
    settings = config.load()
    os.environ.update(settings.environment())
    from bot.backend import desk

    return desk.main(arguments)
