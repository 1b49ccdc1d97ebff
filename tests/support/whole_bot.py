"""The whole bot, Rasa and action server in processes of their own, and a borrower who talks to it through the web channel."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from bot import config
from bot.identity import web_token
from bot.processes.services import services_of
from bot.processes.supervisor import Supervisor, free_port
from bot.training import ensure_model
from tests.support.backend import DESK_TOKEN, SERVICE_TOKEN, TODAY


@dataclass
class WholeBot:
    """A running bot; the loan backend behind it is another matter, so that it can be away."""

    settings: config.Settings
    supervisor: Supervisor

    @property
    def backend_port(self) -> int:
        """Where the bot looks for its loan backend."""
        return self.settings.backend_port

    def forget_conversations(self) -> None:
        """Empties the store of conversations, so that each test begins with nothing said."""
        path = self.settings.state_dir / "conversations.db"
        with sqlite3.connect(path, timeout=10) as db:
            db.execute("DELETE FROM events")
        chat = self.settings.state_dir / "chat.db"
        if chat.exists():
            with sqlite3.connect(chat, timeout=10) as db:
                for table in ("chat_messages", "chat_conversations", "chat_ratings"):
                    db.execute(f"DELETE FROM {table}")  # noqa: S608

    def stored_conversations(self) -> str:
        """Everything the store of conversations holds, as one text."""
        with sqlite3.connect(self.settings.state_dir / "conversations.db", timeout=10) as db:
            return "\n".join(row[0] for row in db.execute("SELECT data FROM events ORDER BY id"))

    def borrower(self, borrower_id: str | None) -> Talk:
        """A borrower who is logged in on the lender's site, or a guest."""
        return Talk(self.settings.bot_url, web_token(borrower_id, self.settings.web_secret))


@contextmanager
def whole_bot(folder: Path, **env: str) -> Iterator[WholeBot]:
    """Rasa and the action server on free ports, with a state folder of their own; `env` adds settings, as `HUANBAN_…=value`."""
    model = ensure_model(config.load())
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HUANBAN_")},
        "HUANBAN_STATE_DIR": str(folder),
        "HUANBAN_BOT_PORT": str(free_port()),
        "HUANBAN_ACTIONS_PORT": str(free_port()),
        "HUANBAN_BACKEND_PORT": str(free_port()),
        "HUANBAN_TODAY": TODAY,
        "HUANBAN_SERVICE_TOKEN": SERVICE_TOKEN,
        "HUANBAN_DESK_TOKEN": DESK_TOKEN,
        "HUANBAN_READ_TIMEOUT_SECONDS": "2",
        # Hundreds of tests speak as the same few borrowers; the limits have tests of their own.
        "HUANBAN_MESSAGES_PER_MINUTE": "100000",
        "HUANBAN_ADDRESS_CALLS_PER_MINUTE": "100000",
        **env,
    }
    settings = config.load(environment)
    services = [service for service in services_of(settings, model) if service.name != "loan backend"]
    with Supervisor(settings.logs_dir, say=lambda line: None) as supervisor:
        supervisor.start(services)
        yield WholeBot(settings, supervisor)


@dataclass
class Talk:
    """One side of a conversation: says and taps, and looks at what came back."""

    url: str
    token: str
    heard: list[dict[str, Any]] = field(default_factory=list)
    shown: list[dict[str, str]] = field(default_factory=list)

    def says(self, text: str) -> Talk:
        """Types a message."""
        return self._send({"text": text})

    def taps(self, title: str) -> Talk:
        """Taps a button of the latest answer.

        Raises:
            AssertionError: no such button is there.
        """
        return self._send({"payload": self.payload(title)})

    def taps_again(self, payload: str) -> Talk:
        """Taps a button of an earlier answer, by what it carries."""
        return self._send({"payload": payload})

    def payload(self, title: str) -> str:
        """What a button of the latest answer carries."""
        found = [button for button in self.shown if title in button["title"]]
        assert found, f"no button {title!r} among {[button['title'] for button in self.shown]} after: {self.text}"
        return found[0]["payload"]

    def hears(self, *fragments: str) -> Talk:
        """Checks that the latest answer holds each fragment."""
        for fragment in fragments:
            assert fragment in self.text, f"{fragment!r} is not in: {self.text}"
        return self

    def does_not_hear(self, *fragments: str) -> Talk:
        """Checks that the latest answer holds none of the fragments."""
        for fragment in fragments:
            assert fragment not in self.text, f"{fragment!r} is in: {self.text}"
        return self

    def is_offered(self, *titles: str) -> Talk:
        """Checks that the latest answer has these buttons."""
        for title in titles:
            self.payload(title)
        return self

    @property
    def text(self) -> str:
        """The latest answer, all its messages."""
        return "\n".join(message.get("text", "") for message in self.heard)

    def post(self, body: Any, token: str | None = None) -> requests.Response:
        """The channel's own answer to a call, whatever it is."""
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return requests.post(f"{self.url}/webhooks/web/messages", json=body, headers=headers, timeout=60)

    def _send(self, body: dict[str, str]) -> Talk:
        answer = self.post(body)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        self.heard = answer.json()["messages"]
        assert self.heard, f"silence after {body}"
        self.shown = [button for message in self.heard for button in message.get("buttons", [])]
        return self
