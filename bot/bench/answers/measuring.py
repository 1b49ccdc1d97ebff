"""The one measuring code for all three bots; they take turns, so that whatever else the machine does hits each alike."""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.bench.answers.figures import percentile
from bot.bench.answers.subjects import Subject
from bot.processes.supervisor import Supervisor

AT_ONCE = 32
WARM_UP = 3  # messages of a new conversation that are not counted: its session begins
EARLY, AT_REFERENCES_END, AT_OUR_END = range(2, 21), range(181, 201), range(981, 1001)


@dataclass
class Measured:
    """What was seen of one bot; times in milliseconds, memory in MiB."""

    start_seconds: list[float] = field(default_factory=list)
    memory_loaded: list[float] = field(default_factory=list)
    memory_after: float = 0.0
    p50: list[float] = field(default_factory=list)  # of each round
    p95: list[float] = field(default_factory=list)
    a_second: list[float] = field(default_factory=list)
    early: dict[int, list[float]] = field(default_factory=dict)  # by the length that they are compared with
    late: dict[int, list[float]] = field(default_factory=dict)
    wrong: int = 0

    def growth(self, length: int) -> float:
        """How many times slower a message of a long conversation is than one at its beginning, at p50."""
        return statistics.median(self.late[length]) / statistics.median(self.early[length])

    def as_json(self) -> dict[str, Any]:
        """All of it as plain values; lists of single messages as their p50."""
        values = {**self.__dict__}
        values["early"] = {str(n): statistics.median(found) for n, found in self.early.items()}
        values["late"] = {str(n): statistics.median(found) for n, found in self.late.items()}
        return values


class Borrowers:
    """Those who ask; each message is checked to be answered as it should."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._made: Counter[str] = Counter()
        self.wrong: dict[str, list[str]] = {}

    def new(self, subject: Subject, number: int = 1) -> list[str]:
        """Borrowers whom this bot has not heard of yet."""
        self._made[subject.name] += number
        made = self._made[subject.name]
        return [f"T{n}" for n in range(made - number, made)]

    async def ask(self, subject: Subject, borrower: str, number: int) -> float:
        """Milliseconds until the whole answer to the borrower's next message is there."""
        question = subject.questions[number % len(subject.questions)]
        call = subject.call(borrower, question.text)
        began = time.perf_counter()
        async with self._session.post(call.url, json=call.body, headers=call.headers) as answer:
            said = json.loads(await answer.text())
        took = (time.perf_counter() - began) * 1000
        messages = said if isinstance(said, list) else said.get("messages", [])
        text = " / ".join(message.get("text", "") for message in messages)
        if answer.status != 200 or question.answer not in text:
            self.wrong.setdefault(subject.name, []).append(f"{question.text} → {answer.status} {text[:300] or said}")
        return took


@contextlib.asynccontextmanager
async def borrowers_of(measured: Mapping[str, Measured]) -> AsyncIterator[Borrowers]:
    """Borrowers with connections of their own; what was answered wrong is counted in the end."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=120)) as session:
        borrowers = Borrowers(session)
        yield borrowers
    for name, answers in borrowers.wrong.items():
        measured[name].wrong += len(answers)
        print(f"  ! {name}: {len(answers)} answers were not the right one, such as: {answers[0]}")


async def measure_answers(
    borrowers: Borrowers, subjects: Sequence[Subject], measured: Mapping[str, Measured], rounds: int, messages: int
) -> None:
    """Latency one after the other, then messages a second with many at once, round by round, bot by bot."""
    for subject in subjects:  # the first answers of a process load what it needs
        for number in range(2 * WARM_UP):
            await borrowers.ask(subject, borrowers.new(subject)[0], number)
    for _ in range(rounds):
        for subject in subjects:
            borrower = borrowers.new(subject)[0]
            took = [await borrowers.ask(subject, borrower, number) for number in range(WARM_UP + messages)][WARM_UP:]
            measured[subject.name].p50.append(statistics.median(took))
            measured[subject.name].p95.append(percentile(took, 0.95))
    for _ in range(max(2, rounds // 2)):
        for subject in subjects:
            measured[subject.name].a_second.append(await _at_once(borrowers, subject, messages_each=6))


async def measure_growth(
    borrowers: Borrowers, subjects: Sequence[Subject], measured: Mapping[str, Measured], late: range
) -> None:
    """Messages at the end of a long conversation and at the beginning of another, by turns."""
    length = late.stop - 1
    long = {subject.name: borrowers.new(subject)[0] for subject in subjects}
    new = {subject.name: borrowers.new(subject)[0] for subject in subjects}
    for number in range(1, late.start):
        for subject in subjects:
            await borrowers.ask(subject, long[subject.name], number)
    for subject in subjects:
        measured[subject.name].early[length], measured[subject.name].late[length] = [], []
        await borrowers.ask(subject, new[subject.name], 1)
    for early_number, late_number in zip(EARLY, late, strict=False):
        for subject in subjects:
            found = measured[subject.name]
            found.early[length].append(await borrowers.ask(subject, new[subject.name], early_number))
            found.late[length].append(await borrowers.ask(subject, long[subject.name], late_number))


async def _at_once(borrowers: Borrowers, subject: Subject, messages_each: int) -> float:
    people = borrowers.new(subject, AT_ONCE)
    await asyncio.gather(*(borrowers.ask(subject, one, 0) for one in people))

    async def talk(one: str) -> None:
        for number in range(messages_each):
            await borrowers.ask(subject, one, number)

    began = time.perf_counter()
    await asyncio.gather(*(talk(one) for one in people))
    return AT_ONCE * messages_each / (time.perf_counter() - began)


def measure_starts(supervisor: Supervisor, subjects: Sequence[Subject], measured: Mapping[str, Measured], times: int) -> None:
    """Starts each Rasa server so many times, by turns, and leaves them running."""
    for number in range(times):
        for subject in subjects:
            if number:
                supervisor.end(subject.server.name)
            began = time.perf_counter()
            supervisor.start([subject.server], timeout_seconds=300)
            measured[subject.name].start_seconds.append(time.perf_counter() - began)
            measured[subject.name].memory_loaded.append(memory_of(supervisor.pid_of(subject.server.name)))


def memory_of(process: int) -> float:
    """Resident memory of a process, in MiB."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, check=True)
    return int(told.stdout) / 1024
