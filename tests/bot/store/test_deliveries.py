from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import SQLAlchemyError

from bot.store import deliveries
from bot.store.database import Database
from bot.store.deliveries import DAYS_KEPT, Delivery, DeliveryStore

CALLS = [{"method": "sendMessage", "parameters": {"text": "hé 👋"}}, {"method": "sendMessage", "parameters": {}}]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deliveries.db"


def store(file: Path, channel: str = "telegram") -> DeliveryStore:
    """A new one, as after a start of the process."""
    return DeliveryStore(Database(f"sqlite:///{file}"), channel)


def delivery(key: str = "1") -> Delivery:
    return Delivery("telegram-5", key, {"chat": 5, "said": {"text": "naïve 👋"}})


def rows(file: Path, columns: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute(f"select {columns} from deliveries order by id").fetchall()


def test_what_is_not_done_is_found_again_as_it_came(file: Path) -> None:
    given = [delivery(key) for key in ("9", "1", "5")]
    assert [store(file).add(it) for it in given] == [True, True, True]
    assert store(file).open() == given


def test_nothing_is_open_in_a_new_database(file: Path) -> None:
    assert store(file).open() == []


def test_how_far_an_answer_has_come_is_found_again(file: Path) -> None:
    given = delivery()
    store(file).add(given)
    given.calls, given.sent, given.attempts = CALLS, 1, 2
    store(file).keep(given)
    assert store(file).open() == [given]


def test_an_answer_of_no_parts_is_an_answer(file: Path) -> None:
    given = delivery()
    store(file).add(given)
    given.calls = []
    store(file).keep(given)
    assert store(file).open()[0].calls == []


@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize(
    ("key", "aliases", "is_new"),
    [
        ("1", [], False),
        ("2", ["album-7"], False),
        ("album-7", [], False),
        ("2", ["album-8", "1"], False),
        ("2", ["album-8"], True),
        ("2", [], True),
    ],
)
def test_what_came_before_is_known_by_any_of_its_keys(
    file: Path, key: str, aliases: list[str], is_new: bool, is_done: bool
) -> None:
    first = delivery("1")
    store(file).add(first, ["album-7"])
    if is_done:
        store(file).done(first)
    assert store(file).add(delivery(key), aliases) is is_new
    assert len(store(file).open()) == (not is_done) + is_new


def test_channels_do_not_know_each_others_keys(file: Path) -> None:
    telegram, slack = store(file, "telegram"), store(file, "slack")
    assert telegram.add(delivery()) and slack.add(delivery())
    assert [len(it.open()) for it in (telegram, slack)] == [1, 1]


def test_what_is_done_is_emptied(file: Path) -> None:
    given = delivery()
    store(file).add(given, ["album-7"])
    given.calls = CALLS
    store(file).keep(given)
    store(file).done(given)
    assert rows(file, "message, calls, is_done") == [(None, None, 1), (None, None, 1)]
    assert store(file).open() == []


def test_what_is_older_than_the_platforms_memory_is_removed_if_it_is_done(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = deliveries._now()
    for age, keys in {timedelta(days=DAYS_KEPT, minutes=1): ("old", "open"), timedelta(hours=25): ("recent",)}.items():
        monkeypatch.setattr(deliveries, "_now", lambda age=age: now - age)
        for key in keys:
            store(file).add(given := delivery(key), [f"alias-{key}"])
            if key != "open":
                store(file).done(given)
    monkeypatch.setattr(deliveries, "_now", lambda: now)
    store(file).add(given := delivery("new"))
    store(file).done(given)
    assert [key for (key,) in rows(file, "key")] == ["open", "recent", "alias-recent", "new"]


def test_what_could_not_be_stored_changes_nothing(file: Path) -> None:
    kept = delivery("1")
    store(file).add(kept)
    store(file).keep(Delivery("telegram-5", "2", {}, CALLS, 1))
    store(file).done(Delivery("telegram-5", "2", {}))
    assert store(file).open() == [kept]


def test_without_the_database_every_question_fails(tmp_path: Path) -> None:
    gone = store(tmp_path / "no such folder" / "a.db")
    for ask in (lambda: gone.add(delivery()), gone.open, lambda: gone.keep(delivery()), lambda: gone.done(delivery())):
        with pytest.raises(SQLAlchemyError):
            ask()
