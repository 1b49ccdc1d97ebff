"""The model: trained when its inputs have changed, and not otherwise."""

from __future__ import annotations

import contextlib
import fcntl
import gc
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import yaml

from bot.config import ROOT, Settings
from bot.domain import lender_values, read_domain

# Whatever a trained model depends on. The components' own sources belong to it: a model trained by other code is stale.
INPUTS = (
    "config.yml",
    "domain.yml",
    "domain",
    "data/nlu",
    "data/rules",
    "data/lexicon",
    "bot/nlu",
    "bot/policies",
    "requirements.lock",
)
# What the understanding depends on. Words, rules and aspects are not among it, so an editor's change takes seconds and no
# training of the classifier: Rasa's cache has the rest.
NLU_INPUTS = ("data/nlu", "data/lexicon", "bot/nlu", "requirements.lock")
NOT_NLU = ("data/lexicon/aspects", "bot/nlu/aspects.py")


class TrainingFailed(Exception):
    """The model could not be trained; the message is the end of what Rasa said."""


def fingerprint(root: Path = ROOT, inputs: Sequence[str] = INPUTS, without: Sequence[str] = ()) -> str:
    """A hash over the contents of everything a model is made from."""
    digest = hashlib.sha256()
    left_out = [root / name for name in without]
    for name in inputs:
        top = root / name
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if any(path == other or other in path.parents for other in left_out):
                continue
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(root)).encode())
                digest.update(path.read_bytes())
    if "domain.yml" in inputs:
        digest.update(repr(sorted(lender_values().items())).encode())
    return digest.hexdigest()[:16]


def _fingerprint_of_understanding() -> str:
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    written = fingerprint(inputs=NLU_INPUTS, without=NOT_NLU) + yaml.safe_dump(pipeline)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def model_path(settings: Settings) -> Path:
    """Where the model of the present inputs is, or will be."""
    return settings.state_dir / "models" / f"huanban-{fingerprint()}.tar.gz"


def ensure_model(settings: Settings, say: Callable[[str], None] = print) -> Path:
    """The model of the present inputs, trained first if there is none.

    Raises:
        TrainingFailed: with what is wrong in the data or the configuration.
    """
    path = model_path(settings)
    if path.exists():
        return path
    with _alone(path.parent):
        if not path.exists():  # another process may have made it meanwhile
            say("Training the model (once, some minutes) …")
            train(settings, path)
            say("✓ model trained")
    return path


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One training at a time in a state folder: two would fill, and clear away, the same cache."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "training.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def train(settings: Settings, path: Path) -> None:
    """Trains a model into `path` in a process of its own, since Rasa's training keeps hold of its memory.

    Raises:
        TrainingFailed: with what is wrong in the data or the configuration.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    settings.logs_dir.mkdir(parents=True, exist_ok=True)
    log = settings.logs_dir / "training.log"
    draft = path.with_name(f"draft-{os.getpid()}")
    cache = path.parent / f"cache-{_fingerprint_of_understanding()}"
    began = time.monotonic()
    with log.open("wb") as out:
        ended = subprocess.run(
            [sys.executable, "-m", "bot.training", str(draft), "fill" if not cache.exists() else "use"],
            cwd=ROOT,
            env={**os.environ, **settings.environment(), "RASA_CACHE_DIRECTORY": str(cache)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    _domain_of(draft).unlink(missing_ok=True)
    made = draft.with_name(draft.name + ".tar.gz")
    if ended.returncode or not made.exists():
        if not (cache / "seconds").exists():
            shutil.rmtree(cache, ignore_errors=True)  # half filled
        raise TrainingFailed(_what_rasa_says(log.read_text(errors="replace")))
    made.replace(path)
    # How long the whole of it took belongs to the figures of `./huanban evaluate`.
    if not (cache / "seconds").exists():
        (cache / "seconds").write_text(f"{time.monotonic() - began:.0f}")
    path.with_suffix(".seconds").write_text((cache / "seconds").read_text())
    for old in path.parent.glob("cache-*"):
        if old != cache:
            shutil.rmtree(old, ignore_errors=True)
    for old in path.parent.glob("huanban-*"):
        if not old.name.startswith(path.name.removesuffix(".tar.gz")):
            old.unlink()


def _domain_of(draft: Path) -> Path:
    """Where the whole domain lies while a draft is trained."""
    return draft.with_name(f"{draft.name}-domain.yml")


def _what_rasa_says(log: str) -> str:
    """The end of the log without the stack of calls, which tells a lender's editor nothing."""
    lines = [line for line in log.strip().splitlines() if not line.startswith("  ") and "Traceback" not in line]
    return "\n".join(line[:500] for line in lines[-6:])


def _train_here(output: Path, *, from_scratch: bool) -> None:
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    # Hundreds of thousands of messages and features stay until the end; looking through them for garbage again and again only
    # costs time, and the process ends with the training.
    gc.disable()
    from rasa.model_training import train as rasa_train

    # One file: what the lender says of its people is in it, and nowhere else.
    domain = _domain_of(output)
    domain.write_text(yaml.safe_dump(read_domain(), allow_unicode=True, sort_keys=False), encoding="utf-8")
    result = rasa_train(
        domain=str(domain),
        config=str(ROOT / "config.yml"),
        training_files=[str(ROOT / "data" / "nlu"), str(ROOT / "data" / "rules")],
        output=str(output.parent),
        fixed_model_name=output.name,
        force_training=from_scratch,
    )
    raise SystemExit(result.code)


if __name__ == "__main__":
    _train_here(Path(sys.argv[1]), from_scratch=sys.argv[2] == "fill")
