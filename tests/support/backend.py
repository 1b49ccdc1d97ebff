"""Starts the real embedded loan backend in a process of its own, on a free port, over a fresh ledger."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa
import uvicorn

from bot.backend import settings as backend_settings
from bot.backend.app import create_app

ROOT = Path(__file__).resolve().parent.parent.parent
DEMO_LENDER_FILE = ROOT / "data/demo/lender.yml"
SERVICE_TOKEN = "service-token-of-the-tests"
TODAY = "2026-11-24"
DESK_TOKEN = "desk-token-of-the-tests"


class BackendDidNotStart(Exception):
    """The process ended or never answered; the message is what it printed."""


@dataclass
class BackendCalls:
    """Calls to a backend that runs somewhere, and a look into its database."""

    database_url: str
    url: str = ""
    service_token: str = SERVICE_TOKEN
    desk_token: str = DESK_TOKEN
    session: requests.Session = field(default_factory=requests.Session)

    def call(
        self, method: str, path: str, body: object = None, *, key: str | None = None, token: str | None = None, **options: Any
    ) -> requests.Response:
        """One call; `path` without `/v1`. Desk paths get the desk token, others the service token."""
        at_desk = path.startswith("/desk/")
        headers = {"Authorization": f"Bearer {token or (self.desk_token if at_desk else self.service_token)}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        headers.update(options.pop("headers", {}))
        if body is not None:
            options["json"] = body
        return self.session.request(method, f"{self.url}/v1{path}", headers=headers, timeout=30, **options)

    def get(self, path: str, **options: Any) -> Any:
        """The JSON of a call that must succeed."""
        answer = self.call("GET", path, **options)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def post(self, path: str, body: object = None, **options: Any) -> Any:
        """The JSON of a call that must succeed."""
        answer = self.call("POST", path, body, **options)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table, straight from the database, in the order they came; JSON columns are read."""
        engine = sa.create_engine(self.database_url, poolclass=sa.pool.NullPool)
        with engine.connect() as connection:
            found = [dict(row._mapping) for row in connection.execute(sa.text(f"SELECT * FROM {table}"))]  # noqa: S608
        for row in found:
            for name in ("terms", "details", "asked", "days_before", "flags"):
                if isinstance(row.get(name), str):
                    row[name] = json.loads(row[name])
        return found

    def execute(self, sql: str) -> None:
        """Changes the database behind the backend's back."""
        engine = sa.create_engine(self.database_url, poolclass=sa.pool.NullPool)
        with engine.begin() as connection:
            connection.execute(sa.text(sql))


@dataclass
class RunningBackend(BackendCalls):
    """The backend of one test, a process; `kill` and `start` let it die and come back over the same ledger."""

    folder: Path = Path()
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """All that the processes printed so far."""
        return (self.folder / "backend.log").read_text(encoding="utf-8")

    def start(self, *, port: int = 0, **env: object) -> RunningBackend:
        """Starts the process and waits until it answers.

        Args:
            port: where it listens; any free port when 0.
            env: settings that differ for this start, as `HUANBAN_…=value`.

        Raises:
            BackendDidNotStart: it ended before answering.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder / "backend.log"
        before = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot.backend", "--port", str(port)],
                cwd=ROOT,
                env={**self.environment, **{name: str(value) for name, value in env.items()}},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            printed = log.read_bytes()[before:].decode()
            if self.process.poll() is not None:
                raise BackendDidNotStart(printed)
            if "Loan backend on http://" in printed:
                self.url = printed.split("Loan backend on ")[1].split()[0]
                with contextlib.suppress(requests.ConnectionError):
                    if requests.get(f"{self.url}/v1/health", timeout=5).ok:
                        return self
            time.sleep(0.05)
        self.stop()
        raise BackendDidNotStart(f"no answer within a minute: {log.read_text()}")

    def stop(self) -> None:
        """Asks the process to end, and waits for it."""
        if self.process is not None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            self.kill()

    def kill(self) -> None:
        """Ends the process at once, as `kill -9` does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def wait_until_dead(self) -> int:
        """Waits for a process that ends by itself; its exit status (negative: the signal)."""
        assert self.process is not None
        status = self.process.wait(30)
        self.process = None
        return status


def backend_environment(folder: Path, **env: object) -> dict[str, str]:
    """The environment of a backend whose ledger lies in `folder`; `env` overrides, as `HUANBAN_…=value`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HUANBAN_")}
    return {
        **inherited,
        "PYTHONUNBUFFERED": "1",
        "HUANBAN_SERVICE_TOKEN": SERVICE_TOKEN,
        "HUANBAN_DESK_TOKEN": DESK_TOKEN,
        "HUANBAN_BACKEND_DATABASE_URL": f"sqlite:///{folder / 'ledger.db'}",
        "HUANBAN_LENDER_FILE": str(DEMO_LENDER_FILE),
        **{name: str(value) for name, value in env.items()},
    }


@contextlib.contextmanager
def running_backend(
    folder: Path, *, today: str = TODAY, lender_file: Path | None = None, **env: object
) -> Iterator[RunningBackend]:
    """A backend for as long as the block runs.

    Args:
        folder: where ledger and log go; one folder, one ledger.
        today: the calendar day (empty: the real one).
        lender_file: another than the demo's.
        env: further settings, as `HUANBAN_UNDO_MINUTES=0`.
    """
    env = {"HUANBAN_TODAY": today, "HUANBAN_LENDER_FILE": lender_file or DEMO_LENDER_FILE, **env}
    environment = backend_environment(folder, **env)
    backend = RunningBackend(environment["HUANBAN_BACKEND_DATABASE_URL"], folder=folder, environment=environment)
    try:
        yield backend.start()
    finally:
        backend.stop()
        backend.session.close()


@contextlib.contextmanager
def backend_in_a_thread(folder: Path, *, template: Path | None = None, port: int = 0, **env: object) -> Iterator[BackendCalls]:
    """The same backend over real HTTP, but in a thread of this process: it starts in a fraction of the time.

    Args:
        folder: where the ledger goes.
        template: a ledger to begin with, copied; filled from the lender file when None.
        port: where it listens; any free port when 0.
        env: settings, as for `running_backend`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    environment = backend_environment(folder, **{"HUANBAN_TODAY": TODAY, **env})
    if template is not None:
        shutil.copy(template, folder / "ledger.db")
    app = create_app(backend_settings.load(environment))
    # With its protocol named, asyncio sends small answers at once (TCP_NODELAY).
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", ws="none", loop="asyncio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    calls = BackendCalls(environment["HUANBAN_BACKEND_DATABASE_URL"], f"http://127.0.0.1:{listener.getsockname()[1]}")
    try:
        yield calls
    finally:
        server.should_exit = True
        thread.join(3)
        # A connection that came in the moment of the end is kept, and a caller that asks again and again would keep it for good.
        server.force_exit = True
        thread.join(10)
        calls.session.close()
        app.close()
