from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.store import database as database_module
from bot.store.database import Database, DatabaseUnavailable, database
from tests.ports import free_ports
from tests.services import Postgres
from tests.waiting import until

TABLES = sa.MetaData()
NOTES = sa.Table("notes", TABLES, sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.Text))


@pytest.fixture
def notes(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'notes.db'}")


def add(notes: Database, text: str) -> Callable[[], None]:
    def work() -> None:
        notes.make(TABLES)
        with notes.engine.begin() as connection:
            connection.execute(NOTES.insert().values(text=text))

    return work


def read(notes: Database) -> Callable[[], list[str]]:
    def work() -> list[str]:
        with notes.engine.connect() as connection:
            return [row.text for row in connection.execute(sa.select(NOTES).order_by(NOTES.c.id))]

    return work


async def refused(notes: Database, work: Callable[[], Any]) -> float:
    """How long it takes until the database is found to be away."""
    start = time.monotonic()
    with pytest.raises(DatabaseUnavailable):
        await notes.ask(work)
    return time.monotonic() - start


def test_what_is_stored_is_read_back_in_order(notes: Database) -> None:
    async def run() -> list[str]:
        await asyncio.gather(*[notes.ask(add(notes, text)) for text in "abc"])
        return await notes.ask(read(notes))

    assert asyncio.run(run()) == ["a", "b", "c"]


def test_all_work_is_done_in_one_thread_beside_the_event_loop(notes: Database) -> None:
    async def run() -> set[int]:
        return set(await asyncio.gather(*[notes.ask(threading.get_ident) for _ in range(5)]))

    threads = asyncio.run(run())
    assert len(threads) == 1 and threading.get_ident() not in threads


def test_readers_do_not_wait_for_a_writer(notes: Database, tmp_path: Path) -> None:
    async def run() -> list[str]:
        await notes.ask(add(notes, "a"))
        with closing(sqlite3.connect(tmp_path / "notes.db", isolation_level=None)) as other:
            other.execute("begin exclusive")
            return await notes.ask(read(notes))

    assert asyncio.run(run()) == ["a"]


def test_nobody_waits_longer_than_a_person_can_and_then_not_at_all(
    notes: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "LONGEST_WAIT", 0.2)
    monkeypatch.setattr(database_module, "SECONDS_OF_REST", 0.0)

    async def run() -> list[str]:
        await notes.ask(add(notes, "a"))
        with closing(sqlite3.connect(tmp_path / "notes.db", isolation_level=None)) as other:
            other.execute("begin exclusive")
            assert 0.2 <= await refused(notes, add(notes, "late")) < 1
            assert await refused(notes, add(notes, "never")) < 0.1
        await until(lambda: notes._unanswered is not None and notes._unanswered.done())
        await notes.ask(add(notes, "b"))
        return await notes.ask(read(notes))

    assert asyncio.run(run()) == ["a", "late", "b"]


def test_after_a_failure_it_is_left_alone_for_a_while(notes: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "SECONDS_OF_REST", 0.3)
    asked: list[float] = []

    def look() -> list[str]:
        asked.append(time.monotonic())
        return read(notes)()

    async def run() -> None:
        await refused(notes, look)
        await refused(notes, look)
        assert len(asked) == 1

        async def ask() -> None:
            while True:
                try:
                    return await notes.ask(add(notes, "a"))
                except DatabaseUnavailable:
                    await asyncio.sleep(0.02)

        await asyncio.wait_for(ask(), 5)
        assert 0.3 <= time.monotonic() - asked[0]

    asyncio.run(run())


@pytest.mark.parametrize("url", ["sqlite:////no/such/folder/a.db", "postgresql://x:y@127.0.0.1:9/none"])
def test_a_database_that_is_not_there(url: str) -> None:
    gone = Database(url)
    assert asyncio.run(refused(gone, add(gone, "a"))) < database_module.LONGEST_WAIT + 0.5


def test_errors_do_not_repeat_what_people_said(notes: Database, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> str:
        with pytest.raises(DatabaseUnavailable) as raised:
            await notes.ask(lambda: notes.engine.execute(NOTES.insert().values(text="my secret")))
        return f"{raised.value} {raised.value.__cause__}"

    assert "my secret" not in asyncio.run(run()) + caplog.text


def test_errors_of_the_work_itself_are_not_taken_for_the_databases(notes: Database) -> None:
    async def run() -> list[str]:
        with pytest.raises(ZeroDivisionError):
            await notes.ask(lambda: 1 / 0)
        await notes.ask(add(notes, "a"))
        return await notes.ask(read(notes))

    assert asyncio.run(run()) == ["a"]


def test_an_address_has_one_database() -> None:
    assert database("sqlite:///a.db") is database("sqlite:///a.db") is not database("sqlite:///b.db")


@pytest.mark.parametrize("steps", range(6))
def test_who_stops_waiting_just_when_the_answer_comes_has_stopped(notes: Database, steps: int) -> None:
    async def run() -> bool:
        asking = asyncio.ensure_future(notes.ask(int))
        await asyncio.sleep(0)
        notes._thread.submit(int).result()
        for _ in range(steps):
            await asyncio.sleep(0)
        was_answered = asking.done()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        return was_answered or asking.cancelled()

    assert asyncio.run(run())


async def answer(database: Database, patience: float) -> int:
    def one() -> int:
        with database.engine.connect() as connection:
            return int(connection.exec_driver_sql("select 1").scalar_one())

    return await database.ask(one, patience)


def test_a_server_that_starts_again_is_waited_for(own_postgres: Postgres, caplog: pytest.LogCaptureFixture) -> None:
    database = Database(own_postgres.url())

    async def run() -> int:
        await answer(database, 0)
        own_postgres.stop()
        waiting = asyncio.ensure_future(answer(database, 60))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(own_postgres.start)
        return await waiting

    assert asyncio.run(run()) == 1
    assert [it.message for it in caplog.records] == ["The database cannot be used: OperationalError"]


def test_a_server_that_stays_away_is_waited_for_by_those_alone_who_came_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(database_module, "LONGEST_RESTART", 1.5)
    database = Database(f"postgresql://nobody@127.0.0.1:{free_ports(1)[0]}/none")

    async def run() -> list[float]:
        waited = []
        for _ in range(4):
            start = time.monotonic()
            with pytest.raises(DatabaseUnavailable):
                await answer(database, 60)
            waited.append(time.monotonic() - start)
        return waited

    first, *others = asyncio.run(run())
    assert 1.4 < first and max(others) < 1


def test_a_server_that_is_silent_is_waited_for_a_little(
    own_postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "LONGEST_WAIT", 0.2)
    monkeypatch.setattr(database_module, "LONGEST_SILENCE", 2.0)
    database = Database(own_postgres.url())

    def silent(seconds: float) -> Callable[[], None]:
        def sleep() -> None:
            with database.engine.connect() as connection:
                connection.exec_driver_sql(f"select pg_sleep({seconds})")

        return sleep

    async def run() -> None:
        with pytest.raises(DatabaseUnavailable):
            await database.ask(silent(0.6))
        assert await answer(database, 60) == 1
        with pytest.raises(DatabaseUnavailable):
            await database.ask(silent(20))
        with pytest.raises(DatabaseUnavailable):
            await asyncio.wait_for(answer(database, 60), 15)
        own_postgres.restart()  # it need not be waited for at the end

    asyncio.run(run())
