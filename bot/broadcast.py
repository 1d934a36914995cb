"""What one replica tells all the others, at once and without keeping it; who is not there does not hear it."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Optional

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

CHANNEL = "replicas"
# For Redis to take or begin something, in seconds.
LONGEST_CALL = 1.0
# After a failure, until it is asked again.
SECONDS_OF_REST = 1.0
# That wait to be told; more than that while Redis is away are dropped.
MOST_WAITING = 1000

Hear = Callable[[str, Any], None]
"""Takes a conversation's id, and what is told of it."""


class Broadcast:
    """Reaches the other replicas by Redis; without its address there are none.

    Nothing may depend on it alone: whatever is told is lost while Redis is away.
    """

    def __init__(self, redis_url: Optional[str]) -> None:
        """Names the server; nothing is told or heard before ``begin``."""
        self._redis_url = redis_url
        self._name = uuid.uuid4().hex
        self._hearing: defaultdict[str, list[Hear]] = defaultdict(list)
        self._told: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def has_others(self) -> bool:
        """Whether there may be other replicas."""
        return self._redis_url is not None

    def hear(self, topic: str, hear: Hear) -> None:
        """Has something called with what others tell of a topic."""
        self._hearing[topic].append(hear)

    def tell(self, topic: str, conversation: str, content: Any = None) -> None:
        """Tells the others, soon and in order; this replica does not hear it."""
        if self._redis_url is not None and not self._told.full():
            self._told.put_nowait(json.dumps([self._name, topic, conversation, content]))

    def begin(self) -> None:
        """Begins to tell and to hear, in the running event loop."""
        if self._redis_url is not None and not self._tasks:
            self._tasks = [
                asyncio.ensure_future(it) for it in (self._tell(self._redis_url), self._hear(self._redis_url))
            ]

    async def end(self) -> None:
        """Tells and hears no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _tell(self, redis_url: str) -> None:
        redis = Redis.from_url(redis_url, socket_timeout=LONGEST_CALL, socket_connect_timeout=LONGEST_CALL)
        while True:
            told = await self._told.get()
            try:
                await redis.publish(CHANNEL, told)
            except (RedisError, OSError, asyncio.TimeoutError) as error:
                logger.info("The other replicas were not told: %s", type(error).__name__)

    async def _hear(self, redis_url: str) -> None:
        # To wait for long is no failure here.
        redis = Redis.from_url(redis_url, socket_connect_timeout=LONGEST_CALL, socket_keepalive=True)
        while True:
            try:
                async with redis.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(CHANNEL)
                    async for message in channel.listen():
                        self._take(message["data"])
            except (RedisError, OSError, asyncio.TimeoutError) as error:
                logger.info("The other replicas are not heard: %s", type(error).__name__)
            await asyncio.sleep(SECONDS_OF_REST)

    def _take(self, told: bytes) -> None:
        name, topic, conversation, content = json.loads(told)
        if name != self._name:
            for hear in self._hearing[topic]:
                hear(conversation, content)


@lru_cache(maxsize=4)
def broadcast(redis_url: Optional[str]) -> Broadcast:
    """The way to the other replicas, one for the process."""
    return Broadcast(redis_url)
