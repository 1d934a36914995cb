"""The lines of conversations over all replicas, kept in Redis; without Redis for a while, those of this process."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

logger = logging.getLogger(__name__)

SCRIPT = Path(__file__).with_name("stand.lua")
KEYS = "turns"
# In seconds. A place that is not renewed for so long has lapsed: its replica was killed.
LEASE = 4.0
HEARTBEAT = 1.0
# After Redis has forgotten all lines: until then everyone whose turn it is has said so again.
GRACE = 2 * HEARTBEAT
# Between two looks of whoever waits for another replica.
SHORTEST_LOOK, LONGEST_LOOK = 0.02, 0.2
# A call is made twice at most, and a person must not wait longer than five seconds in all.
LONGEST_CALL = 0.8
# After a failure Redis is left alone for so long.
SECONDS_OF_REST = 3.0
MOST_CONNECTIONS = 8


@dataclass
class _Ticket:
    """One turn that is taken or waited for."""

    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    place: str = ""
    """In the line over all replicas; empty before it stands there."""
    granted: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class _Line:
    """Those of a conversation who stand in this process, in the order of arrival."""

    tickets: list[_Ticket] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """The names of those who have gone since Redis was last told."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class SharedLines:
    """Lets one turn of a conversation be taken at a time, in the order of arrival, over all replicas.

    Nobody ever loses a turn: who stands here stands in line again after Redis has forgotten the line, at the place of
    before, and who has the turn keeps it. A replica that was killed holds up its conversations until its leases lapse.
    While Redis cannot be reached, turns are taken in the order of this process alone.
    """

    def __init__(self, redis_url: str) -> None:
        """Names the server; it is asked for nothing before the first turn."""
        pool = BlockingConnectionPool.from_url(
            redis_url,
            max_connections=MOST_CONNECTIONS,
            timeout=None,  # whoever has a connection gives it back soon
            socket_timeout=LONGEST_CALL,
            socket_connect_timeout=LONGEST_CALL,
            # A connection that was closed since it was last used is no reason to go on alone, nor is an event loop that
            # was busy for too long to see the answer come.
            retry=Retry(NoBackoff(), 1),
            retry_on_error=[RedisConnectionError, RedisTimeoutError],
            decode_responses=True,
        )
        self._stand_in_redis = Redis(connection_pool=pool).register_script(SCRIPT.read_text(encoding="utf-8"))
        # Whoever waits for a connection sees first whether another has found that Redis is away.
        self._connections = asyncio.Semaphore(MOST_CONNECTIONS)
        self._lines: dict[str, _Line] = {}
        self._keepers: set[asyncio.Task[None]] = set()
        self._rests_until = 0.0
        self._is_alone = False

    @asynccontextmanager
    async def turn(self, conversation: str) -> AsyncIterator[None]:
        """Held for the time of a turn."""
        ticket, line = _Ticket(), self._line(conversation)
        line.tickets.append(ticket)
        line.changed.set()
        try:
            await ticket.granted.wait()
            yield
        finally:
            line.tickets.remove(ticket)
            line.left.append(ticket.name)
            line.changed.set()

    def _line(self, conversation: str) -> _Line:
        line = self._lines.get(conversation)
        if line is None:
            self._lines[conversation] = line = _Line()
            keeper = asyncio.ensure_future(self._keep(conversation, line))
            self._keepers.add(keeper)
            keeper.add_done_callback(self._keepers.discard)
        return line

    async def _keep(self, conversation: str, line: _Line) -> None:
        """Speaks with Redis for all who stand here, as long as there are any: one after the other, in order."""
        look = SHORTEST_LOOK
        while line.tickets or line.left:
            line.changed.clear()
            served = await self._served(conversation, line)
            first = line.tickets[0] if line.tickets else None
            if first and served in (None, first.name):
                first.granted.set()
            if first and first.granted.is_set():
                look = SHORTEST_LOOK
                await _set_within(line.changed, HEARTBEAT)
            elif first:
                await _set_within(line.changed, look)
                look = min(1.5 * look, LONGEST_LOOK)
        del self._lines[conversation]

    async def _served(self, conversation: str, line: _Line) -> str | None:
        """The name of whose turn it is, empty if it is nobody's yet; None if Redis cannot say."""
        async with self._connections:
            if time.monotonic() >= self._rests_until:
                return await self._ask(conversation, line)
        line.left.clear()  # their leases lapse
        return None

    async def _ask(self, conversation: str, line: _Line) -> str | None:
        standing, left = list(line.tickets), list(line.left)
        names = [word for it in standing for word in (it.name, it.place, "1" if it.granted.is_set() else "")]
        keys = [f"{KEYS}:{{{conversation}}}:{it}" for it in ("line", "leases", "served")]
        try:
            served, places = await self._stand_in_redis(
                keys=[*keys, f"{KEYS}:since"],
                args=[round(LEASE * 1000), round(GRACE * 1000), len(left), *left, *names],
            )
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            self._rests_until = time.monotonic() + SECONDS_OF_REST
            if not self._is_alone:
                logger.warning("Redis cannot be used, each process takes turns alone: %s", type(error).__name__)
            self._is_alone = True
            return None
        if self._is_alone:
            logger.warning("Redis is back, turns are in order over all replicas")
            self._is_alone = False
        for ticket, place in zip(standing, places, strict=True):
            ticket.place = place
        del line.left[: len(left)]
        return str(served)


async def _set_within(event: asyncio.Event, seconds: float) -> None:
    """Returns once the event is set, at the latest after so many seconds."""
    timer = asyncio.get_running_loop().call_later(seconds, event.set)
    await event.wait()
    timer.cancel()
