"""The domain: `domain.yml` and the topics in `domain/`, read as one, with the number and hours of the lender's people.

Those two stand in the lender file and nowhere else: the embedded backend tells them at `/v1/staff`, and here they become the
first values of the slots `human_phone` and `human_hours`, so that even words that need no other process can say them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.config import ConfigurationError

ROOT = Path(__file__).resolve().parent.parent


def domain_files(root: Path = ROOT) -> list[Path]:
    """Every file of the domain, `domain.yml` first."""
    return [root / "domain.yml", *sorted((root / "domain").glob("*.yml"))]


def read_domain(root: Path = ROOT) -> dict[str, Any]:
    """The whole domain as plain YAML values, the topics merged, the lender's number and hours filled in.

    Raises:
        ValueError: two files say the same response, slot or form; the message names both.
        ConfigurationError: the lender file cannot be read, or has no `staff`.
    """
    merged: dict[str, Any] = {"intents": [], "entities": [], "slots": {}, "forms": {}, "actions": [], "responses": {}}
    origin: dict[tuple[str, str], Path] = {}
    for path in domain_files(root):
        for section, content in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if isinstance(content, list):
                merged.setdefault(section, []).extend(content)
            elif isinstance(content, dict) and section != "session_config":
                for name, value in content.items():
                    if (section, name) in origin:
                        raise ValueError(f"{name} is in {origin[section, name].name} and in {path.name}")
                    origin[section, name] = path
                    merged.setdefault(section, {})[name] = value
            else:
                merged[section] = content
    for name, value in lender_values().items():
        if name in merged["slots"]:
            merged["slots"][name] = {**merged["slots"][name], "initial_value": value}
    return merged


def lender_values() -> dict[str, str]:
    """What the lender file says of its people, as words: `human_phone`, `human_hours`.

    Raises:
        ConfigurationError: the file cannot be read, or has no `staff` with `phone` and `hours`.
    """
    path = Path(os.environ.get("HUANBAN_LENDER_FILE") or ROOT / "data" / "demo" / "lender.yml")
    path = path if path.is_absolute() else ROOT / path
    try:
        changed_ns = path.stat().st_mtime_ns
    except OSError as error:
        raise ConfigurationError(f"the lender file {path} cannot be read: {error.strerror}") from error
    return dict(_values_of(path, changed_ns))


@lru_cache(maxsize=2)
def _values_of(path: Path, changed_ns: int) -> dict[str, str]:  # noqa: ARG001 - read anew when the file has changed
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    staff = (yaml.load(path.read_text(encoding="utf-8"), Loader=loader) or {}).get("staff")  # noqa: S506 - a safe loader
    if not isinstance(staff, dict) or not staff.get("phone") or not staff.get("hours"):
        raise ConfigurationError(f"{path} has no `staff` with `phone` and `hours`; every response that names a person needs them")
    return {"human_phone": str(staff["phone"]), "human_hours": hours_in_words(staff["hours"])}


_WEEK = {"mon": "周一", "tue": "周二", "wed": "周三", "thu": "周四", "fri": "周五", "sat": "周六", "sun": "周日"}


def hours_in_words(hours: Mapping[str, str]) -> str:
    """Opening hours by weekday as a sentence says them; days that follow one another with the same hours stand together.

    >>> hours_in_words(dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "08:00-22:00"))
    '8:00–22:00'
    >>> hours_in_words({"mon": "09:00-18:00", "tue": "09:00-18:00", "wed": "09:00-18:00", "sat": "10:00-12:00"})
    '周一到周三9:00–18:00，周六10:00–12:00'
    """
    runs: list[tuple[list[str], str]] = []
    for code, day in _WEEK.items():
        span = "–".join(at.removeprefix("0") for at in hours[code].split("-")) if code in hours else ""
        if runs and runs[-1][1] == span:
            runs[-1][0].append(day)
        else:
            runs.append(([day], span))
    if len(runs) == 1:
        return runs[0][1]
    return "，".join((days[0] if len(days) == 1 else f"{days[0]}到{days[-1]}") + span for days, span in runs if span)
