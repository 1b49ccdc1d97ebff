"""Two of each process behind nginx, 200 borrowers on line; one of each kind is killed and restarted, and the model is changed.

They think between two messages as people do, so that all of them together say what two cores carry (`MESSAGES_A_SECOND`).
"""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from bot.bench import servers
from bot.bench.cluster.cluster import Cluster, running_cluster
from bot.bench.cluster.run import Found, counted, talk_and_kill
from bot.bench.cluster.waits import share_of

BORROWERS = 200
BACK_SECONDS = 10.0
# A lease, a look for what was left behind, and a moment.
TOLD_SECONDS = 20.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    # Asked to end, the run ends what it has started before it goes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
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
    assert set(found.counted) == {f"{kind}-{number}" for kind in ("rasa", "actions", "backend") for number in (1, 2)}
    assert all(found.counted.values()), found.counted
    # And again once they had come back. Borrowers' lines stay where they are, so a Rasa server need not have one at the end.
    for name in ("actions-1", "actions-2", "backend-1", "backend-2"):
        assert counted(cluster, name) > 0, name


def test_answers_are_as_quick_as_before_within_ten_seconds_of_each_kill(found: Found) -> None:
    assert len(found.back_after) == 3
    for name, seconds in found.back_after.items():
        assert seconds is not None and seconds <= BACK_SECONDS, (name, found.lines())
    assert share_of(found.settled, 0.95) <= found.most_seconds, found.lines()


def test_whoever_was_cut_short_hears_so_soon(found: Found) -> None:
    assert found.told == found.interrupted + found.interrupted_while_rolling
    assert all(seconds <= TOLD_SECONDS for seconds in found.told_after), found.told_after


def test_a_change_of_the_model_drops_no_message_and_cuts_no_turn_short(found: Found) -> None:
    assert found.interrupted_while_rolling == 0
    assert found.rolling and all(seconds <= TOLD_SECONDS for seconds in found.rolling)
    assert found.by_old_model > 0 and found.by_new_model > 0
    assert found.by_old_model_after == 0


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
