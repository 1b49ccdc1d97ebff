"""The three bots of the bench, each as it would be run: ours, the reference and the floor.

Each has its own action server and its own store of conversations; ours and the reference ask the same loan backend. What they are
asked goes over HTTP to the channel that each has for it: ours to the web channel with a signed token, the others to Rasa's REST
channel, which believes any sender.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot import config
from bot.bench.answers.training import FLOOR, REFERENCE
from bot.identity import Speaker, web_token
from bot.processes.services import services_of
from bot.processes.supervisor import Service, free_port

SERVER = "Rasa server"


@dataclass(frozen=True)
class Question:
    """What is asked, and a piece of the right answer."""

    text: str
    answer: str


@dataclass(frozen=True)
class Call:
    """One message as HTTP: where to, with what."""

    url: str
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Subject:
    """A bot of the bench.

    Attributes:
        name: ours, reference or floor.
        beside: its services besides the Rasa server, which run all the time.
        server: its Rasa server.
        questions: of its own words; each is answered by a custom action.
    """

    name: str
    beside: Sequence[Service]
    server: Service
    questions: Sequence[Question]
    settings: config.Settings

    def call(self, borrower_id: str, text: str) -> Call:
        """A message of a borrower's."""
        if self.name == "ours":
            headers = {"Authorization": f"Bearer {web_token(borrower_id, self.settings.web_secret)}"}
            return Call(f"{self.settings.bot_url}/webhooks/web/messages", {"text": text}, headers)
        sender = Speaker("web", borrower_id).conversation_id(self.settings.conversation_secret)
        return Call(f"http://127.0.0.1:{self.server.port}/webhooks/rest/webhook", {"sender": sender, "message": text})


# Each is answered by one action that asks the loan backend.
OF_A_BORROWER = (Question("我欠多少", "下一次还款"), Question("我还欠多少钱", "下一次还款"))
OF_THE_FLOOR = (Question("我欠多少", "1,000.00元"), Question("查一下欠款", "1,000.00元"))


def settings_for(folder: Path, lender_file: Path) -> tuple[config.Settings, dict[str, str]]:
    """Settings of ours on free ports over a folder of its own, and what belongs into the environment beside them."""
    settings = config.load(
        {
            "HUANBAN_STATE_DIR": str(folder),
            "HUANBAN_BOT_PORT": str(free_port()),
            "HUANBAN_ACTIONS_PORT": str(free_port()),
            "HUANBAN_BACKEND_PORT": str(free_port()),
            # A person writes a message in seconds, the bench in milliseconds.
            "HUANBAN_MESSAGES_PER_MINUTE": "1000000",
            "HUANBAN_ADDRESS_CALLS_PER_MINUTE": "1000000",
        }
    )
    return settings, {"HUANBAN_LENDER_FILE": str(lender_file)}


def subjects_of(
    settings: config.Settings, extra: Mapping[str, str], models: Mapping[str, Path]
) -> tuple[Service, tuple[Subject, Subject, Subject]]:
    """The loan backend, and ours, the reference and the floor over it."""
    backend, actions, server = services_of(settings, models["ours"], extra)
    ours = Subject("ours", [actions], server, OF_A_BORROWER, settings)
    reference = _stock("reference", REFERENCE, "actions", settings, extra, models, OF_A_BORROWER)
    floor = _stock("floor", FLOOR, f"{__package__}.floor.actions", settings, extra, models, OF_THE_FLOOR)
    return backend, (ours, reference, floor)


def _stock(
    name: str,
    folder: Path,
    actions: str,
    settings: config.Settings,
    extra: Mapping[str, str],
    models: Mapping[str, Path],
    questions: Sequence[Question],
) -> Subject:
    """A bot of Rasa's own parts: `rasa run` and `rasa run actions`, as their users start them."""
    actions_port, port = free_port(), free_port()
    environment = {
        **settings.environment(),
        **extra,
        "BENCH_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
        "BENCH_TRACKER_DB": str(settings.state_dir / f"{name}.db"),
        "RASA_TELEMETRY_ENABLED": "false",
    }
    action_server = Service(
        f"{name}'s action server",
        "rasa_sdk",
        actions_port,
        f"http://127.0.0.1:{actions_port}/health",
        "",
        arguments=["--actions", actions, "--port", str(actions_port)],
        environment=environment,
    )
    arguments = ["run", "--model", str(models[name]), "--port", str(port), "--interface", "127.0.0.1"]
    arguments += ["--endpoints", str(folder / "endpoints.yml"), "--credentials", str(folder / "credentials.yml")]
    server = Service(
        f"{name}'s {SERVER}", "rasa", port, f"http://127.0.0.1:{port}/", "", arguments=arguments, environment=environment
    )
    return Subject(name, [action_server], server, questions, settings)
