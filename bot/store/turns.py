"""The record of how long replies took: when, on which channel, how many seconds; never in which conversation."""

from __future__ import annotations

from datetime import datetime, timezone

import sqlalchemy as sa

from bot.store.database import Database

_METADATA = sa.MetaData()
_TURNS = sa.Table(
    "turns",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False, index=True),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
)


class TurnStore:
    """Writes the record. Its methods run in the database's thread."""

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._database = database

    def add(self, channel: str, seconds: float) -> None:
        """Records a reply that was given just now.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: if the database cannot take it.
        """
        self._database.make(_METADATA)
        values = {
            "at": datetime.now(timezone.utc).replace(tzinfo=None),
            "channel": channel,
            "seconds": seconds,
        }
        with self._database.engine.begin() as connection:
            connection.execute(_TURNS.insert().values(**values))
