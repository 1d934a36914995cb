"""The written conversations have the form in which the assistant keeps its own."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker

from bot.bench.conversations import CHANNELS, Writer
from bot.settings import CHANNELS as ALL_CHANNELS
from bot.store.database import Database
from bot.store.handovers import HandoverStore
from bot.store.turns import TurnStore
from bot.store.warnings import WarningStore

ZONE = ZoneInfo("Europe/London")
DAY = date(2026, 11, 10)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.db"


def columns(url: str, table: str) -> set[str]:
    return {it["name"] for it in sa.inspect(sa.create_engine(url)).get_columns(table)}


def test_tables_have_the_columns_of_the_real_ones(file: Path, tmp_path: Path) -> None:
    real = f"sqlite:///{tmp_path / 'real.db'}"
    SQLTrackerStore.Base.metadata.create_all(sa.create_engine(real))
    WarningStore(real).add("c", "web", "clinic", [])
    TurnStore(Database(real)).add("web", 0.1)
    Writer(DAY, ZONE).write(f"sqlite:///{file}", 5)
    # Requests have more columns, for the staff, that nobody counts.
    HandoverStore(Database(real)).open()
    assert columns(f"sqlite:///{file}", "handovers") < columns(real, "handovers")
    for table in ("events", "warnings", "turns"):
        assert columns(f"sqlite:///{file}", table) == columns(real, table), table


def test_rasa_reads_the_events(file: Path) -> None:
    Writer(DAY, ZONE).write(f"sqlite:///{file}", 20)
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute("select sender_id, data from events order by id").fetchall()
    for conversation in {it[0] for it in rows}:
        events = [json.loads(data) for sender, data in rows if sender == conversation]
        tracker = DialogueStateTracker.from_dict(conversation, events, [])
        assert len(tracker.events) == len(events)
        assert tracker.get_latest_input_channel() in CHANNELS


def test_every_channel_is_used() -> None:
    assert set(CHANNELS) == set(ALL_CHANNELS)


def test_the_same_seed_writes_the_same(tmp_path: Path) -> None:
    truths = [Writer(DAY, ZONE).write(f"sqlite:///{tmp_path / name}", 50) for name in ("a.db", "b.db")]
    assert truths[0] == truths[1]


def test_another_channel_or_an_earlier_day_counts_nowhere(tmp_path: Path) -> None:
    whole = Writer(DAY, ZONE).write(f"sqlite:///{tmp_path / 'a.db'}", 200)
    web = Writer(DAY, ZONE, only="web").write(f"sqlite:///{tmp_path / 'b.db'}", 200)
    assert web.conversations == {"web": whole.conversations["web"]}
    assert 150 < sum(whole.conversations.values()) < 200
    days = {day for day, _ in whole.daily_messages}
    assert (min(days), max(days)) == (date(2026, 10, 12), DAY)


def test_5000_are_written_within_half_a_minute(file: Path) -> None:
    began = time.monotonic()
    truth = Writer(DAY, ZONE).write(f"sqlite:///{file}", 5000)
    assert time.monotonic() - began < 30
    assert sum(truth.daily_messages.values()) > 20_000
