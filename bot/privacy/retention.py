"""What is kept too long is removed: once a day, and by ``make purge``."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.settings import Clinic
from bot.store.database import PURGING, engine_of, leave_no_trace
from bot.store.deliveries import DAYS_KEPT
from bot.store.records import DELIVERIES, DONE, tables_in

# The moment from which each record's time counts. All are in UTC.
TIMES = {"feedback": "given_at", "warnings": "reported_at", "turns": "at", "notices": "sent_at"}
EVENTS, HANDOVERS, NOTICES, DRAFT = "events", "handovers", "notices", "draft"
# A request that a person has begun and not sent.
LONGEST_DRAFT = timedelta(days=1)


def purge(database_url: str, clinic: Clinic, now: datetime) -> dict[str, int]:
    """Removes what is older than the clinic keeps it, and says how much it was.

    A conversation is as old as its latest event. Requests to the clinic stay until they are done. It is all done or
    nothing is.

    Args:
        database_url: the database of the assistant, which may be in use.
        clinic: says for how many days things are kept.
        now: with a time zone.

    Returns:
        For each table that the database has, how many rows were removed; for the events, how many conversations.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: if the database cannot be written.
    """
    engine = engine_of(database_url)
    moment = now.astimezone(timezone.utc).replace(tzinfo=None)
    oldest = moment - timedelta(days=clinic.retention_days)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # The limit of the environment is one for turns: a table that has grown is read for longer.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            # Several replicas do it one after the other: the second finds nothing that is too old.
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(PURGING)))
        tables = tables_in(connection)
        removed = {EVENTS: _old_conversations(connection, tables[EVENTS], oldest)} if EVENTS in tables else {}
        for name, column in TIMES.items():
            if name in tables and column in tables[name].c:
                removed[name] = _remove(connection, tables[name], [tables[name].c[column] < oldest])
        if HANDOVERS in tables:
            requests = tables[HANDOVERS]
            is_old = requests.c.status == DONE, requests.c.done_at < oldest
            is_left = requests.c.status == DRAFT, requests.c.begun_at < moment - LONGEST_DRAFT
            removed[HANDOVERS] = sum(_remove(connection, requests, it) for it in (is_old, is_left))
            # SQLite removes nothing along with what it belongs to, unless it is told to.
            gone = tables[NOTICES].c.handover.not_in(sa.select(requests.c.id))
            removed[NOTICES] += _remove(connection, tables[NOTICES], [gone])
        if DELIVERIES in tables:
            done = tables[DELIVERIES].c.is_done.is_(True)
            is_over = tables[DELIVERIES].c.received_at < moment - timedelta(days=DAYS_KEPT)
            removed[DELIVERIES] = _remove(connection, tables[DELIVERIES], (done, is_over))
    # Also if nothing was too old: a removal on request may have left a large file as it was.
    leave_no_trace(engine, largest=math.inf)
    engine.dispose()
    return removed


def _old_conversations(connection: Connection, events: sa.Table, oldest: datetime) -> int:
    latest = sa.func.max(events.c.timestamp)
    limit = oldest.replace(tzinfo=timezone.utc).timestamp()
    old = sa.select(events.c.sender_id).group_by(events.c.sender_id).having(latest < limit)
    conversations = [row.sender_id for row in connection.execute(old)]
    for conversation in conversations:
        connection.execute(events.delete().where(events.c.sender_id == conversation))
    return len(conversations)


def _remove(connection: Connection, table: sa.Table, where: Iterable[sa.sql.ColumnElement]) -> int:
    return int(connection.execute(table.delete().where(*where)).rowcount)
