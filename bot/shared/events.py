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
import json
import logging
import threading
import time
from collections import Counter, deque
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote, urlsplit

import aio_pika
from rasa.core.brokers.broker import EventBroker
from rasa.core.brokers.pika import PikaEventBroker

from bot import config
from bot.channels.masking import mask
from bot.config import ConfigurationError
from bot.observability import metrics

if TYPE_CHECKING:  # whose events go to RabbitMQ or nowhere does without it
    from confluent_kafka import KafkaError, Message, Producer

log = logging.getLogger(__name__)

MOST_WAITING = 10_000
RETRY_SECONDS = 5.0
ANSWER_SECONDS = 10.0
ENDING_SECONDS = 2.0
# Kafka's producer has so many in its hands, and those it does not give back: what is given up is the oldest of the others.
MOST_HANDED_OVER = 500
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
    """A producer of our own for Kafka, fed and heard by a thread of its own.

    Rasa's broker returns from what it did not send as if it had, never hears what became of an event because its polling ends
    before there is anything to poll, and waits without end when it closes.
    """

    def __init__(self, address: str, topic: str, secret: str, parts: SplitResult, **options: Any) -> None:
        from confluent_kafka import KafkaException, Producer

        login = (
            {
                "security.protocol": "SASL_SSL",
                "sasl.mechanism": "PLAIN",
                "sasl.username": unquote(parts.username),
                "sasl.password": unquote(parts.password or ""),
            }
            if parts.username
            else {"security.protocol": "PLAINTEXT"}
        )
        settings = {
            "bootstrap.servers": address,
            "client.id": "huanban",
            # One batch after the other: what is sent again cannot come after what was said later.
            "max.in.flight.requests.per.connection": 1,
            # How many wait is bounded and not how long, as for RabbitMQ.
            "message.timeout.ms": 0,
            "reconnect.backoff.ms": 500,
            "reconnect.backoff.max.ms": int(RETRY_SECONDS * 1000),
            "error_cb": self._hear_trouble,
            # It would write its own lines to standard error, several a second, between ours.
            "logger": log,
            "log_level": 2,
            **login,
            **options,
        }
        try:
            producer = Producer(settings)
        except KafkaException as error:  # its words may hold a setting's value, such as the password
            raise ConfigurationError(
                f"HUANBAN_EVENTS_URL: Kafka's client refuses it ({error.args[0].name()}); a user wants a password with it."
            ) from None
        self._topic = topic
        self._secret = secret
        self._lock = threading.Lock()
        self._queue: deque[Event] = deque()
        self._handed_over = 0
        self._trouble: set[str] = set()
        self._given_up: Counter[str] = Counter()
        self._is_ending = threading.Event()
        # The thread holds the producer alone, so that it is also taken apart there and not on the event loop.
        self._thread = threading.Thread(target=self._feed, args=(producer,), name="events", daemon=True)
        self._thread.start()

    def publish(self, event: Event) -> None:
        """Lets the event wait for the thread; of too many that wait, the oldest is given up."""
        if self._is_ending.is_set():
            metrics.events_dropped.inc()
            return
        going = outgoing(event, self._secret)
        with self._lock:
            self._queue.append(going)
            if len(self._queue) + self._handed_over > MOST_WAITING:
                self._queue.popleft()
                metrics.events_dropped.inc()
            self._tell_waiting()

    async def close(self) -> None:
        """Gives what waits a moment, counts what is lost, and never holds up the process for longer than that."""
        self._is_ending.set()
        until = time.monotonic() + ENDING_SECONDS + 1
        while self._thread.is_alive() and time.monotonic() < until:
            await asyncio.sleep(0.02)

    def _feed(self, producer: Producer) -> None:
        while not self._is_ending.is_set():
            self._hand_over(producer, MOST_HANDED_OVER)
            producer.poll(0.1)
            self._say_what_was_given_up()
        self._hand_over(producer, MOST_WAITING)
        producer.flush(ENDING_SECONDS)
        producer.purge()  # each of what is left comes back as not delivered
        producer.flush(0.5)
        while self._queue:  # what its memory had no room for
            self._handed_over += 1
            self._queue.popleft()
            self._ended("the end")
        self._say_what_was_given_up()

    def _hand_over(self, producer: Producer, most: int) -> None:
        while True:
            with self._lock:
                if not self._queue or self._handed_over >= most:
                    return
                event = self._queue.popleft()
                self._handed_over += 1
            try:
                value = json.dumps(event).encode()
                producer.produce(self._topic, value, event["sender_id"].encode(), on_delivery=self._delivered)
            except BufferError:  # the producer's own memory is full: the event waits on, before those after it
                with self._lock:
                    self._queue.appendleft(event)
                    self._handed_over -= 1
                return
            except Exception as error:  # one that is larger than a message may be; those after it are none the worse
                self._ended(type(error).__name__)

    def _delivered(self, error: KafkaError | None, _: Message) -> None:
        if error is None and self._trouble:
            self._trouble.clear()
            log.info("events go to the broker again")
        self._ended(error.name() if error else None)

    def _ended(self, failure: str | None) -> None:
        if failure is not None:
            self._given_up[failure] += 1
            metrics.events_dropped.inc()
        with self._lock:
            self._handed_over -= 1
            self._tell_waiting()

    def _tell_waiting(self) -> None:
        metrics.events_waiting.set(len(self._queue) + self._handed_over)

    def _hear_trouble(self, error: KafkaError) -> None:
        if error.name() not in self._trouble:  # once an outage, and not with every try
            self._trouble.add(error.name())
            log.warning("the event broker does not answer: %s; trying again", error.name())

    def _say_what_was_given_up(self) -> None:
        for failure, count in self._given_up.items():
            log.warning("%d events were given up: %s", count, failure)
        self._given_up.clear()
