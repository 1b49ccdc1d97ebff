"""One of the bot's own processes, started for a measurement: a backend, an action server or a Rasa server."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from bot import config
from bot.bench.servers import NotHere

MODULES = {"backend": "bot.backend", "actions": "bot.processes.action_server", "rasa": "bot.processes.rasa_server"}


@dataclass
class Process:
    """A process that can be killed and started again with the same settings.

    Attributes:
        name: its own, also of its log.
        kind: of `MODULES`.
        environment: its settings, beside what this process has.
    """

    name: str
    kind: str
    port: int
    environment: dict[str, str]
    arguments: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, before: Callable[[], object] | None = None) -> None:
        """Starts it; see `is_ready`.

        Args:
            before: runs in the new process first. With `die_with_parent` call this on the main thread, with whose end it ends.
        """
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", MODULES[self.kind], *self.arguments],
                cwd=config.ROOT,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=before,
            )

    def kill(self) -> None:
        """Ends it at once (-9)."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """Asks it to end, and kills it when it does not."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()

    def is_ready(self) -> bool:
        """Whether it says so itself."""
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/ready", timeout=3).status_code == 200
        return False

    def until_ready(self, seconds: float = 300) -> None:
        """Waits until it is ready.

        Raises:
            NotHere: it ended, or took too long.
        """
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                raise NotHere(f"{self.name} did not become ready: {self.log.read_text(errors='replace')[-1500:]}")
            time.sleep(0.1)
