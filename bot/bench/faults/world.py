"""The real processes before and behind the proxy, a ledger with a borrower for each conversation, and kills."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import os
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot import config
from bot.backend import lender_file, seed
from bot.backend.clock import Clock
from bot.backend.policy import Policy
from bot.backend.store import Store
from bot.bench.faults.plans import borrower_of
from bot.bench.faults.proxy import FaultProxy
from bot.bench.process import MODULES, Process
from bot.processes.supervisor import die_with_parent, free_port

TODAY = date(2026, 11, 24)
_SITUATION = "due_in_three_days"
_LENDER = config.ROOT / "data" / "demo" / "lender.yml"


@dataclass
class World:
    """What is running, and how to break it.

    Attributes:
        kills: which process was killed when, of `time.time`.
    """

    folder: Path
    settings: config.Settings
    proxy: FaultProxy
    processes: Mapping[str, Process]
    kills: list[tuple[str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nothing is being killed."""
        self._one_at_a_time = asyncio.Lock()
        self._day = TODAY

    @property
    def ledger(self) -> Path:
        """The backend's SQLite file."""
        return self.folder / "ledger.db"

    async def whole(self) -> None:
        """Waits until nothing is being started again."""
        async with self._one_at_a_time:
            pass

    async def kill_and_restart(self, name: str, *, another_day: bool = False) -> None:
        """Kills a process (-9), starts it again, and waits until it is ready; one at a time.

        `another_day` lets the backend's machine come back on the next day, or on the day before when that was done already.
        """
        async with self._one_at_a_time:
            process = self.processes[name]
            if another_day:
                self._day = TODAY if self._day > TODAY else TODAY + timedelta(days=1)
                process.environment["HUANBAN_TODAY"] = self._day.isoformat()
            self.kills.append((name, time.time()))
            async with self.proxy.away() if name == "backend" else contextlib.AsyncExitStack():
                process.kill()
                process.start(die_with_parent)
                await asyncio.to_thread(process.until_ready)


@contextlib.asynccontextmanager
async def running_world(folder: Path, numbers: Iterable[int], model: Path) -> AsyncIterator[World]:
    """Backend, action server and Rasa on free ports, over a fresh ledger, for as long as the block runs.

    Args:
        folder: for databases and logs.
        numbers: of the plans; each has a borrower.
        model: a trained model.

    Raises:
        NotHere: one of them did not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(_fill, folder, list(numbers))
    ports = {name: free_port() for name in MODULES}
    proxy = FaultProxy(ports["backend"])
    await proxy.listen()
    environment = _environment(folder, ports, proxy.port)
    settings = config.load(environment)
    environment.update({name: value for name, value in settings.environment().items() if "TOKEN" in name or "SECRET" in name})
    processes = {}
    for name, port in ports.items():
        arguments = [str(model)] if name == "rasa" else []
        processes[name] = Process(name, name, port, dict(environment), arguments, folder / f"{name}.log")
    try:
        for process in processes.values():
            process.start(die_with_parent)
        await asyncio.gather(*(asyncio.to_thread(process.until_ready) for process in processes.values()))
        yield World(folder, settings, proxy, processes)
    finally:
        await proxy.close()
        for process in processes.values():
            process.stop()


def _environment(folder: Path, ports: Mapping[str, int], proxy_port: int) -> dict[str, str]:
    """Settings of all three; the client's time-outs are short unless the caller's environment says otherwise."""
    given = os.environ.get
    return {
        **{name: "" for name in os.environ if name.startswith("HUANBAN_")},
        "HUANBAN_STATE_DIR": str(folder / "state"),
        "HUANBAN_LENDER_FILE": str(_LENDER),
        "HUANBAN_TODAY": TODAY.isoformat(),
        "HUANBAN_BACKEND_DATABASE_URL": f"sqlite:///{folder / 'ledger.db'}",
        "HUANBAN_BOT_PORT": str(ports["rasa"]),
        "HUANBAN_ACTIONS_PORT": str(ports["actions"]),
        "HUANBAN_BACKEND_PORT": str(ports["backend"]),
        "HUANBAN_BACKEND_URL": f"http://127.0.0.1:{proxy_port}",
        "HUANBAN_CONNECT_TIMEOUT_SECONDS": given("HUANBAN_CONNECT_TIMEOUT_SECONDS") or "1",
        "HUANBAN_READ_TIMEOUT_SECONDS": given("HUANBAN_READ_TIMEOUT_SECONDS") or "1.5",
        "HUANBAN_ACTION_TIMEOUT_SECONDS": given("HUANBAN_ACTION_TIMEOUT_SECONDS") or "25",
        "HUANBAN_MESSAGES_PER_MINUTE": "100000",
        "HUANBAN_ADDRESS_CALLS_PER_MINUTE": "1000000",
        "HUANBAN_DEMO": "off",
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONUNBUFFERED": "1",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "OMP_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
    }


def _fill(folder: Path, numbers: list[int]) -> None:
    """A ledger in which each plan has a borrower of its own, no two of whom owe the same sums.

    The backend is started with the demo's lender file afterwards, which is read in no time; whom the ledger has, it keeps.
    """
    demo: dict[str, Any] = yaml.load(_LENDER.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    template = next(row for row in demo["borrowers"] if row["name"] == _SITUATION)
    demo["borrowers"] += [_borrower(template, number) for number in numbers]
    path = folder / "lender.yml"
    path.write_text(yaml.dump(demo, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True), encoding="utf-8")
    store = Store(f"sqlite:///{folder / 'ledger.db'}", Clock(TODAY))
    try:
        seed.plant(store, Policy(lender_file.read(path), undo_minutes=10, quote_minutes=30))
    finally:
        store.close()


def _borrower(template: Mapping[str, Any], number: int) -> dict[str, Any]:
    row = copy.deepcopy(dict(template))
    borrower_id = borrower_of(number)
    row.update(name=f"plan_{number}", borrower_id=borrower_id, display_name=f"借款人{number}号", phone_masked="139****0000")
    row.pop("phone", None)
    for method in row["payment_methods"]:
        method["payment_method_id"] = f"PM{borrower_id}"
    (loan,) = row["loans"]
    loan.update(loan_id=f"L{borrower_id[1:]}", principal_fen=2_000_000 + 100 * number, paid_instalments=2, late_payments=[])
    return row
