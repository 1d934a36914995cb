from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.handover import inbox
from bot.settings import Clinic
from bot.store.database import Database
from bot.store.handovers import HandoverStore

DUE = datetime(2026, 7, 26, 10)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HandoverStore:
    """The store of the database that the environment names."""
    url = f"sqlite:///{tmp_path / 'test.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    return HandoverStore(Database(url))


def ask(store: HandoverStore, conversation: str, *ways: str, tier: str | None = None) -> int:
    store.keep(conversation, "slack", phone="07911 123456", name=conversation.title(), question="may I\nswim?")
    request = store.hand_over(conversation, DUE, ways, tier)
    assert request is not None
    return request.id


def test_nobody_waits(store: HandoverStore, capsys: pytest.CaptureFixture[str]) -> None:
    inbox.main([])
    assert capsys.readouterr().out == "No one is waiting.\n"


def test_who_waits_and_for_what(store: HandoverStore, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = ask(store, "anna"), ask(store, "bob", "email", tier="same_day")
    inbox.main([])
    told = capsys.readouterr().out
    assert (
        f"{first}  answer by Sunday 26 July 2026, 11:00\n    Anna, 07911 123456, best time: any\n    may I swim?"
        in told
    )
    assert f"{second}  answer by Sunday 26 July 2026, 11:00\n    told of a warning sign: same day\n    Bob" in told
    assert told.count("not everyone has been told") == 1
    assert told.endswith("2 open.\n")


def test_done(store: HandoverStore, capsys: pytest.CaptureFixture[str]) -> None:
    number = ask(store, "anna")
    inbox.main([str(number)])
    assert capsys.readouterr().out == f"Request {number} is done.\n"
    assert store.open() == []
    with pytest.raises(SystemExit, match="no open request of this number"):
        inbox.main([str(number)])


@pytest.mark.parametrize("given", ["x", "-1", "1.5", "1 or 1=1"])
def test_what_is_no_number_is_said(store: HandoverStore, given: str) -> None:
    with pytest.raises(SystemExit, match="must be the number of a request"):
        inbox.main(given.split())


def test_a_database_that_cannot_be_used_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/test.db")
    with pytest.raises(SystemExit, match="DATABASE_URL cannot be used"):
        inbox.main([])


def test_times_are_the_clinics(store: HandoverStore, clinic: Clinic) -> None:
    ask(store, "anna")
    (first, *_) = inbox.lines(store.open(), set(), clinic.copy(update={"time_zone": "America/New_York"}))
    assert first.endswith("Sunday 26 July 2026, 06:00")
