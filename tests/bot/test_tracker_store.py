"""Conversations with a real database: there, locked by another process, and gone."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot import tracker_store
from bot.store import database as database_module
from bot.store.database import Database, DatabaseUnavailable, database
from bot.tracker_store import FEWEST_MESSAGES, MOST_MESSAGES, SteadyTrackerStore
from tests.waiting import until

DOMAIN = """
version: "3.1"
slots:
  days:
    type: text
    mappings:
    - type: custom
"""


@dataclass
class Conversations:
    """A database of conversations."""

    file: Path

    def store(self) -> SteadyTrackerStore:
        """A new store with nothing in its memory, as after a start of the process."""
        return SteadyTrackerStore(Domain.from_yaml(DOMAIN), host=f"sqlite:///{self.file}")

    def texts(self, conversation: str = "web-1") -> list[str]:
        """What a person said, as it stands in the database; nothing before that has its table."""
        query = "select data from events where sender_id = ? and type_name = 'user' order by id"
        try:
            with closing(sqlite3.connect(self.file)) as connection:
                return [json.loads(data)["text"] for (data,) in connection.execute(query, (conversation,))]
        except sqlite3.OperationalError:
            return []

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Another process writes for the time of the block."""
        with closing(sqlite3.connect(self.file, isolation_level=None)) as other:
            other.execute("begin exclusive")
            yield


@pytest.fixture
def conversations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Conversations]:
    """A database that is given up soon and tried again soon."""
    monkeypatch.setattr(database_module, "LONGEST_WAIT", 0.3)
    monkeypatch.setattr(database_module, "SECONDS_OF_REST", 0.1)
    monkeypatch.setattr(tracker_store, "SECONDS_OF_REST", 0.15)
    yield Conversations(tmp_path / "assistant.db")
    database.cache_clear()


@pytest.fixture
def nowhere(conversations: Conversations) -> Conversations:
    """A database in a folder that is not there."""
    return Conversations(conversations.file.parent / "later" / "assistant.db")


async def say(store: SteadyTrackerStore, *texts: str, conversation: str = "web-1") -> None:
    """Turns of a person, as Rasa takes them."""
    for text in texts:
        await happen(store, UserUttered(text, {"name": "greet"}), BotUttered(f"re {text}"), conversation=conversation)


async def happen(store: SteadyTrackerStore, *events: Event, conversation: str = "web-1") -> None:
    tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
    tracker.update_with_events(list(events), store.domain)
    await store.save(tracker)


async def heard(store: SteadyTrackerStore, conversation: str = "web-1", full: bool = False) -> list[str]:
    """What a person said, as the assistant knows it."""
    ask = store.retrieve_full_tracker if full else store.retrieve
    tracker = await ask(conversation)
    return [it.text for it in tracker.events if isinstance(it, UserUttered)] if tracker else []


def test_what_was_said_is_there_after_a_restart(conversations: Conversations) -> None:
    async def run() -> tuple[list[str], list[str], set[str]]:
        await say(conversations.store(), "one", "two")
        await say(conversations.store(), "three", conversation="web-2")
        store = conversations.store()
        return await heard(store), await heard(store, "web-2"), set(await store.keys())

    assert asyncio.run(run()) == (["one", "two"], ["three"], {"web-1", "web-2"})
    assert conversations.texts() == ["one", "two"]


def test_every_event_is_kept_as_it_was_and_once(conversations: Conversations) -> None:
    events: list[Event] = [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        UserUttered("why 👋", {"name": "ask_why"}, input_channel="web", message_id="m1", metadata={"title": "Why?"}),
        SlotSet("days", "3"),
        BotUttered("Because.", {"buttons": [{"title": "x", "payload": "/x"}]}, {"answer": "ask_why"}),
    ]

    async def run() -> DialogueStateTracker | None:
        store = conversations.store()
        for event in events:
            await happen(store, event)
        return await conversations.store().retrieve_full_tracker("web-1")

    tracker = asyncio.run(run())
    assert tracker and list(tracker.events) == events and tracker.get_slot("days") == "3"
    with closing(sqlite3.connect(conversations.file)) as connection:
        columns = connection.execute("select type_name, intent_name, action_name from events order by id").fetchall()
    assert columns == [
        ("action", None, "action_session_start"),
        ("session_started", None, None),
        ("user", "ask_why", None),
        ("slot", None, "days"),
        ("bot", None, None),
    ]


def test_nobody_is_known_who_never_wrote(conversations: Conversations) -> None:
    async def run() -> list[DialogueStateTracker | None]:
        store = conversations.store()
        return [await store.retrieve("web-1"), await store.retrieve_full_tracker("web-1")]

    assert asyncio.run(run()) == [None, None]


def test_a_new_session_begins_anew_and_the_full_conversation_has_all(conversations: Conversations) -> None:
    async def run() -> tuple[list[str], list[str]]:
        store = conversations.store()
        await happen(store, ActionExecuted("action_session_start"), SessionStarted())
        await say(store, "old")
        await happen(store, ActionExecuted("action_session_start"), SessionStarted())
        await say(store, "new")
        store = conversations.store()
        await say(store, "newer")
        return await heard(store), await heard(store, full=True)

    assert asyncio.run(run()) == (["new", "newer"], ["old", "new", "newer"])
    assert conversations.texts() == ["old", "new", "newer"]


def test_what_is_said_while_the_database_is_locked_is_stored_afterwards_in_order_and_once(
    conversations: Conversations,
) -> None:
    async def run() -> None:
        store = conversations.store()
        await say(store, "one")
        await say(store, "other", conversation="web-2")
        with conversations.locked():
            await say(store, "two")
            await say(store, "another", conversation="web-2")
            await say(store, "three")
            assert await heard(store) == await heard(store, full=True) == ["one", "two", "three"]
            assert await heard(store, "web-2") == ["other", "another"]
            assert conversations.texts() == ["one"]
        await until(lambda: len(conversations.texts() + conversations.texts("web-2")) == 5)
        await say(store, "four")
        assert await heard(conversations.store()) == ["one", "two", "three", "four"]

    asyncio.run(run())
    assert conversations.texts() == ["one", "two", "three", "four"]
    assert conversations.texts("web-2") == ["other", "another"]


def test_who_writes_first_while_the_database_is_gone_is_stored_once_it_is_there(nowhere: Conversations) -> None:
    async def run() -> None:
        store = nowhere.store()
        await say(store, "one", "two")
        assert await heard(store) == await heard(store, full=True) == ["one", "two"]
        with pytest.raises(DatabaseUnavailable):
            await store.keys()
        nowhere.file.parent.mkdir()
        await until(lambda: nowhere.texts() == ["one", "two"])
        await say(store, "three")

    asyncio.run(run())
    assert nowhere.texts() == ["one", "two", "three"]


def test_what_was_said_before_is_kept_when_someone_writes_for_the_first_time_since_the_start_in_a_fault(
    conversations: Conversations,
) -> None:
    gone, there = conversations.file.with_suffix(".away"), conversations.file

    async def run() -> None:
        await say(conversations.store(), "before")
        database.cache_clear()
        for it in (there, *there.parent.glob("assistant.db-*")):
            it.rename(gone.with_name(it.name.replace("assistant.db", gone.name)))
        there.mkdir()
        store = conversations.store()
        await say(store, "meanwhile")
        assert await heard(store) == ["meanwhile"]
        there.rmdir()
        for it in list(gone.parent.glob(f"{gone.name}*")):
            it.rename(it.with_name(it.name.replace(gone.name, there.name)))
        await until(lambda: store._kept["web-1"].stored > 0)
        assert conversations.texts() == ["before", "meanwhile"]
        assert await heard(store) == ["before", "meanwhile"]

    asyncio.run(run())


def test_what_is_erased_is_in_the_database_and_in_memory_no_more(conversations: Conversations) -> None:
    async def run() -> None:
        store = conversations.store()
        await say(store, "one")
        await say(store, "other", conversation="web-2")
        with conversations.locked():
            await say(store, "not stored yet")
            with pytest.raises(DatabaseUnavailable):
                await store.erase("web-1")
            assert await heard(store) == ["one", "not stored yet"]
        await until(lambda: len(conversations.texts()) == 2)
        await asyncio.sleep(0.15)  # it rests a little after a failure
        assert (await store.erase("web-1")).messages == 2
        assert (await heard(store), await heard(store, "web-2")) == ([], ["other"])

    asyncio.run(run())
    assert conversations.texts() == []


def test_what_waits_to_be_stored_is_not_stored_after_it_was_erased(conversations: Conversations) -> None:
    async def run() -> None:
        store = conversations.store()
        await say(store, "one")
        await say(store, "other", conversation="web-2")
        kept = store._kept["web-1"]
        kept.stored -= 1  # as after a turn whose words could not be stored
        await asyncio.gather(store.erase("web-1"), store._mend())
        assert await heard(store) == []

    asyncio.run(run())
    assert conversations.texts() == []


def test_contact_details_are_masked_in_the_database_and_in_memory_once_the_turn_is_over(
    conversations: Conversations, nowhere: Conversations
) -> None:
    async def run(store: SteadyTrackerStore) -> list[str]:
        await say(store, "call 07700 900123")
        return await heard(store)

    masked = ["call [phone number removed]"]
    assert asyncio.run(run(conversations.store())) == asyncio.run(run(nowhere.store())) == masked
    assert conversations.texts() == masked


def test_what_was_said_a_day_ago_is_in_memory_no_more(
    conversations: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> tuple[str, ...]:
        store = conversations.store()
        await say(store, "one")
        monkeypatch.setattr(tracker_store, "LONGEST_IN_MEMORY", 0)
        await say(store, "other", conversation="web-2")
        return tuple(store._kept)

    assert asyncio.run(run()) == ("web-2",)


def test_memory_is_bounded_and_what_is_not_stored_is_kept_longest(
    conversations: Conversations, nowhere: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracker_store, "MOST_EVENTS", 6)
    monkeypatch.setattr(tracker_store, "MOST_EVENTS_NOT_STORED", 2)

    async def run(store: SteadyTrackerStore) -> tuple[str, ...]:
        for number in range(6):
            await say(store, "hello", conversation=f"web-{number}")
        return tuple(store._kept)

    assert asyncio.run(run(conversations.store())) == ("web-3", "web-4", "web-5")
    assert asyncio.run(run(nowhere.store())) == ("web-2", "web-3", "web-4", "web-5")


def test_a_store_asks_the_one_database_of_its_address(conversations: Conversations) -> None:
    one, other = conversations.store(), conversations.store()
    assert isinstance(one._database, Database) and one._database is other._database


def test_a_long_conversation_is_short_in_memory_and_keeps_its_slots_and_its_form(
    conversations: Conversations,
) -> None:
    texts = [f"message {number}" for number in range(3 * MOST_MESSAGES)]

    async def run() -> list[DialogueStateTracker | None]:
        store = conversations.store()
        await happen(store, ActionExecuted("action_session_start"), SessionStarted())
        await happen(store, UserUttered("hi", {"name": "greet"}), SlotSet("days", "3"), ActiveLoop("handover_form"))
        for text in texts:
            await say(store, text)
            assert len(await heard(store)) <= MOST_MESSAGES
        return [await it.retrieve("web-1") for it in (store, conversations.store())]

    for tracker in asyncio.run(run()):
        assert tracker and (tracker.get_slot("days"), tracker.active_loop_name) == ("3", "handover_form")
        said = [it.text for it in tracker.events if isinstance(it, UserUttered)]
        assert FEWEST_MESSAGES <= len(said) <= MOST_MESSAGES and said == texts[-len(said) :]
    assert conversations.texts() == ["hi", *texts]


def test_what_another_process_stores_is_seen_in_the_next_turn(conversations: Conversations) -> None:
    async def run() -> list[list[str]]:
        one, other = conversations.store(), conversations.store()
        await say(one, "a")
        await say(other, "b")
        await say(one, "c")
        return [await heard(one), await heard(other)]

    assert asyncio.run(run()) == [["a", "b", "c"]] * 2


def test_what_another_process_stores_within_a_turn_is_seen_in_the_next(conversations: Conversations) -> None:
    async def run() -> list[str]:
        one, other = conversations.store(), conversations.store()
        await say(one, "a")
        tracker = await one.get_or_create_tracker("web-1")
        await say(other, "b")
        tracker.update(UserUttered("c", {"name": "greet"}))
        await one.save(tracker)
        return await heard(one)

    assert asyncio.run(run()) == ["a", "b", "c"]


def test_what_another_process_removes_is_no_longer_known(conversations: Conversations) -> None:
    async def run() -> DialogueStateTracker | None:
        store = conversations.store()
        await say(store, "a")
        with closing(sqlite3.connect(conversations.file)) as connection:
            connection.execute("delete from events")
            connection.commit()
        return await store.retrieve("web-1")

    assert asyncio.run(run()) is None
