"""What is deployed names nothing that is not there, runs as nobody special, and carries no secret and no registry's address."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from bot import config
from bot.backend.settings import SETTINGS as BACKEND_SETTINGS
from bot.bench.scale import Assumed
from bot.config import ROOT
from bot.observability import metrics

DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm/huanban"
FILES = [path for path in DEPLOY.rglob("*") if path.is_file()]
KNOWN = {setting.name for setting in (*config.SETTINGS, *BACKEND_SETTINGS)} | {"HUANBAN_IMAGE", "HUANBAN_PUBLIC_PORT"}
SECRETS = {setting.name for setting in config.SETTINGS if setting.secret}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_setting_is_one_that_the_code_knows(path: Path) -> None:
    for name in re.findall(r"HUANBAN_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8")):
        assert name in KNOWN, name


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_no_registry_and_no_secret_stands_in_a_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(docker\.io|ghcr\.io|quay\.io|gcr\.io|index-url|registry\.)", text)
    for name in SECRETS:
        assert not re.search(rf"{name}[\"']?\s*[:=]\s*[\"']?[A-Za-z0-9]{{8,}}", text), name


def test_every_metric_of_the_dashboard_is_one_that_a_process_has() -> None:
    known = {sample.name for family in REGISTRY.collect() for sample in family.samples}
    known |= {f"{name}{suffix}" for name in _declared() for suffix in ("", "_total", "_bucket", "_count", "_sum")}
    board = json.loads((DEPLOY / "grafana/huanban.json").read_text(encoding="utf-8"))
    asked = {n for p in board["panels"] for t in p["targets"] for n in re.findall(r"\b(?:huanban|process)_[a-z_]+", t["expr"])}
    assert asked - known == set()
    drawn = {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in asked}
    assert {name for name in _declared() if name not in drawn} == set(), "a metric that nobody sees"


def _declared() -> set[str]:
    return {metric._name for metric in vars(metrics).values() if hasattr(metric, "_name") and hasattr(metric, "_documentation")}


def test_the_dashboard_asks_for_labels_that_the_metrics_have() -> None:
    labels = {
        name: set(m._labelnames) | {"le", "instance", "job"} for m in vars(metrics).values() if (name := getattr(m, "_name", ""))
    }
    board = json.loads((DEPLOY / "grafana/huanban.json").read_text(encoding="utf-8"))
    for panel in board["panels"]:
        for target in panel["targets"]:
            names = {re.sub(r"_(total|bucket|count|sum)$", "", n) for n in re.findall(r"\bhuanban_[a-z_]+", target["expr"])}
            allowed = set().union(*(labels[name] for name in names)) if names else {"instance", "job"}
            for group in re.findall(r"by \(([^)]*)\)", target["expr"]):
                assert {label.strip() for label in group.split(",")} <= allowed, panel["title"]
            assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= allowed, panel["title"]


# The image.


def dockerfile() -> list[str]:
    joined = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


def test_the_image_is_built_from_the_lock_with_its_hashes_and_runs_as_nobody_special() -> None:
    lines = dockerfile()
    installs = [line for line in lines if "pip install" in line]
    assert installs and all("--require-hashes" in line and "requirements-image.lock" in line for line in installs)
    last = lines[max(index for index, line in enumerate(lines) if line.startswith("FROM")) :]
    assert "USER 10001:10001" in last and not any("pip install" in line for line in last)


def pins(name: str) -> dict[str, set[str]]:
    """The hashes of each package that a lock pins."""
    return pins_of((ROOT / name).read_text(encoding="utf-8"))


def pins_of(text: str) -> dict[str, set[str]]:
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    found = {entry.split()[0]: set(re.findall(r"sha256:\w+", entry)) for entry in entries if "==" in entry}
    assert all(found.values())
    return found


# Released as one wheel and no source; what else has one hash in the lock was released as source alone.
ONLY_A_WHEEL = {"flatbuffers", "keras", "tensorboard", "tensorflow-estimator", "tensorflow-hub"}


def test_what_was_released_as_source_alone_is_built_from_it_and_nothing_else_is() -> None:
    # A lock does not say which kind of file a hash is of. Whoever has no wheel has one file, so a new package with one hash is
    # looked up by hand, and added here or in the Dockerfile.
    alone = {pin.split("==")[0] for pin, hashes in pins("requirements-image.lock").items() if len(hashes) == 1}
    install = next(line for line in dockerfile() if "pip install" in line)
    built = re.findall(r"--no-binary (\S+)", install)
    assert [set(names.split(",")) for names in built] == [alone - ONLY_A_WHEEL]
    assert alone >= ONLY_A_WHEEL, "no longer so in the lock"
    # pip takes the last word on a package.
    assert install.rindex("--only-binary :all:") < install.index("--no-binary")


def test_what_is_built_is_built_by_tools_of_the_lock() -> None:
    install = next(line for line in dockerfile() if "pip install" in line)
    steps = install.removeprefix("RUN ").split("&&")
    assert ["--no-build-isolation" in step for step in steps] == ["--no-binary" in step for step in steps] == [False, False, True]
    picked = subprocess.run(["sh", "-c", steps[0].split(">")[0]], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    lock = pins("requirements-image.lock").items()
    tools = {pin: hashes for pin, hashes in lock if pin.split("==")[0] in ("setuptools", "wheel")}
    assert len(tools) == 2 and pins_of(picked) == tools


def test_no_image_is_built_with_the_demos_words_unless_it_was_asked_for() -> None:
    lines = dockerfile()
    assert "ARG LENDER_FILE" in lines, "a default would be spoken by every lender's bot"
    check, train = (next(n for n, line in enumerate(lines) if part in line) for part in ('test -f "$LENDER_FILE"', "bot train"))
    assert lines.index("ARG LENDER_FILE") < check < lines.index("ENV HUANBAN_LENDER_FILE=$LENDER_FILE") < train
    last = lines[max(index for index, line in enumerate(lines) if line.startswith("FROM")) :]
    assert not any("LENDER_FILE" in line for line in last), "where it is, the deployment says"


def test_the_image_has_what_was_tested_and_no_tool_of_the_tests() -> None:
    tested, image = pins("requirements.lock"), pins("requirements-image.lock")
    assert {name: tested[name] for name in image} == image
    left_out = {name.split("==")[0] for name in tested.keys() - image.keys()}
    assert {"pytest", "playwright", "mypy", "ruff", "hypothesis", "schemathesis"} <= left_out and "rasa==3.6.21" in image


def test_what_the_image_copies_is_there_and_what_it_runs_can_be_imported() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for line in dockerfile():
        if line.startswith("COPY") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
                assert source not in ignored
    for module in re.findall(r"-m,? ?\"?,? ?\"?(bot[a-z_.]*)", " ".join(dockerfile())):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


# Compose.


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
    return read


def test_in_compose_only_nginx_has_a_port_outside_and_secrets_come_from_outside() -> None:
    services = compose()["services"]
    assert {name for name, service in services.items() if service.get("ports")} == {"nginx"}
    assert {name for name, service in services.items() if "outside" in service.get("networks", [])} == {"nginx"}
    assert compose()["networks"]["inside"]["internal"] is True
    for name in ("rasa", "actions", "backend", "migrations"):
        environment = services[name]["environment"]
        for setting, value in environment.items():
            if setting in SECRETS:
                assert value == f"${{{setting}:?}}", f"{name}: {setting}"
        assert services[name]["read_only"] and services[name]["cap_drop"] == ["ALL"]


def test_in_compose_every_volume_network_and_dependency_is_declared() -> None:
    whole = compose()
    for name, service in whole["services"].items():
        assert set(service.get("networks", [])) <= set(whole["networks"]), name
        assert set(service.get("depends_on", {})) <= set(whole["services"]), name
        for volume in service.get("volumes", []):
            if isinstance(volume, str):
                source = volume.split(":")[0]
                assert source in whole["volumes"] or (DEPLOY / source).exists(), source


def with_settings(value: str, **settings: str) -> str:
    """What Compose makes of a value; an error where it would refuse to start."""

    def put(found: re.Match[str]) -> str:
        name, default, message = found.groups()
        if not settings.get(name) and default is None:
            raise LookupError(message)
        return settings.get(name) or default

    return re.sub(r"\$\{(\w+)(?::-([^}]*)|:\?([^}]*))\}", put, value)


def test_compose_starts_nothing_without_the_address_that_borrowers_reach_the_bot_at() -> None:
    value = compose()["services"]["backend"]["environment"]["HUANBAN_BOT_URL"]
    with pytest.raises(LookupError, match="where borrowers reach the bot"):
        with_settings(value)
    assert with_settings(value, HUANBAN_BOT_URL="https://chat.example.com") == "https://chat.example.com"


@pytest.mark.parametrize("name", ["rasa", "backend"])
def test_in_compose_the_lender_file_is_the_lenders_own_and_the_demos_only_when_asked_for(name: str) -> None:
    service = compose()["services"][name]
    (mount,) = service["volumes"]
    assert service["environment"]["HUANBAN_LENDER_FILE"] == mount["target"]
    assert mount["read_only"] and mount["bind"]["create_host_path"] is False
    for value in (mount["source"], service["build"]["args"]["LENDER_FILE"]):
        with pytest.raises(LookupError, match="your lender file, or data/demo/lender.yml for a demo"):
            with_settings(value)
    # Both mean one file: Compose looks from deploy/, the image's builder from the folder of the repository.
    source, argument = (
        with_settings(value, HUANBAN_LENDER_FILE="data/demo/lender.yml")
        for value in (mount["source"], service["build"]["args"]["LENDER_FILE"])
    )
    assert (DEPLOY / source).resolve() == (ROOT / service["build"]["context"].removeprefix("..") / argument).resolve()
    assert (DEPLOY / source).exists()


def test_the_first_start_says_what_has_to_be_given() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    steps = page[page.index("## First start") : page.index("## Health")]
    text = (DEPLOY / "compose.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{(\w+):\?", text))
    # Those that the steps make by a loop are told without their beginning.
    told = {name for name in asked if name in steps or name.removeprefix("HUANBAN_") in steps}
    assert asked - told == set()
    for part in ("--build-arg LENDER_FILE=", "ingress.host", "huanban-lender", "rasa.autoscaling.byQueue=false"):
        assert part in steps, part


def test_conversations_are_kept_as_long_as_the_page_about_scale_counts_them() -> None:
    (setting,) = (setting for setting in config.SETTINGS if setting.name == "HUANBAN_CONVERSATION_DAYS")
    assert with_settings(compose()["services"]["rasa"]["environment"][setting.name]) == setting.default
    assert round(Assumed().months_kept * 365 / 12) == int(setting.default)


def test_nginx_names_the_services_that_compose_has_and_hides_what_is_inside() -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    upstreams = dict(re.findall(r"server (\w+):(\d+) max_fails", text))
    assert upstreams == {"rasa": "5005", "actions": "5055", "backend": "8001"}
    assert set(upstreams) <= set(compose()["services"])
    public = text[text.index("listen 8080") : text.index("listen 8081")]
    assert "/metrics" not in re.sub(r"#.*", "", public) and "location / { return 404; }" in public
    assert "non_idempotent" not in text


def test_a_rasa_server_that_came_back_is_given_lines_at_once() -> None:
    # nginx resets a count of failures when a call that was let through ends; a web socket ends with the talk.
    assert "server rasa:5005 max_fails=0;" in (DEPLOY / "nginx.conf").read_text(encoding="utf-8")


# The chart.


def test_no_value_of_the_chart_is_without_use_and_none_is_used_that_is_not_there() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    templates = "\n".join(path.read_text(encoding="utf-8") for path in (CHART / "templates").iterdir())
    used = set(re.findall(r"\.Values\.([A-Za-z.]+)", templates))

    def paths(value: Any, at: str = "") -> set[str]:
        found = {at} if at else set()
        if isinstance(value, dict):
            for key, inner in value.items():
                found |= paths(inner, f"{at}.{key}" if at else key)
        return found

    there = paths(values)
    assert used - there == set()
    covered = {path for path in there if any(path == u or path.startswith(u + ".") or u.startswith(path + ".") for u in used)}
    assert there - covered - {"migrations", "actions.autoscaling", "rasa.autoscaling"} == set()


PLACE = re.compile(r"{{-? .*? -?}}")


def parsed(path: Path) -> list[dict[str, Any]]:
    """The objects of a template whose control lines are left out and whose values are replaced by a word; nothing is rendered."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if re.fullmatch(r"\s*{{-? .*}}\s*", line):
            continue
        lines.append(PLACE.sub("placeholder", re.sub(r"{{ (\.Values\.[\w.]+|\.) \| quote }}", '"placeholder"', line)))
    return [found for found in yaml.safe_load_all("\n".join(lines)) if found]


TEMPLATES = sorted((CHART / "templates").glob("*.yaml"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_template_is_yaml_and_names_its_kind(path: Path) -> None:
    found = parsed(path)
    assert found
    for thing in found:
        assert thing["apiVersion"] and thing["kind"] and thing["metadata"]["name"].startswith("placeholder")


@pytest.mark.parametrize("kind", ["rasa", "actions", "backend"])
def test_each_process_has_probes_limits_a_budget_and_no_rights(kind: str) -> None:
    text = (CHART / f"templates/{kind}.yaml").read_text(encoding="utf-8")
    deployment, service, budget = parsed(CHART / f"templates/{kind}.yaml")
    assert [deployment["kind"], service["kind"], budget["kind"]] == ["Deployment", "Service", "PodDisruptionBudget"]
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert container["readinessProbe"]["httpGet"]["path"] == "/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health"
    assert container["ports"][0]["containerPort"] == service["spec"]["ports"][0]["port"]
    assert container["envFrom"] == [{"secretRef": {"name": "placeholder"}}]
    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert budget["spec"]["selector"]["matchLabels"] == deployment["spec"]["selector"]["matchLabels"]
    for part in ("huanban.podSecurity", "huanban.containerSecurity", f".Values.{kind}.resources"):
        assert part in text
    names = (CHART / "templates/_names.tpl").read_text(encoding="utf-8")
    assert "runAsNonRoot: true" in names and "readOnlyRootFilesystem: true" in names and "drop: [ALL]" in names
    module = container["command"][2]
    path = ROOT / module.replace(".", "/")
    assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_migrations_run_before_a_release_and_are_what_the_backend_offers() -> None:
    job = parsed(CHART / "templates/migrations.yaml")[0]
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert job["spec"]["template"]["spec"]["containers"][0]["command"] == ["python", "-m", "bot.backend", "--migrate"]
    assert "--migrate" in (ROOT / "bot/backend/__main__.py").read_text(encoding="utf-8")
