from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import SQLAlchemyError

from bot.store.warnings import Warned, WarningStore
from bot.warnings_report import lines


@pytest.fixture
def store(tmp_path: Path) -> WarningStore:
    return WarningStore(f"sqlite:///{tmp_path / 'clinic.db'}")


def now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)


def test_what_is_added_is_kept(store: WarningStore) -> None:
    store.add("someone", "rest", "emergency", ["fever", "pus"])
    (kept,) = store.since(now() - timedelta(minutes=1))
    assert (kept.conversation, kept.channel, kept.tier, kept.signs) == (
        "someone",
        "rest",
        "emergency",
        ("fever", "pus"),
    )
    assert abs(kept.reported_at - now()) < timedelta(seconds=10)


def test_only_what_came_since_is_told_oldest_first(store: WarningStore) -> None:
    store.add("a", "rest", "clinic", ["scars"])
    store.add("b", "rest", "clinic", ["scars"])
    assert [it.conversation for it in store.since(now() - timedelta(minutes=1))] == ["a", "b"]
    assert store.since(now() + timedelta(minutes=1)) == []


def test_another_store_of_the_same_database_reads_it(store: WarningStore, tmp_path: Path) -> None:
    store.add("someone", "rest", "same_day", ["fever"])
    assert len(WarningStore(f"sqlite:///{tmp_path / 'clinic.db'}").since(datetime(2020, 1, 1))) == 1


def test_a_database_that_cannot_take_it_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SQLAlchemyError):
        WarningStore(f"sqlite:///{tmp_path / 'missing' / 'clinic.db'}").add("someone", "rest", "clinic", [])


def test_a_report_is_listed_in_the_clinics_time() -> None:
    report = Warned(datetime(2026, 7, 1, 12, 0), "someone", "rest", "same_day", ("fever", "unknown"))
    (line,) = lines([report], {"fever": "a fever or chills"}, ZoneInfo("Europe/London"))
    assert line.startswith("2026-07-01 13:00  rest") and "same day" in line and "a fever or chills; unknown" in line
