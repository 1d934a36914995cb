"""What the platforms have delivered, kept until it is answered: each message once, also when the machine stops."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from bot.store.database import Database, empty_log, leave_no_trace

# Telegram delivers again for a day, Slack for an hour.
DAYS_KEPT = 2
_METADATA = sa.MetaData()
_DELIVERIES = sa.Table(
    "deliveries",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("key", sa.String(255), nullable=False),
    sa.Column("conversation", sa.String(255), nullable=False, index=True),
    sa.Column("received_at", sa.DateTime, nullable=False, index=True),
    # These and the conversation are emptied when the delivery is done: the key alone tells that it came before.
    sa.Column("message", sa.Text),
    sa.Column("calls", sa.Text),
    sa.Column("sent", sa.Integer, nullable=False, default=0),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("is_done", sa.Boolean, nullable=False, default=False, index=True),
    sa.UniqueConstraint("channel", "key"),
)

Call = dict[str, Any]
"""A request to a platform: ``method`` and ``parameters``."""


@dataclass
class Delivery:
    """A message, and how far its answer has come."""

    conversation: str
    key: str
    """The platform's id of it, the same when it is delivered again."""
    message: dict[str, Any]
    calls: Optional[list[Call]] = None
    """What is to be sent; None before the turn is done."""
    sent: int = 0
    """How many of the calls have been written to the platform."""
    attempts: int = 0
    """How often it was begun before, each time ended by a stop of the machine."""
    is_last: bool = False
    """Whether its answer is the receipt of a removal: nothing is kept of the person once it is sent."""


class DeliveryStore:
    """The table of deliveries of one channel. Its methods run in the database's thread.

    All raise ``sqlalchemy.exc.SQLAlchemyError`` if the database cannot do it.
    """

    def __init__(self, database: Database, channel: str) -> None:
        """Takes the database and the channel's name."""
        self._database = database
        self._channel = channel

    def add(self, delivery: Delivery, aliases: Sequence[str] = ()) -> bool:
        """Stores a delivery.

        Args:
            delivery: not yet stored.
            aliases: further keys under which the same message may come.

        Returns:
            False if it came before.
        """
        self._database.make(_METADATA)
        rows = [self._values(delivery, key, is_done=key != delivery.key) for key in (delivery.key, *aliases)]
        rows[0]["message"] = json.dumps(delivery.message)
        try:
            with self._database.engine.begin() as connection:
                for row in rows:
                    connection.execute(_DELIVERIES.insert().values(**row))
        except IntegrityError:
            return False
        return True

    def open(self) -> list[Delivery]:
        """What is not done, in the order in which it came."""
        self._database.make(_METADATA)
        query = (
            sa.select(_DELIVERIES)
            .where(_DELIVERIES.c.channel == self._channel, _DELIVERIES.c.is_done.is_(False))
            .order_by(_DELIVERIES.c.id)
        )
        with self._database.engine.connect() as connection:
            return [_delivery(row) for row in connection.execute(query)]

    def keep(self, delivery: Delivery) -> None:
        """Stores how far the answer has come."""
        calls = None if delivery.calls is None else json.dumps(delivery.calls)
        self._update(delivery, calls=calls, sent=delivery.sent, attempts=delivery.attempts)

    def done(self, delivery: Delivery) -> None:
        """Marks it as done and empties it; what is older than the platforms' memory is removed."""
        self._update(delivery, is_done=True, conversation="", message=None, calls=None)
        oldest = _now() - timedelta(days=DAYS_KEPT)
        with self._database.engine.begin() as connection:
            connection.execute(
                _DELIVERIES.delete().where(_DELIVERIES.c.received_at < oldest, _DELIVERIES.c.is_done.is_(True))
            )
        # It held the message as it was written.
        (leave_no_trace if delivery.is_last else empty_log)(self._database.engine)

    def _update(self, delivery: Delivery, **values: Any) -> None:
        self._database.make(_METADATA)
        is_it = sa.and_(_DELIVERIES.c.channel == self._channel, _DELIVERIES.c.key == delivery.key)
        with self._database.engine.begin() as connection:
            connection.execute(_DELIVERIES.update().where(is_it).values(**values))

    def _values(self, delivery: Delivery, key: str, is_done: bool) -> dict[str, Any]:
        return {
            "channel": self._channel,
            "key": key,
            "conversation": "" if is_done else delivery.conversation,
            "received_at": _now(),
            "is_done": is_done,
        }


def _delivery(row: Row) -> Delivery:
    calls = None if row.calls is None else json.loads(row.calls)
    return Delivery(row.conversation, row.key, json.loads(row.message), calls, row.sent, row.attempts)


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)
