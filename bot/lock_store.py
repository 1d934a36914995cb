"""Rasa's lock of a conversation, which is that of the channels: see ``bot.locks.conversations``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, LockStore

from bot.locks.conversations import conversation_locks
from bot.settings import load_settings


class ConversationLockStore(LockStore):
    """In Redis if there is ``REDIS_URL``, else in memory.

    Rasa's own store in Redis reads and writes a lock in two steps, so that two replicas can hold it, looks again after
    a whole second, and drops a message that has waited for a minute.
    """

    def __init__(self, endpoint_config: Any = None) -> None:
        """Reads the settings; what ``endpoints.yml`` says beside the type has no effect.

        Raises:
            SettingsError: if the environment cannot be used.
        """
        self._locks = conversation_locks(load_settings().redis_url)

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = 1
    ) -> AsyncIterator[TicketLock]:
        """Held for the time of a turn; at once if the channel holds it. The times have no effect."""
        async with self._locks.alone(conversation_id):
            yield TicketLock(conversation_id)
