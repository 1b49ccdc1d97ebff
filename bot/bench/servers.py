"""Debian's own servers on free ports of loopback, over a folder of their own, ended by their process ids."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from bot.processes.supervisor import die_with_parent, free_port


@contextlib.contextmanager
def own_folder() -> Iterator[Path]:
    """A folder that servers of other users can enter. Not one of pytest's: each new run of it closes theirs to others."""
    with tempfile.TemporaryDirectory(prefix="huanban-servers-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made)


class NotHere(Exception):
    """The server is not installed, or cannot be started here; the message says why."""


def binary(name: str) -> str:
    """A program on PATH or where Debian puts it.

    Raises:
        NotHere: it is not installed.
    """
    beside = [*sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), Path(f"/usr/lib/rabbitmq/bin/{name}")]
    beside += [Path(f"/usr/sbin/{name}")]
    found = shutil.which(name) or next((str(path) for path in reversed(beside) if path.exists()), None)
    if found is None:
        raise NotHere(f"{name} is not installed")
    return found


@contextlib.contextmanager
def running(
    command: Sequence[str],
    log: Path,
    is_up: Callable[[], bool],
    environment: Mapping[str, str] | None = None,
    seconds: float = 60,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server for as long as the block runs.

    Raises:
        NotHere: it ended, or did not answer in time.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent,
        )
    try:
        deadline = time.monotonic() + seconds
        while not is_up():
            if process.poll() is not None or time.monotonic() > deadline:
                raise NotHere(f"{command[0]} did not start: {log.read_text(errors='replace')[-800:]}")
            time.sleep(0.05)
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes], seconds: float = 15) -> None:
    """Ends a process of ours, with its children where it leads a group of its own."""
    if process.poll() is None:
        # RabbitMQ's script does not pass the signal on; each of these servers leads a group of its own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()


def listens(port: int) -> bool:
    """Whether something takes connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def as_nobody_special(folder: Path, user: str) -> list[str]:
    """What runs a program as that user when we are root, as PostgreSQL insists; the folder becomes the user's.

    Raises:
        NotHere: there is no such user.
    """
    if os.geteuid() != 0:
        return []
    if not shutil.which("runuser") or subprocess.run(["id", user], capture_output=True, check=False).returncode:
        raise NotHere(f"it does not run as root, and there is no user {user}")
    for parent in [folder, *folder.parents]:
        if parent == Path("/tmp") or parent == parent.parent:
            break
        parent.chmod(parent.stat().st_mode | 0o055)
    shutil.chown(folder, user)
    return ["runuser", "-u", user, "--"]


@contextlib.contextmanager
def postgresql(folder: Path, *, connections: int = 100) -> Iterator[str]:
    """A PostgreSQL server; its SQLAlchemy URL, of the database `postgres`."""
    initdb, postgres = binary("initdb"), binary("postgres")
    folder.mkdir(parents=True, exist_ok=True)
    as_user = as_nobody_special(folder, "postgres")
    made = subprocess.run(
        [*as_user, initdb, "-D", str(folder / "data"), "-U", "huanban", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise NotHere(f"initdb: {made.stderr[-300:]}")
    port = free_port()
    options = ["listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", "fsync=off", f"max_connections={connections}"]
    command = [*as_user, postgres, "-D", str(folder / "data"), "-p", str(port), *(part for o in options for part in ("-c", o))]
    url = f"postgresql://huanban@127.0.0.1:{port}/postgres"

    def is_up() -> bool:
        import psycopg2  # type: ignore[import-untyped]

        with contextlib.suppress(psycopg2.OperationalError):
            psycopg2.connect(url).close()
            return True
        return False

    with running(command, folder / "log", is_up):
        yield url


@contextlib.contextmanager
def redis(folder: Path, port: int = 0) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Redis server that keeps nothing on disk; its URL and process."""
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    command = [binary("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with running(command, folder / "log", lambda: listens(port)) as process:
        yield f"redis://127.0.0.1:{port}/0", process


@contextlib.contextmanager
def rabbitmq(folder: Path, port: int = 0) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A RabbitMQ server; its URL and process. Its Erlang node has a name and a mapper of its own."""
    server = binary("rabbitmq-server")
    folder.mkdir(parents=True, exist_ok=True)
    port, distribution, mapper = port or free_port(), free_port(), free_port()
    (folder / "enabled_plugins").write_text("[].\n")
    environment = {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"huanban{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "logs"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_CONFIG_FILE": str(folder / "none"),
        "ERL_EPMD_PORT": str(mapper),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_RELAXED_COMMAND_CHECK": "1",
    }
    as_user = as_nobody_special(folder, "rabbitmq")
    preserved = ["--preserve-environment"] if as_user else []
    command = [*as_user[:1], *preserved, *as_user[1:], server] if as_user else [server]
    try:
        with running(command, folder / "log", lambda: listens(port), environment) as process:
            yield f"amqp://guest:guest@127.0.0.1:{port}/", process
    finally:
        end_mapper = [binary("epmd"), "-port", str(mapper), "-kill"]
        subprocess.run(end_mapper, env={**os.environ, **environment}, capture_output=True, check=False)
