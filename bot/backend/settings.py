"""Every knob of the embedded loan backend: name, default and a sentence, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.config import ROOT, ConfigurationError, Setting

SETTINGS = (
    Setting(
        "HUANBAN_BACKEND_DATABASE_URL",
        "",
        "SQLAlchemy URL of the ledger (sqlite:///… or postgresql://…); empty means a SQLite file in the state folder.",
    ),
    Setting("HUANBAN_BACKEND_PORT", "8001", "Port of the embedded loan backend (loopback)."),
    Setting("HUANBAN_SERVICE_TOKEN", "", "Token the bot shows to the loan backend.", secret=True),
    Setting("HUANBAN_DESK_TOKEN", "", "Token of the people who decide on requests.", secret=True),
    Setting("HUANBAN_METRICS_TOKEN", "", "Token that a call for /metrics shows; empty: nobody sees them.", secret=True),
    Setting("HUANBAN_BACKEND_HOST", "127.0.0.1", "Address the backend listens on; others than loopback for other machines."),
    Setting("HUANBAN_TODAY", "", "Fixes the calendar day (2026-11-24); the time of day runs on. Empty: the real day."),
    Setting(
        "HUANBAN_LENDER_FILE",
        "data/demo/lender.yml",
        "YAML file with the lender, its products and rules, service points, programmes and borrowers.",
    ),
    Setting(
        "HUANBAN_BOT_URL",
        "",
        "Where borrowers reach the bot, in place of {bot_url} in the lender file; empty: the bot's port on this machine.",
    ),
    Setting("HUANBAN_UNDO_MINUTES", "10", "For how long a filed request can be undone, and not yet decided."),
    Setting("HUANBAN_QUOTE_MINUTES", "30", "For how long a quote holds."),
    Setting("HUANBAN_EVIDENCE_MAX_MB", "10", "Largest picture or PDF that a borrower may hand in, in MiB."),
    Setting("HUANBAN_BACKEND_DELAY_MS", "0", "Makes each answer this much slower; for the benchmark."),
    Setting(
        "HUANBAN_FAULT",
        "",
        "For tests: kills the process at this point of a write, such as before-commit:file-deferral or after-commit:seed.",
    ),
)


@dataclass(frozen=True)
class BackendSettings:
    """The backend's settings in force, typed; build it with `load`."""

    database_url: str
    port: int
    service_token: str
    desk_token: str
    fixed_today: date | None
    lender_file: Path
    undo_minutes: int
    quote_minutes: int
    delay_ms: int
    fault: str
    evidence_max_bytes: int = 10 * 1024 * 1024
    metrics_token: str = ""
    host: str = "127.0.0.1"
    bot_url: str = "http://127.0.0.1:5005"


def load(environment: Mapping[str, str] | None = None) -> BackendSettings:
    """The settings in force.

    Raises:
        ConfigurationError: a value is missing or cannot be read as what it should be.
    """
    environment = os.environ if environment is None else environment
    defaults = {setting.name: setting.default for setting in SETTINGS}

    def text(name: str) -> str:
        return environment.get(name) or defaults[name]

    def whole_number(name: str, lowest: int, highest: int) -> int:
        try:
            value = int(text(name))
        except ValueError:
            value = lowest - 1
        if not lowest <= value <= highest:
            raise ConfigurationError(f"{name} must be a whole number from {lowest} to {highest}, not {text(name)!r}.")
        return value

    def secret(name: str) -> str:
        if not text(name):
            raise ConfigurationError(f"{name} is not set; give the backend a token (`./huanban up` makes one).")
        return text(name)

    def day(name: str) -> date | None:
        if not text(name):
            return None
        try:
            return date.fromisoformat(text(name))
        except ValueError as error:
            raise ConfigurationError(f"{name} must be a day like 2026-11-24, not {text(name)!r}.") from error

    lender_file = Path(text("HUANBAN_LENDER_FILE"))
    if secret("HUANBAN_SERVICE_TOKEN") == secret("HUANBAN_DESK_TOKEN"):
        raise ConfigurationError("HUANBAN_SERVICE_TOKEN and HUANBAN_DESK_TOKEN must differ: the bot may not decide.")
    return BackendSettings(
        database_url=database_url(environment),
        port=whole_number("HUANBAN_BACKEND_PORT", 1, 65535),
        service_token=secret("HUANBAN_SERVICE_TOKEN"),
        desk_token=secret("HUANBAN_DESK_TOKEN"),
        fixed_today=day("HUANBAN_TODAY"),
        lender_file=lender_file if lender_file.is_absolute() else ROOT / lender_file,
        undo_minutes=whole_number("HUANBAN_UNDO_MINUTES", 0, 1440),
        quote_minutes=whole_number("HUANBAN_QUOTE_MINUTES", 0, 1440),
        evidence_max_bytes=whole_number("HUANBAN_EVIDENCE_MAX_MB", 1, 100) * 1024 * 1024,
        delay_ms=whole_number("HUANBAN_BACKEND_DELAY_MS", 0, 60_000),
        fault=text("HUANBAN_FAULT"),
        metrics_token=text("HUANBAN_METRICS_TOKEN"),
        host=text("HUANBAN_BACKEND_HOST"),
        bot_url=(text("HUANBAN_BOT_URL") or f"http://127.0.0.1:{environment.get('HUANBAN_BOT_PORT') or 5005}").rstrip("/"),
    )


def database_url(environment: Mapping[str, str]) -> str:
    """The ledger's database; without a setting a SQLite file in the state folder, where the rest made at run time lies."""
    if environment.get("HUANBAN_BACKEND_DATABASE_URL"):
        return environment["HUANBAN_BACKEND_DATABASE_URL"]
    state_dir = Path(environment.get("HUANBAN_STATE_DIR") or ".huanban")
    return f"sqlite:///{(state_dir if state_dir.is_absolute() else ROOT / state_dir) / 'ledger.db'}"
