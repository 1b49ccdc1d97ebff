"""How long a borrower waits for the plan when many ask at once and the loan backend is slow.

The real action server and the real embedded backend run in processes of their own; the load comes from this one, over
loopback, bounded in number. As many borrowers ask at the same moment as are asked for, so many times over.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
import yaml

from bot import config
from bot.identity import Speaker
from bot.processes.services import services_of
from bot.processes.supervisor import Supervisor, free_port

DEMO = config.ROOT / "data" / "demo" / "lender.yml"


def main(arguments: list[str]) -> int:
    """Prints p50, p95 and the slowest; the exit code is 1 when an answer was not the plan."""
    parser = argparse.ArgumentParser(prog="./huanban bench actions", description=__doc__)
    parser.add_argument("--borrowers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--delay-ms", type=int, default=300, help="how much slower the backend answers")
    parser.add_argument("--json", type=Path, help="write the figures into a file")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        seconds, wrong = measure(Path(folder), options.borrowers, options.rounds, options.delay_ms)
    ranked = sorted(seconds)
    figures = {
        "borrowers_at_once": options.borrowers,
        "backend_delay_ms": options.delay_ms,
        "answers": len(ranked),
        "not_the_plan": wrong,
        "p50_ms": round(statistics.median(ranked) * 1000),
        "p95_ms": round(ranked[int(len(ranked) * 0.95)] * 1000),
        "max_ms": round(ranked[-1] * 1000),
        "cores": os.cpu_count(),
    }
    print("\n".join(f"  {name:<18} {value}" for name, value in figures.items()))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 1 if wrong else 0


def measure(folder: Path, borrowers: int, rounds: int, delay_ms: int) -> tuple[list[float], int]:
    """Seconds of each answer, and how many answers were not the plan; the first round warms up and is not counted."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HUANBAN_")},
        "HUANBAN_STATE_DIR": str(folder),
        "HUANBAN_ACTIONS_PORT": str(free_port()),
        "HUANBAN_BACKEND_PORT": str(free_port()),
    }
    settings = config.load(environment)
    lender_file = folder / "lender.yml"
    lender_file.write_text(yaml.safe_dump(many_borrowers(borrowers), allow_unicode=True), encoding="utf-8")
    extra = {"HUANBAN_LENDER_FILE": str(lender_file), "HUANBAN_BACKEND_DELAY_MS": str(delay_ms)}
    services = [s for s in services_of(settings, folder, extra) if s.name != "Rasa server"]
    with Supervisor(settings.logs_dir) as supervisor:
        supervisor.start(services)
        callers = [Caller(settings, f"T{number}") for number in range(borrowers)]
        gate = threading.Barrier(borrowers)
        with ThreadPoolExecutor(borrowers) as pool:
            answers = [answer for _ in range(rounds + 1) for answer in pool.map(lambda c: c.ask(gate), callers)]
    counted = answers[borrowers:]
    return [seconds for seconds, _ in counted], sum(not right for _, right in counted)


def many_borrowers(number: int) -> dict[str, Any]:
    """The demo lender with so many borrowers, all alike."""
    lender: dict[str, Any] = yaml.safe_load(DEMO.read_text(encoding="utf-8"))
    model = next(row for row in lender["borrowers"] if row["name"] == "on_time")
    lender["borrowers"] = []
    for n in range(number):
        text = (
            yaml.safe_dump(model, allow_unicode=True)
            .replace("L1001", f"LT{n}")
            .replace("PM1001", f"PMT{n}")
            .replace("CP1001", f"CPT{n}")
        )
        lender["borrowers"].append({**yaml.safe_load(text), "name": f"t{n}", "borrower_id": f"T{n}"})
    return lender


class Caller:
    """One borrower, as Rasa asks on their behalf."""

    def __init__(self, settings: config.Settings, borrower_id: str) -> None:
        self._url, self._token = settings.actions_url, settings.actions_token
        conversation = Speaker("web", borrower_id).conversation_id(settings.conversation_secret)
        message = {"text": "我欠多少", "intent": {"name": "ask_bill"}, "entities": [], "message_id": "m"}
        self._call = {
            "next_action": "action_show_bill",
            "sender_id": conversation,
            "tracker": {"sender_id": conversation, "slots": {}, "events": [], "latest_message": message, "active_loop": {}},
        }
        self._session = requests.Session()

    def ask(self, gate: threading.Barrier) -> tuple[float, bool]:
        """Seconds until the answer came, and whether it was the plan; starts together with the others."""
        gate.wait(60)
        began = time.perf_counter()
        answer = self._session.post(self._url, params={"token": self._token}, json=self._call, timeout=60)
        seconds = time.perf_counter() - began
        said = [response["response"] for response in answer.json().get("responses", [])]
        return seconds, said == ["utter_next_due", "utter_plan_begin"]
