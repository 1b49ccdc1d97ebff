"""Starting and stopping: what goes wrong is a sentence and a mend, and nothing is left running."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path

import pytest

from bot.processes.supervisor import Service, StartFailed, Supervisor, free_port

STAND_IN = """
import http.server, sys
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self): self.send_response(200); self.end_headers()
    def log_message(self, *a): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), H).serve_forever()
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "stand_in_service.py").write_text(STAND_IN)
    (tmp_path / "dying_service.py").write_text("print('the last words'); raise SystemExit(3)")
    (tmp_path / "mute_service.py").write_text("import time; time.sleep(60)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "stand_in_service"


def service(module: str, name: str = "stand-in") -> Service:
    port = free_port()
    return Service(name, module, port, f"http://127.0.0.1:{port}/", "HUANBAN_STAND_IN_PORT", arguments=[str(port)])


def pids(supervisor: Supervisor) -> list[int]:
    return [process.pid for _, process in supervisor._running.values()]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_was_started_answers_and_is_stopped_at_the_end(tmp_path: Path, module: str) -> None:
    with Supervisor(tmp_path, say=lambda line: None) as supervisor:
        supervisor.start([service(module, "one"), service(module, "two")], 20)
        started = pids(supervisor)
        assert all(is_alive(pid) for pid in started)
    assert not any(is_alive(pid) for pid in started)


def test_a_taken_port_is_named_with_the_setting_that_changes_it(tmp_path: Path, module: str) -> None:
    wanted = service(module)
    with socket.socket() as other:
        other.bind(("127.0.0.1", wanted.port))
        other.listen()
        with Supervisor(tmp_path) as supervisor, pytest.raises(StartFailed, match=str(wanted.port)) as failed:
            supervisor.start([wanted])
    assert "HUANBAN_STAND_IN_PORT" in failed.value.mend


def test_a_process_that_dies_at_once_is_told_with_its_last_words(tmp_path: Path, module: str) -> None:
    with Supervisor(tmp_path) as supervisor, pytest.raises(StartFailed, match="exit code 3") as failed:
        supervisor.start([service("dying_service")], 20)
    assert "the last words" in failed.value.tail


def test_a_process_that_never_answers_is_given_up_and_stopped(tmp_path: Path, module: str) -> None:
    with Supervisor(tmp_path) as supervisor:
        with pytest.raises(StartFailed, match="did not answer"):
            supervisor.start([service("mute_service")], 1)
        started = pids(supervisor)
    assert not any(is_alive(pid) for pid in started)


def test_when_one_dies_the_wait_ends(tmp_path: Path, module: str) -> None:
    with Supervisor(tmp_path, say=lambda line: None) as supervisor:
        supervisor.start([service(module, "one"), service(module, "two")], 20)
        os.kill(pids(supervisor)[0], 9)
        began = time.monotonic()
        with pytest.raises(StartFailed, match="signal 9"):
            supervisor.wait()
        assert time.monotonic() - began < 10


def test_children_do_not_outlive_a_supervisor_that_was_killed(tmp_path: Path, module: str) -> None:
    import subprocess

    one = service(module)
    program = (
        "from pathlib import Path\nfrom bot.processes.supervisor import Service, Supervisor\n"
        f"s = Supervisor(Path({str(tmp_path)!r}))\n"
        f"s.start([Service('one', 'stand_in_service', {one.port}, {one.health_url!r}, 'X', arguments=['{one.port}'])])\n"
        "print([p.pid for _, p in s._running.values()][0], flush=True)\ns.wait()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    lines = [parent.stdout.readline(), parent.stdout.readline()]
    child = int(lines[1] if "✓" in lines[0] else lines[0])
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(child)
