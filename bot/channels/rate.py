"""How much one person, or one address, may ask for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from enum import Enum
from typing import Any, Optional

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from bot.channels.errors import ChatError

logger = logging.getLogger(__name__)

# For Redis to count, in seconds: everything in this process waits for it. After a failure it is left alone for a while.
LONGEST_CALL = 0.25
SECONDS_OF_REST = 3.0
# A person who types fast stays far below; a script does not. An address can be a whole clinic's waiting room. Over REST
# other programs of the clinic ask, for many people.
OF_SESSION = "20/minute"
OF_SENDER = {"slack": OF_SESSION, "telegram": OF_SESSION, "rest": "2000/minute"}
NOTICES = "1/minute"
# Beside the messages: a thumb and a reason for each answer, and second thoughts.
FEEDBACK_OF_SESSION = "60/minute"
OF_ADDRESS = {"message": "240/minute", "session": "300/minute", "read": "600/minute", "feedback": "600/minute"}


class Pace(Enum):
    """How fast a sender is."""

    FINE = "fine"
    TOO_FAST = "too fast"
    """It has to be told."""
    STILL_TOO_FAST = "still too fast"
    """It was told already."""


class Counts:
    """Counts over all replicas, by Redis; without its address, and while it is away, in this process."""

    def __init__(self, redis_url: Optional[str] = None) -> None:
        """Begins at nothing in this process; Redis is asked for nothing before the first count."""
        # The limiters themselves hold their storages weakly.
        self._memory, self._redis = MemoryStorage(), _redis(redis_url) if redis_url else None
        self._here = FixedWindowRateLimiter(self._memory)
        self._everywhere = FixedWindowRateLimiter(self._redis) if self._redis else None
        self._rests_until = 0.0

    def hit(self, limit: RateLimitItem, *who: str) -> bool:
        """Counts one more; False if that is too many."""
        return bool(self._ask(lambda it: it.hit(limit, *who)))

    def begins_anew(self, limit: RateLimitItem, *who: str) -> float:
        """When the count begins anew, in seconds since 1970."""
        return float(self._ask(lambda it: it.get_window_stats(limit, *who)[0]))

    def _ask(self, ask: Callable[[FixedWindowRateLimiter], Any]) -> Any:
        if self._everywhere and time.monotonic() >= self._rests_until:
            try:
                return ask(self._everywhere)
            except (RedisError, OSError) as error:
                # Whoever asks meanwhile does not wait for it.
                self._rests_until = time.monotonic() + SECONDS_OF_REST
                logger.warning("Redis cannot be used, each process counts alone: %s", type(error).__name__)
        return ask(self._here)


class SenderLimit:
    """Counts the messages of each sender of a channel."""

    def __init__(self, channel: str, what: str = "message", redis_url: Optional[str] = None) -> None:
        """Counts what is named so apart from all else, over all replicas if there is a Redis."""
        self._counts, self._what = Counts(redis_url), what
        self._messages, self._notices = parse(OF_SENDER[channel]), parse(NOTICES)

    def pace(self, sender: str) -> Pace:
        """Counts a message of a sender, and says whether it may be answered."""
        if self._counts.hit(self._messages, self._what, sender):
            return Pace.FINE
        is_first = self._counts.hit(self._notices, f"notice of {self._what}", sender)
        return Pace.TOO_FAST if is_first else Pace.STILL_TOO_FAST


class RateLimit:
    """Counts what is asked for."""

    def __init__(self, redis_url: Optional[str] = None) -> None:
        """Counts over all replicas if there is a Redis."""
        self._counts = Counts(redis_url)
        self._of_session = parse(OF_SESSION)
        self._feedback_of_session = parse(FEEDBACK_OF_SESSION)
        self._of_address = {kind: parse(limit) for kind, limit in OF_ADDRESS.items()}

    def check_address(self, address: str, kind: str) -> None:
        """Counts a request of an address.

        Args:
            address: the IP address.
            kind: a key of ``OF_ADDRESS``.

        Raises:
            ChatError: if it asked too often.
        """
        self._check(self._of_address[kind], kind, address)

    def check_message(self, address: str, conversation: str) -> None:
        """Counts a message.

        Raises:
            ChatError: if the person or the address sent too many.
        """
        self._check(self._of_session, "conversation", conversation)
        self.check_address(address, "message")

    def check_feedback(self, address: str, conversation: str) -> None:
        """Counts what somebody thinks of an answer.

        Raises:
            ChatError: if the person or the address sent too much of it.
        """
        self._check(self._feedback_of_session, "feedback of conversation", conversation)
        self.check_address(address, "feedback")

    def _check(self, limit: RateLimitItem, kind: str, who: str) -> None:
        if self._counts.hit(limit, kind, who):
            return
        wait = max(1, round(self._counts.begins_anew(limit, kind, who) - time.time()))
        raise ChatError(429, "too_many", f"Too many requests. Please wait {wait} seconds.", retry_after=wait)


def _redis(url: str) -> RedisStorage:
    return RedisStorage(url, socket_timeout=LONGEST_CALL, socket_connect_timeout=LONGEST_CALL)
