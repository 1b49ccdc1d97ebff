"""The stream of events: what leaves, and what happens while nobody takes it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import read_endpoint_config

from bot.bench import servers
from bot.config import ROOT, ConfigurationError
from bot.processes.supervisor import free_port
from bot.shared import events
from bot.shared.events import QUEUE, RabbitStream, broker_for, outgoing

SECRET = "conversation-secret-of-the-tests"
EVENT = {
    "sender_id": "web:B1001:seal",
    "event": "user",
    "text": "我的手机是13812345678",
    "parse_data": {"entities": ["13812345678"]},
}


def test_what_leaves_names_no_borrower_and_holds_no_number_in_clear() -> None:
    text = json.dumps(outgoing(EVENT, SECRET), ensure_ascii=False)
    assert "B1001" not in text and "seal" not in text and "13812345678" not in text


def test_a_conversation_keeps_its_pseudonym_and_has_it_alone() -> None:
    same, other = outgoing(EVENT, SECRET), outgoing({**EVENT, "sender_id": "web:B1002:seal"}, SECRET)
    assert same["sender_id"] == outgoing(dict(EVENT), SECRET)["sender_id"] != other["sender_id"]
    assert outgoing(EVENT, "another secret")["sender_id"] != same["sender_id"]


def test_without_a_url_events_go_nowhere(endpoint_settings: None) -> None:
    endpoint = read_endpoint_config(str(ROOT / "endpoints.yml"), "event_broker")
    assert asyncio.run(EventBroker.create(endpoint)) is None


@pytest.mark.parametrize("url", ["http://broker", "amqp://", "redis://x"])
def test_another_kind_of_address_is_refused_with_what_it_should_be(url: str) -> None:
    with pytest.raises(ConfigurationError, match="amqp://.*kafka://"):
        broker_for(url, SECRET)


async def taken(url: str, count: int) -> list[dict[str, Any]]:
    """So many events out of the queue."""
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(QUEUE, durable=True)
        found = []
        while len(found) < count:
            message = await queue.get(timeout=20, fail=False)
            if message is None:
                await asyncio.sleep(0.05)
                continue
            await message.ack()
            found.append(json.loads(message.body))
        return found


def test_events_said_before_during_and_after_an_outage_of_rabbitmq_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "RETRY_SECONDS", 0.2)
    monkeypatch.setattr(events, "ANSWER_SECONDS", 2.0)
    port = free_port()

    async def run(folder: Path) -> None:
        broker = RabbitStream(f"amqp://guest:guest@127.0.0.1:{port}/", SECRET)
        broker.publish({**EVENT, "number": 1})  # nobody is there yet, and the bot has started
        try:
            with servers.rabbitmq(folder / "rabbitmq", port) as (url, _):
                first = await asyncio.wait_for(taken(url, 1), 40)
                broker.publish({**EVENT, "number": 2})
                second = await asyncio.wait_for(taken(url, 1), 40)
            broker.publish({**EVENT, "number": 3})
            await asyncio.sleep(0.5)
            with servers.rabbitmq(folder / "rabbitmq", port) as (url, _):
                third = await asyncio.wait_for(taken(url, 1), 60)
        finally:
            await broker.close()
        assert [event["number"] for event in (*first, *second, *third)] == [1, 2, 3]
        assert "_outgoing" not in first[0]
        assert "B1001" not in json.dumps([first, second, third])

    try:
        with servers.own_folder() as folder:
            asyncio.run(run(folder))
    except servers.NotHere as reason:
        pytest.skip(str(reason))


def test_what_waits_too_long_is_given_up_from_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_WAITING", 3)

    async def run() -> list[int]:
        broker = RabbitStream(f"amqp://guest:guest@127.0.0.1:{free_port()}/", SECRET)
        for number in range(5):
            broker.publish({**EVENT, "number": number})
            await asyncio.sleep(0.01)
        left = [event["number"] for event in broker._unpublished_events]
        await broker.close()
        return left

    assert asyncio.run(run()) == [2, 3, 4]
