"""What the platforms have delivered, kept until it is answered: each message once, also when the machine stops."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.store.database import Database, empty_log, leave_no_trace

# Telegram delivers again for a day, Slack for an hour.
DAYS_KEPT = 2
# Whoever works on a delivery renews its claim; one that was not renewed for so long lapses, and another may go on.
CLAIM = timedelta(seconds=6)
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
    # Which replica works on it, and until when it is nobody else's.
    sa.Column("owner", sa.String(32)),
    sa.Column("claimed_until", sa.DateTime),
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


class NotOurs(Exception):
    """Another replica has gone on with a delivery, because its claim had lapsed."""


class DeliveryStore:
    """The table of deliveries of one channel, as one replica works on them. Its methods run in the database's thread.

    All raise ``sqlalchemy.exc.SQLAlchemyError`` if the database cannot do it.
    """

    def __init__(self, database: Database, channel: str) -> None:
        """Takes the database and the channel's name."""
        self._database = database
        self._channel = channel
        self._owner = uuid.uuid4().hex
        # The keys of those that may have been stored here although that seemed to fail.
        self._in_doubt: set[str] = set()

    def add(self, delivery: Delivery, aliases: Sequence[str] = ()) -> bool:
        """Stores a delivery, which this replica then has claimed.

        Args:
            delivery: not yet stored.
            aliases: further keys under which the same message may come.

        Returns:
            False if it came before; not if that was this very call, made again because the answer was lost.
        """
        rows = [self._values(delivery, key, is_done=key != delivery.key) for key in (delivery.key, *aliases)]
        rows[0] |= {"message": json.dumps(delivery.message), "owner": self._owner, "claimed_until": _now() + CLAIM}
        try:
            with self._begin() as connection:
                for row in rows:
                    connection.execute(_DELIVERIES.insert().values(**row))
        except IntegrityError:
            return delivery.key in self._in_doubt and self._has(delivery)
        except SQLAlchemyError:
            self._in_doubt.add(delivery.key)
            raise
        self._in_doubt.discard(delivery.key)
        return True

    def _has(self, delivery: Delivery) -> bool:
        self._in_doubt.discard(delivery.key)
        is_ours = sa.and_(self._is(delivery), _DELIVERIES.c.owner == self._owner)
        with self._begin() as connection:
            return connection.execute(sa.select(_DELIVERIES.c.id).where(is_ours)).first() is not None

    def claim(self, is_alone: bool) -> list[Delivery]:
        """What is not done and no other replica works on, for this one alone to go on with, in the order it came in.

        What this one has claimed before is among it, and is kept from the others for longer.

        Args:
            is_alone: whether there is no other replica, so that whoever worked on anything has ended.
        """
        ends, is_ours = _DELIVERIES.c.claimed_until, _DELIVERIES.c.owner == self._owner
        # One statement: what another has claimed in the meantime is not claimed twice.
        claimed = _DELIVERIES.update().values(owner=self._owner, claimed_until=_now() + CLAIM).where(self._is_open())
        if not is_alone:
            claimed = claimed.where(sa.or_(is_ours, ends.is_(None), ends <= _now()))
        query = sa.select(_DELIVERIES).where(self._is_open(), is_ours).order_by(_DELIVERIES.c.id)
        with self._begin() as connection:
            connection.execute(claimed)
            return [_delivery(row) for row in connection.execute(query)]

    def release(self) -> None:
        """Leaves what this replica has claimed to the others."""
        mine = sa.and_(self._is_open(), _DELIVERIES.c.owner == self._owner)
        with self._begin() as connection:
            connection.execute(_DELIVERIES.update().where(mine).values(owner=None, claimed_until=None))

    def waits(self, delivery: Delivery, is_answered: Callable[[Delivery], bool]) -> bool:
        """Whether a delivery must wait for an earlier one of its conversation, which another replica was to answer.

        Args:
            delivery: whose turn would be next.
            is_answered: whether of an earlier one that is not done all is sent that the next has to wait for.
        """
        with self._begin() as connection:
            own = sa.select(_DELIVERIES.c.id).where(self._is(delivery)).scalar_subquery()
            theirs = _DELIVERIES.c.conversation == delivery.conversation
            query = sa.select(_DELIVERIES).where(self._is_open(), theirs, _DELIVERIES.c.id < own)
            return any(not is_answered(_delivery(row)) for row in connection.execute(query))

    def keep(self, delivery: Delivery) -> None:
        """Stores how far the answer has come.

        Raises:
            NotOurs: if another replica has gone on with it.
        """
        calls = None if delivery.calls is None else json.dumps(delivery.calls)
        self._update(delivery, calls=calls, sent=delivery.sent, attempts=delivery.attempts)

    def done(self, delivery: Delivery) -> None:
        """Marks it as done and empties it; what is older than the platforms' memory is removed.

        Raises:
            NotOurs: if another replica has gone on with it.
        """
        empty = {"conversation": "", "message": None, "calls": None, "claimed_until": None}
        if not self._update(delivery, is_done=True, **empty):
            # The database was away when it came: should it come again, it is known.
            try:
                with self._begin() as connection:
                    connection.execute(_DELIVERIES.insert().values(**self._values(delivery, delivery.key, True)))
            except IntegrityError:
                pass  # it has come again already
        oldest = _now() - timedelta(days=DAYS_KEPT)
        with self._begin() as connection:
            connection.execute(
                _DELIVERIES.delete().where(_DELIVERIES.c.received_at < oldest, _DELIVERIES.c.is_done.is_(True))
            )
        # It held the message as it was written.
        (leave_no_trace if delivery.is_last else empty_log)(self._database.engine)

    def _update(self, delivery: Delivery, **values: Any) -> bool:
        with self._begin() as connection:
            is_ours = sa.and_(self._is(delivery), _DELIVERIES.c.owner == self._owner)
            if connection.execute(_DELIVERIES.update().where(is_ours).values(**values)).rowcount:
                return True
            if connection.execute(sa.select(_DELIVERIES.c.id).where(self._is(delivery))).first():
                raise NotOurs(delivery.key)
        return False

    def _is(self, delivery: Delivery) -> Any:
        return sa.and_(_DELIVERIES.c.channel == self._channel, _DELIVERIES.c.key == delivery.key)

    def _is_open(self) -> Any:
        return sa.and_(_DELIVERIES.c.channel == self._channel, _DELIVERIES.c.is_done.is_(False))

    def _begin(self) -> Any:
        self._database.make(_METADATA)
        return self._database.engine.begin()

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
