"""One run: borrowers talk while processes are killed and replaced, and what is left is looked through."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.bench.cluster.borrowers import BorrowerOnLine, Said
from bot.bench.cluster.cluster import KINDS, Cluster
from bot.identity import web_token

KILLED = ("actions-1", "backend-1", "rasa-1")
SETTLED_SECONDS = 10.0


@dataclass
class Found:
    """What a run came to; every list of trouble is empty when the promise was kept."""

    borrowers: int
    messages: int
    seconds: float
    before: list[float]
    disturbed: list[float]
    settled: list[float]
    rolling: list[float]
    trouble: list[str] = field(default_factory=list)
    interrupted: int = 0
    interrupted_while_rolling: int = 0
    events: int = 0
    processor_ms: dict[str, float] = field(default_factory=dict)
    bytes_a_message: dict[str, float] = field(default_factory=dict)
    rows_a_message: float = 0.0

    def lines(self) -> list[str]:
        """The figures, for a person."""
        rows = [
            f"{self.borrowers} borrowers, {self.messages} messages in {self.seconds:.0f} s, {self.events} events in the queue"
        ]
        named = {
            "before any kill": self.before,
            f"within {SETTLED_SECONDS:.0f} s after a kill": self.disturbed,
            f"later than {SETTLED_SECONDS:.0f} s after a kill": self.settled,
            "while Rasa was replaced one by one": self.rolling,
        }
        for name, waits in named.items():
            rows.append(f"  {name:<36} {len(waits):>5} answers   p50 {_ms(waits, 0.5)}   p95 {_ms(waits, 0.95)}")
        rows.append(f"  turns that a kill cut short, and whose borrowers were told: {self.interrupted}")
        rows.append(f"  turns cut short while Rasa was replaced one by one: {self.interrupted_while_rolling}")
        rows += [f"  {kind:<8} {ms:>7.1f} ms of processor a message" for kind, ms in self.processor_ms.items()]
        rows += [f"  {name:<20} {size:>7.0f} bytes a message in the database" for name, size in self.bytes_a_message.items()]
        rows += [f"✗ {line}" for line in self.trouble] or ["✓ nothing lost, nothing doubled"]
        return rows


async def talk_and_kill(cluster: Cluster, *, quiet_seconds: float = 8.0, roll: bool = True) -> Found:
    """All borrowers file a deferral at moments of their own while one process of each kind is killed and restarted.

    Args:
        cluster: running.
        quiet_seconds: of talk before the first kill, and between two.
        roll: replace the Rasa servers one by one afterwards, without a kill.
    """
    done, began = asyncio.Event(), time.monotonic()
    people = [BorrowerOnLine(name, cluster.url, web_token(name, cluster.settings.web_secret)) for name in cluster.borrowers]
    span = quiet_seconds * (len(KILLED) + 1)
    waits = [span * number / max(1, len(people)) for number in range(len(people))]
    tasks = [asyncio.create_task(person.ask_for_time(done, wait)) for person, wait in zip(people, waits, strict=True)]
    kills: list[float] = []
    spent: dict[str, float] = {}
    before = await asyncio.to_thread(_spent, cluster)
    for name in KILLED:
        await asyncio.sleep(quiet_seconds)
        if not kills:  # what is killed forgets its counters, so they are read while all of them live
            spent = {kind: value - before[kind] for kind, value in (await asyncio.to_thread(_spent, cluster)).items()}
        kills.append(time.monotonic())
        await asyncio.to_thread(cluster.kill_and_restart, name)
    for name in KILLED:
        await asyncio.to_thread(cluster.nodes[name].until_ready)
    # A turn that was cut short is told of when its lease has ended.
    await asyncio.sleep(max(SETTLED_SECONDS + 8.0, kills[-1] + 80.0 - time.monotonic()))
    rolled = time.monotonic()
    cut_before = _cut_short(cluster)
    if roll:
        await asyncio.to_thread(cluster.roll, "rasa")
    ended = time.monotonic()
    done.set()
    await asyncio.wait_for(asyncio.gather(*tasks), 240)
    said = [one for person in people for one in person.said]
    found = Found(
        borrowers=len(people),
        messages=len(said),
        seconds=time.monotonic() - began,
        before=_waits(said, [(began, kills[0])]),
        disturbed=_waits(said, [(kill, kill + SETTLED_SECONDS) for kill in kills]),
        settled=_waits(said, [(kills[-1] + SETTLED_SECONDS, rolled)]),
        rolling=_waits(said, [(rolled, ended)]),
        interrupted=cut_before,
        interrupted_while_rolling=_cut_short(cluster) - cut_before,
    )
    found.trouble = look_through(cluster, people)
    found.events = await _events(cluster.events_url)
    if spent["messages"]:
        found.processor_ms = {kind: 1000 * spent[kind] / spent["messages"] for kind in KINDS}
    found.bytes_a_message = _bytes_a_message(cluster)
    rows, messages = cluster.rows("SELECT count(*), sum((type_name = 'user')::int) FROM events", of_the_ledger=False)[0]
    found.rows_a_message = int(str(rows)) / max(1, int(str(messages)))
    return found


def _spent(cluster: Cluster) -> dict[str, float]:
    """Seconds of processor by kind, and messages, of all processes since each began."""
    sums = dict.fromkeys((*KINDS, "messages"), 0.0)
    for name, node in cluster.nodes.items():
        for line in cluster.metric(name).splitlines():
            if line.startswith("process_cpu_seconds_total "):
                sums[node.kind] += float(line.split()[-1])
            elif line.startswith("huanban_messages_total{"):
                sums["messages"] += float(line.split()[-1])
    return sums


def _bytes_a_message(cluster: Cluster) -> dict[str, float]:
    """Of the tables that grow with every message, with their indexes."""
    said = int(str(cluster.rows("SELECT count(*) FROM chat_messages WHERE sender = 'borrower'", of_the_ledger=False)[0][0]))
    found = {}
    for table in ("events", "chat_messages"):
        size = cluster.rows(f"SELECT pg_total_relation_size('{table}')", of_the_ledger=False)[0][0]
        found[table] = int(str(size)) / max(1, said)
    return found


def look_through(cluster: Cluster, people: Sequence[BorrowerOnLine]) -> list[str]:
    """What is wrong afterwards: in the ledger, in the conversations, and in what borrowers heard."""
    trouble = []
    filed = {
        str(borrower): int(str(count))
        for borrower, count in cluster.rows(
            "SELECT borrower_id, count(*) FROM requests WHERE kind = 'deferral' GROUP BY borrower_id"
        )
    }
    for person in people:
        if filed.get(person.borrower_id, 0) != 1:
            trouble.append(f"{person.borrower_id} has {filed.get(person.borrower_id, 0)} deferrals in the ledger")
        if not person.has_heard_filed:
            trouble.append(f"{person.borrower_id} never heard that it is filed; last: {person.said[-1].answer[:60]!r}")
        for one in person.said:
            if not one.answer:
                trouble.append(f"{person.borrower_id} heard nothing after {one.text!r}")
    doubled = cluster.rows(
        "SELECT borrower_id, count(*) FROM audit WHERE action = 'deferral.filed' GROUP BY borrower_id HAVING count(*) > 1"
    )
    trouble += [f"{row[0]} was filed for {row[1]} times" for row in doubled]
    for state, count in cluster.rows(
        "SELECT state, count(*) FROM chat_messages WHERE sender = 'borrower' GROUP BY state", of_the_ledger=False
    ):
        if state not in ("answered", "interrupted"):
            trouble.append(f"{count} messages are still {state}")
    twice = cluster.rows(
        "SELECT conversation_id FROM chat_messages WHERE client_id IS NOT NULL "
        "GROUP BY conversation_id, client_id HAVING count(*) > 1",
        of_the_ledger=False,
    )
    trouble += [f"a message was kept {len(twice)} times too often"] if twice else []
    kept = cluster.rows("SELECT count(*) FROM chat_messages WHERE sender = 'borrower'", of_the_ledger=False)[0][0]
    said = sum(len(person.said) for person in people)
    if kept != said:
        trouble.append(f"{said} messages were acknowledged and {kept} are kept")
    # Each message that was answered went through the bot exactly once.
    turns = cluster.rows("SELECT count(*) FROM events WHERE type_name = 'user'", of_the_ledger=False)[0][0]
    answered = cluster.rows("SELECT count(*) FROM chat_messages WHERE state = 'answered'", of_the_ledger=False)[0][0]
    interrupted = _cut_short(cluster)
    if not int(str(answered)) <= int(str(turns)) <= int(str(answered)) + interrupted:
        trouble.append(f"{answered} messages were answered, and the bot read {turns} (cut short: {interrupted})")
    return trouble


def _cut_short(cluster: Cluster) -> int:
    rows = cluster.rows("SELECT count(*) FROM chat_messages WHERE state = 'interrupted'", of_the_ledger=False)
    return int(str(rows[0][0]))


async def _events(url: str) -> int:
    import aio_pika

    from bot.shared.events import QUEUE

    connection = await aio_pika.connect(url)
    async with connection:
        queue = await (await connection.channel()).declare_queue(QUEUE, durable=True, passive=True)
        return int(queue.declaration_result.message_count or 0)


def _waits(said: Sequence[Said], spans: Sequence[tuple[float, float]]) -> list[float]:
    """How long the answers to messages of these spans took; one that was told to be cut short counts like any other."""
    return [one.answered_after for one in said if one.answered_after is not None and any(a <= one.at < b for a, b in spans)]


def _ms(waits: Sequence[float], share: float) -> str:
    if not waits:
        return "      –"
    chosen = statistics.quantiles(waits, n=100, method="inclusive")[int(share * 100) - 1] if len(waits) > 1 else waits[0]
    return f"{chosen * 1000:>5.0f} ms"
