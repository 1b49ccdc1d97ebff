"""`./huanban desk`: the person who decides on requests."""

from __future__ import annotations

import os

from bot import config


def main(arguments: list[str]) -> int:
    """Hands over to the backend's desk with the settings in force; `export` also reads what the bot holds of conversations."""
    settings = config.load()
    os.environ.update(settings.environment())
    if arguments[:1] == ["export"]:
        from bot.privacy import desk_export

        return desk_export.main(arguments[1:], settings)
    from bot.backend import desk

    return desk.main(arguments)
