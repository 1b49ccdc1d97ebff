"""`./huanban doctor licences` writes `docs/dependencies.md`: each pinned package, its licence, what is known against old ones.

Versions come from `requirements.lock` and the widget's `package-lock.json`, licences from what is installed, and what is known
against a package from `known_weaknesses.yml` beside this file, which people keep.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from bot.config import ROOT

PAGE = ROOT / "docs" / "dependencies.md"
WEAKNESSES = Path(__file__).with_name("known_weaknesses.yml")
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
# Long texts that some packages put where the licence's name belongs, told by how they begin or what they say.
_BY_WORDS = (
    ("apache", "Apache-2.0"),
    ("mit license", "MIT"),
    ("permission is hereby granted", "MIT"),
    ("mozilla", "MPL-2.0"),
    ("redistribution and use", "BSD"),
    ("bsd", "BSD"),
    ("python software foundation", "PSF-2.0"),
    ("isc", "ISC"),
)


@dataclass(frozen=True)
class Package:
    """A pinned package.

    Attributes:
        name: as the lock file spells it.
        version: the pinned one.
        licence: as it says itself; empty when it says nothing, or is not installed here.
    """

    name: str
    version: str
    licence: str


def python_packages() -> list[Package]:
    """Every package of `requirements.lock`, by name."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return [Package(name, version, licence_of(name)) for name, version in sorted(set(_PINNED.findall(text)))]


# What `npm run build` puts into the bundle; all else of the lock file is a tool.
IN_THE_BUNDLE = ("lit", "socket.io-client")


def widget_packages() -> list[Package]:
    """Every package that the widget's bundle is made of, by name; tools of the build are left out."""
    lock = json.loads((ROOT / "bot/widget/package-lock.json").read_text(encoding="utf-8"))["packages"]
    found: dict[str, Package] = {}
    waiting = list(IN_THE_BUNDLE)
    while waiting:
        name = waiting.pop()
        row = lock.get(f"node_modules/{name}")
        if row and name not in found:
            found[name] = Package(name, row["version"], str(row.get("license", "")))
            waiting += row.get("dependencies", {})
    return [found[name] for name in sorted(found)]


def licence_of(name: str) -> str:
    """The licence that an installed package names, in a few words."""
    try:
        told: Any = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    expression = told.get("License-Expression") or ""
    if expression:
        return str(expression)
    classified = [row.rpartition(" :: ")[2] for row in told.get_all("Classifier") or [] if row.startswith("License ::")]
    plain = [row for row in classified if row != "OSI Approved"]
    if plain:
        return ", ".join(sorted({row.replace(" License", "").replace("Software ", "") for row in plain}))
    text = " ".join(str(told.get("License") or "").split())
    if len(text) > 40:
        return next((name for words, name in _BY_WORDS if words in text.lower()), text[:40])
    return "" if text == "UNKNOWN" else text


def page() -> str:
    """The whole of `docs/dependencies.md`."""
    known = yaml.safe_load(WEAKNESSES.read_text(encoding="utf-8"))
    pinned = {package.name.lower(): package.version for package in python_packages()}
    lines = [
        "# What it is built on",
        "",
        "Made by `./huanban doctor licences`; a test compares it with the lock files. Known weaknesses are kept by hand in",
        "`bot/commands/known_weaknesses.yml`.",
        "",
        "## Known weaknesses of pinned packages, and what shields them",
        *known["about"].strip().splitlines(),
        "",
        "| package | known against it | mended in | why it does not matter here |",
        "|---|---|---|---|",
    ]
    for row in known["weaknesses"]:
        version = pinned.get(row["package"].lower(), "")
        lines.append(f"| {row['package']} {version} | {row['known']} | {row['mended_in']} | {row['shield']} |")
    lines += ["", "Not maintained any more, or only for who pays:", ""]
    lines += [f"- **{row['package']} {pinned.get(row['package'].lower(), '')}**: {row['what']}" for row in known["ended"]]
    lines += ["", "## What is in the widget", "", "| package | version | licence |", "|---|---|---|"]
    lines += [f"| {package.name} | {package.version} | {package.licence or 'not told'} |" for package in widget_packages()]
    lines += ["", "Its tools (bundler, linters, types) are in `bot/widget/package-lock.json` and reach no browser.", ""]
    lines += ["## Python packages", "", "| package | version | licence |", "|---|---|---|"]
    lines += [f"| {package.name} | {package.version} | {package.licence or 'not told'} |" for package in python_packages()]
    return "\n".join(lines) + "\n"


def write() -> int:
    """Writes the page; the exit code of the command."""
    PAGE.write_text(page(), encoding="utf-8")
    packages = python_packages()
    untold = [package.name for package in packages if not package.licence]
    print(f"✓ {len(packages)} packages of Python, {len(widget_packages())} of the widget: {PAGE.relative_to(ROOT)}")
    if untold:
        print(f"  no licence is told by: {', '.join(untold)}")
    return 0
