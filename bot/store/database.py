"""The one way to the database: never in the way of other people's turns, never for longer than a person can wait."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot.metrics import DATABASE_UNAVAILABLE

logger = logging.getLogger(__name__)

# A turn asks the database a few times, and a person must not wait longer than five seconds in all.
LONGEST_WAIT = 1.5
# After a failure it is left alone for so long: whoever writes meanwhile does not wait for it.
SECONDS_OF_REST = 2.0
# A server that starts again refuses at once and is back soon: it is asked again that soon, but not for longer.
# One that is silent is waited for a little less long.
SECONDS_BETWEEN_TRIES = 0.1
LONGEST_RESTART, LONGEST_SILENCE = 4.0, 3.0
SHORTEST_WAIT = 0.3
# Of a process, to a server that has many: it is asked in one thread, by the action server in a few.
CONNECTIONS, MORE_CONNECTIONS = 2, 2
# What other processes' readers may delay the emptying of SQLite's log, in milliseconds.
LONGEST_CHECKPOINT = 300
# A file of so many bytes is written anew in half a second; a larger one once a day.
LARGEST_AT_ONCE = 32_000_000

# The locks of PostgreSQL that one process at a time holds.
MAKING, PURGING = 1, 2

Result = TypeVar("Result")


class DatabaseUnavailable(Exception):
    """The database is locked, full, slow or gone."""

    def __init__(self, why: str, is_silent: bool = False) -> None:
        """Takes what happened, and whether it was waited for in vain."""
        super().__init__(why)
        self.is_silent = is_silent


class Database:
    """A database that is asked in a thread of its own, one question after the other."""

    def __init__(self, url: str) -> None:
        """Names the database; nothing is asked before the first question."""
        self.engine = engine_of(url)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        self._unanswered: asyncio.Future[Any] | None = None
        self._rests_until = 0.0
        # When it failed for the first time since it answered.
        self._away_since: float | None = None
        self._made: set[int] = set()

    def make(self, tables: sa.MetaData) -> None:
        """Makes the tables that do not exist yet; called from within the thread.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: if they cannot be made.
        """
        if id(tables) not in self._made:
            make_tables(self.engine, tables)
            self._made.add(id(tables))

    async def ask(self, work: Callable[[], Result], patience: float = 0.0) -> Result:
        """What the work returns, which runs in the database's thread.

        Args:
            work: asks the database; done twice it must be as if done once, if there is patience.
            patience: for how many seconds a database that went away just now is asked again.

        Raises:
            DatabaseUnavailable: if the database fails, or does not answer in time, or failed just now. Work that has
                begun may still be done later.
        """
        if time.monotonic() < self._rests_until and not patience:
            raise DatabaseUnavailable("it did not answer just now")
        ends = time.monotonic() + patience
        wait = LONGEST_WAIT
        while True:
            try:
                return await self._ask(work, wait)
            except DatabaseUnavailable as error:
                now = time.monotonic()
                longest = LONGEST_SILENCE if error.is_silent else LONGEST_RESTART
                if now >= min(ends, (self._away_since or now) + longest):
                    raise
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)
            wait = min(LONGEST_WAIT, max(SHORTEST_WAIT, ends - time.monotonic()))

    async def _ask(self, work: Callable[[], Result], wait: float) -> Result:
        if self._unanswered and not self._unanswered.done():
            raise DatabaseUnavailable("it did not answer just now", is_silent=True)
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        future.add_done_callback(_heed)
        # Not asyncio.wait_for: it loses a cancellation that comes together with the result (bpo-37658).
        await asyncio.wait({future}, timeout=wait)
        if not future.done():
            self._unanswered = future
            raise self._failed("no answer in time", is_silent=True)
        try:
            result = future.result()
        except SQLAlchemyError as error:
            raise self._failed(type(error).__name__) from error
        self._away_since, self._rests_until = None, 0.0
        return result

    def _failed(self, why: str, is_silent: bool = False) -> DatabaseUnavailable:
        # To be refused by a server takes no time; a file that is locked, or a server that is silent, does.
        is_refused = self.engine.dialect.name != "sqlite" and not is_silent
        self._rests_until = time.monotonic() + (SECONDS_BETWEEN_TRIES if is_refused else SECONDS_OF_REST)
        self._made.clear()  # it may come back empty
        DATABASE_UNAVAILABLE.inc()
        if self._away_since is None:
            self._away_since = time.monotonic()
            logger.warning("The database cannot be used: %s", why)
        return DatabaseUnavailable(why, is_silent)


def engine_of(url: str) -> Engine:
    """The way to a database, the same for every store: what is removed is overwritten, errors repeat nobody's words."""
    server: dict[str, Any] = {}
    if not url.startswith("sqlite"):
        server = {"pool_size": CONNECTIONS, "max_overflow": MORE_CONNECTIONS, "pool_timeout": LONGEST_WAIT}
    engine = sa.create_engine(url, pool_pre_ping=True, hide_parameters=True, **server)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _overwrite_what_is_removed)
    return engine


def make_tables(engine: Engine, tables: sa.MetaData) -> None:
    """Makes the tables that do not exist yet, and of those that do the columns and indexes that have come since.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: if they cannot be made.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            # Readers need not wait for a writer; it is kept in the file.
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        else:
            # Replicas that start together do so one after the other; the index of a large table takes its time.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MAKING)))
        tables.create_all(connection)
        there = sa.inspect(connection)
        for table in tables.tables.values():
            columns = {it["name"] for it in there.get_columns(table.name)}
            for column in table.columns:
                if column.name not in columns:
                    made = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
                    connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {made}")
            indexes = {it["name"] for it in there.get_indexes(table.name)}
            for index in table.indexes:
                if index.name not in indexes:
                    index.create(connection)


def _overwrite_what_is_removed(connection: sqlite3.Connection, record: object) -> None:
    connection.execute("PRAGMA secure_delete=ON")


def empty_log(engine: Engine) -> None:
    """Lets nothing of what was removed stand in SQLite's log of changes; other databases see to this by themselves.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: if the database cannot be written.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={LONGEST_CHECKPOINT}")
        try:
            is_busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
    if is_busy:
        logger.warning("The log of the database could not be emptied; the next removal tries again")


def leave_no_trace(engine: Engine, largest: float = LARGEST_AT_ONCE) -> None:
    """Lets nothing of what was removed stand in a SQLite file: rows that move from page to page leave copies behind.

    Args:
        engine: of the database, from which everything was removed that is to go.
        largest: a larger file, in bytes, is not written anew, only its log is emptied: it would keep people waiting.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: if the database cannot be written.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        size = connection.exec_driver_sql("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        if size.scalar_one() <= largest:
            try:
                connection.exec_driver_sql("VACUUM")
            except OperationalError as error:
                logger.warning("The database is in use and was not written anew: %s", type(error).__name__)
    empty_log(engine)


@lru_cache(maxsize=4)
def database(url: str) -> Database:
    """The database of an address, one for the process."""
    return Database(url)


def _heed(future: asyncio.Future[Any]) -> None:
    # An error that nobody waits for any more would be reported with a stack trace.
    if not future.cancelled():
        future.exception()
