"""Rasa's own traps: an action that is waited for longer than the turn lasts, and an exception that loses what it had done."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys

import pytest
import yaml

from bot import config
from bot.client.door import FILING_SECONDS
from bot.config import ROOT
from bot.policies.rulebook import SilenceRule
from bot.shared.locks import PATIENCE_SECONDS

RASAS_LOCK_SECONDS = 60
# Rasa with everything but its server: an action that never answers, called as a turn calls it.
_HANGING = """
import asyncio, socket, sys, time
import rasa.core.run
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from bot.processes import rasa_server

def instead_of_serving(*_, **__):
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        endpoint = EndpointConfig(f"http://127.0.0.1:{hanging.getsockname()[1]}/webhook")
        action = RemoteAction("action_file_deferral", endpoint)
        began = time.monotonic()
        try:
            asyncio.run(action.run(None, None, DialogueStateTracker.from_events("c", []), Domain.empty()))
        except Exception as error:
            print(f"given up after {time.monotonic() - began:.1f} s")

rasa.core.run.serve_application = instead_of_serving
rasa_server.serve("no model is read")
"""


def test_rasa_gives_an_action_up_after_our_time_and_not_after_its_own_five_minutes() -> None:
    environment = {**os.environ, "HUANBAN_ACTION_TIMEOUT_SECONDS": "0.5", "TF_CPP_MIN_LOG_LEVEL": "3"}
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _HANGING],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    (said,) = [line for line in ran.stdout.splitlines() if line.startswith("given up")] or [ran.stderr[-800:]]
    assert 0.4 < float(said.split()[3]) < 30


def test_each_wait_ends_before_the_one_around_it_does() -> None:
    """A filing with all its tries, then the action; and whoever waits for a turn waits longer than it lasts."""
    action_seconds = config.load({"HUANBAN_STATE_DIR": os.devnull + "-not-used", **_SECRETS}).action_timeout_seconds
    assert FILING_SECONDS + 5 < action_seconds < RASAS_LOCK_SECONDS < PATIENCE_SECONDS


_SECRETS = {setting.name: "of the tests" for setting in config.SETTINGS if setting.secret}


@pytest.mark.parametrize(
    ("intent", "executed", "said"),
    [
        ("affirm", ["validate_deferral_form", "deferral_form", "action_file_deferral"], "utter_filing_unknown"),
        ("inform", ["service_complaint_form", "action_file_service_complaint"], "utter_filing_unknown"),
        ("undo_request", ["action_undo_request"], "utter_filing_unknown"),
        # Confirmed on two devices: the first files, and the second meets a form that has ended and a server that is away.
        ("affirm", ["action_yes_to_nothing"], "utter_filing_unknown"),
        ("affirm", ["validate_deferral_form", "deferral_form"], "utter_filing_unknown"),
        ("check_request_status", ["action_show_requests"], "utter_no_answer"),
    ],
)
def test_an_exception_that_loses_the_events_of_a_filing_is_told_as_not_known(intent: str, executed: list[str], said: str) -> None:
    (policy,) = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["policies"]
    silence = SilenceRule(policy["silence_response"], policy["silence_response_by_action"], policy["silence_response_by_intent"])
    assert silence.response(executed, intent) == said


def test_every_action_that_files_is_known_by_its_name() -> None:
    """`action_file_*` is what the words for a lost filing go by, so nothing that files may be called otherwise."""
    from rasa_sdk.executor import ActionExecutor

    import actions.requests as requests

    executor = ActionExecutor()
    executor.register_package("actions")
    found = [
        cls for cls in _all_below(requests.FileRequest) if not inspect.isabstract(cls) and cls.__module__.startswith("actions.")
    ]
    assert found
    assert all(cls().name().startswith("action_file_") for cls in found)


def _all_below(base: type) -> list[type]:
    children: list[type] = base.__subclasses__()
    return children + [each for child in children for each in _all_below(child)]
