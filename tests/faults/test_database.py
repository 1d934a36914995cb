"""The database is locked, full or gone: people are answered in time, in context, and nothing that was said is lost."""

from __future__ import annotations

import json
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.faults.people import CHANNELS, Faulty, in_time

Fault = Callable[[Faulty], "contextmanager[None]"]


@contextmanager
def locked(faulty: Faulty) -> Iterator[None]:
    """Another process writes, and does not end."""
    with closing(sqlite3.connect(faulty.database_file, isolation_level=None)) as other:
        other.execute("begin exclusive")
        yield


@contextmanager
def full(faulty: Faulty) -> Iterator[None]:
    """No file can grow any more."""
    pid = faulty.rasa.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def gone(faulty: Faulty) -> Iterator[None]:
    """The disk with the file is not there."""
    folder = faulty.database_file.parent
    away = folder.with_name(f"{folder.name}-away")
    folder.rename(away)
    try:
        yield
    finally:
        away.rename(folder)


def said_in(file: Path, text: str) -> int:
    """How often a person's message stands in the database."""
    with closing(sqlite3.connect(file, timeout=5)) as database:
        rows = database.execute("select data from events where type_name = 'user'").fetchall()
    return sum(json.loads(row[0])["text"] == text for row in rows)


def wait_until_stored(file: Path, text: str) -> None:
    deadline = time.monotonic() + 20
    while not said_in(file, text) and time.monotonic() < deadline:
        time.sleep(0.1)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("fault", [locked, full, gone])
def test_answered_in_context_and_stored_later(faulty: Faulty, fault: Fault, channel: str) -> None:
    say = faulty.person(channel)
    say("i had it 3 days ago")
    marker = f"how long will it last {fault.__name__} {channel}"
    with fault(faulty):
        assert "3 days" in in_time(say, marker)
        assert "Call 999 now" in in_time(say, "i cant breathe")
    assert "999" in say("how do i wash my face")
    wait_until_stored(faulty.database_file, marker)
    assert said_in(faulty.database_file, marker) == 1


@pytest.mark.parametrize("fault", [locked, full, gone])
def test_a_new_person_is_answered(faulty: Faulty, fault: Fault) -> None:
    with fault(faulty):
        for channel in CHANNELS:
            assert "wash" in in_time(faulty.person(channel), "how do i clean my face")
