"""What `./huanban bench` says of its figures, and that the bots it compares with are what issue 7 names."""

from __future__ import annotations

import pytest
import yaml

from bot.bench.answers.figures import BARS, NAMES, Bar, percentile, table, verdicts
from bot.bench.answers.training import (
    DIET,
    FLOOR,
    REFERENCE,
    TED,
    epochs_of,
    full_seconds,
    our_rules,
    seconds_of_epochs,
    stories_of,
    with_epochs,
)
from bot.commands import bench

FIGURES = {
    "ours": {"p50_ms": 30.0, "p95_ms": 40.0, "a_second": 50.0, "growth_200": 1.0, "growth_1000": 1.1}
    | {"memory_mib": 900.0, "start_seconds": 20.0, "training_seconds": 140.0},
    "reference": {"p50_ms": 80.0, "p95_ms": 100.0, "a_second": 16.0, "growth_200": 9.0}
    | {"memory_mib": 1500.0, "start_seconds": 30.0, "training_seconds": 9000.0},
    "floor": {"p50_ms": 28.0, "p95_ms": 30.0, "a_second": 40.0, "growth_200": 2.0}
    | {"memory_mib": 570.0, "start_seconds": 11.0, "training_seconds": 12.0},
}


def recipe_of(folder: object) -> dict[str, object]:
    return dict(yaml.safe_load((folder / "config.yml").read_text(encoding="utf-8")))  # type: ignore[operator]


def test_the_reference_is_the_one_that_the_issue_names() -> None:
    recipe = recipe_of(REFERENCE)
    names = [part["name"] for part in recipe["pipeline"]]  # type: ignore[attr-defined]
    assert names == ["JiebaTokenizer", "CountVectorsFeaturizer", "CountVectorsFeaturizer", DIET, "FallbackClassifier"]
    assert [part["name"] for part in recipe["policies"]] == ["MemoizationPolicy", "RulePolicy", TED]  # type: ignore[attr-defined]
    assert epochs_of(recipe) == {DIET: 100, TED: 40}


def test_the_floor_has_two_intents_and_one_action_of_its_own() -> None:
    domain = yaml.safe_load((FLOOR / "domain.yml").read_text(encoding="utf-8"))
    assert len(domain["intents"]) == 2
    assert domain["actions"] == ["action_tell_balance"]


@pytest.mark.parametrize("folder", [REFERENCE, FLOOR])
def test_stock_bots_are_stock(folder: object) -> None:
    recipe = recipe_of(folder)
    parts = [*recipe["pipeline"], *recipe["policies"]]  # type: ignore[misc]
    assert not [part["name"] for part in parts if "." in part["name"]], "a component of Rasa's has no module before its name"
    assert set(yaml.safe_load((folder / "credentials.yml").read_text(encoding="utf-8"))) == {"rest"}  # type: ignore[operator]


def test_fewer_epochs_change_nothing_else() -> None:
    recipe = recipe_of(REFERENCE)
    fewer = with_epochs(recipe, {DIET: 1, TED: 2})
    assert epochs_of(fewer) == {DIET: 1, TED: 2}
    assert with_epochs(fewer, epochs_of(recipe)) == recipe


def test_training_is_computed_for_the_epochs_that_were_left_out() -> None:
    each = {DIET: 100.0, TED: 10.0}
    assert full_seconds(150.0, {DIET: 1, TED: 1}, each, {DIET: 100, TED: 40}) == 150 + 99 * 100 + 39 * 10


def test_each_network_has_its_own_bar_in_the_log() -> None:
    bar = "\rEpochs:  50%|█    | 1/2 [00:09<00:09, 9.3s/it]\rEpochs: 100%|██| 2/2 [{}<00:00, 9.3s/it, t_loss=4.6]"
    log = f"x\n[bench] {TED}\n{bar.format('00:20')}\n[bench] {DIET}\n{bar.format('1:02:00')}\n"
    assert seconds_of_epochs(log) == {TED: 10.0, DIET: 1860.0}


def test_each_rule_that_answers_is_a_story_and_forms_are_told_to_their_end() -> None:
    rules = our_rules()
    stories = {story["story"]: story["steps"] for story in stories_of(rules)}
    assert {rule["rule"] for rule in rules if "intent" in rule["steps"][0]} <= set(stories)
    ends = [steps for steps in stories.values() if {"action": "action_file_due_date_change"} in steps]
    assert ends and ends[0][0] == {"intent": "change_due_date"}


@pytest.mark.parametrize(
    ("ours", "holds"),
    [(40.0, True), (40.1, False)],
)
def test_a_bar_is_passed_up_to_its_bound(ours: float, holds: bool) -> None:
    figures = {"ours": {"p50_ms": ours}, "reference": {"p50_ms": 80.0}}
    assert Bar("p50_ms", "reference", 0.5).holds(figures) is holds


def test_a_rate_has_to_reach_its_bound() -> None:
    bar = Bar("a_second", "reference", 3.0, at_least=True)
    assert bar.holds({"ours": {"a_second": 48.0}, "reference": {"a_second": 16.0}})
    assert not bar.holds({"ours": {"a_second": 47.9}, "reference": {"a_second": 16.0}})


def test_the_table_shows_each_bar_with_its_verdict() -> None:
    shown = table(FIGURES)
    assert "| ✓ ≤ 0.5 × reference; ✓ ≤ 1.5 × floor |" in shown
    assert "✓ ≥ 3 × reference" in shown
    slower = {**FIGURES, "ours": {**FIGURES["ours"], "p50_ms": 41.0}}
    assert "✗ ≤ 0.5 × reference; ✓ ≤ 1.5 × floor" in table(slower)


def test_the_report_has_a_verdict_for_each_bar() -> None:
    found = verdicts(FIGURES)
    assert [row["figure"] for row in found] == [bar.figure for bar in BARS]
    assert all(row["holds"] for row in found)
    assert all(bar.against in (None, *NAMES) for bar in BARS)


def test_the_percentile_is_a_value_that_was_seen() -> None:
    assert percentile([float(n) for n in range(1, 101)], 0.95) == 95.0
    assert percentile([7.0], 0.95) == 7.0


def test_bench_without_a_name_is_that_of_the_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    import bot.bench.answers

    given: list[list[str]] = []
    monkeypatch.setattr(bot.bench.answers, "main", lambda arguments: given.append(arguments) or 0)
    assert bench.main([]) == 0
    assert bench.main(["--epochs", "2"]) == 0
    assert bench.main(["answers", "--rounds", "1"]) == 0
    assert given == [[], ["--epochs", "2"], ["--rounds", "1"]]
