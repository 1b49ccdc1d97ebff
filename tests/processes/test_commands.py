"""The command line: a failure is one sentence and what to do, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.config import ROOT


def huanban(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_alone_it_lists_the_commands_with_a_sentence_each() -> None:
    said = huanban().stdout
    assert "up " in said and "start everything" in said


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["fly"], {}, "There is no command 'fly'"),
        (["up"], {"HUANBAN_BOT_PORT": "many"}, "HUANBAN_BOT_PORT must be a number"),
        (["up"], {"HUANBAN_BOT_PORT": "70000"}, "HUANBAN_BOT_PORT must be a port"),
        (["chat", "--as", "nobody"], {}, "There is no demo borrower 'nobody'"),
        (["up"], {"HUANBAN_LENDER_FILE": "no-such.yml"}, "no-such.yml"),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_a_mend(arguments: list[str], environment: dict[str, str], sentence: str) -> None:
    ended = huanban(*arguments, **environment)
    said = ended.stdout + ended.stderr
    assert ended.returncode != 0
    assert sentence in said
    assert "→" in said
    assert "Traceback" not in said


def test_a_state_folder_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    blocked = tmp_path / "a-file"
    blocked.write_text("")
    ended = huanban("train", HUANBAN_STATE_DIR=str(blocked))
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr


def test_a_broken_domain_is_told_in_rasas_words_and_without_a_traceback(tmp_path: Path) -> None:
    from bot.training import _what_rasa_says

    log = "Loading\nTraceback (most recent call last):\n  File x, line 1\nYamlSyntaxException: 'domain.yml', line 7"
    assert _what_rasa_says(log).endswith("line 7")
    assert "Traceback" not in _what_rasa_says(log)


def test_the_script_finds_a_real_python_although_the_one_on_the_path_fails(tmp_path: Path) -> None:
    fake = tmp_path / "python3.10"
    fake.write_text("#!/bin/sh\necho pyenv: python3.10: command not found >&2\nexit 127\n")
    fake.chmod(0o755)
    script = (ROOT / "huanban").read_text(encoding="utf-8").split("# uv comes from PyPI")[0]
    looked = subprocess.run(
        ["sh", "-c", f"set -- ; {script}\nfind_python", str(ROOT / "huanban")],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "HUANBAN_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert looked.stdout.strip() == sys.executable


def test_the_lock_file_has_hashes_and_no_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert lock.count("--hash=sha256:") > 100


def test_a_ledger_is_put_aside_when_its_borrowers_changed_and_not_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot import config
    from bot.commands.ledger import put_a_stale_ledger_aside

    lender = tmp_path / "lender.yml"
    lender.write_text((ROOT / "data/demo/lender.yml").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setenv("HUANBAN_LENDER_FILE", str(lender))
    monkeypatch.delenv("HUANBAN_BACKEND_DATABASE_URL", raising=False)
    settings = config.load({"HUANBAN_STATE_DIR": str(tmp_path)})
    said: list[str] = []
    put_a_stale_ledger_aside(settings, said.append)
    (tmp_path / "ledger.db").write_text("filed requests")
    put_a_stale_ledger_aside(settings, said.append)
    assert said == [] and (tmp_path / "ledger.db").exists()
    lender.write_text(lender.read_text(encoding="utf-8").replace("王女士", "汪女士"), encoding="utf-8")
    put_a_stale_ledger_aside(settings, said.append)
    assert not (tmp_path / "ledger.db").exists()
    assert [path.read_text() for path in tmp_path.glob("ledger-until-*.db")] == ["filed requests"]
    assert len(said) == 1
