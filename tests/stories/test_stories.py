"""Rasa's own looks at data and stories: is everything that is named there, and is the right step predicted?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bot import config
from bot.domain import domain_files
from bot.training import ensure_model


def rasa(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(config.ROOT)}
    environment |= config.load().environment()
    return subprocess.run(
        [sys.executable, "-m", "rasa", *arguments],
        cwd=config.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_domain_sentences_and_rules_name_the_same_things(tmp_path: Path) -> None:
    data = ["--data", "data/nlu", "data/rules"]
    # Rasa's command line takes one path; the topics of the domain are laid into one folder for it.
    for path in domain_files():
        shutil.copy(path, tmp_path / f"of_{path.parent.name or 'top'}_{path.name}")
    ended = rasa(tmp_path, "data", "validate", "--domain", str(tmp_path), "--config", "config.yml", *data)
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, said[-3000:]
    assert "not listed in the domain" not in said


def test_the_stories_are_predicted_step_by_step(tmp_path: Path) -> None:
    model = ensure_model(config.load(), say=lambda line: None)
    ended = rasa(
        tmp_path,
        *("test", "core", "--model", str(model), "--stories", "tests/stories/test_deferral.yml"),
        *("--out", str(tmp_path), "--fail-on-prediction-errors", "--endpoints", "endpoints.yml"),
    )
    assert ended.returncode == 0, (ended.stdout + ended.stderr)[-3000:]
