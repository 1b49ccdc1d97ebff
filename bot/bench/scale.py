"""What a number of borrowers needs, computed from what `./huanban bench cluster` measured and from what has to be assumed."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from bot import config

FIGURES = config.ROOT / "docs" / "cluster-figures.json"
GIB = 1024**3


@dataclass(frozen=True)
class Assumed:
    """What no measurement on one machine can say; each has a flag of `./huanban bench scale`."""

    borrowers: int = 10_000_000
    share_that_talks_a_month: float = 0.20
    conversations_of_each: float = 1.5
    messages_of_a_conversation: float = 8.0
    busiest_day: float = 3.0  # times the mean day: many have the same due day
    busiest_hour: float = 0.15  # of that day's messages
    most_load: float = 0.5  # of a core, so that a burst does not have to queue
    months_kept: float = 24.0  # of conversations: HUANBAN_CONVERSATION_DAYS
    kib_of_the_ledger_a_borrower: float = 20.0  # loans, payments, requests and audit trail, with indexes
    memory_of_rasa_gib: float = 1.2
    memory_of_others_gib: float = 0.3
    copies_of_a_database: float = 2.0  # one that answers, one that stands by
    cores_of_postgresql: float = 8.0  # of each copy, for conversations and for the ledger alike
    memory_of_postgresql_gib: float = 32.0
    cores_of_redis_rabbitmq_and_nginx: float = 8.0  # two of each: a core of Redis, two of RabbitMQ, one of nginx
    memory_of_redis_rabbitmq_and_nginx_gib: float = 14.0  # two of each: 2 GiB, 4 GiB, 1 GiB
    disk_of_rabbitmq_gib: float = 100.0  # two of 50 GiB, for events that nobody has fetched yet
    yuan_of_a_core_a_month: float = 120.0
    yuan_of_a_gib_of_memory_a_month: float = 30.0
    yuan_of_a_gib_of_disk_a_month: float = 1.0


def needs(measured: Mapping[str, Any], assumed: Assumed) -> list[tuple[str, str, str]]:
    """Rows of what, how much, and where it comes from.

    What our processes take was measured; what PostgreSQL, Redis, RabbitMQ and nginx take was not, and is assumed in whole.
    """
    processor: Mapping[str, float] = measured["processor_ms"]
    size: Mapping[str, float] = measured["bytes_a_message"]
    talking = assumed.borrowers * assumed.share_that_talks_a_month
    month = talking * assumed.conversations_of_each * assumed.messages_of_a_conversation
    day = month / 30
    peak = day * assumed.busiest_day * assumed.busiest_hour / 3600
    # A process runs Python on one core; one more of each may be away at any time.
    count = {kind: math.ceil(peak * ms / 1000 / assumed.most_load) + 1 for kind, ms in processor.items()}
    memory = count["rasa"] * assumed.memory_of_rasa_gib + (count["actions"] + count["backend"]) * assumed.memory_of_others_gib
    kept = month * assumed.months_kept
    disk = kept * sum(size.values()) / GIB
    ledger = assumed.borrowers * assumed.kib_of_the_ledger_a_borrower * 1024 / GIB

    def yuan(cores: float, memory_gib: float) -> float:
        return cores * assumed.yuan_of_a_core_a_month + memory_gib * assumed.yuan_of_a_gib_of_memory_a_month

    databases = 2 * assumed.copies_of_a_database  # of conversations and of the ledger
    all_disk = (disk + ledger) * assumed.copies_of_a_database + assumed.disk_of_rabbitmq_gib
    money = {
        "our own processes": yuan(sum(count.values()), memory),
        "PostgreSQL's processors and memory": databases * yuan(assumed.cores_of_postgresql, assumed.memory_of_postgresql_gib),
        "Redis, RabbitMQ and nginx": yuan(
            assumed.cores_of_redis_rabbitmq_and_nginx, assumed.memory_of_redis_rabbitmq_and_nginx_gib
        ),
        "disk": all_disk * assumed.yuan_of_a_gib_of_disk_a_month,
    }
    whole = sum(money.values())
    rows = [
        ("messages a day, mean", f"{day:,.0f}", "c"),
        ("messages a second in the busiest hour", f"{peak:,.0f}", "c"),
    ]
    for kind, ms in processor.items():
        rows.append((f"processor of {kind} a message", f"{ms:.0f} ms", "m"))
    for kind, number in count.items():
        rows.append((f"processes of {kind}, a core each", f"{number}", "c"))
    rows += [
        ("memory of our processes", f"{memory:,.0f} GiB", "c"),
        ("events a message in the tracker store", f"{measured['rows_a_message']:.1f}", "m"),
        ("rows of events kept", f"{kept * measured['rows_a_message'] / 1e9:,.1f} thousand million", "c"),
    ]
    for name, bytes_a_message in size.items():
        rows.append((f"bytes a message in {name}, with indexes", f"{bytes_a_message:,.0f}", "m"))
    rows += [
        ("PostgreSQL's disk for conversations, one copy", f"{disk:,.0f} GiB", "c"),
        ("PostgreSQL's writes of events in the busiest hour", f"{peak * measured['rows_a_message']:,.0f} rows a second", "c"),
        ("PostgreSQL's disk for the ledger, one copy", f"{ledger:,.0f} GiB", "c"),
        ("PostgreSQL servers, for conversations and for the ledger", f"{databases:,.0f}", "c"),
        ("disk in all, every copy and RabbitMQ's", f"{all_disk:,.0f} GiB", "c"),
        *((f"money for {what}", f"{much:,.0f} yuan a month", "c") for what, much in money.items()),
        ("money in all", f"{whole:,.0f} yuan a month", "c"),
        ("money a borrower who talks", f"{whole / talking:.3f} yuan a month", "c"),
    ]
    return rows


def table(measured: Mapping[str, Any], assumed: Assumed) -> str:
    """The rows as they stand in docs/scale.md."""
    lines = ["| what | how much | |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {what} | {much} | {source} |" for what, much, source in needs(measured, assumed))])


def assumptions(assumed: Assumed) -> str:
    """The assumptions as they stand in docs/scale.md."""
    rows = [f"| {one.name.replace('_', ' ')} | {getattr(assumed, one.name):,} | a |" for one in fields(assumed)]
    return "\n".join(["| assumed | | |", "|---|---|---|", *rows])


def main(arguments: list[str]) -> int:
    """Prints assumptions and needs."""
    parser = argparse.ArgumentParser(prog="./huanban bench scale", description=__doc__)
    parser.add_argument("--figures", type=Path, default=FIGURES, help="what ./huanban bench cluster --json wrote")
    for one in fields(Assumed):
        parser.add_argument(f"--{one.name.replace('_', '-')}", type=float, default=one.default)
    options = vars(parser.parse_args(arguments))
    measured = json.loads(options.pop("figures").read_text(encoding="utf-8"))
    assumed = Assumed(**options)
    print(assumptions(assumed) + "\n\n" + table(measured, assumed))
    return 0
