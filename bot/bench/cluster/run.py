"""One run: borrowers talk while processes are killed and replaced, and what is left is looked through."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict, dataclass, field

from bot.bench.cluster.borrowers import INTERRUPTED, BorrowerOnLine
from bot.bench.cluster.cluster import KINDS, Cluster
from bot.bench.cluster.left import answered_by, bytes_a_message, cut_short, look_through, rows_a_message
from bot.bench.cluster.models import another
from bot.bench.cluster.waits import WINDOW_SECONDS, bar, seconds_until_back, share_of, waits
from bot.identity import web_token

# What a process of each kind counts when it has done something.
COUNTERS = {
    "rasa": "huanban_messages_total",
    "actions": "huanban_action_seconds_count",
    "backend": "huanban_backend_requests_total",
}
KILLED = ("actions-1", "backend-1", "rasa-1")
# What two cores carry with everything else of the cluster on them, and with a Rasa server starting beside it. Before a button
# borrowers think for a third of the time only, so that they say somewhat more in the end (4 to 5).
MESSAGES_A_SECOND = 3.5
# The first messages of a process that has just started are no measure of those that follow.
WARM_SECONDS = 10.0


@dataclass
class Found:
    """What a run came to; `trouble` is empty when nothing was lost or doubled.

    Attributes:
        think_seconds: mean time that a borrower took to read and to write.
        messages_a_second: that all of them said together before the first kill.
        before: waits for answers before the first kill; the others are of the times that their names say.
        most_seconds: the p95 at which answers are back to what they were.
        back_after: by killed process, seconds until they were; None when they were not before the next thing happened.
        counted: by process, the messages, actions or calls that it had had before the first kill.
        told: how often borrowers heard that a turn was cut short.
        told_after: how long those of them had waited who had not been answered before the kill.
        by_old_model, by_new_model: messages that each read; `by_old_model_after` are those once the last server was replaced.
    """

    borrowers: int
    messages: int
    seconds: float
    think_seconds: float
    messages_a_second: float
    before: list[float]
    disturbed: list[float]
    settled: list[float]
    rolling: list[float]
    most_seconds: float
    back_after: dict[str, float | None]
    told_after: list[float]
    trouble: list[str] = field(default_factory=list)
    counted: dict[str, float] = field(default_factory=dict)
    told: int = 0
    interrupted: int = 0
    interrupted_while_rolling: int = 0
    by_old_model: int = 0
    by_new_model: int = 0
    by_old_model_after: int = 0
    events: int = 0
    processor_ms: dict[str, float] = field(default_factory=dict)
    bytes_a_message: dict[str, float] = field(default_factory=dict)
    rows_a_message: float = 0.0

    def figures(self) -> dict[str, object]:
        """What `docs/cluster-figures.json` holds: of each list of waits its number, p50 and p95."""
        found = asdict(self)
        for name in ("before", "disturbed", "settled", "rolling"):
            waited = found.pop(name)
            shares = {"p50_seconds": round(share_of(waited, 0.5), 3), "p95_seconds": round(share_of(waited, 0.95), 3)}
            found[name] = {"answers": len(waited), **shares}
        return found

    def lines(self) -> list[str]:
        """The figures, for a person."""
        rows = [
            f"{self.borrowers} borrowers on line at once, {self.think_seconds:.0f} s of thought a message, "
            f"{self.messages_a_second:.1f} messages a second",
            f"{self.messages} messages in {self.seconds:.0f} s, {self.events} events in the queue",
        ]
        named = {
            "before any kill": self.before,
            f"within {WINDOW_SECONDS:.0f} s after a kill": self.disturbed,
            f"later than {WINDOW_SECONDS:.0f} s after a kill": self.settled,
            "while the model was changed": self.rolling,
        }
        for name, found in named.items():
            p50, p95 = 1000 * share_of(found, 0.5), 1000 * share_of(found, 0.95)
            rows.append(f"  {name:<36} {len(found):>5} answers   p50 {p50:>5.0f} ms   p95 {p95:>5.0f} ms")
        for name, seconds in self.back_after.items():
            most = f"{self.most_seconds:.2f} s"
            if seconds is None:
                after = f"p95 not back to {most} before the next thing happened"
            elif seconds:
                after = f"p95 back to {most} after {seconds:.0f} s"
            else:  # not that nothing was slower: it stayed below the bar
                after = f"p95 within {most} from the kill on"
            rows.append(f"  {name} killed (-9): {after}")
        told = f", the last after {max(self.told_after):.0f} s" if self.told_after else ""
        rows.append(f"  turns that a kill cut short, and whose borrowers were told: {self.interrupted}{told}")
        rows.append(f"  turns cut short while the model was changed: {self.interrupted_while_rolling}")
        rows.append(f"  messages read by the old model: {self.by_old_model}, by the new one: {self.by_new_model}")
        rows.append(f"  messages read by the old model after the change: {self.by_old_model_after}")
        rows += [f"  {kind:<8} {ms:>7.1f} ms of processor a message" for kind, ms in self.processor_ms.items()]
        rows += [f"  {name:<20} {size:>7.0f} bytes a message in the database" for name, size in self.bytes_a_message.items()]
        rows += [f"✗ {line}" for line in self.trouble] or ["✓ nothing lost, nothing doubled"]
        return rows


async def talk_and_kill(cluster: Cluster, *, think_seconds: float = 0.0, quiet_seconds: float = 20.0) -> Found:
    """All borrowers file a deferral at moments of their own while one process of each kind is killed, and the model changed.

    Args:
        cluster: running.
        think_seconds: mean time of thought a message; 0: as long as it takes for all to say `MESSAGES_A_SECOND`.
        quiet_seconds: of talk between two kills; twice as long before the first.
    """
    think_seconds = think_seconds or max(1.0, len(cluster.borrowers) / MESSAGES_A_SECOND)
    done = asyncio.Event()
    people = [
        BorrowerOnLine(name, cluster.url, web_token(name, cluster.settings.web_secret), think_seconds)
        for name in cluster.borrowers
    ]
    for some in range(0, len(people), 20):
        await asyncio.gather(*(person.connect() for person in people[some : some + 20]))
    new_model = cluster.folder / "changed" / "another-model.tar.gz"
    new_model.parent.mkdir(exist_ok=True)
    new_id = await asyncio.to_thread(another, cluster.model, new_model)
    began = time.monotonic()
    span = quiet_seconds * (len(KILLED) + 1)
    begins = [span * number / max(1, len(people)) for number in range(len(people))]
    tasks = [asyncio.create_task(person.ask_for_time(done, wait)) for person, wait in zip(people, begins, strict=True)]
    try:
        kills, spent, shares = await _kill_one_of_each(cluster, quiet_seconds)
        rolled, cut_before = time.monotonic(), cut_short(cluster)
        await asyncio.to_thread(cluster.roll, "rasa", new_model)
        ended, by_model = time.monotonic(), answered_by(cluster)
        await asyncio.sleep(5.0)
        done.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 180)
    finally:
        for task in tasks:
            task.cancel()
    said = [one for person in people for one in person.said]
    warm = began + WARM_SECONDS
    before = waits(said, [(warm, kills[0])])
    ends = [*kills[1:], rolled]
    found = Found(
        borrowers=len(people),
        messages=len(said),
        seconds=time.monotonic() - began,
        think_seconds=think_seconds,
        messages_a_second=len(before) / (kills[0] - warm),
        before=before,
        disturbed=waits(said, [(kill, kill + WINDOW_SECONDS) for kill in kills]),
        settled=waits(said, [(kill + WINDOW_SECONDS, end) for kill, end in zip(kills, ends, strict=True)]),
        rolling=waits(said, [(rolled, ended)]),
        most_seconds=bar(before),
        back_after={
            name: seconds_until_back(said, kill, end, bar(before)) for name, kill, end in zip(KILLED, kills, ends, strict=True)
        },
        told_after=[one.answered_after for one in said if one.answered_after is not None and INTERRUPTED in one.answer],
        counted=shares,
        told=sum(INTERRUPTED in text for person in people for text in person.heard),
        interrupted=cut_before,
        interrupted_while_rolling=cut_short(cluster) - cut_before,
        processor_ms={kind: 1000 * spent[kind] / max(1.0, spent["messages"]) for kind in KINDS},
        bytes_a_message=bytes_a_message(cluster),
        rows_a_message=rows_a_message(cluster),
    )
    in_the_end = answered_by(cluster)
    found.by_new_model = in_the_end.pop(new_id, 0)
    by_model.pop(new_id, None)
    found.by_old_model = sum(in_the_end.values())
    found.by_old_model_after = found.by_old_model - sum(by_model.values())
    found.trouble = look_through(cluster, people)
    found.events = await _events(cluster.events_url)
    return found


async def _kill_one_of_each(cluster: Cluster, quiet_seconds: float) -> tuple[list[float], dict[str, float], dict[str, float]]:
    """Kills and restarts one process of each kind, one after the other.

    Returns:
        When each was killed; what was spent, and what each process had counted, before the first.
    """
    before = await asyncio.to_thread(_spent, cluster)
    await asyncio.sleep(2 * quiet_seconds)
    # What is killed forgets its counters, so they are read while all of them live.
    spent = {kind: value - before[kind] for kind, value in (await asyncio.to_thread(_spent, cluster)).items()}
    shares = {name: await asyncio.to_thread(counted, cluster, name) for name in cluster.nodes}
    kills = []
    for name in KILLED:
        kills.append(time.monotonic())
        await asyncio.to_thread(cluster.kill_and_restart, name)
        await asyncio.gather(asyncio.to_thread(cluster.nodes[name].until_ready), asyncio.sleep(quiet_seconds))
    return kills, spent, shares


def counted(cluster: Cluster, name: str) -> float:
    """What a process has done since it began, over all labels; `# HELP` has the name before anything was."""
    metric = COUNTERS[cluster.nodes[name].kind]
    lines = cluster.metric(name).splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(f"{metric}{{"))


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


async def _events(url: str) -> int:
    import aio_pika

    from bot.shared.events import QUEUE

    connection = await aio_pika.connect(url)
    async with connection:
        queue = await (await connection.channel()).declare_queue(QUEUE, durable=True, passive=True)
        return int(queue.declaration_result.message_count or 0)
