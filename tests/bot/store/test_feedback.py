from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Optional

import pytest
from sqlalchemy.exc import SQLAlchemyError

from bot.store.database import Database
from bot.store.feedback import Feedback, FeedbackStore

ID = 1_700_000_000_123_456


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "feedback.db"


def store(file: Path) -> FeedbackStore:
    """A new one, as after a start of the process."""
    return FeedbackStore(Database(f"sqlite:///{file}"))


def feedback(helpful: bool, reason: Optional[str] = None, conversation: str = "web-1", message: int = ID) -> Feedback:
    return Feedback(conversation, "web", message, "ask_purge", helpful, reason)


def rows(file: Path, columns: str = "*") -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute(f"select {columns} from feedback order by id").fetchall()


def test_what_is_given_is_kept_as_it_was_given(file: Path) -> None:
    store(file).give(feedback(False, "unclear"))
    kept = rows(file, "conversation, channel, message, answer, helpful, reason")
    assert kept == [("web-1", "web", str(ID), "ask_purge", 0, "unclear")]
    assert store(file).given("web-1") == {ID: feedback(False, "unclear")}


def test_when_it_was_given_is_kept_in_utc(file: Path) -> None:
    store(file).give(feedback(True))
    ((given_at,),) = rows(file, "given_at")
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    assert timedelta(0) <= now - datetime.fromisoformat(given_at) < timedelta(seconds=10)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ([(True, None), (False, None)], (False, None)),
        ([(False, None), (True, None)], (True, None)),
        ([(False, None), (False, "unclear")], (False, "unclear")),
        ([(False, "unclear"), (False, "incomplete")], (False, "incomplete")),
        ([(False, "unclear"), (False, None)], (False, "unclear")),
        ([(False, "unclear"), (True, None)], (True, None)),
        ([(False, "unclear"), (True, None), (False, None)], (False, None)),
    ],
)
def test_the_last_word_counts(
    file: Path, given: list[tuple[bool, Optional[str]]], left: tuple[bool, Optional[str]]
) -> None:
    for helpful, reason in given:
        store(file).give(feedback(helpful, reason))
    assert list(store(file).given("web-1").values()) == [feedback(*left)]


def test_each_message_of_each_conversation_has_its_own(file: Path) -> None:
    given = [feedback(True), feedback(False, message=ID + 1), feedback(False, conversation="web-2")]
    for it in given:
        store(file).give(it)
    assert store(file).given("web-1") == {ID: given[0], ID + 1: given[1]}
    assert store(file).given("web-2") == {ID: given[2]}


def test_nothing_is_given_in_a_new_database(file: Path) -> None:
    assert store(file).given("web-1") == {}


def test_a_database_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(SQLAlchemyError):
        store(tmp_path / "gone" / "feedback.db").give(feedback(True))
