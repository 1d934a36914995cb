"""``make purge`` removes what is old, and says what it was."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from bot.processes import environment
from bot.settings import ROOT, Settings


def purged(settings: Settings) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot.purge"]
    return subprocess.run(command, cwd=ROOT, env=environment(settings), capture_output=True, text=True, check=False)


def test_it_prints_what_was_removed(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection, connection:
        connection.execute("create table events (id integer primary key, sender_id, timestamp float)")
        connection.executemany("insert into events (sender_id, timestamp) values (?, ?)", [("a", 1.0), ("a", 2.0)])
    result = purged(Settings(database_url=f"sqlite:///{tmp_path / 'a.db'}"))
    assert result.returncode == 0, result.stderr
    assert result.stdout == "Kept for 30 days. Removed:\n       1 conversations\n"


def test_a_database_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = purged(Settings(database_url=f"sqlite:///{tmp_path / 'nowhere' / 'a.db'}"))
    assert result.returncode == 1 and "DATABASE_URL cannot be used" in result.stderr
