"""The demo borrowers of the lender's file, for the commands that let a newcomer speak as one of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.config import ROOT, ConfigurationError


@dataclass(frozen=True)
class DemoBorrower:
    """A fictional borrower: what to call them on the command line, who they are, and how things stand with them."""

    name: str
    borrower_id: str
    display_name: str
    situation: str


def lender_rows(section: str) -> list[dict[str, Any]]:
    """The rows of a section of the lender's file, as written.

    Raises:
        ConfigurationError: the file is missing or not readable.
    """
    path = Path(os.environ.get("HUANBAN_LENDER_FILE") or ROOT / "data" / "demo" / "lender.yml")
    try:
        return list(yaml.safe_load(path.read_text(encoding="utf-8"))[section])
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ConfigurationError(f"The lender's file {path} cannot be read: {error}") from error


def demo_borrowers() -> list[DemoBorrower]:
    """The borrowers of the lender's file, in its order.

    Raises:
        ConfigurationError: the file is missing or not readable.
    """
    try:
        return [
            DemoBorrower(row["name"], row["borrower_id"], row["display_name"], row.get("situation", ""))
            for row in lender_rows("borrowers")
        ]
    except KeyError as error:
        raise ConfigurationError(f"A borrower of the lender's file has no {error}.") from error
