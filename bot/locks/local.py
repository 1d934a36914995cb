"""The lines of conversations within one process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class LocalLines:
    """Lets one turn of a conversation be taken at a time, in the order of arrival, in this process."""

    def __init__(self) -> None:
        """Begins with nobody in line."""
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, conversation: str) -> AsyncIterator[None]:
        """Held for the time of a turn."""
        lock = self._locks.get(conversation)
        if lock is None:
            self._locks[conversation] = lock = asyncio.Lock()
        async with lock:
            yield
