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
# What other processes' readers may delay the emptying of SQLite's log, in milliseconds.
LONGEST_CHECKPOINT = 300
# A file of so many bytes is written anew in half a second; a larger one once a day.
LARGEST_AT_ONCE = 32_000_000

Result = TypeVar("Result")


class DatabaseUnavailable(Exception):
    """The database is locked, full, slow or gone."""


class Database:
    """A database that is asked in a thread of its own, one question after the other."""

    def __init__(self, url: str) -> None:
        """Names the database; nothing is asked before the first question."""
        self.engine = engine_of(url)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        self._unanswered: asyncio.Future[Any] | None = None
        self._rests_until = 0.0
        self._made: set[int] = set()

    def make(self, tables: sa.MetaData) -> None:
        """Makes the tables that do not exist yet; called from within the thread.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: if they cannot be made.
        """
        if id(tables) in self._made:
            return
        with self.engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                # Readers need not wait for a writer; it is kept in the file.
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            tables.create_all(connection)
        self._made.add(id(tables))

    async def ask(self, work: Callable[[], Result]) -> Result:
        """What the work returns, which runs in the database's thread.

        Raises:
            DatabaseUnavailable: if the database fails, or does not answer in time, or failed just now. Work that has
                begun may still be done later.
        """
        if time.monotonic() < self._rests_until or (self._unanswered and not self._unanswered.done()):
            raise DatabaseUnavailable("it did not answer just now")
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        future.add_done_callback(_heed)
        # Not asyncio.wait_for: it loses a cancellation that comes together with the result (bpo-37658).
        await asyncio.wait({future}, timeout=LONGEST_WAIT)
        if not future.done():
            self._unanswered = future
            raise self._failed("no answer in time")
        try:
            return future.result()
        except SQLAlchemyError as error:
            raise self._failed(type(error).__name__) from error

    def _failed(self, why: str) -> DatabaseUnavailable:
        self._rests_until = time.monotonic() + SECONDS_OF_REST
        self._made.clear()  # it may come back empty
        DATABASE_UNAVAILABLE.inc()
        logger.warning("The database cannot be used: %s", why)
        return DatabaseUnavailable(why)


def engine_of(url: str) -> Engine:
    """The way to a database, the same for every store: what is removed is overwritten, errors repeat nobody's words."""
    engine = sa.create_engine(url, pool_pre_ping=True, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _overwrite_what_is_removed)
    return engine


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
