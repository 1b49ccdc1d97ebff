"""The page of what it is built on is what the lock files and the list of weaknesses say."""

from __future__ import annotations

import re

import yaml

from bot.commands import doctor_licences
from bot.config import ROOT


def test_every_pinned_package_stands_on_the_page_with_its_version() -> None:
    page = doctor_licences.PAGE.read_text(encoding="utf-8")
    for package in (*doctor_licences.python_packages(), *doctor_licences.widget_packages()):
        assert f"| {package.name} | {package.version} |" in page, (
            f"{package.name}: ./huanban doctor licences writes the page anew"
        )


def test_no_package_is_on_the_page_that_is_not_pinned() -> None:
    page = doctor_licences.PAGE.read_text(encoding="utf-8")
    pinned = {(p.name, p.version) for p in (*doctor_licences.python_packages(), *doctor_licences.widget_packages())}
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", page, re.MULTILINE)
    told = {(name, version) for name, version in rows if name != "package" and not name.startswith("-")}
    assert told == pinned


def test_no_licence_forbids_a_lender_to_run_it() -> None:
    """A copyleft that reaches whoever runs a service; what comes along with Rasa for other channels is named here by name."""
    for package in doctor_licences.python_packages():
        assert "AGPL" not in package.licence and "Affero" not in package.licence, package
        assert "Non-Commercial" not in package.licence and "Proprietary" not in package.licence, package


def test_what_is_known_against_a_package_is_about_the_one_that_is_pinned_and_has_a_shield() -> None:
    pinned = {package.name.lower() for package in doctor_licences.python_packages()}
    known = yaml.safe_load(doctor_licences.WEAKNESSES.read_text(encoding="utf-8"))
    for row in known["weaknesses"]:
        assert row["package"].lower() in pinned, row
        assert row["known"] and row["shield"] and row["mended_in"], row
        for path in re.findall(r"`(tests/[^`]+\.py)`", row["shield"]):
            assert (ROOT / path).exists(), path


def test_what_the_shields_say_of_us_is_so() -> None:
    """No field is an e-mail address, no vectoriser of scikit-learn and no server of aiohttp is ours."""
    files = [path for top in ("bot", "actions") for path in (ROOT / top).rglob("*.py") if "widget" not in path.parts]
    ours = "\n".join(path.read_text(encoding="utf-8") for path in files)
    for name in (
        "Email" + "Str",
        "Tfidf" + "Vectorizer",
        "aiohttp" + ".web",
        "from aiohttp import " + "web",
        "import " + "tensorflow",
    ):
        assert name not in ours, name
    assert 'RASA_TELEMETRY_ENABLED="false"' in (ROOT / "bot/processes/rasa_server.py").read_text(encoding="utf-8")
