"""The demo borrowers of the lender's file, for the commands that let a newcomer speak as one of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.config import ROOT, ConfigurationError


@dataclass(frozen=True)
class DemoBorrower:
    """A fictional borrower: what to call them on the command line, who they are, and how things stand with them."""

    name: str
    borrower_id: str
    display_name: str
    situation: str


def demo_borrowers() -> list[DemoBorrower]:
    """The borrowers of the lender's file, in its order.

    Raises:
        ConfigurationError: the file is missing or not readable.
    """
    path = Path(os.environ.get("HUANBAN_LENDER_FILE") or ROOT / "data" / "demo" / "lender.yml")
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))["borrowers"]
        return [DemoBorrower(r["name"], r["borrower_id"], r["display_name"], r.get("situation", "")) for r in rows]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ConfigurationError(f"The lender's file {path} cannot be read: {error}") from error
