"""`./huanban evaluate`: how well the bot understands, on sentences it has never seen."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from bot import config
from bot.training import TrainingFailed, ensure_model, fingerprint


def main(arguments: list[str]) -> int:
    """Prints every figure with its interval; with `--compare`, beside those of what a Rasa user would run today."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    from bot.evaluation import sets

    parser = argparse.ArgumentParser(prog="./huanban evaluate", description="How well the bot understands.")
    parser.add_argument(
        "--data", type=Path, default=sets.SETS / "own_dev.tsv", help="labelled: utterance, intent, also_acceptable"
    )
    parser.add_argument(
        "--out-of-scope", type=Path, default=sets.SETS / "out_of_scope.tsv", help="sentences that are not its business"
    )
    parser.add_argument("--json", type=Path, help="write the figures into a file")
    parser.add_argument("--report", type=Path, help="write a page with the confusions as a picture and the worst examples")
    parser.add_argument("--compare", action="store_true", help="measure the baseline beside it; its training takes hours")
    parser.add_argument("--baseline-epochs", type=int, default=100, help="fewer, to see within minutes where it is heading")
    options = parser.parse_args(arguments)
    for path in (options.data, options.out_of_scope):
        if not path.exists():
            print(
                f"✗ There is no file {path}.\n  → Name a TSV with the columns utterance, intent, also_acceptable.",
                file=sys.stderr,
            )
            return 1
    settings = config.load()
    # One core, as a borrower's message has it.
    os.environ.update(OMP_NUM_THREADS="1", TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1")
    if hasattr(os, "sched_setaffinity"):
        every_core = os.sched_getaffinity(0)
    models = {}
    try:
        models["huanban"] = ensure_model(settings)
        if options.compare:
            models["baseline"] = _baseline(settings, options.baseline_epochs)
    except TrainingFailed as error:
        print(f"✗ A model could not be trained.\n  → Mend what Rasa says and run the command again:\n\n{error}", file=sys.stderr)
        return 1
    from bot.evaluation.evaluation import evaluate, table
    from bot.evaluation.model import UnderstandingModel
    from bot.evaluation.report import html

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(every_core)})
    evaluations = {}
    for name, path in models.items():
        print(f"Measuring {name} …", file=sys.stderr)
        evaluations[name] = evaluate(UnderstandingModel(path), options.data, options.out_of_scope)
        evaluations[name].numbers["seconds of training"] = _training_seconds(path)
    print(f"\nOn {options.data.name} and {options.out_of_scope.name}; shares with 95 % intervals.\n")
    print(table(evaluations))
    if options.json:
        options.json.write_text(json.dumps({n: e.as_json() for n, e in evaluations.items()}, ensure_ascii=False, indent=2) + "\n")
    if options.report:
        options.report.write_text(html(evaluations, options.data.name), encoding="utf-8")
    return 0


def _baseline(settings: config.Settings, epochs: int) -> Path:
    """The baseline's model, trained on the same sentences when it is missing or they have changed."""
    made_from = fingerprint(inputs=("data/nlu", "bot/evaluation/baseline.yml"))
    path = settings.state_dir / "models" / f"baseline-{epochs}-{made_from}.tar.gz"
    if path.exists():
        return path
    print(f"Training the baseline (DIET, {epochs} epochs) …", file=sys.stderr)
    recipe = settings.state_dir / f"baseline-{epochs}.yml"
    written = (config.ROOT / "bot/evaluation/baseline.yml").read_text(encoding="utf-8")
    recipe.write_text(written.replace("epochs: 100", f"epochs: {epochs}"), encoding="utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    log = settings.logs_dir / "baseline.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    code = (
        "from rasa.model_training import train_nlu\nimport sys\n"
        "train_nlu(config=sys.argv[3], nlu_data='data/nlu', output=sys.argv[1], fixed_model_name=sys.argv[2])"
    )
    began = time.monotonic()
    with log.open("wb") as out:
        ended = subprocess.run(
            [sys.executable, "-c", code, str(path.parent), path.name.removesuffix(".tar.gz"), str(recipe)],
            cwd=config.ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if ended.returncode or not path.exists():
        raise TrainingFailed(log.read_text(errors="replace")[-1500:])
    path.with_suffix(".seconds").write_text(f"{time.monotonic() - began:.0f}")
    return path


def _training_seconds(model: Path) -> float:
    noted = model.with_suffix(".seconds")
    return float(noted.read_text()) if noted.exists() else float("nan")
