"""What people think of the documented answers: which answer helped, and if not why; never what was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store.database import Database

# Why an answer did not help: it answers something else, it is hard to understand, something is missing in it.
REASONS = ("off_topic", "unclear", "incomplete")
_METADATA = sa.MetaData()
_FEEDBACK = sa.Table(
    "feedback",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("given_at", sa.DateTime, nullable=False, index=True),
    sa.Column("conversation", sa.String(255), nullable=False),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("message", sa.String(32), nullable=False),
    sa.Column("answer", sa.String(64), nullable=False),
    sa.Column("helpful", sa.Boolean, nullable=False),
    sa.Column("reason", sa.String(32)),
    sa.UniqueConstraint("conversation", "message"),
)


@dataclass(frozen=True)
class Feedback:
    """What a person thinks of one message with a documented answer."""

    conversation: str
    channel: str
    message: int
    """The message's id, see ``bot.store.conversations.message_id``."""
    answer: str
    """Which documented answer it gave."""
    helpful: bool
    reason: Optional[str] = None
    """One of ``REASONS``; None of an answer that helped, and where nobody said why it did not."""


class FeedbackStore:
    """The table of feedback. Its methods run in the database's thread.

    All raise ``sqlalchemy.exc.SQLAlchemyError`` if the database cannot do it.
    """

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._database = database

    def give(self, feedback: Feedback) -> None:
        """Stores it, now, in the place of what was given before about the same message.

        The same thumb again keeps the reason that was given with it.
        """
        is_it = sa.and_(_FEEDBACK.c.conversation == feedback.conversation, _FEEDBACK.c.message == str(feedback.message))
        reason_before = sa.case((_FEEDBACK.c.helpful == feedback.helpful, _FEEDBACK.c.reason), else_=None)
        values = {"given_at": _now(), "answer": feedback.answer, "helpful": feedback.helpful}
        with self._made().begin() as connection:
            changed = connection.execute(
                _FEEDBACK.update().where(is_it).values(**values, reason=feedback.reason or reason_before)
            )
            if changed.rowcount == 0:
                connection.execute(
                    _FEEDBACK.insert().values(
                        **values,
                        conversation=feedback.conversation,
                        channel=feedback.channel,
                        message=str(feedback.message),
                        reason=feedback.reason,
                    )
                )

    def given(self, conversation: str) -> dict[int, Feedback]:
        """All that was given in a conversation, by the message's id."""
        query = sa.select(_FEEDBACK).where(_FEEDBACK.c.conversation == conversation).order_by(_FEEDBACK.c.id)
        with self._made().connect() as connection:
            rows = connection.execute(query).fetchall()
        return {
            int(row.message): Feedback(
                row.conversation, row.channel, int(row.message), row.answer, row.helpful, row.reason
            )
            for row in rows
        }

    def _made(self) -> Engine:
        self._database.make(_METADATA)
        return self._database.engine


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)
