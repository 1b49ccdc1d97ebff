"""The settings that every process reads alike; their rows are in `bot.config.SETTINGS`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from bot.config import ConfigurationError


@dataclass(frozen=True)
class Watching:
    """How a process may be watched.

    Attributes:
        log_format: text or json.
        otlp_endpoint: where traces go; empty: nowhere, and nothing is loaded for them.
        log_level: debug, info or warning.
    """

    log_format: str
    otlp_endpoint: str
    log_level: str = "info"


def load(environment: Mapping[str, str] | None = None) -> Watching:
    """The settings in force.

    Raises:
        ConfigurationError: a value cannot be used.
    """
    environment = os.environ if environment is None else environment
    log_format = environment.get("HUANBAN_LOG_FORMAT") or "text"
    if log_format not in ("text", "json"):
        raise ConfigurationError(f"HUANBAN_LOG_FORMAT must be text or json, not {log_format!r}.")
    level = (environment.get("HUANBAN_LOG_LEVEL") or "info").lower()
    if level not in ("debug", "info", "warning"):
        raise ConfigurationError(f"HUANBAN_LOG_LEVEL must be debug, info or warning, not {level!r}.")
    endpoint = environment.get("HUANBAN_OTLP_ENDPOINT") or ""
    if endpoint and not endpoint.startswith(("http://", "https://")):
        raise ConfigurationError(f"HUANBAN_OTLP_ENDPOINT must be an http address, not {endpoint!r}.")
    return Watching(log_format, endpoint.rstrip("/"), level)
