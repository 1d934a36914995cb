"""What people think of an answer, taken on every channel: it counts if that answer was given in their conversation."""

from __future__ import annotations

from functools import partial
from typing import Optional

from bot.store.conversations import ConversationStore
from bot.store.database import Database
from bot.store.feedback import Feedback, FeedbackStore


class FeedbackDesk:
    """Takes the feedback of one channel."""

    def __init__(self, channel: str, database: Database) -> None:
        """Takes the channel's name, and where conversations and feedback are kept."""
        self._channel = channel
        self._database = database
        self._conversations = ConversationStore(database)
        self._store = FeedbackStore(database)

    async def take(self, conversation: str, message: int, helpful: bool, reason: Optional[str] = None) -> bool:
        """Keeps what a person thinks of a message, in the place of what they thought before.

        Args:
            conversation: whose it is.
            message: its id, as somebody claims it.
            helpful: whether it helped.
            reason: one of ``REASONS``, if it did not.

        Returns:
            False if there is no such answer in the conversation; nothing is kept then.

        Raises:
            DatabaseUnavailable: if it cannot be looked up or kept now.
        """
        return await self._database.ask(partial(self._take, conversation, message, helpful, reason))

    def _take(self, conversation: str, message: int, helpful: bool, reason: Optional[str]) -> bool:
        answer = self._conversations.answer_of(conversation, message)
        if answer is None:
            return False
        self._store.give(Feedback(conversation, self._channel, message, answer, helpful, reason))
        return True
