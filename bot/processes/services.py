"""The services of `./huanban up`, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.config import Settings
from bot.processes.supervisor import Service


def services_of(settings: Settings, model: Path, extra: Mapping[str, str] | None = None) -> list[Service]:
    """What has to run for these settings: the embedded backend and the action server, unless they are elsewhere, and Rasa.

    Args:
        settings: the settings in force.
        model: the trained model.
        extra: more of the environment, for the embedded backend's own settings.
    """
    environment = {**settings.environment(), **(extra or {})}
    found = []
    if settings.backend_is_embedded:
        found.append(
            Service(
                "loan backend",
                "bot.backend",
                settings.backend_port,
                f"http://127.0.0.1:{settings.backend_port}/v1/health",
                "HUANBAN_BACKEND_PORT",
                environment=environment,
            )
        )
    if settings.actions_are_local:
        found.append(
            Service(
                "action server",
                "bot.processes.action_server",
                settings.actions_port,
                f"http://127.0.0.1:{settings.actions_port}/health",
                "HUANBAN_ACTIONS_PORT",
                environment=environment,
            )
        )
    found.append(
        Service(
            "Rasa server",
            "bot.processes.rasa_server",
            settings.bot_port,
            f"{settings.bot_url}/webhooks/web/",
            "HUANBAN_BOT_PORT",
            arguments=[str(model)],
            environment=environment,
        )
    )
    return found
