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
from bot.store.deliveries import CLAIM, DAYS_KEPT, Delivery, DeliveryStore, NotOurs

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
    assert store(file).claim(is_alone=True) == given


def test_nothing_is_open_in_a_new_database(file: Path) -> None:
    assert store(file).claim(is_alone=True) == []


def test_how_far_an_answer_has_come_is_found_again(file: Path) -> None:
    ours = store(file)
    given = delivery()
    ours.add(given)
    given.calls, given.sent, given.attempts = CALLS, 1, 2
    ours.keep(given)
    assert store(file).claim(is_alone=True) == [given]


def test_an_answer_of_no_parts_is_an_answer(file: Path) -> None:
    ours = store(file)
    given = delivery()
    ours.add(given)
    given.calls = []
    ours.keep(given)
    assert store(file).claim(is_alone=True)[0].calls == []


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
    ours = store(file)
    first = delivery("1")
    ours.add(first, ["album-7"])
    if is_done:
        ours.done(first)
    assert ours.add(delivery(key), aliases) is is_new
    assert len(store(file).claim(is_alone=True)) == (not is_done) + is_new


def test_channels_do_not_know_each_others_keys(file: Path) -> None:
    telegram, slack = store(file, "telegram"), store(file, "slack")
    assert telegram.add(delivery()) and slack.add(delivery())
    assert [len(it.claim(is_alone=True)) for it in (telegram, slack)] == [1, 1]


def test_what_is_done_is_emptied(file: Path) -> None:
    ours = store(file)
    given = delivery()
    ours.add(given, ["album-7"])
    given.calls = CALLS
    ours.keep(given)
    ours.done(given)
    assert rows(file, "message, calls, is_done") == [(None, None, 1), (None, None, 1)]
    assert store(file).claim(is_alone=True) == []


def test_what_is_older_than_the_platforms_memory_is_removed_if_it_is_done(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = store(file)
    now = deliveries._now()
    for age, keys in {timedelta(days=DAYS_KEPT, minutes=1): ("old", "open"), timedelta(hours=25): ("recent",)}.items():
        monkeypatch.setattr(deliveries, "_now", lambda age=age: now - age)
        for key in keys:
            ours.add(given := delivery(key), [f"alias-{key}"])
            if key != "open":
                ours.done(given)
    monkeypatch.setattr(deliveries, "_now", lambda: now)
    ours.add(given := delivery("new"))
    ours.done(given)
    assert [key for (key,) in rows(file, "key")] == ["open", "recent", "alias-recent", "new"]


def test_what_could_not_be_stored_changes_nothing(file: Path) -> None:
    ours = store(file)
    kept = delivery("1")
    ours.add(kept)
    ours.keep(Delivery("telegram-5", "2", {}, CALLS, 1))
    ours.done(Delivery("telegram-5", "2", {}))
    assert store(file).claim(is_alone=True) == [kept]


def test_without_the_database_every_question_fails(tmp_path: Path) -> None:
    gone = store(tmp_path / "no such folder" / "a.db")
    for ask in (
        lambda: gone.add(delivery()),
        lambda: gone.claim(True),
        lambda: gone.keep(delivery()),
        lambda: gone.done(delivery()),
    ):
        with pytest.raises(SQLAlchemyError):
            ask()


def test_what_another_replica_works_on_is_left_to_it_until_its_claim_lapses(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = deliveries._now()
    here, there = store(file), store(file)
    here.add(delivery("1"))
    here.add(delivery("2"))
    assert there.claim(is_alone=False) == []
    monkeypatch.setattr(deliveries, "_now", lambda: now + CLAIM * 0.9)
    assert [it.key for it in here.claim(is_alone=False)] == ["1", "2"]
    monkeypatch.setattr(deliveries, "_now", lambda: now + CLAIM * 1.1)
    assert there.claim(is_alone=False) == []
    monkeypatch.setattr(deliveries, "_now", lambda: now + CLAIM * 2)
    assert [it.key for it in there.claim(is_alone=False)] == ["1", "2"]
    assert here.claim(is_alone=False) == []


def test_who_has_lost_a_claim_changes_nothing_any_more(file: Path) -> None:
    here, there = store(file), store(file)
    given = delivery()
    here.add(given)
    here.release()
    (taken,) = there.claim(is_alone=False)
    given.calls, given.sent = CALLS, 1
    for change in (here.keep, here.done):
        with pytest.raises(NotOurs):
            change(given)
    assert here.claim(is_alone=False) == []
    taken.calls = CALLS
    there.keep(taken)
    there.done(taken)
    assert rows(file, "is_done, sent") == [(1, 0)]


def test_an_earlier_message_of_the_conversation_is_waited_for_until_it_is_answered(file: Path) -> None:
    here, there = store(file), store(file)
    first, second, other = delivery("1"), delivery("2"), Delivery("telegram-6", "3", {})
    here.add(first)
    there.add(second)
    there.add(other)

    def is_answered(it: Delivery) -> bool:
        return it.calls is not None

    assert [there.waits(it, is_answered) for it in (second, other)] == [True, False]
    assert not here.waits(first, is_answered)
    first.calls = CALLS
    here.keep(first)
    assert not there.waits(second, is_answered)


def test_what_was_answered_without_the_database_is_known_when_it_comes_again(file: Path) -> None:
    here, there = store(file), store(file)
    here.done(delivery())
    assert not there.add(delivery())


def test_what_was_stored_though_the_answer_was_lost_is_new_when_it_is_tried_again(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = store(file)
    here.claim(True)  # the table is there
    dialect = here._database.engine.dialect
    commit = dialect.do_commit

    def lose_the_answer(connection: sqlite3.Connection) -> None:
        commit(connection)
        monkeypatch.undo()
        raise sqlite3.OperationalError("the connection is lost")

    monkeypatch.setattr(dialect, "do_commit", lose_the_answer)
    with pytest.raises(SQLAlchemyError):
        here.add(delivery())
    assert [here.add(delivery()), here.add(delivery()), store(file).add(delivery())] == [True, False, False]


def test_a_table_of_an_earlier_version_gets_what_it_lacks(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute(
            "create table deliveries (id integer primary key, channel varchar(32) not null, key varchar(255) not null,"
            " conversation varchar(255) not null, received_at datetime not null, message text, calls text,"
            " sent integer not null, attempts integer not null, is_done boolean not null, unique (channel, key))"
        )
        row = ("telegram", "0", "telegram-5", "2026-11-25 12:00:00", '{"said": {}}', 0, 0, False)
        columns = "channel, key, conversation, received_at, message, sent, attempts, is_done"
        database.execute(f"insert into deliveries ({columns}) values (?, ?, ?, ?, ?, ?, ?, ?)", row)
        database.commit()
    ours = store(file)
    assert ours.add(delivery())
    assert [it.key for it in ours.claim(is_alone=False)] == ["0", "1"]
