"""Counts what the assistant's own tables hold. They belong to ``bot/store/``; here they are only read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Optional

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.analytics.period import Period, in_utc
from bot.store.handovers import DRAFT, OPEN


def _table(name: str, moment: str, *columns: str) -> sa.sql.TableClause:
    # Only a column with a type reads moments as such from SQLite.
    return sa.table(name, sa.column(moment, sa.DateTime), *map(sa.column, columns))


_FEEDBACK = _table("feedback", "given_at", "channel", "answer", "helpful", "reason")
_WARNINGS = _table("warnings", "reported_at", "channel", "tier", "signs")
_TURNS = _table("turns", "at", "channel", "seconds")
_HANDOVERS = sa.table(
    "handovers",
    *(sa.column(it, sa.DateTime) for it in ("asked_at", "done_at")),
    *map(sa.column, ("channel", "status")),
)
ROWS_AT_ONCE = 1000


@dataclass
class Opinion:
    """What patients think of an answer."""

    up: int = 0
    down: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """Why it did not help."""

    @property
    def total(self) -> int:
        """How many told."""
        return self.up + self.down

    @property
    def share(self) -> float:
        """Of those whom it helped, between 0 and 1."""
        return self.up / self.total


@dataclass
class Tier:
    """Warning signs of one urgency."""

    reports: int = 0
    signs: Counter[str] = field(default_factory=Counter)
    """By id; a report may name several."""


@dataclass
class HandOvers:
    """Requests to be called back, and how long people waited."""

    waits: list[timedelta] = field(default_factory=list)
    """Of those that are done."""
    open: int = 0

    @property
    def total(self) -> int:
        """How many were made."""
        return len(self.waits) + self.open

    @property
    def median(self) -> timedelta:
        """Of the waits; there must be one."""
        return timedelta(seconds=float(np.median([it.total_seconds() for it in self.waits])))


@dataclass(frozen=True)
class Spread:
    """How long replies took, in seconds."""

    replies: int
    median: float
    slowest_percent: float
    """The 99th percentile: one reply of a hundred took longer."""


Thumbs = dict[str, Opinion]
"""By the answer's id."""
Warnings = dict[str, Tier]
"""By tier."""
ReplyTimes = dict[str, Spread]
"""By channel."""


def existing(connection: Connection) -> set[str]:
    """The names of the tables that were made so far."""
    return set(sa.inspect(connection).get_table_names())


def thumbs(connection: Connection, period: Period, channel: Optional[str]) -> Thumbs:
    """The opinions on each answer."""
    opinions: Thumbs = defaultdict(Opinion)
    for row in _rows(connection, _FEEDBACK, _FEEDBACK.c.given_at, period, channel):
        opinion = opinions[row.answer]
        if row.helpful:
            opinion.up += 1
        else:
            opinion.down += 1
            opinion.reasons.update([row.reason] if row.reason else [])
    return dict(opinions)


def warnings(connection: Connection, period: Period, channel: Optional[str]) -> Warnings:
    """The reports of warning signs."""
    tiers: Warnings = defaultdict(Tier)
    for row in _rows(connection, _WARNINGS, _WARNINGS.c.reported_at, period, channel):
        tiers[row.tier].reports += 1
        tiers[row.tier].signs.update(row.signs.split())
    return dict(tiers)


def hand_overs(connection: Connection, period: Period, channel: Optional[str]) -> HandOvers:
    """The requests that were made in the period, also if they are done later; drafts are none yet."""
    found = HandOvers()
    for row in _rows(connection, _HANDOVERS, _HANDOVERS.c.asked_at, period, channel):
        if row.status == OPEN:
            found.open += 1
        elif row.status != DRAFT and row.done_at is not None:
            found.waits.append(row.done_at - row.asked_at)
    return found


def reply_times(connection: Connection, period: Period, channel: Optional[str]) -> ReplyTimes:
    """How long replies took."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for row in _rows(connection, _TURNS, _TURNS.c.at, period, channel):
        seconds[row.channel].append(row.seconds)
    return {
        name: Spread(len(times), *(float(it) for it in np.percentile(times, [50, 99])))
        for name, times in sorted(seconds.items())
    }


def _rows(
    connection: Connection, table: sa.sql.TableClause, moment: Any, period: Period, channel: Optional[str]
) -> Iterator[Row]:
    query = sa.select(table).where(moment >= in_utc(period.begin), moment < in_utc(period.end))
    if channel is not None:
        query = query.where(table.c.channel == channel)
    rows: Iterator[Row] = connection.execution_options(stream_results=True).execute(query).yield_per(ROWS_AT_ONCE)
    return rows
