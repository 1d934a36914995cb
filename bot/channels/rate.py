"""How much one person, or one address, may ask for."""

from __future__ import annotations

import time
from enum import Enum

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from bot.channels.errors import ChatError

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


class SenderLimit:
    """Counts the messages of each sender of a channel, in this process."""

    def __init__(self, channel: str) -> None:
        """Begins at nothing."""
        self._storage = MemoryStorage()  # the limiter itself holds it weakly
        self._limiter = FixedWindowRateLimiter(self._storage)
        self._messages, self._notices = parse(OF_SENDER[channel]), parse(NOTICES)

    def pace(self, sender: str) -> Pace:
        """Counts a message of a sender, and says whether it may be answered."""
        if self._limiter.hit(self._messages, "message", sender):
            return Pace.FINE
        return Pace.TOO_FAST if self._limiter.hit(self._notices, "notice", sender) else Pace.STILL_TOO_FAST


class RateLimit:
    """Counts what is asked for, in this process."""

    def __init__(self) -> None:
        """Begins at nothing."""
        self._storage = MemoryStorage()  # the limiter itself holds it weakly
        self._limiter = FixedWindowRateLimiter(self._storage)
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
        if self._limiter.hit(limit, kind, who):
            return
        begins_anew, _ = self._limiter.get_window_stats(limit, kind, who)
        wait = max(1, round(begins_anew - time.time()))
        raise ChatError(429, "too_many", f"Too many requests. Please wait {wait} seconds.", retry_after=wait)
