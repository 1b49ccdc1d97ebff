"""Two backends, two action servers and two Rasa servers behind nginx, over PostgreSQL, Redis and RabbitMQ of their own."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg2  # type: ignore[import-untyped]
import requests
import yaml

from bot import config
from bot.bench import servers
from bot.bench.process import Process
from bot.processes.supervisor import free_port
from bot.training import ensure_model

KINDS = ("backend", "actions", "rasa")
_TEMPLATE = "due_in_three_days"
_BEHIND_THE_OTHERS = 10
_CAN_COME_BACK = os.geteuid() == 0 and Path("/proc/self/task").exists()


class Node(Process):
    """One process of the cluster."""

    def come_back(self) -> None:
        """Starts it behind the others: until it is ready it takes only what they leave of the processor.

        On several machines it would have one of its own.
        """
        self.start(partial(os.nice, _BEHIND_THE_OTHERS) if _CAN_COME_BACK else None)

    def until_ready(self, seconds: float = 300) -> None:
        """Waits until it is ready; from then on it is one of the others."""
        super().until_ready(seconds)
        if _CAN_COME_BACK and self.process is not None:
            for thread in Path(f"/proc/{self.process.pid}/task").iterdir():
                with contextlib.suppress(ProcessLookupError):
                    os.setpriority(os.PRIO_PROCESS, int(thread.name), os.getpriority(os.PRIO_PROCESS, 0))


@dataclass
class Cluster:
    """What is running, and how to break it."""

    folder: Path
    url: str
    settings: config.Settings
    borrowers: list[str]
    ledger_url: str
    conversations_url: str
    events_url: str
    model: Path
    nodes: dict[str, Node] = field(default_factory=dict)

    def kill_and_restart(self, name: str) -> None:
        """Kills a process (-9) and starts it again a second later."""
        self.nodes[name].kill()
        time.sleep(1)
        self.nodes[name].come_back()

    def roll(self, kind: str, model: Path | None = None) -> None:
        """Replaces the processes of a kind one by one, each asked to end and the next not before it is ready again.

        Args:
            kind: of `KINDS`.
            model: what Rasa is started with from now on; what it had when None.
        """
        for node in [node for node in self.nodes.values() if node.kind == kind]:
            node.stop()
            if model is not None:
                node.arguments = [str(model)]
            node.come_back()
            node.until_ready()

    def rows(self, sql: str, *, of_the_ledger: bool = True) -> list[tuple[object, ...]]:
        """What a query finds in the ledger's database, or in the conversations'."""
        with contextlib.closing(psycopg2.connect(self.ledger_url if of_the_ledger else self.conversations_url)) as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            return list(cursor.fetchall())

    def metric(self, name: str) -> str:
        """The metrics of a process, as Prometheus sees them."""
        headers = {"Authorization": f"Bearer {self.settings.metrics_token}"}
        return requests.get(f"{self.nodes[name].url}/metrics", headers=headers, timeout=10).text


@contextlib.contextmanager
def running_cluster(folder: Path, borrowers: int, *, each: int = 2, model: Path | None = None) -> Iterator[Cluster]:
    """The cluster for as long as the block runs; every process of it is ended by its id.

    Args:
        folder: for databases, logs and configurations.
        borrowers: how many there are, each with one loan that is due in three days.
        each: how many processes of each kind.
        model: a trained model; the present one when None.

    Raises:
        servers.NotHere: a server is not installed or did not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    model = model or ensure_model(config.load())
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(servers.postgresql(folder / "postgresql", connections=300))
        redis_url, _ = stack.enter_context(servers.redis(folder / "redis"))
        events_url, _ = stack.enter_context(servers.rabbitmq(folder / "rabbitmq"))
        urls = {name: _made(database, name) for name in ("ledger", "conversations")}
        ports = {name: free_port() for name in ("public", "actions", "backend")}
        lender, names = _lender(folder / "lender.yml", borrowers)
        environment = {
            **{name: "" for name in os.environ if name.startswith("HUANBAN_")},
            "HUANBAN_STATE_DIR": str(folder / "state"),
            "HUANBAN_LENDER_FILE": str(lender),
            "HUANBAN_TODAY": "2026-11-24",
            "HUANBAN_BACKEND_DATABASE_URL": urls["ledger"],
            "HUANBAN_TRACKER_DB": urls["conversations"],
            "HUANBAN_REDIS_URL": redis_url,
            "HUANBAN_EVENTS_URL": events_url,
            "HUANBAN_ACTIONS_URL": f"http://127.0.0.1:{ports['actions']}/webhook",
            "HUANBAN_BACKEND_URL": f"http://127.0.0.1:{ports['backend']}",
            "HUANBAN_DEMO": "off",
            "HUANBAN_PROXIES": "1",
            "HUANBAN_MESSAGES_PER_MINUTE": "600",
            "HUANBAN_ADDRESS_CALLS_PER_MINUTE": "1000000",
            "HUANBAN_LOG_FORMAT": "json",
            "RASA_TELEMETRY_ENABLED": "false",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            # Each is one of several: a thread for each core would have them wait for each other.
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "TF_NUM_INTRAOP_THREADS": "1",
            "TF_NUM_INTEROP_THREADS": "1",
        }
        settings = config.load(environment)
        environment.update({n: v for n, v in settings.environment().items() if "TOKEN" in n or "SECRET" in n})
        migrated = [sys.executable, "-W", "ignore", "-m", "bot.backend", "--migrate"]
        subprocess.run(migrated, cwd=config.ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
        nodes = _nodes(folder, environment, str(model), each)
        try:
            _start(nodes)
            conf = _nginx_configuration(folder, ports, nodes)
            command = [servers.binary("nginx"), "-c", str(conf), "-p", str(folder), "-g", _in_the_foreground()]
            stack.enter_context(servers.running(command, folder / "nginx.log", lambda: servers.listens(ports["public"])))
            public = f"http://127.0.0.1:{ports['public']}"
            yield Cluster(folder, public, settings, names, urls["ledger"], urls["conversations"], events_url, model, nodes)
        finally:
            for node in reversed(nodes.values()):
                node.stop()


def _in_the_foreground() -> str:
    """Started by root, nginx would hand its work to somebody who cannot write into this folder."""
    return "daemon off; user root;" if os.geteuid() == 0 else "daemon off;"


def _start(nodes: Mapping[str, Node]) -> None:
    """Backends first: the first of them fills the ledger; then all others side by side."""
    for kind in KINDS:
        of_kind = [node for node in nodes.values() if node.kind == kind]
        for node in of_kind:
            node.start()
            if kind == "backend":
                node.until_ready()
        for node in of_kind:
            node.until_ready()


def _nodes(folder: Path, environment: Mapping[str, str], model: str, each: int) -> dict[str, Node]:
    port_setting = {"backend": "HUANBAN_BACKEND_PORT", "actions": "HUANBAN_ACTIONS_PORT", "rasa": "HUANBAN_BOT_PORT"}
    found = {}
    for kind in KINDS:
        for number in range(1, each + 1):
            name, port = f"{kind}-{number}", free_port()
            arguments = [model] if kind == "rasa" else []
            own = {**environment, port_setting[kind]: str(port)}
            found[name] = Node(name, kind, port, own, arguments, folder / f"{name}.log")
    return found


def _made(server: str, name: str) -> str:
    with contextlib.closing(psycopg2.connect(server)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name}")
    return server.rpartition("/")[0] + f"/{name}"


def _lender(path: Path, borrowers: int) -> tuple[Path, list[str]]:
    """A lender file with so many borrowers in the same situation; their ids."""
    demo = yaml.safe_load((config.ROOT / "data/demo/lender.yml").read_text(encoding="utf-8"))
    text = yaml.safe_dump(next(b for b in demo["borrowers"] if b["name"] == _TEMPLATE), allow_unicode=True)
    names = [f"B{50000 + number}" for number in range(borrowers)]
    demo["borrowers"] = [
        yaml.safe_load(text.replace(_TEMPLATE, f"borrower_{name.lower()}").replace("1002", name[1:])) for name in names
    ]
    for number, borrower in enumerate(demo["borrowers"]):
        phone = f"139{10000000 + number}"  # made up, and another for each
        borrower["phone_masked"] = f"{phone[:3]}****{phone[-4:]}"
        if "phone" in borrower:
            borrower["phone"] = phone
    path.write_text(yaml.safe_dump(demo, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path, names


def _nginx_configuration(folder: Path, ports: Mapping[str, int], nodes: Mapping[str, Node]) -> Path:
    """`deploy/nginx.conf` with this cluster's addresses in it, and nothing else changed."""
    text = (config.ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for kind in KINDS:
        addresses = [f"127.0.0.1:{node.port}" for node in nodes.values() if node.kind == kind]
        servers_of_kind = "\n".join(rf"    server {address} \1" for address in addresses)
        text, found = re.subn(rf"    server {kind}:\d+ (.*;)", servers_of_kind, text)
        if found != 1:
            raise servers.NotHere(f"deploy/nginx.conf has no upstream for {kind}")
    for listen, name in (("8080", "public"), ("8081", "actions"), ("8082", "backend")):
        text = text.replace(f"listen {listen};", f"listen 127.0.0.1:{ports[name]};")
    text = text.replace("/tmp/nginx", str(folder / "nginx"))
    path = folder / "nginx.conf"
    path.write_text(text, encoding="utf-8")
    return path
