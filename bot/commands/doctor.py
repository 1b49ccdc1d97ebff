"""`./huanban doctor`: what is wrong with this machine, and how to mend it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import requests
import yaml
from sqlalchemy.exc import SQLAlchemyError

from bot import config, sealing
from bot.demo import demo_borrowers
from bot.processes.supervisor import is_taken
from bot.training import model_path

NEEDED_DISK_GB = 2


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, what was found, and what mends it."""

    well: bool
    what: str
    mend: str = ""


def main(arguments: list[str]) -> int:
    """Prints the findings; the exit code is 1 when something needs mending."""
    if arguments[:1] == ["wechat"]:
        from bot.commands.doctor_wechat import examine_wechat

        return _told(list(examine_wechat(config.load())), "All well.")
    if arguments[:1] == ["licences"]:
        from bot.commands.doctor_licences import write

        return write()
    return _told(list(examine()), "All well: ./huanban up")


def _told(findings: list[Finding], well: str) -> int:
    for finding in findings:
        print(f"{'✓' if finding.well else '✗'} {finding.what}")
        if not finding.well:
            print(f"  → {finding.mend}")
    wrong = sum(not finding.well for finding in findings)
    print(f"\n{wrong} of {len(findings)} need mending." if wrong else f"\n{well}")
    return 1 if wrong else 0


def examine() -> Iterator[Finding]:
    """Everything the bot needs of a machine, one finding each."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(sys.version_info[:2] == (3, 10), f"Python {version}", "Rasa 3.6 needs Python 3.10; delete .venv and run again.")
    for package in ("rasa", "rasa_sdk", "spacy", "requests", "fastapi", "sqlalchemy"):
        yield Finding(
            importlib.util.find_spec(package) is not None,
            f"package {package}",
            "Delete .venv and run any ./huanban command; it installs what the lock file names.",
        )
    try:
        settings = config.load()
    except config.ConfigurationError as error:
        yield Finding(False, str(error), "docs/configuration.md has a row for each setting.")
        return
    yield Finding(True, "settings are readable")
    yield _state(settings)
    free_gb = shutil.disk_usage(config.ROOT).free / 1e9
    yield Finding(free_gb > NEEDED_DISK_GB, f"{free_gb:.0f} GB of disk are free", f"Free at least {NEEDED_DISK_GB} GB.")
    yield from _files()
    yield from _keys(settings)
    yield _model(settings)
    yield from _ports(settings)
    if not settings.backend_is_embedded:
        yield _backend(settings)


def _state(settings: config.Settings) -> Finding:
    writable = os.access(settings.state_dir, os.W_OK)
    return Finding(writable, f"{settings.state_dir} is writable", "Check its permissions, or set HUANBAN_STATE_DIR.")


def _files() -> Iterator[Finding]:
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        try:
            yaml.safe_load((config.ROOT / name).read_text(encoding="utf-8"))
            yield Finding(True, f"{name} is readable")
        except (OSError, yaml.YAMLError) as error:
            yield Finding(False, f"{name}: {error}", "Mend the place it names, or take the file from git.")
    try:
        yield Finding(True, f"the lender's file names {len(demo_borrowers())} borrowers")
    except config.ConfigurationError as error:
        yield Finding(False, str(error), "docs/loan-backend.md describes the file.")


def _keys(settings: config.Settings) -> Iterator[Finding]:
    """Whether every database finds the keys it was written with; nothing, where nothing is encrypted."""
    from bot.commands.keys import missing_keys

    try:
        for setting, needed, missing in missing_keys(settings):
            if needed:
                what = f"key {', '.join(missing)} is missing" if missing else "every key is there"
                mend = sealing.missing_sentence(setting, missing) if missing else ""
                yield Finding(not missing, f"{setting}: {what}", mend)
    except config.ConfigurationError as error:
        yield Finding(False, str(error), "docs/configuration.md has a row for each setting.")
    except SQLAlchemyError as error:
        yield Finding(False, f"a database does not answer: {type(error).__name__}", "Start it, or check the URLs' settings.")


def _model(settings: config.Settings) -> Finding:
    trained = model_path(settings).exists()
    return Finding(True, "the model is trained" if trained else "the model is not trained yet; ./huanban up trains it")


def _ports(settings: config.Settings) -> Iterator[Finding]:
    for port, name, setting in (
        (settings.bot_port, "Rasa server", "HUANBAN_BOT_PORT"),
        (settings.actions_port, "action server", "HUANBAN_ACTIONS_PORT"),
        (settings.backend_port, "loan backend", "HUANBAN_BACKEND_PORT"),
    ):
        yield Finding(
            not is_taken(port),
            f"port {port} for the {name} is {'taken' if is_taken(port) else 'free'}",
            f"Fine when ./huanban up runs; else stop the program that has it, or set {setting}.",
        )


def _backend(settings: config.Settings) -> Finding:
    try:
        answer = requests.get(f"{settings.backend_url}/v1/health", timeout=3)
        return Finding(answer.ok, f"the loan backend answers {answer.status_code}", "Ask the lender's operators.")
    except requests.RequestException as error:
        return Finding(False, f"the loan backend does not answer: {error}", "Check HUANBAN_BACKEND_URL and the network.")
