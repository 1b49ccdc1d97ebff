"""The number and hours of the lender's people stand in the lender file only, and reach every response from there."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot import training
from bot.config import ROOT, ConfigurationError
from bot.domain import lender_values, read_domain


def lender(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **staff: object) -> None:
    path = tmp_path / "lender.yml"
    path.write_text(yaml.safe_dump({"staff": staff} if staff else {"lender": {}}), encoding="utf-8")
    monkeypatch.setenv("HUANBAN_LENDER_FILE", str(path))


def test_another_lenders_number_and_hours_are_in_the_domain_and_make_another_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = training.fingerprint()
    lender(tmp_path, monkeypatch, phone="028-11112222", hours={"mon": "09:00-18:00", "sat": "10:00-12:00"})
    slots = read_domain()["slots"]
    assert slots["human_phone"]["initial_value"] == "028-11112222"
    assert slots["human_hours"]["initial_value"] == "周一9:00–18:00，周六10:00–12:00"
    assert training.fingerprint() != before


def test_a_lender_file_without_its_people_is_refused_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lender(tmp_path, monkeypatch)
    with pytest.raises(ConfigurationError, match="no `staff`"):
        lender_values()
    monkeypatch.setenv("HUANBAN_LENDER_FILE", str(tmp_path / "gone.yml"))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_domain()


def test_the_number_stands_nowhere_in_the_domain_itself() -> None:
    phone = lender_values()["human_phone"]
    for path in [ROOT / "domain.yml", *(ROOT / "domain").glob("*.yml")]:
        assert phone not in path.read_text(encoding="utf-8"), path.name
