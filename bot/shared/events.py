"""The stream of events for whoever analyses conversations: to RabbitMQ or Kafka, or nowhere.

What leaves here was masked by the channel already, and is masked once more; in place of the conversation's id, which names a
borrower, stands a pseudonym that only the holder of `HUANBAN_CONVERSATION_SECRET` can make. A broker that is away holds up
nobody: events wait in memory, up to ten thousand, and the oldest are given up after that. The conversations' database is
what happened; the stream is news of it, at least once and not for certain.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote, urlsplit

import aio_pika
from rasa.core.brokers.broker import EventBroker
from rasa.core.brokers.kafka import KafkaEventBroker
from rasa.core.brokers.pika import PikaEventBroker

from bot import config
from bot.channels.masking import mask
from bot.config import ConfigurationError
from bot.observability import metrics

log = logging.getLogger(__name__)

MOST_WAITING = 10_000
RETRY_SECONDS = 5.0
ANSWER_SECONDS = 10.0
QUEUE = "huanban_events"

Event = dict[str, Any]


class EventStream:
    """Makes the broker that `HUANBAN_EVENTS_URL` names; `endpoints.yml` names this class."""

    @classmethod
    async def from_endpoint_config(cls, broker_config: Any, event_loop: Any = None) -> EventBroker | None:
        """The broker, or None where events go nowhere.

        Raises:
            ConfigurationError: the URL is neither of the two.
        """
        settings = config.load()
        return broker_for(settings.events_url, settings.conversation_secret)


def broker_for(url: str, secret: str) -> EventBroker | None:
    """The broker behind a URL; it connects by itself and keeps trying.

    Raises:
        ConfigurationError: the URL is neither amqp nor kafka.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme in ("amqp", "amqps") and parts.hostname:
        return RabbitStream(url, secret)
    if parts.scheme == "kafka" and parts.hostname:
        return KafkaStream(f"{parts.hostname}:{parts.port or 9092}", parts.path.strip("/") or QUEUE, secret, parts)
    raise ConfigurationError("HUANBAN_EVENTS_URL must be amqp://user:password@host/vhost or kafka://host:9092/topic.")


def outgoing(event: Event, secret: str) -> Event:
    """The event as it leaves: no conversation id, no number or name in clear."""
    sender = str(event.get("sender_id", ""))
    name = hmac.new(secret.encode(), b"events:" + sender.encode(), hashlib.sha256).hexdigest()[:32]
    return {**_masked(event), "sender_id": name}


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: _masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner) for inner in value]
    return value


class RabbitStream(PikaEventBroker):
    """Rasa's own broker for RabbitMQ, which never keeps the bot from starting and loses nothing it can keep."""

    def __init__(self, url: str, secret: str) -> None:
        parts = urlsplit(url)
        super().__init__(
            str(parts.hostname),
            unquote(parts.username or "guest"),
            unquote(parts.password or "guest"),
            port=parts.port or (5671 if parts.scheme == "amqps" else 5672),
            queues=[QUEUE],
            exchange_name=QUEUE,
        )
        self._amqp_url = url
        self._secret = secret
        self._unpublished_events: deque[Event] = deque()
        self._retry: asyncio.TimerHandle | None = None
        self._connecting = asyncio.create_task(self._keep_connecting())

    async def _keep_connecting(self) -> None:
        while True:
            try:
                self._connection = await aio_pika.connect_robust(self._amqp_url, timeout=ANSWER_SECONDS)
                self._connection.reconnect_callbacks.add(self._publish_unpublished_messages)
                self._exchange = await self._set_up_exchange(await self._connection.channel())
            except Exception as error:
                log.warning("the event broker does not answer: %s; trying again", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            log.info("events go to the broker")
            self._publish_unpublished_messages()
            return

    def publish(self, event: Event, headers: dict[str, str] | None = None) -> None:
        """Sends an event, or keeps it until the broker is there."""
        super().publish(event if event.get("_outgoing") else {**outgoing(event, self._secret), "_outgoing": True}, headers)

    async def _publish(self, event: Event, headers: dict[str, str] | None = None) -> None:
        try:
            if self._exchange is None:
                raise ConnectionError("not connected yet")
            sent = {key: value for key, value in event.items() if key != "_outgoing"}
            await asyncio.wait_for(self._exchange.publish(self._message(sent, headers), ""), ANSWER_SECONDS)
        except (Exception, asyncio.CancelledError) as error:  # a connection that breaks cancels what waits for its answer
            log.debug("an event waits: %s", type(error).__name__)
            self._unpublished_events.append(event)
            if self._retry is None and not self._connecting.cancelled():
                self._retry = asyncio.get_running_loop().call_later(RETRY_SECONDS, self._publish_unpublished_messages)
            while len(self._unpublished_events) > MOST_WAITING:
                self._unpublished_events.popleft()
                metrics.events_dropped.inc()
        metrics.events_waiting.set(len(self._unpublished_events))

    def _publish_unpublished_messages(self, *_: Any, **__: Any) -> None:
        self._retry = None
        # Only those that wait now: what fails again goes to the end and waits for the next time.
        for _waiting in range(len(self._unpublished_events)):
            self.publish(self._unpublished_events.popleft())

    async def close(self) -> None:
        """Gives what is under way a moment, and closes the connection."""
        self._connecting.cancel()
        if self._retry is not None:
            self._retry.cancel()
        if self._background_tasks:
            await asyncio.wait(list(self._background_tasks), timeout=2)
        if self._connection is not None:
            await self._connection.close()


class KafkaStream(EventBroker):
    """Rasa's own broker for Kafka, on a thread of its own: its calls block for seconds while Kafka is away."""

    def __init__(self, address: str, topic: str, secret: str, parts: Any, make: Callable[..., Any] = KafkaEventBroker) -> None:
        login = (
            {"sasl_username": unquote(parts.username), "sasl_password": unquote(parts.password or "")} if parts.username else {}
        )
        self._inner = make(
            address,
            topic=topic,
            client_id="huanban",
            partition_by_sender=True,
            security_protocol="SASL_SSL" if login else "PLAINTEXT",
            **login,
        )
        self._secret = secret
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, "events")

    def publish(self, event: Event) -> None:
        """Hands an event to the thread, unless too many wait there."""
        if self._waiting >= MOST_WAITING:
            metrics.events_dropped.inc()
            return
        self._waiting += 1
        metrics.events_waiting.set(self._waiting)
        self._thread.submit(self._send, outgoing(event, self._secret))

    def _send(self, event: Event) -> None:
        try:
            self._inner.publish(event, retries=2, retry_delay_in_seconds=1)
        except Exception as error:
            log.warning("an event was given up: %s", type(error).__name__)
            metrics.events_dropped.inc()
        finally:
            self._waiting -= 1
            metrics.events_waiting.set(self._waiting)

    async def close(self) -> None:
        """Sends nothing more."""
        self._thread.shutdown(wait=False)
        await self._inner.close()
