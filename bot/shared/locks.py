"""One turn of a conversation at a time, in the order in which they came, on one server or on many.

Rasa's own locks poll once a second; its Redis lock reads and writes in two steps, so that two servers can be handed the same
ticket, and a server that was killed keeps its borrowers waiting for a minute. Here the queue of a conversation is a Redis list
that scripts change in one step, and a place in it lasts only as long as its server says every few seconds that it lives.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import secrets
from collections.abc import AsyncIterator
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.lock_store import LockError, LockStore

from bot import config

log = logging.getLogger(__name__)

# A place of a server that was killed is free after this time; a living one renews it three times in it.
LIFE_SECONDS = 15.0
# Longer than the longest turn. Whoever waits longer is told that something went wrong, instead of waiting for ever.
PATIENCE_SECONDS = 90.0
_LOOK_SECONDS = 0.03

# Takes places out that nobody keeps up any more; answers 1 when the asker's is the first.
_IS_FIRST = """
while true do
  local first = redis.call('LINDEX', KEYS[1], 0)
  if not first then return -1 end
  if first == ARGV[1] then return 1 end
  if redis.call('EXISTS', KEYS[1] .. ':' .. first) == 1 then return 0 end
  redis.call('LPOP', KEYS[1])
end
"""
_STEP_IN = """
redis.call('SET', KEYS[1] .. ':' .. ARGV[1], '1', 'PX', ARGV[2])
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
"""
_RENEW = """
redis.call('SET', KEYS[1] .. ':' .. ARGV[1], '1', 'PX', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
"""
_STEP_OUT = """
redis.call('LREM', KEYS[1], 0, ARGV[1])
redis.call('DEL', KEYS[1] .. ':' .. ARGV[1])
"""


class ConversationLocks(LockStore):
    """Rasa's lock store; `endpoints.yml` names it. With `HUANBAN_REDIS_URL` servers share it, else it is this server's own."""

    def __init__(self, endpoint_config: Any = None, redis_url: str | None = None, life_seconds: float = LIFE_SECONDS) -> None:
        url = config.load().redis_url if redis_url is None else redis_url
        self._url = url
        self._redis: Any = None
        self._life_ms = int(life_seconds * 1000)
        self._here: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def lock(self, conversation_id: str, *_: Any, **__: Any) -> AsyncIterator[None]:
        """Holds the conversation for the block.

        Raises:
            LockError: it was not to be had in time, or Redis is away.
        """
        held = self._in_redis(conversation_id) if self._url else self._in_memory(conversation_id)
        async with held:
            yield

    @contextlib.asynccontextmanager
    async def _in_memory(self, conversation_id: str) -> AsyncIterator[None]:
        lock = self._here.setdefault(conversation_id, asyncio.Lock())
        try:
            await asyncio.wait_for(lock.acquire(), PATIENCE_SECONDS)
        except asyncio.TimeoutError as error:
            raise LockError("an earlier message of this conversation does not end") from error
        try:
            yield
        finally:
            lock.release()

    @contextlib.asynccontextmanager
    async def _in_redis(self, conversation_id: str) -> AsyncIterator[None]:
        from redis.exceptions import RedisError  # type: ignore[import-untyped]

        # Redis need not know who talks with whom.
        queue = "huanban:turns:" + hashlib.sha256(conversation_id.encode()).hexdigest()[:32]
        place = secrets.token_hex(8)
        try:
            await self._run(_STEP_IN, queue, place, self._life_ms, 40 * self._life_ms)
        except RedisError as error:
            raise LockError(f"Redis does not answer: {type(error).__name__}") from error
        renewing = asyncio.create_task(self._renew(queue, place))
        try:
            try:
                await asyncio.wait_for(self._until_first(queue, place), PATIENCE_SECONDS)
            except asyncio.TimeoutError as error:
                raise LockError("an earlier message of this conversation does not end") from error
            except RedisError as error:
                raise LockError(f"Redis does not answer: {type(error).__name__}") from error
            yield
        finally:
            renewing.cancel()
            with contextlib.suppress(RedisError):  # it runs out by itself
                await self._run(_STEP_OUT, queue, place)

    async def _until_first(self, queue: str, place: str) -> None:
        while True:
            answer = await self._run(_IS_FIRST, queue, place)
            if answer == 1:
                return
            if answer == -1:  # Redis has lost its memory: line up again
                await self._run(_STEP_IN, queue, place, self._life_ms, 40 * self._life_ms)
                continue
            await asyncio.sleep(_LOOK_SECONDS)

    async def _renew(self, queue: str, place: str) -> None:
        while True:
            await asyncio.sleep(self._life_ms / 3000)
            try:
                await self._run(_RENEW, queue, place, self._life_ms, 40 * self._life_ms)
            except Exception as error:
                log.warning("a place in a conversation's queue was not renewed: %s", type(error).__name__)

    async def _run(self, script: str, queue: str, *arguments: object) -> Any:
        if self._redis is None:
            from redis import asyncio as redis  # type: ignore[import-untyped]

            self._redis = redis.from_url(self._url, socket_timeout=5, socket_connect_timeout=2)
        return await self._redis.eval(script, 1, queue, *arguments)
