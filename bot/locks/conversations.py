"""The one lock of a conversation: held by a channel for a turn, and by Rasa within it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Optional

from bot.locks.local import LocalLines
from bot.locks.shared import SharedLines
from bot.metrics import observe_lock_wait

# Those whose turn the running task is in. A task that is begun within a turn and outlives it must not take another.
_IN_TURN: ContextVar[frozenset[str]] = ContextVar("in_turn", default=frozenset())


class ConversationLocks:
    """Whoever is ``alone`` with a conversation may take it again within: the channel's lock is Rasa's too."""

    def __init__(self, redis_url: Optional[str]) -> None:
        """Keeps the lines in Redis, so that all replicas stand in them; without its address in this process."""
        self._lines = SharedLines(redis_url) if redis_url else LocalLines()

    @asynccontextmanager
    async def alone(self, conversation: str) -> AsyncIterator[None]:
        """Held for the time of a turn: the messages of one person are answered one after the other, as they came."""
        if conversation in _IN_TURN.get():
            yield
            return
        came = time.monotonic()
        async with self._lines.turn(conversation):
            observe_lock_wait(time.monotonic() - came)
            before = _IN_TURN.set(_IN_TURN.get() | {conversation})
            try:
                yield
            finally:
                _IN_TURN.reset(before)


@lru_cache(maxsize=4)
def conversation_locks(redis_url: Optional[str]) -> ConversationLocks:
    """The locks of a Redis, or of this process; one for all channels and Rasa."""
    return ConversationLocks(redis_url)
