"""What was said, read from the table of events that the assistant keeps; nothing is stored twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import dropwhile, takewhile
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine, Row

from bot.store.database import Database

USER, BOT = "user", "bot"
# As Rasa's SQLTrackerStore makes it; "data" is the event as JSON.
_METADATA = sa.MetaData()
_EVENTS = sa.Table(
    "events",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sender_id", sa.String(255), nullable=False, index=True),
    sa.Column("type_name", sa.String(255), nullable=False),
    sa.Column("timestamp", sa.Float),
    sa.Column("intent_name", sa.String(255)),
    sa.Column("action_name", sa.String(255)),
    sa.Column("data", sa.Text),
)
# Tells that all that was said before it is removed.
ERASED = "utter_erased"
# The responses that a person must not miss.
ALERTING = ("utter_warning_", "utter_crisis", "utter_warned")

Message = dict[str, Any]


class ConversationStore:
    """Reads what was said. Its methods run in the database's thread."""

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._database = database

    def messages(self, conversation: str, after: int = 0) -> list[Message]:
        """What both sides said after the message with an id, oldest first.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: if the database cannot be read.
        """
        with self._made().connect() as connection:
            rows = connection.execute(_said(conversation)).fetchall()
        return [message for row in rows if (message := _message(row))["id"] > after]

    def replies(self, conversation: str, client_id: str) -> list[Message] | None:
        """What was replied to a message; None if it never came.

        Args:
            conversation: the conversation's id.
            client_id: of the message, of letters, digits and hyphens.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: if the database cannot be read.
        """
        # Nothing in the id means anything to LIKE.
        is_it = sa.and_(_EVENTS.c.type_name == USER, _EVENTS.c.data.like(f'%"message_id": "{client_id}"%'))
        with self._made().connect() as connection:
            came = connection.execute(_said(conversation).where(is_it)).first()
            if came is None:
                return None
            rows = connection.execute(_said(conversation)).fetchall()
        following = dropwhile(lambda row: row.id != came.id, rows)
        next(following)
        return [_message(row) for row in takewhile(lambda row: row.type_name != USER, following)]

    def answer_of(self, conversation: str, message: int) -> str | None:
        """Which documented answer a message of a conversation gave; None if it gave none, or never was.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: if the database cannot be read.
        """
        said = self.messages(conversation, after=message - 1)
        return next((it.get("answer") for it in said if it["id"] == message), None)

    def _made(self) -> Engine:
        self._database.make(_METADATA)
        return self._database.engine


def of_assistant(event: Mapping[str, Any]) -> Message:
    """A reply as a channel shows it.

    Args:
        event: text, timestamp, buttons and the like, and the metadata, all side by side.
    """
    message: Message = {"id": message_id(event["timestamp"]), "from": BOT, "text": event.get("text") or ""}
    for field in ("buttons", "image", "image_alt", "image_width", "image_height", "answer", "sources"):
        if event.get(field):
            message[field] = event[field]
    response = event.get("utter_action") or ""
    if response.startswith(ALERTING):
        message["alert"] = True
    if response == ERASED:
        message["forgotten"] = True
    return message


def of_person(timestamp: float, text: str, client_id: str | None) -> Message:
    """What a person wrote, as a channel shows it."""
    return {"id": message_id(timestamp), "from": USER, "text": text, "client_id": client_id}


def message_id(timestamp: float) -> int:
    """The id of a message: when it was said, in microseconds; it grows with every message of a conversation."""
    return round(timestamp * 1_000_000)


def _said(conversation: str) -> sa.sql.Select:
    return (
        sa.select(_EVENTS)
        .where(_EVENTS.c.sender_id == conversation, _EVENTS.c.type_name.in_((USER, BOT)))
        # What was stored late, because the database was away, has a later id than what followed.
        .order_by(_EVENTS.c.timestamp, _EVENTS.c.id)
    )


def _message(row: Row) -> Message:
    event = json.loads(row.data)
    metadata = event.get("metadata") or {}
    if row.type_name == BOT:
        return of_assistant({**(event.get("data") or {}), **metadata, **event})
    return of_person(event["timestamp"], metadata.get("title") or event.get("text") or "", event.get("message_id"))
