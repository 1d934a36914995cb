"""What is older than the clinic keeps it is removed from a real SQLite file; what is newer, or open, stays."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.privacy.retention import purge
from bot.settings import Clinic

NOW = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)
OLD, NEW = NOW - timedelta(days=31), NOW - timedelta(days=29)
SCHEMA = """
create table events (id integer primary key, sender_id, type_name, timestamp float, data);
create table warnings (id integer primary key, reported_at datetime, conversation);
create table feedback (id integer primary key, given_at datetime, conversation);
create table turns (id integer primary key, at datetime);
create table handovers (id integer primary key, begun_at datetime, status, done_at datetime);
create table notices (id integer primary key, handover integer, sent_at datetime);
create table deliveries (id integer primary key, key, received_at datetime, is_done boolean);
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "assistant.db")) as connection:
        connection.executescript(f"pragma journal_mode=wal; {SCHEMA}")
    return tmp_path / "assistant.db"


def add(file: Path, table: str, **values: object) -> None:
    values = {
        name: it.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(it, datetime) else it for name, it in values.items()
    }
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(f"insert into {table} ({', '.join(values)}) values (:{', :'.join(values)})", values)


def rows(file: Path, table: str, column: str = "id") -> list[object]:
    with closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute(f"select {column} from {table} order by id")]


def removed(file: Path, clinic: Clinic, **change: object) -> dict[str, int]:
    return purge(f"sqlite:///{file}", clinic.copy(update=change), NOW)


def test_a_conversation_is_as_old_as_its_latest_event(file: Path, clinic: Clinic) -> None:
    for conversation, moments in {"old": [OLD, OLD], "goes on": [OLD, NEW], "new": [NEW]}.items():
        for moment in moments:
            add(
                file,
                "events",
                sender_id=conversation,
                timestamp=moment.timestamp(),
                data="zebra" if moment == OLD else "",
            )
    assert removed(file, clinic)["events"] == 1
    assert rows(file, "events", "sender_id") == ["goes on", "goes on", "new"]


@pytest.mark.parametrize(("table", "column"), [("warnings", "reported_at"), ("feedback", "given_at"), ("turns", "at")])
def test_records_are_as_old_as_they_are(file: Path, clinic: Clinic, table: str, column: str) -> None:
    for moment in (OLD, NEW, OLD):
        add(file, table, **{column: moment})
    assert removed(file, clinic)[table] == 2
    assert rows(file, table) == [2]


def test_requests_stay_until_they_are_done_and_drafts_for_a_day(file: Path, clinic: Clinic) -> None:
    year = NOW - timedelta(days=365)
    add(file, "handovers", status="open", begun_at=year)
    add(file, "handovers", status="done", begun_at=year, done_at=OLD)
    add(file, "handovers", status="done", begun_at=year, done_at=NEW)
    add(file, "handovers", status="draft", begun_at=NOW - timedelta(hours=25))
    add(file, "handovers", status="draft", begun_at=NOW - timedelta(hours=23))
    for number in (1, 2, 4):
        add(file, "notices", handover=number)
    assert removed(file, clinic)["handovers"] == 2
    assert rows(file, "handovers") == [1, 3, 5]
    assert rows(file, "notices", "handover") == [1]


def test_keys_of_deliveries_stay_as_long_as_platforms_deliver_again(file: Path, clinic: Clinic) -> None:
    for days, is_done in ((3, True), (1, True), (3, False)):
        add(file, "deliveries", key=str(days), received_at=NOW - timedelta(days=days), is_done=is_done)
    assert removed(file, clinic)["deliveries"] == 1
    assert rows(file, "deliveries") == [2, 3]


def test_the_clinic_says_for_how_long(file: Path, clinic: Clinic) -> None:
    add(file, "warnings", reported_at=NOW - timedelta(days=5))
    assert removed(file, clinic)["warnings"] == 0
    assert removed(file, clinic, retention_days=4)["warnings"] == 1


def test_nothing_of_it_is_left_in_the_files(file: Path, clinic: Clinic) -> None:
    add(file, "events", sender_id="zebra-finch", timestamp=OLD.timestamp(), data="zebra finch says hello")
    removed(file, clinic)
    assert [it for it in file.parent.iterdir() if b"zebra" in it.read_bytes()] == []


def test_a_new_database_has_nothing_to_remove(tmp_path: Path, clinic: Clinic) -> None:
    assert removed(tmp_path / "new.db", clinic) == {}


def test_a_locked_database_loses_nothing(file: Path, clinic: Clinic) -> None:
    add(file, "warnings", reported_at=OLD)
    add(file, "turns", at=OLD)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin exclusive")
        with pytest.raises(OperationalError):
            purge(f"sqlite:///{file}?timeout=0.1", clinic, NOW)
    assert (rows(file, "warnings"), rows(file, "turns")) == ([1], [1])
