"""Who is listening to which conversation, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bot.store.conversations import Message

# None ends a stream.
Listener = asyncio.Queue[Message | None]


class Live:
    """Hands messages to every open page of a conversation."""

    def __init__(self) -> None:
        """Begins with nobody listening."""
        self._listeners: dict[str, list[Listener]] = {}

    @contextmanager
    def listen(self, conversation: str) -> Iterator[Listener]:
        """Hears of every message from now on, until the block is left."""
        listener: Listener = asyncio.Queue()
        self._listeners.setdefault(conversation, []).append(listener)
        try:
            yield listener
        finally:
            self._listeners[conversation].remove(listener)
            if not self._listeners[conversation]:
                del self._listeners[conversation]

    def count(self, conversation: str) -> int:
        """How many listen to a conversation."""
        return len(self._listeners.get(conversation, ()))

    def publish(self, conversation: str, messages: Sequence[Message]) -> None:
        """Tells everyone who listens to a conversation."""
        for listener in self._listeners.get(conversation, ()):
            for message in messages:
                listener.put_nowait(message)

    def end(self) -> None:
        """Ends every stream: the server goes down."""
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.put_nowait(None)
