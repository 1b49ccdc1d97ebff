"""The stream of events to Kafka, with its real producer: over librdkafka's own cluster of pretence, and over nobody at all."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from confluent_kafka import Consumer, Message, Producer

from bot.config import ConfigurationError
from bot.observability import metrics
from bot.processes.supervisor import free_port
from bot.shared import events
from bot.shared.events import KafkaStream, broker_for, outgoing

SECRET = "conversation-secret-of-the-tests"
TOPIC = "huanban"


def event(number: int, conversation: str = "web:B1001:seal") -> dict[str, Any]:
    return {"sender_id": conversation, "event": "user", "text": "我的手机是13812345678", "number": number}


def figure(name: str) -> float:
    (row,) = [row for row in metrics.text().decode().splitlines() if row.startswith(f"{name} ")]
    return float(row.split()[1])


def waiting() -> float:
    return figure("huanban_events_waiting")


def dropped() -> float:
    return figure("huanban_events_dropped_total")


async def until(what: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.02)


def to_nobody(**options: Any) -> KafkaStream:
    return KafkaStream(f"127.0.0.1:{free_port()}", TOPIC, SECRET, urlsplit("kafka://nobody"), **options)


@pytest.fixture
def cluster() -> Iterator[str]:
    """The address of a broker that speaks Kafka's protocol, in this process; a topic has four partitions."""
    holder = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "not used", "log_level": 0})
    (broker,) = holder.list_topics(timeout=10).brokers.values()
    yield f"{broker.host}:{broker.port}"


def delivered(address: str, count: int, seconds: float = 20) -> list[Message]:
    """So many messages of the topic, by partition in the order in which they lie there."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "tests", "auto.offset.reset": "earliest", "log_level": 0})
    consumer.subscribe([TOPIC])
    found: list[Message] = []
    end = time.monotonic() + seconds
    while len(found) < count and time.monotonic() < end:
        message = consumer.poll(0.2)
        if message is not None and not message.error():
            found.append(message)
    consumer.close()
    assert len(found) == count
    return found


def test_events_arrive_masked_under_a_pseudonym_and_each_conversations_in_order(cluster: str) -> None:
    speakers = [f"web:B100{who}:seal" for who in range(5)]
    before = dropped()

    async def run() -> None:
        broker = broker_for(f"kafka://{cluster}/{TOPIC}", SECRET)
        assert broker is not None
        for number in range(100):
            broker.publish(event(number, speakers[number % 5]))
        await until(lambda: waiting() == 0)
        await broker.close()

    asyncio.run(run())
    messages = delivered(cluster, 100)
    bodies = [json.loads(message.value() or b"") for message in messages]
    text = json.dumps(bodies, ensure_ascii=False)
    assert "B100" not in text and "13812345678" not in text
    places: dict[str, set[int | None]] = {}
    numbers: dict[str, list[int]] = {}
    for message, body in zip(messages, bodies, strict=True):
        assert message.key() == body["sender_id"].encode()
        places.setdefault(body["sender_id"], set()).add(message.partition())
        numbers.setdefault(body["sender_id"], []).append(body["number"])
    assert set(numbers) == {outgoing(event(0, speaker), SECRET)["sender_id"] for speaker in speakers}
    assert all(len(partitions) == 1 for partitions in places.values())
    assert all(found == sorted(found) and len(found) == 20 for found in numbers.values())
    assert dropped() == before


def test_events_said_while_nobody_is_there_arrive_when_somebody_comes(cluster: str) -> None:
    port = free_port()
    host, _, real = cluster.partition(":")

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def between(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(host, int(real))
        await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))

    async def run() -> None:
        broker = broker_for(f"kafka://127.0.0.1:{port}/{TOPIC}", SECRET)
        assert broker is not None
        for number in range(20):
            broker.publish(event(number))
        await asyncio.sleep(1.5)
        assert waiting() == 20
        server = await asyncio.start_server(between, "127.0.0.1", port)
        await until(lambda: waiting() == 0, 30)
        await broker.close()
        server.close()

    before = dropped()
    asyncio.run(run())
    assert [json.loads(message.value() or b"")["number"] for message in delivered(cluster, 20)] == list(range(20))
    assert dropped() == before


def test_over_nobody_each_event_is_counted_and_the_end_is_soon_and_beside_the_loop(caplog: pytest.LogCaptureFixture) -> None:
    before = dropped()

    async def run() -> tuple[float, float]:
        broker = to_nobody()
        for number in range(20):
            broker.publish(event(number))
        await asyncio.sleep(1)
        assert (waiting(), dropped()) == (20, before)
        began = last = time.monotonic()
        longest = 0.0
        closing = asyncio.create_task(broker.close())
        while not closing.done():
            await asyncio.sleep(0.01)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        assert not broker._thread.is_alive()
        broker.publish(event(20))  # a turn that ends after everything else
        return time.monotonic() - began, longest

    with caplog.at_level(logging.INFO):
        seconds, longest = asyncio.run(run())
    assert seconds < events.ENDING_SECONDS + 1.5
    assert longest < 0.7, "the event loop stood still"
    assert (waiting(), dropped()) == (0, before + 21)
    said = [record.getMessage() for record in caplog.records if record.name == "bot.shared.events"]
    assert said.count("the event broker does not answer: _TRANSPORT; trying again") == 1
    assert "20 events were given up: _PURGE_QUEUE" in said


def test_what_expires_is_counted() -> None:
    before = dropped()

    async def run() -> None:
        broker = to_nobody(**{"message.timeout.ms": 300})
        for number in range(7):
            broker.publish(event(number))
        await until(lambda: dropped() == before + 7)
        assert waiting() == 0
        await broker.close()

    asyncio.run(run())
    assert dropped() == before + 7


def test_of_too_many_the_oldest_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_WAITING", 10)
    monkeypatch.setattr(events, "MOST_HANDED_OVER", 4)
    monkeypatch.setattr(events, "ENDING_SECONDS", 0.1)
    before = dropped()

    async def run() -> list[int]:
        broker = to_nobody()
        for number in range(4):
            broker.publish(event(number))
        await until(lambda: not broker._queue)
        for number in range(4, 25):
            broker.publish(event(number))
        assert (waiting(), dropped()) == (10, before + 15)
        left = [kept["number"] for kept in broker._queue]
        await broker.close()
        return left

    assert asyncio.run(run()) == [19, 20, 21, 22, 23, 24]
    assert (waiting(), dropped()) == (0, before + 25)


def test_an_event_that_no_message_can_hold_is_counted_and_those_after_it_arrive(cluster: str) -> None:
    before = dropped()

    async def run() -> None:
        broker = broker_for(f"kafka://{cluster}/{TOPIC}", SECRET)
        assert broker is not None
        broker.publish({**event(1), "metadata": ["x" * 2000] * 1000})
        broker.publish({**event(2), "metadata": object()})
        broker.publish(event(3))
        await until(lambda: waiting() == 0)
        await broker.close()

    asyncio.run(run())
    assert [json.loads(message.value() or b"")["number"] for message in delivered(cluster, 1)] == [3]
    assert dropped() == before + 2


def test_what_waits_for_room_in_the_producers_memory_keeps_its_place(cluster: str) -> None:
    before = dropped()

    async def run() -> None:
        parts = urlsplit(f"kafka://{cluster}")
        broker = KafkaStream(cluster, TOPIC, SECRET, parts, **{"queue.buffering.max.messages": 3})
        for number in range(30):
            broker.publish(event(number))
        await until(lambda: waiting() == 0)
        await broker.close()

    asyncio.run(run())
    assert [json.loads(message.value() or b"")["number"] for message in delivered(cluster, 30)] == list(range(30))
    assert dropped() == before


def test_a_login_goes_over_tls_and_a_half_one_is_refused_without_being_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    import confluent_kafka

    given: list[dict[str, Any]] = []
    real = confluent_kafka.Producer

    def make(settings: dict[str, Any]) -> Producer:
        given.append(settings)
        return real(settings)

    monkeypatch.setattr(confluent_kafka, "Producer", make)
    monkeypatch.setattr(events, "ENDING_SECONDS", 0.1)

    async def run() -> None:
        broker = broker_for(f"kafka://lender:s%40cret@127.0.0.1:{free_port()}/x", SECRET)
        assert broker is not None
        await broker.close()

    asyncio.run(run())
    assert given[0]["max.in.flight.requests.per.connection"] == 1, "a batch that is sent again comes after a later one"
    login = {key: given[0][key] for key in ("security.protocol", "sasl.mechanism", "sasl.username", "sasl.password")}
    assert list(login.values()) == ["SASL_SSL", "PLAIN", "lender", "s@cret"]
    with pytest.raises(ConfigurationError, match="HUANBAN_EVENTS_URL") as refused:
        broker_for("kafka://lender@127.0.0.1/x", SECRET)
    assert "lender" not in str(refused.value)
