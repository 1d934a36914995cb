from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from bot.store.database import Database
from bot.store.turns import TurnStore


def test_a_reply_is_recorded_with_its_time_and_channel_and_nothing_of_the_person(tmp_path: Path) -> None:
    file = tmp_path / "clinic.db"
    store = TurnStore(Database(f"sqlite:///{file}"))
    store.add("web", 0.25)
    store.add("telegram", 1.5)
    with closing(sqlite3.connect(file)) as database:
        names = [it[1] for it in database.execute("pragma table_info(turns)")]
        rows = database.execute("select at, channel, seconds from turns order by id").fetchall()
    assert names == ["id", "at", "channel", "seconds"]
    assert [it[1:] for it in rows] == [("web", 0.25), ("telegram", 1.5)]
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    assert all(abs(datetime.fromisoformat(it[0]) - now) < timedelta(seconds=10) for it in rows)


def test_a_database_that_cannot_take_it_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SQLAlchemyError):
        TurnStore(Database(f"sqlite:///{tmp_path / 'missing' / 'clinic.db'}")).add("web", 0.1)
