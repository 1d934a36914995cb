"""``docs/privacy.md`` lists every table and every column that the running assistant makes; nothing calls home."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from bot.processes import environment
from bot.settings import ROOT, Settings
from tests.assistant import Assistant

RECORD = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
LISTED = {
    table: set(re.findall(r"`(\w+)`", columns))
    for table, columns in re.findall(r"^\| `(\w+)` \| ([^|]*) \|", RECORD, re.MULTILINE)
}


def columns_of(file: Path) -> dict[str, set[str]]:
    with closing(sqlite3.connect(file, timeout=5)) as connection:
        tables = [
            row[0]
            for row in connection.execute(
                "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
            )
        ]
        return {it: {row[1] for row in connection.execute(f"pragma table_info({it})")} for it in tables}


@pytest.fixture(scope="module")
def file(assistant: Assistant) -> Path:
    """The database, once every part that a talk reaches has made its tables."""
    person = assistant.conversation()
    for message in ("hello", "i have yellow pus and a fever", "can someone call me back", "what do you know about me"):
        person.say(message)
    return Path(assistant.settings.database_url.removeprefix("sqlite:///"))


def test_every_table_and_column_is_listed(file: Path) -> None:
    made = columns_of(file)
    assert {"events", "warnings"} <= set(made)
    missing = {table: columns - LISTED.get(table, set()) for table, columns in made.items()}
    assert {table: columns for table, columns in missing.items() if columns} == {}


def test_a_table_that_is_listed_with_its_columns_has_no_others_that_are_gone(file: Path) -> None:
    for table, columns in columns_of(file).items():
        assert LISTED[table] <= columns, table


def test_the_processes_talk_to_this_machine_alone(assistant: Assistant) -> None:
    """No telemetry, no look for updates: every connection of theirs ends here."""
    assistant.conversation().say("hello")
    remote = set()
    for process in assistant.processes:
        sockets = _sockets(process.pid)
        for table in ("tcp", "tcp6"):
            for line in Path(f"/proc/{process.pid}/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[9] in sockets and fields[3] != "0A":  # not listening
                    remote.add(fields[2].partition(":")[0])
    assert {it for it in remote if it not in ("0100007F", "0" * 8) and not it.endswith("0100007F")} == set()


def _sockets(pid: int) -> set[str]:
    links = (it.readlink().name for it in Path(f"/proc/{pid}/fd").iterdir() if it.is_symlink())
    return {it.removeprefix("socket:[").rstrip("]") for it in links if it.startswith("socket:")}


def test_telemetry_is_off_in_every_command() -> None:
    assert environment(Settings())["RASA_TELEMETRY_ENABLED"] == "false"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "export RASA_TELEMETRY_ENABLED := false" in makefile
    database = subprocess.run(["make", "-pn", "help"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    assert "RASA_TELEMETRY_ENABLED := false" in database


def test_what_was_told_ends_with_the_session(assistant: Assistant, file: Path) -> None:
    person = assistant.conversation()
    person.say("i had it 3 days ago")
    assert "3 days" in person.text("how long will it last")
    with closing(sqlite3.connect(file, timeout=5)) as connection, connection:
        rows = connection.execute("select id, data from events where sender_id = ?", (person.sender,)).fetchall()
        for number, data in rows:
            event = json.loads(data)
            event["timestamp"] -= 3 * 3600
            # With ids of their own, so that what is in memory is known to be another.
            connection.execute(
                "update events set data = ?, id = id + 1000000 where id = ?", (json.dumps(event), number)
            )
    assert "3 days" not in person.text("how long will it last")
