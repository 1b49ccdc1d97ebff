"""The domain: `domain.yml` and the topics in `domain/`, which Rasa reads as one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent


def domain_files(root: Path = ROOT) -> list[Path]:
    """Every file of the domain, `domain.yml` first."""
    return [root / "domain.yml", *sorted((root / "domain").glob("*.yml"))]


def read_domain(root: Path = ROOT) -> dict[str, Any]:
    """The whole domain as plain YAML values, the topics merged.

    Raises:
        ValueError: two files say the same response, slot or form; the message names both.
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
    return merged
