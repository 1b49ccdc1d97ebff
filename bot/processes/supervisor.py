"""Starts processes, waits until each answers, and stops all of them when one dies or the person has had enough."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import requests

from bot.config import ROOT

_PR_SET_PDEATHSIG = 1


class StartFailed(Exception):
    """A process could not be started; `mend` says what to do, `tail` is the end of its log."""

    def __init__(self, sentence: str, mend: str, tail: str = "") -> None:
        super().__init__(sentence)
        self.mend = mend
        self.tail = tail


@dataclass(frozen=True)
class Service:
    """One process: how to start it and when it counts as started."""

    name: str
    module: str
    port: int
    health_url: str
    port_setting: str
    arguments: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


def is_taken(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something listens on the port already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def die_with_parent() -> None:
    """For a child, before it is what it shall be: it leads a group of its own, and ends when whoever started it has ended."""
    # Where the kernel offers it (Linux), a child does not outlive a supervisor that was killed.
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def check_ports(services: Sequence[Service]) -> None:
    """Sees that nobody listens where the services want to.

    Raises:
        StartFailed: with the port and the setting that changes it.
    """
    for service in services:
        if is_taken(service.port):
            raise StartFailed(
                f"Port {service.port} for the {service.name} is taken by another program.",
                f"Stop that program (perhaps another ./huanban up), or choose a port: {service.port_setting}=… ./huanban up",
            )


class Supervisor:
    """A set of running services; use it as a context manager."""

    def __init__(self, logs_dir: Path, say: Callable[[str], None] = print) -> None:
        self._logs_dir = logs_dir
        self._say = say
        self._running: dict[str, tuple[Service, subprocess.Popen[bytes]]] = {}

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self, services: Sequence[Service], timeout_seconds: float = 120) -> None:
        """Starts the services side by side and waits until each answers.

        Raises:
            StartFailed: a port is taken, a process ended, or one did not answer in time.
        """
        check_ports(services)
        self._logs_dir.mkdir(parents=True, exist_ok=True)
        for service in services:
            self._spawn(service)
        began = time.monotonic()
        waiting = {service.name: service for service in services}
        while waiting:
            for name in [name for name, service in waiting.items() if _answers(service.health_url)]:
                self._say(f"  ✓ {name} ({time.monotonic() - began:.0f} s)")
                del waiting[name]
            if (dead := self.dead()) is not None:
                raise self.failure(dead)
            if waiting and time.monotonic() - began > timeout_seconds:
                name = next(iter(waiting))
                raise StartFailed(
                    f"The {name} did not answer within {timeout_seconds:.0f} s.",
                    f"Read {self.log_of(name)}; on a slow machine run the command again.",
                    self._tail(name),
                )
            time.sleep(0.1)

    def wait(self) -> None:
        """Returns never, unless a service dies.

        Raises:
            StartFailed: a service ended, with the end of its log.
        """
        while True:
            if (dead := self.dead()) is not None:
                raise self.failure(dead)
            time.sleep(0.5)

    def stop(self) -> None:
        """Ends all services, the last started first; one that does not end within ten seconds is killed."""
        processes = [process for _, process in reversed(self._running.values())]
        for process in processes:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + 10
        for process in processes:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def kill(self, name: str) -> None:
        """Kills one service (-9), for tests of what happens then."""
        process = self._running.pop(name)[1]
        process.kill()
        process.wait()

    def end(self, name: str) -> None:
        """Ends one service, as `stop` ends all."""
        process = self._running.pop(name)[1]
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def pid_of(self, name: str) -> int:
        """The process id of a running service."""
        return self._running[name][1].pid

    def dead(self) -> str | None:
        """The name of a service that has ended by itself, if any."""
        return next((name for name, (_, process) in self._running.items() if process.poll() is not None), None)

    def log_of(self, name: str) -> Path:
        """Where a service writes."""
        return self._logs_dir / f"{name.replace(' ', '-')}.log"

    def failure(self, name: str) -> StartFailed:
        """What to say of a service that has ended."""
        code = self._running[name][1].returncode
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return StartFailed(f"The {name} {how}.", _mend(self._tail(name), self.log_of(name)), self._tail(name))

    def _spawn(self, service: Service) -> None:
        with self.log_of(service.name).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", service.module, *service.arguments],
                cwd=ROOT,
                env={**os.environ, **service.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent,
            )
        self._running[service.name] = (service, process)

    def _tail(self, name: str, lines: int = 15) -> str:
        try:
            text = self.log_of(name).read_text(errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).status_code == 200
    except requests.RequestException:
        return False


def _mend(tail: str, log: Path) -> str:
    lowered = tail.lower()
    if "no space left" in lowered or "disk is full" in lowered:
        return "The disk is full: free some space and start again; nothing that was filed is lost."
    if "address already in use" in lowered:
        return "Its port is taken by another program; ./huanban doctor names it."
    return f"The end of its log is below, the whole in {log}."
