"""Reads the conversations of a period from Rasa's table of events: row by row, only what a report needs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Optional, Union

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.analytics.period import Period
from bot.analytics.quoting import quotable

_EVENTS = sa.table("events", *map(sa.column, ("id", "sender_id", "type_name", "timestamp", "data")))
USER, BOT, LOOP, SESSION = "user", "bot", "active_loop", "session_started"
ROWS_AT_ONCE = 1000
# A form that was begun before the period may still be open in it; a session ends after an hour of silence.
EARLIER = timedelta(days=1)


@dataclass(frozen=True)
class Question:
    """One thing that a message asks, as it was understood."""

    text: str
    intent: str


@dataclass(frozen=True)
class Heard:
    """A patient's message."""

    conversation: str
    channel: str
    timestamp: float
    """Seconds since 1970."""
    questions: tuple[Question, ...]
    """None for the tap of a button, and while a form asks for name and number."""
    may_be_quoted: bool


@dataclass(frozen=True)
class Answered:
    """A documented answer that was given."""

    channel: str
    answer: str


@dataclass
class _Conversation:
    """What must be known of a conversation to read its next event."""

    channel: str = ""
    in_form: bool = False


@dataclass
class _Reader:
    conversations: dict[str, _Conversation] = field(default_factory=lambda: defaultdict(_Conversation))

    def read(self, row: Row) -> Optional[Union[Heard, Answered]]:
        """What a row tells, and nothing if it only changes how the next ones are read."""
        conversation = self.conversations[row.sender_id]
        if row.type_name == SESSION:
            conversation.in_form = False
            return None
        event = json.loads(row.data)
        if row.type_name == LOOP:
            conversation.in_form = bool(event.get("name"))
            return None
        if row.type_name == USER:
            return _heard(row, event, conversation)
        answer = (event.get("metadata") or {}).get("answer")
        return Answered(conversation.channel, answer) if answer else None


def read_events(connection: Connection, period: Period, channel: Optional[str] = None) -> Iterator[Heard | Answered]:
    """Messages and documented answers of the period in the order in which they were kept.

    Args:
        connection: to a database that has Rasa's table.
        period: only what was said in it.
        channel: only what was said there; all channels if None.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: if the database cannot be read.
    """
    begin, end = period.begin.timestamp(), period.end.timestamp()
    query = (
        sa.select(_EVENTS.c.sender_id, _EVENTS.c.type_name, _EVENTS.c.timestamp, _EVENTS.c.data)
        .where(_EVENTS.c.timestamp >= begin - EARLIER.total_seconds(), _EVENTS.c.timestamp < end)
        .where(_EVENTS.c.type_name.in_((USER, BOT, LOOP, SESSION)))
        .order_by(_EVENTS.c.id)
    )
    reader = _Reader()
    # Neither the driver nor we hold more than some rows.
    for row in connection.execution_options(stream_results=True).execute(query).yield_per(ROWS_AT_ONCE):
        it = reader.read(row)
        if it is not None and row.timestamp >= begin and channel in (None, it.channel):
            yield it


def _heard(row: Row, event: dict[str, Any], conversation: _Conversation) -> Heard:
    conversation.channel = event.get("input_channel") or conversation.channel or "unknown"
    text = event.get("text") or ""
    is_button = text.startswith("/")
    asked = [] if is_button or conversation.in_form else (event.get("parse_data") or {}).get("questions") or []
    return Heard(
        conversation=row.sender_id,
        channel=conversation.channel,
        timestamp=row.timestamp,
        questions=tuple(Question(it["text"], it["intent"]) for it in asked),
        may_be_quoted=quotable(text),
    )
