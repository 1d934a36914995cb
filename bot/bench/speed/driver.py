"""Talks to an assistant over Rasa's REST channel, for one person or many at once, and times every turn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Optional

import aiohttp

from bot.bench.speed.recorded import Conversation

# In seconds; with many people at once a slow assistant takes long.
LONGEST_TURN = 120.0


@dataclass(frozen=True)
class Turn:
    """One message and its reply."""

    position: int
    """In its conversation; the first is 1."""
    seconds: float
    failure: Optional[str] = None
    """What went wrong, if anything did."""


@dataclass
class Load:
    """What came of some conversations."""

    turns: list[Turn] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Turns a second."""
        return len(self.turns) / self.seconds

    @property
    def failures(self) -> list[str]:
        """What went wrong, in the order of time."""
        return [it.failure for it in self.turns if it.failure is not None]

    def times(self, positions: range) -> list[float]:
        """The seconds of the turns at some positions."""
        return [it.seconds for it in self.turns if it.position in positions]


def drive(
    address: str,
    conversations: Iterator[Conversation],
    people: int = 1,
    seconds: Optional[float] = None,
    apology: str = "",
) -> Load:
    """Lets people talk with an assistant, each sending a message once the last was answered.

    Args:
        address: of the REST channel.
        conversations: what is said; whoever has ended one begins the next.
        people: how many talk at once.
        seconds: after this time no message is sent any more; None: the conversations end.
        apology: how the text begins that stands for a turn that failed, if there is one.
    """
    return asyncio.run(_drive(address, conversations, people, seconds, apology))


async def _drive(
    address: str, conversations: Iterator[Conversation], people: int, seconds: Optional[float], apology: str
) -> Load:
    load, began = Load(), time.perf_counter()

    def is_over() -> bool:
        return seconds is not None and time.perf_counter() - began >= seconds

    async def talk(http: aiohttp.ClientSession) -> None:
        while not is_over() and (conversation := next(conversations, None)):
            for position, message in enumerate(conversation.messages, start=1):
                if is_over():
                    return
                sent = time.perf_counter()
                failure = await _say(http, address, {"sender": conversation.sender, "message": message}, apology)
                load.turns.append(Turn(position, time.perf_counter() - sent, failure))

    timeout = aiohttp.ClientTimeout(total=LONGEST_TURN)
    # An environment's proxy is not asked: aiohttp takes none unless told so.
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=people), timeout=timeout) as http:
        await asyncio.gather(*(talk(http) for _ in range(people)))
    load.seconds = time.perf_counter() - began
    return load


async def _say(http: aiohttp.ClientSession, address: str, body: dict[str, str], apology: str) -> Optional[str]:
    try:
        async with http.post(address, json=body) as response:
            if response.status != 200:
                return f"HTTP {response.status}"
            return _failure_in(await response.json(), apology)
    except (aiohttp.ClientError, asyncio.TimeoutError) as error:
        return type(error).__name__


def _failure_in(parts: list[dict[str, Any]], apology: str) -> Optional[str]:
    if not parts:
        return "no reply"
    if apology and any(str(part.get("text", "")).startswith(apology) for part in parts):
        return "an apology"
    return None
