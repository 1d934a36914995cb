"""Requests of people to be called, and the notices by which the staff are told of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.store.database import Database

DRAFT, OPEN, DONE = "draft", "open", "done"
# Whoever has claimed a notice has so long to send it; then another may, as the first has been killed.
CLAIM = timedelta(minutes=2)
# An answer that was lost on its way is asked for again within so long.
JUST_NOW = timedelta(minutes=5)
# Seconds after a first failure; twice as many after each further one, up to the most.
FIRST_WAIT = 2
MOST_WAIT = 900

_METADATA = sa.MetaData()
_HANDOVERS = sa.Table(
    "handovers",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("conversation", sa.String(255), nullable=False, index=True),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("status", sa.String(16), nullable=False, index=True),
    sa.Column("begun_at", sa.DateTime, nullable=False),
    sa.Column("asked_at", sa.DateTime),
    sa.Column("due_at", sa.DateTime),
    sa.Column("done_at", sa.DateTime),
    sa.Column("name", sa.String(255)),
    sa.Column("phone", sa.String(64)),
    sa.Column("email", sa.String(320)),
    sa.Column("best_time", sa.String(255)),
    sa.Column("question", sa.Text),
    # Of a warning sign that was reported in the conversation and is not settled.
    sa.Column("tier", sa.String(32)),
    # No number is given twice, also when its request was removed: staff know requests by it.
    sqlite_autoincrement=True,
)
_NOTICES = sa.Table(
    "notices",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("handover", sa.ForeignKey("handovers.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("conversation", sa.String(255), nullable=False, index=True),
    sa.Column("way", sa.String(16), nullable=False),
    # Goes along with the notice, so that what receives it can tell that it came before.
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("due_at", sa.DateTime, nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("claimed_until", sa.DateTime),
    sa.Column("sent_at", sa.DateTime),
)


@dataclass(frozen=True)
class Handover:
    """What a person asks of the staff. Moments are in UTC, without a time zone."""

    id: int
    channel: str
    status: str
    asked_at: Optional[datetime] = None
    due_at: Optional[datetime] = None
    """By when the person was told to expect a call."""
    done_at: Optional[datetime] = None
    name: Optional[str] = None
    phone: Optional[str] = None
    email: Optional[str] = None
    best_time: Optional[str] = None
    question: Optional[str] = None
    tier: Optional[str] = None


@dataclass(frozen=True)
class Notice:
    """One way in which the staff are to be told of one request."""

    id: int
    way: str
    key: str
    attempts: int
    """How often it has failed before."""
    handover: Handover


class HandoverStore:
    """The requests of one database.

    All methods raise ``sqlalchemy.exc.SQLAlchemyError`` if the database cannot do it.
    """

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._database = database

    def draft(self, conversation: str) -> Optional[Handover]:
        """The request that a conversation has begun and not sent."""
        with self._begin() as connection:
            row = connection.execute(sa.select(_HANDOVERS).where(_is_draft(conversation))).first()
        return row and _handover(row)

    def keep(self, conversation: str, channel: str, **told: Optional[str]) -> None:
        """Keeps what a person has told for a request: name, phone, email, best_time, question; each replaces itself."""
        with self._begin() as connection:
            kept = connection.execute(_HANDOVERS.update().where(_is_draft(conversation)).values(**told))
            if not kept.rowcount:
                new = {"conversation": conversation, "channel": channel, "status": DRAFT, "begun_at": _now()}
                connection.execute(_HANDOVERS.insert().values(**new, **told))

    def drop(self, conversation: str) -> None:
        """Removes the request that was begun, if there is one."""
        with self._begin() as connection:
            connection.execute(_HANDOVERS.delete().where(_is_draft(conversation)))

    def hand_over(
        self, conversation: str, due_at: datetime, ways: Sequence[str], tier: Optional[str] = None
    ) -> Optional[Handover]:
        """Turns what was begun into a request to the staff, and has them told; both or neither.

        Args:
            conversation: whose request it is.
            due_at: by when they are to answer, in UTC.
            ways: in which they are told.
            tier: of a warning sign that was reported and is not settled.

        Returns:
            The request, also if it has been sent just before, of which the person may not have heard; None if there is
            none that could be answered.
        """
        with self._begin() as connection:
            row = connection.execute(sa.select(_HANDOVERS).where(_is_draft(conversation)).with_for_update()).first()
            if row is None:
                return _sent_just_now(connection, conversation)
            if not (row.phone or row.email):
                return None
            asked = {"status": OPEN, "asked_at": _now(), "due_at": due_at, "tier": tier}
            is_it = sa.and_(_HANDOVERS.c.id == row.id, _HANDOVERS.c.status == DRAFT)
            if not connection.execute(_HANDOVERS.update().where(is_it).values(**asked)).rowcount:
                return None
            for way in ways:
                notice = {"handover": row.id, "conversation": conversation, "way": way, "key": uuid.uuid4().hex}
                connection.execute(_NOTICES.insert().values(**notice, due_at=_now()))
            return _handover(connection.execute(sa.select(_HANDOVERS).where(_HANDOVERS.c.id == row.id)).one())

    def open(self) -> list[Handover]:
        """What waits for the staff, the most urgent first."""
        query = sa.select(_HANDOVERS).where(_HANDOVERS.c.status == OPEN).order_by(_HANDOVERS.c.due_at)
        with self._begin() as connection:
            return [_handover(row) for row in connection.execute(query)]

    def done(self, number: int) -> bool:
        """Marks a request as dealt with; whoever is still to be told of it is not told any more.

        Returns:
            False if there is no open request of this number.
        """
        is_it = sa.and_(_HANDOVERS.c.id == number, _HANDOVERS.c.status == OPEN)
        with self._begin() as connection:
            if not connection.execute(_HANDOVERS.update().where(is_it).values(status=DONE, done_at=_now())).rowcount:
                return False
            unsent = sa.and_(_NOTICES.c.handover == number, _NOTICES.c.sent_at.is_(None))
            connection.execute(_NOTICES.delete().where(unsent))
        return True

    def claim(self) -> Optional[Notice]:
        """The notice that is due longest, for the caller alone to send; None if none is due."""
        due = sa.and_(
            _NOTICES.c.sent_at.is_(None),
            _NOTICES.c.due_at <= _now(),
            sa.or_(_NOTICES.c.claimed_until.is_(None), _NOTICES.c.claimed_until <= _now()),
        )
        with self._begin() as connection:
            with_request = _NOTICES.join(_HANDOVERS, _HANDOVERS.c.id == _NOTICES.c.handover)
            query = sa.select(_NOTICES).select_from(with_request).where(due).order_by(_NOTICES.c.due_at)
            row = connection.execute(query).first()
            if row is None:
                return None
            mine = _NOTICES.update().where(_NOTICES.c.id == row.id, due).values(claimed_until=_now() + CLAIM)
            if not connection.execute(mine).rowcount:
                return None  # another was faster; what else is due will be seen next time
            asked = connection.execute(sa.select(_HANDOVERS).where(_HANDOVERS.c.id == row.handover)).one()
        return Notice(row.id, row.way, row.key, row.attempts, _handover(asked))

    def sent(self, notice: Notice) -> None:
        """Notes that a notice has been taken."""
        self._update(notice, sent_at=_now(), claimed_until=None)

    def failed(self, notice: Notice) -> timedelta:
        """Has a notice sent again later; returns when."""
        wait = timedelta(seconds=min(FIRST_WAIT * 2**notice.attempts, MOST_WAIT))
        self._update(notice, attempts=notice.attempts + 1, due_at=_now() + wait, claimed_until=None)
        return wait

    def untold(self) -> set[int]:
        """The numbers of the open requests of which not everyone has been told yet."""
        query = sa.select(_NOTICES.c.handover).where(_NOTICES.c.sent_at.is_(None)).distinct()
        with self._begin() as connection:
            return {row.handover for row in connection.execute(query)}

    def _update(self, notice: Notice, **values: Any) -> None:
        with self._begin() as connection:
            connection.execute(_NOTICES.update().where(_NOTICES.c.id == notice.id).values(**values))

    def _begin(self) -> Any:
        self._database.make(_METADATA)
        return self._database.engine.begin()


def _sent_just_now(connection: Connection, conversation: str) -> Optional[Handover]:
    theirs = sa.and_(_HANDOVERS.c.conversation == conversation, _HANDOVERS.c.status == OPEN)
    recent = sa.and_(theirs, _HANDOVERS.c.asked_at > _now() - JUST_NOW)
    row = connection.execute(sa.select(_HANDOVERS).where(recent).order_by(_HANDOVERS.c.id.desc())).first()
    return row and _handover(row)


def _is_draft(conversation: str) -> Any:
    return sa.and_(_HANDOVERS.c.conversation == conversation, _HANDOVERS.c.status == DRAFT)


def _handover(row: Row) -> Handover:
    return Handover(**{name: row[name] for name in Handover.__dataclass_fields__})


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)
