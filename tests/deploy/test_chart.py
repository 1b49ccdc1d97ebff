"""The chart as it is rendered: Kubernetes knows every field, objects find each other, and Helm itself makes the same of it."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.config import ROOT, SETTINGS
from bot.observability import metrics
from tests.support import chart

CHART = ROOT / "deploy/helm/huanban"
SCHEMA = json.loads((Path(__file__).parent / "kubernetes-1.30.json").read_text(encoding="utf-8"))
DEFAULTS = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
HOST = "chat.example.com"
VARIANTS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "own backend": {"backendUrl": "https://loans.example.com"},
    "everything on": {
        "ingress": {"enabled": True, "tlsSecret": "tls"},
        "serviceMonitor": {"enabled": True},
        "rasa": {"autoscaling": {"enabled": False}},
        "imagePullSecrets": [{"name": "pull"}],
    },
}
every_variant = pytest.mark.parametrize("values", VARIANTS.values(), ids=VARIANTS)


def given(values: dict[str, Any]) -> dict[str, Any]:
    """The values with the one that everybody has to give."""
    return {**values, "ingress": {"host": HOST, **values.get("ingress", {})}}


def rendered(values: dict[str, Any]) -> list[dict[str, Any]]:
    return chart.rendered(CHART, given(values), "demo")


def kinds(things: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    """The objects of a kind by name."""
    return {thing["metadata"]["name"]: thing for thing in things if thing["kind"] == kind}


def trouble(thing: dict[str, Any]) -> list[str]:
    """What Kubernetes' own schema finds wrong with an object, unknown fields among it."""
    schema = {**SCHEMA["kinds"][f"{thing['apiVersion']} {thing['kind']}"], "definitions": SCHEMA["definitions"]}
    found = jsonschema.Draft7Validator(schema).iter_errors(thing)
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


@every_variant
def test_kubernetes_knows_every_field_of_what_is_rendered(values: dict[str, Any]) -> None:
    for thing in rendered(values):
        if thing["kind"] != "ServiceMonitor":  # of Prometheus' operator, not of Kubernetes
            assert trouble(thing) == [], thing["metadata"]["name"]


def test_the_schema_finds_a_slip() -> None:
    rasa = kinds(rendered({}), "Deployment")["demo-rasa"]
    container = rasa["spec"]["template"]["spec"]["containers"][0]
    container["resource"] = container.pop("resources")
    assert any("resource" in found for found in trouble(rasa))
    rasa["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] = "long"
    assert any("terminationGracePeriodSeconds" in found for found in trouble(rasa))


@every_variant
def test_no_two_objects_have_one_name_and_every_selector_finds_its_pods(values: dict[str, Any]) -> None:
    things = rendered(values)
    assert len({(thing["kind"], thing["metadata"]["name"]) for thing in things}) == len(things)
    pods = [thing["spec"]["template"]["metadata"]["labels"] for thing in things if thing["kind"] == "Deployment"]
    selectors = [thing["spec"]["selector"] for thing in things if thing["kind"] == "Service"]
    selectors += [
        thing["spec"]["selector"]["matchLabels"] for thing in things if "matchLabels" in thing["spec"].get("selector", {})
    ]
    for selector in selectors:
        assert any(selector.items() <= labels.items() for labels in pods), selector
    for budget in kinds(things, "PodDisruptionBudget").values():
        assert budget["spec"]["maxUnavailable"] == 1


@every_variant
def test_what_scales_and_what_leads_in_names_something_that_is_there(values: dict[str, Any]) -> None:
    things = rendered(values)
    for scaler in kinds(things, "HorizontalPodAutoscaler").values():
        assert scaler["spec"]["scaleTargetRef"]["name"] in kinds(things, "Deployment")
        assert "replicas" not in kinds(things, "Deployment")[scaler["spec"]["scaleTargetRef"]["name"]]["spec"]
    for ingress in kinds(things, "Ingress").values():
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                assert path["backend"]["service"]["name"] in kinds(things, "Service")
                assert path["path"] not in ("/", "/metrics", "/ready")
    for process in kinds(things, "Deployment").values():
        for variable in process["spec"]["template"]["spec"]["containers"][0]["env"]:
            for kind in ("actions", "backend"):
                if f"//demo-{kind}:" in variable["value"]:
                    assert f"demo-{kind}" in kinds(things, "Service")


def test_rasa_is_scaled_by_how_long_messages_wait() -> None:
    scaled = kinds(rendered({}), "HorizontalPodAutoscaler")["demo-rasa"]["spec"]
    by_pods = [row["pods"] for row in scaled["metrics"] if row["type"] == "Pods"]
    assert [row["metric"]["name"] for row in by_pods] == [metrics.queue_recent._name]
    assert scaled["minReplicas"] >= 2


def test_without_prometheus_adapter_the_processor_decides_alone_so_that_servers_are_taken_away_again() -> None:
    scaled = kinds(rendered({"rasa": {"autoscaling": {"byQueue": False}}}), "HorizontalPodAutoscaler")["demo-rasa"]["spec"]
    assert [row["type"] for row in scaled["metrics"]] == ["Resource"]
    assert scaled["metrics"][0]["resource"]["name"] == "cpu"


@every_variant
def test_every_process_knows_where_borrowers_reach_the_bot(values: dict[str, Any]) -> None:
    things = rendered({**values, "ingress": {**values.get("ingress", {}), "host": "chat.lender.example"}})
    for name, process in kinds(things, "Deployment").items():
        rows = process["spec"]["template"]["spec"]["containers"][0]["env"]
        assert len({row["name"] for row in rows}) == len(rows), name
        assert {row["name"]: row["value"] for row in rows}["HUANBAN_BOT_URL"] == "https://chat.lender.example", name
    for ingress in kinds(things, "Ingress").values():
        assert [rule["host"] for rule in ingress["spec"]["rules"]] == ["chat.lender.example"]


@every_variant
def test_the_lender_file_comes_from_the_lenders_secret_to_those_who_read_it_and_nobody_else(values: dict[str, Any]) -> None:
    for name, process in kinds(rendered({**values, "lenderFile": {"secret": "the-file"}}), "Deployment").items():
        pod = process["spec"]["template"]["spec"]
        container = pod["containers"][0]
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        path = {row["name"]: row["value"] for row in container["env"]}.get("HUANBAN_LENDER_FILE")
        # It may hold borrowers, so the action server, which has no use for it, does not get it.
        assert (path is not None) == ("lender" in volumes) == (name != "demo-actions"), name
        if path:
            assert volumes["lender"]["secret"] == {"secretName": "the-file"}
            mount = next(mount for mount in container["volumeMounts"] if mount["name"] == "lender")
            assert mount["readOnly"] and f"{mount['mountPath']}/lender.yml" == path


def test_helm_asks_for_the_hosts_name_and_has_no_other_objection() -> None:
    def objections(values: dict[str, Any]) -> list[str]:
        schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
        found = jsonschema.Draft7Validator(schema).iter_errors(values)
        return [".".join(map(str, error.absolute_path)) for error in found]

    def with_host(host: str) -> dict[str, Any]:
        return {**DEFAULTS, "ingress": {**DEFAULTS["ingress"], "host": host}}

    assert objections(DEFAULTS) == ["ingress.host"]
    assert objections(with_host("https://chat.example.com")) == ["ingress.host"]
    assert objections(with_host(HOST)) == []
    assert objections({**with_host(HOST), "lenderFile": {"secret": ""}}) == ["lenderFile.secret"]


@every_variant
def test_no_secret_is_a_value_and_every_process_takes_them_from_the_secret_of_that_name(values: dict[str, Any]) -> None:
    secrets = {setting.name for setting in SETTINGS if setting.secret}
    for thing in rendered({**values, "secret": {"existing": "the-lenders-own"}}):
        if thing["kind"] in ("Deployment", "Job"):
            container = thing["spec"]["template"]["spec"]["containers"][0]
            assert container["envFrom"] == [{"secretRef": {"name": "the-lenders-own"}}]
            assert not secrets & {variable["name"] for variable in container.get("env", [])}
        assert thing["kind"] != "Secret"


@pytest.mark.skipif(
    not (importlib.util.find_spec("helm_python") or shutil.which("helm")), reason="neither helm nor helm-python-sdk is here"
)
def test_helm_finds_nothing_wrong_and_makes_the_same_objects(tmp_path: Path) -> None:
    def named(things: Iterable[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
        return {(thing["kind"], thing["metadata"]["name"]): thing for thing in things if thing}

    for values in VARIANTS.values():
        assert named(yaml.safe_load_all(_by_helm(given(values), tmp_path))) == named(rendered(values))


def _by_helm(values: dict[str, Any], folder: Path) -> str:
    """What Helm's own code makes of the chart."""
    if importlib.util.find_spec("helm_python"):
        import helm_python

        assert helm_python.lint(str(CHART), values)["errors"] == []
        with helm_python.Chart.load(str(CHART)) as loaded:
            return "\n---\n".join(loaded.render(values, name="demo", namespace="lending").values())
    (folder / "values.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    assert subprocess.run(["helm", "lint", str(CHART), "-f", str(folder / "values.yaml")], check=False).returncode == 0
    template = ["helm", "template", "demo", str(CHART), "-f", str(folder / "values.yaml")]
    return subprocess.run(template, check=True, capture_output=True, text=True).stdout
