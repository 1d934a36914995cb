"""The record of reported warning signs: when, in which conversation, how urgent, which; never what was written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.store.database import engine_of, make_tables

_METADATA = sa.MetaData()
_WARNINGS = sa.Table(
    "warnings",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("reported_at", sa.DateTime, nullable=False, index=True),
    sa.Column("conversation", sa.String(255), nullable=False, index=True),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("tier", sa.String(32), nullable=False),
    sa.Column("signs", sa.String(1000), nullable=False),
)


@dataclass(frozen=True)
class Warned:
    """One message that reported signs."""

    reported_at: datetime
    """In UTC."""
    conversation: str
    channel: str
    tier: str
    signs: tuple[str, ...]


class WarningStore:
    """Writes and reads the record."""

    def __init__(self, database_url: str) -> None:
        """Names the database; it is asked for nothing before the first record."""
        self._engine = engine_of(database_url)
        self._is_made = False

    def add(self, conversation: str, channel: str, tier: str, signs: Iterable[str]) -> None:
        """Records a report, now.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: if the database cannot take it.
        """
        values = {
            "reported_at": datetime.now(timezone.utc).replace(tzinfo=None),
            "conversation": conversation,
            "channel": channel,
            "tier": tier,
            "signs": " ".join(signs),
        }
        with self._made().begin() as connection:
            connection.execute(_WARNINGS.insert().values(**values))

    def since(self, moment: datetime) -> list[Warned]:
        """The reports since a moment in UTC, oldest first.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: if the database cannot be read.
        """
        query = sa.select(_WARNINGS).where(_WARNINGS.c.reported_at >= moment).order_by(_WARNINGS.c.id)
        with self._made().connect() as connection:
            rows = connection.execute(query).fetchall()
        return [
            Warned(row.reported_at, row.conversation, row.channel, row.tier, tuple(row.signs.split())) for row in rows
        ]

    def _made(self) -> Engine:
        if not self._is_made:
            make_tables(self._engine, _METADATA)
            self._is_made = True
        return self._engine


@lru_cache(maxsize=4)
def warning_store(database_url: str) -> WarningStore:
    """The store of a database, one for the process."""
    return WarningStore(database_url)
