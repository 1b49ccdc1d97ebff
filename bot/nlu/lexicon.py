"""The words of data/lexicon/*.yml, read once and shared by every parser."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LEXICON_DIR = Path(__file__).resolve().parents[2] / "data" / "lexicon"


@cache
def load(name: str) -> Any:
    """What `data/lexicon/<name>.yml` holds, parsed; the same object on every call, so treat it as read-only.

    Raises:
        FileNotFoundError: there is no such lexicon.
    """
    with (LEXICON_DIR / f"{name}.yml").open(encoding="utf-8") as stream:
        return yaml.safe_load(stream)


def digest(*modules: str) -> str:
    """A hash of every lexicon file and of the named helper modules' sources.

    Rasa's training cache looks at a component's own source only; a component that leans on lexicons and helpers names
    them here, through `fingerprint_addon`, so that a changed word retrains the model.

    Args:
        modules: file names in this folder, such as "numerals.py"; none means all of them.
    """
    here = Path(__file__).resolve().parent
    sources = [here / module for module in modules] or sorted(here.glob("*.py"))
    digested = hashlib.sha256()
    for path in [*sorted(LEXICON_DIR.glob("*.yml")), *sources]:
        digested.update(path.name.encode())
        digested.update(path.read_bytes())
    return digested.hexdigest()
