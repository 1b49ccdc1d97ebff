"""Trains the stock bots of the bench, in a process of its own: `python -m bot.bench.answers.training …`.

The reference has our sentences, rules and domain. TED learns from stories and from nothing else, and we have none, since our
policy reads rules alone: each rule is made a story as well, and where a rule begins a form, one more with the form's end. Rasa
then glues stories together (its augmentation), as it would for anybody.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot import config
from bot.config import ROOT
from bot.training import TrainingFailed, fingerprint

HERE = Path(__file__).resolve().parent
REFERENCE, FLOOR = HERE / "reference", HERE / "floor"
DIET, TED = "DIETClassifier", "TEDPolicy"
_MARK = "[bench] "
# tqdm: "Epochs: 100%|███| 2/2 [03:40<00:00, 110.31s/it, t_loss=…]"
_EPOCHS = re.compile(r"Epochs: 100%\|[^|]*\|\s*(\d+)/\1 \[((?:\d+:)?\d+:\d+)<")


@dataclass(frozen=True)
class Trained:
    """A stock bot's model and what its training took.

    Attributes:
        seconds: as it was trained.
        epochs: of each network, as trained.
        seconds_of_an_epoch: of each network.
        full_seconds: with the epochs that its `config.yml` names; the same as `seconds` where nothing was left out.
    """

    model: Path
    seconds: float
    epochs: Mapping[str, int]
    seconds_of_an_epoch: Mapping[str, float]
    full_seconds: float


def with_epochs(recipe: Mapping[str, Any], epochs: Mapping[str, int]) -> dict[str, Any]:
    """The recipe with other numbers of epochs; everything else as it is."""
    changed: dict[str, Any] = json.loads(json.dumps(recipe))
    for part in [*changed["pipeline"], *changed["policies"]]:
        if part["name"] in epochs:
            part["epochs"] = epochs[part["name"]]
    return changed


def epochs_of(recipe: Mapping[str, Any]) -> dict[str, int]:
    """How many epochs each network of a recipe is trained."""
    return {part["name"]: part["epochs"] for part in [*recipe["pipeline"], *recipe["policies"]] if "epochs" in part}


def full_seconds(seconds: float, epochs: Mapping[str, int], each: Mapping[str, float], wanted: Mapping[str, int]) -> float:
    """What training takes with the wanted epochs, computed from one with fewer.

    >>> full_seconds(100.0, {"DIETClassifier": 1}, {"DIETClassifier": 60.0}, {"DIETClassifier": 100})
    6040.0
    """
    return seconds + sum((wanted[name] - epochs[name]) * each[name] for name in wanted)


def seconds_of_epochs(log: str) -> dict[str, float]:
    r"""How long an epoch of each network took: from Rasa's bars of progress, each after the line that names the network.

    >>> seconds_of_epochs("[bench] TEDPolicy\nEpochs: 100%|██| 2/2 [01:10<00:00, 35.1s/it, t_loss=4]\n")
    {'TEDPolicy': 35.0}
    """
    _, *parts = re.split(rf"{re.escape(_MARK)}(\w+)", log)
    found = {}
    for name, printed in zip(parts[::2], parts[1::2], strict=True):
        if bars := _EPOCHS.findall(printed):
            epochs, clock = bars[-1]
            seconds = 0
            for part in clock.split(":"):
                seconds = seconds * 60 + int(part)
            found[name] = seconds / int(epochs)
    return found


def stories_of(rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each rule that begins with an intent as a story; one that begins a form also with each of the form's ends."""
    ends: dict[str, list[Mapping[str, Any]]] = {}
    for rule in rules:
        if "intent" not in rule["steps"][0]:
            form = next(step["action"] for step in rule["steps"] if "action" in step)
            ends.setdefault(form, []).append(rule)
    stories = []
    for rule in rules:
        if "intent" not in rule["steps"][0]:
            continue
        steps = [*(row for row in rule.get("condition", []) if "slot_was_set" in row), *rule["steps"]]
        stories.append({"story": rule["rule"], "steps": steps})
        form = steps[-1].get("active_loop")
        for end in ends.get(form, []):
            rest = [step for step in end["steps"] if step.get("action") != form]
            stories.append({"story": f"{rule['rule']}, {end['rule']}", "steps": [*steps, *rest]})
    return stories


def our_rules(root: Path = ROOT) -> list[dict[str, Any]]:
    """The rules of `data/rules/`, of all files."""
    return [
        rule
        for path in sorted((root / "data/rules").glob("*.yml"))
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
    ]


def train_reference(settings: config.Settings, epochs: Mapping[str, int]) -> Trained:
    """The reference's model, from the cache or trained now.

    Raises:
        TrainingFailed: with what Rasa said.
    """
    from bot.domain import read_domain

    recipe = yaml.safe_load((REFERENCE / "config.yml").read_text(encoding="utf-8"))
    wanted = epochs_of(recipe)
    domain = read_domain()
    # Other words make no other speed, and the training takes minutes: a changed response is none to train anew for.
    shape = json.dumps({name: part for name, part in domain.items() if name != "responses"}, sort_keys=True, default=str)
    made_from = hashlib.sha256((fingerprint(inputs=("data/nlu", "data/rules")) + shape).encode()).hexdigest()
    return _trained(
        settings,
        f"reference-{'-'.join(str(epochs[name]) for name in wanted)}",
        made_from,
        with_epochs(recipe, epochs),
        wanted,
        domain=domain,
        stories=stories_of(our_rules()),
        data=[ROOT / "data/nlu", ROOT / "data/rules"],
    )


def train_floor(settings: config.Settings) -> Trained:
    """The floor's model, likewise.

    Raises:
        TrainingFailed: with what Rasa said.
    """
    read = {name: yaml.safe_load((FLOOR / f"{name}.yml").read_text(encoding="utf-8")) for name in ("config", "domain", "data")}
    made_from = hashlib.sha256(json.dumps(read).encode()).hexdigest()[:16]
    return _trained(
        settings, "floor", made_from, read["config"], {}, domain=read["domain"], stories=[], data=[FLOOR / "data.yml"]
    )


def _trained(
    settings: config.Settings,
    name: str,
    made_from: str,
    recipe: Mapping[str, Any],
    wanted: Mapping[str, int],
    *,
    domain: Mapping[str, Any],
    stories: Sequence[Mapping[str, Any]],
    data: Sequence[Path],
) -> Trained:
    written = hashlib.sha256((made_from + json.dumps(recipe) + json.dumps(stories)).encode()).hexdigest()[:16]
    model = settings.state_dir / "bench" / f"{name}-{written}.tar.gz"
    noted = model.with_name(f"{name}-{written}.json")
    if not (model.exists() and noted.exists()):
        print(f"Training the bench's {name} (Rasa's own components) …", file=sys.stderr)
        seconds, log = _train(settings, model, recipe, domain, stories, data)
        noted.write_text(json.dumps({"seconds": seconds, "seconds_of_an_epoch": seconds_of_epochs(log)}))
    took = json.loads(noted.read_text())
    epochs, each = epochs_of(recipe), took["seconds_of_an_epoch"]
    return Trained(model, took["seconds"], epochs, each, full_seconds(took["seconds"], epochs, each, wanted))


def _train(
    settings: config.Settings,
    model: Path,
    recipe: Mapping[str, Any],
    domain: Mapping[str, Any],
    stories: Sequence[Mapping[str, Any]],
    data: Sequence[Path],
) -> tuple[float, str]:
    name = model.name.removesuffix(".tar.gz")
    folder = model.with_name(f"{name}-made-from")
    folder.mkdir(parents=True, exist_ok=True)
    files = {"config": recipe, "domain": domain, "stories": {"version": "3.1", "stories": list(stories)}}
    for part, content in files.items():
        (folder / f"{part}.yml").write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    settings.logs_dir.mkdir(parents=True, exist_ok=True)
    log = settings.logs_dir / f"bench-{name}.log"
    given = [str(path) for path in [*data, *([folder / "stories.yml"] if stories else [])]]
    began = time.monotonic()
    with log.open("wb") as out:
        ended = subprocess.run(
            [sys.executable, "-m", "bot.bench.answers.training", str(model.parent), name, str(folder), *given],
            cwd=ROOT,
            env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", "RASA_CACHE_DIRECTORY": str(folder / "cache")},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    said = log.read_text(encoding="utf-8", errors="replace")
    if ended.returncode or not model.exists():
        raise TrainingFailed(said[-1500:])
    return time.monotonic() - began, said


def _train_here(output: str, name: str, folder: Path, data: list[str]) -> None:
    from rasa.core.policies.ted_policy import TEDPolicy
    from rasa.model_training import train
    from rasa.nlu.classifiers.diet_classifier import DIETClassifier

    for network in (DIETClassifier, TEDPolicy):  # Rasa trains them in an order of its own, and its bars are nameless
        network.train = _named(network.__name__, network.train)
    result = train(
        domain=str(folder / "domain.yml"),
        config=str(folder / "config.yml"),
        training_files=data,
        output=output,
        fixed_model_name=name,
        force_training=True,
    )
    raise SystemExit(result.code)


def _named(name: str, train: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(train)
    def say_and_train(*arguments: Any, **options: Any) -> Any:
        print(f"\n{_MARK}{name}", flush=True)
        return train(*arguments, **options)

    return say_and_train


if __name__ == "__main__":
    _train_here(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4:])
