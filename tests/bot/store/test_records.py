"""All that is kept of a conversation is found, counted and removed, in a real SQLite file."""

from __future__ import annotations

import random
import sqlite3
import string
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from bot.settings import ROOT
from bot.store.database import Database, engine_of, leave_no_trace
from bot.store.deliveries import Delivery, DeliveryStore
from bot.store.records import Records, count
from bot.store.records import erase as erase_rows
from bot.store.warnings import WarningStore

MARKER = "zebra-finch-71"
ME, OTHER = "web-1", "web-2"
# As Rasa makes it, and as other parts of the assistant make theirs.
SCHEMA = """
create table events (
  id integer primary key, sender_id varchar(255), type_name varchar(255), timestamp float, data text
);
create index by_sender on events (sender_id);
create table feedback (id integer primary key, given_at datetime, conversation varchar(255), reason varchar(1000));
create table handovers (id integer primary key, conversation varchar(255), asked_at datetime, question text,
  status varchar(16), done_at datetime);
create table something_new (id integer primary key, conversation varchar(255), words text);
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'assistant.db'}")
    database.make(sa.MetaData())
    with closing(sqlite3.connect(tmp_path / "assistant.db")) as connection:
        connection.executescript(SCHEMA)
    yield database
    database.engine.dispose()


def add(database: Database, table: str, **values: object) -> None:
    names = ", ".join(values)
    with database.engine.begin() as connection:
        connection.execute(sa.text(f"insert into {table} ({names}) values (:{', :'.join(values)})"), values)


def say(database: Database, conversation: str, words: str, at: float = 1790000000) -> None:
    add(database, "events", sender_id=conversation, type_name="user", timestamp=at, data=words)


def files_with(folder: Path, words: str) -> list[str]:
    """The files that hold the words, in whatever part of them."""
    return [it.name for it in sorted(folder.rglob("*")) if it.is_file() and words.encode() in it.read_bytes()]


def fill(database: Database, tmp_path: Path) -> None:
    for conversation in (ME, OTHER):
        mark = MARKER if conversation == ME else "other"
        say(database, conversation, f"{mark} hello", at=1790000000)
        say(database, conversation, f"{mark} again", at=1790000100)
        add(database, "events", sender_id=conversation, type_name="bot", timestamp=1790000101, data=f"{mark} reply")
        add(database, "feedback", conversation=conversation, reason=mark)
        for status in ("draft", "open", "done", "done"):
            add(database, "handovers", conversation=conversation, question=mark, status=status)
        add(database, "something_new", conversation=conversation, words=mark)
        WarningStore(f"sqlite:///{tmp_path / 'assistant.db'}").add(conversation, "web", "clinic", [mark])


def test_it_is_counted(database: Database, tmp_path: Path) -> None:
    fill(database, tmp_path)
    since = datetime.fromtimestamp(1790000000, timezone.utc)
    assert count(database.engine, ME) == Records(2, since, reports=1, ratings=1, open_requests=1, done_requests=2)
    assert count(database.engine, "nobody") == Records(0, None, 0, 0, 0, 0)


def erase(engine: Engine, conversation: str) -> Records:
    """A removal as the assistant does it: the rows, then what they have left in the file."""
    erased = erase_rows(engine, conversation)
    leave_no_trace(engine)
    return erased


def test_an_empty_database_has_nothing(tmp_path: Path) -> None:
    engine = engine_of(f"sqlite:///{tmp_path / 'new.db'}")
    assert count(engine, ME) == erase(engine, ME) == Records(0, None, 0, 0, 0, 0)


def test_nothing_is_left_in_any_table_or_file_and_others_keep_theirs(database: Database, tmp_path: Path) -> None:
    fill(database, tmp_path)
    assert files_with(tmp_path, MARKER)
    before = count(database.engine, OTHER)
    erased = erase(database.engine, ME)
    assert (erased.messages, erased.requests) == (2, 3)
    assert count(database.engine, ME) == Records(0, None, 0, 0, 0, 0)
    assert count(database.engine, OTHER) == before
    assert files_with(tmp_path, MARKER) == files_with(tmp_path, ME) == []
    assert files_with(tmp_path, OTHER)


def test_nothing_is_left_among_the_words_of_many(database: Database, tmp_path: Path) -> None:
    """Rows are moved from page to page as a table grows: no copy may stay behind."""
    chance = random.Random(7)
    for _ in range(2000):
        conversation = f"web-{chance.randrange(40)}"
        text = "".join(chance.choices(string.ascii_letters, k=chance.randrange(20, 3000)))
        say(database, conversation, f"{MARKER} {text}" if conversation == ME else text)
    erase(database.engine, ME)
    assert files_with(tmp_path, MARKER) == []
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_what_is_still_to_be_sent_stays_until_it_is_sent(database: Database, tmp_path: Path) -> None:
    store = DeliveryStore(database, "telegram")
    delivery = Delivery("telegram-1", "key-1", {"said": {"text": MARKER}}, calls=[{"method": "m", "parameters": {}}])
    store.add(delivery, aliases=["album-1"])
    store.keep(delivery)
    erase(database.engine, "telegram-1")
    assert [it.key for it in store.claim(is_alone=True)] == ["key-1"]
    store.done(delivery)
    erase(database.engine, "telegram-1")
    assert store.claim(is_alone=True) == []
    assert files_with(tmp_path, MARKER) == files_with(tmp_path, "telegram-1") == []
    assert not store.add(Delivery("telegram-1", "key-1", {})) and not store.add(Delivery("telegram-1", "album-1", {}))


def test_nothing_is_left_of_a_conversation_among_the_answered_messages_of_many(
    database: Database, tmp_path: Path
) -> None:
    store = DeliveryStore(database, "telegram")
    for number in range(600):
        delivery = Delivery(f"telegram-{number % 7}-{MARKER}", f"key-{number}", {"text": MARKER})
        store.add(delivery)
        delivery.is_last = number == 599
        store.done(delivery)
    assert files_with(tmp_path, MARKER) == []


def test_a_large_file_is_written_anew_another_time(database: Database, tmp_path: Path) -> None:
    fill(database, tmp_path)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("delete from events")
    size = (tmp_path / "assistant.db").stat().st_size
    leave_no_trace(database.engine, largest=1)
    assert (tmp_path / "assistant.db").stat().st_size == size


def test_a_locked_database_loses_nothing(database: Database, tmp_path: Path) -> None:
    fill(database, tmp_path)
    engine = engine_of(f"sqlite:///{tmp_path / 'assistant.db'}?timeout=0.1")
    with closing(sqlite3.connect(tmp_path / "assistant.db", isolation_level=None)) as other:
        other.execute("begin exclusive")
        with pytest.raises(OperationalError):
            erase(engine, ME)
    assert count(database.engine, ME).messages == 2


def test_a_reader_does_not_keep_words_in_the_log_for_good(database: Database, tmp_path: Path) -> None:
    fill(database, tmp_path)
    with closing(sqlite3.connect(tmp_path / "assistant.db", isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from events").fetchone()
        erase(database.engine, ME)
        reader.execute("rollback")
    erase(database.engine, "nobody")
    assert files_with(tmp_path, MARKER) == []


def test_every_way_to_the_database_overwrites_what_is_removed(tmp_path: Path) -> None:
    with engine_of(f"sqlite:///{tmp_path / 'new.db'}").connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    # The report only reads.
    makers = {it.name for it in (ROOT / "bot" / "store").rglob("*.py") if "create_engine" in it.read_text("utf-8")}
    assert makers == {"database.py"}
