from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.caretaker import AFTER_FAILURE, BETWEEN_PURGES, Caretaker
from bot.processes import environment
from bot.settings import ROOT, Clinic, Settings
from bot.store.database import Database
from bot.store.handovers import HandoverStore
from bot.store.warnings import WarningStore
from tests.staff import Staff

NOW = datetime.now(timezone.utc)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "test.db"


@pytest.fixture
def settings(file: Path, own_team: Staff) -> Settings:
    return Settings(database_url=f"sqlite:///{file}", **own_team.settings)


def reported(settings: Settings, file: Path, age: timedelta) -> None:
    """Records a warning sign so long ago."""
    WarningStore(settings.database_url).add("anna", "web", "same_day", ["pus"])
    with sqlite3.connect(file) as connection:
        moment = (NOW - age).replace(tzinfo=None).isoformat(" ")
        connection.execute("update warnings set reported_at = ?", (moment,))


def reports(file: Path) -> int:
    with sqlite3.connect(file) as connection:
        return int(connection.execute("select count(*) from warnings").fetchone()[0])


def ask(settings: Settings) -> None:
    store = HandoverStore(Database(settings.database_url))
    store.keep("anna", "web", phone="07911 123456", name="Anna")
    assert store.hand_over("anna", datetime(2026, 7, 26, 10), ["email", "webhook"])


def test_staff_are_told_and_what_is_too_old_goes(
    settings: Settings, clinic: Clinic, own_team: Staff, file: Path
) -> None:
    ask(settings)
    reported(settings, file, timedelta(days=clinic.retention_days + 1))
    Caretaker(settings, clinic).round(NOW)
    assert len(own_team.mails("Anna")) == len(own_team.posts("")) == 1
    assert reports(file) == 0


def test_it_removes_once_a_day(settings: Settings, clinic: Clinic, file: Path) -> None:
    caretaker = Caretaker(settings, clinic)
    caretaker.round(NOW)
    reported(settings, file, timedelta(days=clinic.retention_days + 1))
    caretaker.round(NOW + BETWEEN_PURGES - timedelta(seconds=1))
    assert reports(file) == 1
    caretaker.round(NOW + BETWEEN_PURGES)
    assert reports(file) == 0


def test_a_database_that_is_away_comes_later(settings: Settings, clinic: Clinic, own_team: Staff, file: Path) -> None:
    ask(settings)
    reported(settings, file, timedelta(days=clinic.retention_days + 1))
    impatient = settings.copy(update={"database_url": f"{settings.database_url}?timeout=0.1"})
    caretaker = Caretaker(impatient, clinic)
    lock = sqlite3.connect(file, isolation_level=None)
    lock.execute("begin exclusive")
    caretaker.round(NOW)
    assert own_team.mails("") == []
    lock.execute("rollback")
    lock.close()
    caretaker.round(NOW + timedelta(seconds=1))
    assert len(own_team.mails("Anna")) == 1
    caretaker.round(NOW + AFTER_FAILURE)
    assert reports(file) == 0


def test_the_process_tells_and_ends_when_told_to(settings: Settings, own_team: Staff, tmp_path: Path) -> None:
    ask(settings)
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.caretaker"], cwd=ROOT, env=environment(settings), stdout=log, stderr=log
        )
        deadline = time.monotonic() + 30
        while not (own_team.mails("Anna") and own_team.posts("")) and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(10) == 0
    assert len(own_team.mails("Anna")) == len(own_team.posts("")) == 1
    written = (tmp_path / "log").read_text(encoding="utf-8")
    assert not any(it in written for it in ("Anna", "07911", "Traceback"))
