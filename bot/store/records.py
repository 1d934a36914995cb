"""All that is kept of one conversation, wherever it is kept: counted, and removed.

The tables are found by looking at the database, so that none is forgotten: whatever has a column that names the
conversation belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

# What a column is called that names the conversation: ours, and Rasa's.
OF_CONVERSATION = ("conversation", "sender_id")
DELIVERIES = "deliveries"
OPEN, DONE = "open", "done"


@dataclass(frozen=True)
class Records:
    """How much is kept of a conversation."""

    messages: int
    """Of the person."""
    since: Optional[datetime]
    """When the first of them came, in UTC; None without any."""
    reports: int
    """Of warning signs."""
    ratings: int
    open_requests: int
    """That the clinic has yet to deal with."""
    done_requests: int

    @property
    def requests(self) -> int:
        """What was handed over to the clinic's staff."""
        return self.open_requests + self.done_requests


def count(engine: Engine, conversation: str) -> Records:
    """How much is kept of a conversation.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: if the database cannot be read.
    """
    with engine.connect() as connection:
        return _count(connection, tables_in(connection), conversation)


def erase(engine: Engine, conversation: str) -> Records:
    """Removes all that is kept of a conversation, and returns how much it was.

    It is all removed or nothing is. What is still to be sent to the person stays until it is sent, then it is emptied.
    Copies may stand in a SQLite file until ``leave_no_trace``.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: if the database cannot be written.
    """
    with engine.begin() as connection:
        tables = tables_in(connection)
        records = _count(connection, tables, conversation)
        for table, column in _of_conversation(tables):
            is_gone = [table.c.is_done.is_(True)] if table.name == DELIVERIES else []
            connection.execute(table.delete().where(column == conversation, *is_gone))
    return records


def tables_in(connection: Connection) -> dict[str, sa.Table]:
    """The tables that the database has, by name."""
    found = sa.MetaData()
    found.reflect(bind=connection)
    return dict(found.tables)


def _of_conversation(tables: dict[str, sa.Table]) -> Iterator[tuple[sa.Table, sa.Column[str]]]:
    for table in tables.values():
        for name in OF_CONVERSATION:
            if name in table.c:
                yield table, table.c[name]


def _count(connection: Connection, tables: dict[str, sa.Table], conversation: str) -> Records:
    def rows(name: str, column: str, **values: Any) -> int:
        if name not in tables:
            return 0
        table = tables[name]
        matches = [table.c[it] == value for it, value in {column: conversation, **values}.items()]
        return int(connection.execute(sa.select(sa.func.count()).select_from(table).where(*matches)).scalar_one())

    return Records(
        messages=rows("events", "sender_id", type_name="user"),
        since=_since(connection, tables, conversation),
        reports=rows("warnings", "conversation"),
        ratings=rows("feedback", "conversation"),
        open_requests=rows("handovers", "conversation", status=OPEN),
        done_requests=rows("handovers", "conversation", status=DONE),
    )


def _since(connection: Connection, tables: dict[str, sa.Table], conversation: str) -> Optional[datetime]:
    if "events" not in tables:
        return None
    events = tables["events"]
    query = sa.select(sa.func.min(events.c.timestamp)).where(events.c.sender_id == conversation)
    first = connection.execute(query.where(events.c.type_name == "user")).scalar()
    return None if first is None else datetime.fromtimestamp(first, timezone.utc)
