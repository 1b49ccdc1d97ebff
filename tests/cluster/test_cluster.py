"""Two of each process behind nginx; one of each kind is killed and restarted, and Rasa is replaced, while borrowers talk."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from bot.bench import servers
from bot.bench.cluster.cluster import Cluster, running_cluster
from bot.bench.cluster.run import Found, talk_and_kill

BORROWERS = 20


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    try:
        with servers.own_folder() as folder, running_cluster(folder, BORROWERS) as running:
            yield running
    except servers.NotHere as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def found(cluster: Cluster) -> Found:
    """What came of it all."""
    came = asyncio.run(talk_and_kill(cluster))
    print("\n".join(came.lines()))
    return came


def test_nothing_is_lost_nothing_is_filed_twice_and_everybody_hears_it(found: Found) -> None:
    assert found.trouble == []


def test_both_servers_of_each_kind_had_their_share(cluster: Cluster, found: Found) -> None:
    for name, metric in (("rasa-2", "huanban_messages_total"), ("actions-2", "huanban_action_seconds_count")):
        assert metric in cluster.metric(name), name
    for name in ("backend-1", "backend-2"):
        assert "huanban_backend_requests_total" in cluster.metric(name), name


def test_replacing_rasa_one_by_one_cuts_no_turn_short(found: Found) -> None:
    assert found.interrupted_while_rolling == 0


def test_the_events_are_in_the_queue_and_name_nobody(cluster: Cluster, found: Found) -> None:
    assert found.events > found.messages


def test_one_number_goes_through_the_logs_of_all_three_processes(cluster: Cluster, found: Found) -> None:
    numbers: dict[str, set[str]] = {}
    for kind in ("rasa", "actions", "backend"):
        numbers[kind] = set()
        for path in Path(cluster.folder).glob(f"{kind}-*.log"):
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                if line.startswith("{"):
                    numbers[kind].add(str(json.loads(line).get("request_id")))
    assert len((numbers["rasa"] & numbers["actions"] & numbers["backend"]) - {"None"}) >= BORROWERS


def test_no_log_names_a_borrower_or_their_words(cluster: Cluster, found: Found) -> None:
    for path in Path(cluster.folder).glob("*.log"):
        text = path.read_text(encoding="utf-8", errors="replace")
        assert "B5000" not in text, path.name
        assert "还不上" not in text, path.name


def test_the_public_door_leads_to_channels_only(cluster: Cluster) -> None:
    token = {"Authorization": f"Bearer {cluster.settings.metrics_token}"}
    for path in ("/metrics", "/ready", "/v1/health", "/webhook", "/", "/conversations/x/tracker", "/model/parse"):
        assert requests.get(cluster.url + path, headers=token, timeout=10).status_code == 404, path
    assert requests.get(f"{cluster.url}/health", timeout=10).status_code == 200
