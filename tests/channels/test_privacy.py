"""What people ask to be removed is removed on every channel: no table and no file holds a word of theirs any more."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.store.database import Database
from bot.store.feedback import Feedback, FeedbackStore
from tests.channels.conftest import Channels, wait_until
from tests.faults.people import CHANNELS, Faulty, Say
from tests.platforms import NUMBERS, TelegramPerson
from tests.web_client import Client

ASKS = "Shall I remove it all?"
RECEIPT = re.compile(r"Receipt: [A-Z0-9]{4}-[A-Z0-9]{4}\.")
NOT_NOW = "can't remove your chat just now"
HANDED_OVER = "Your request to the clinic is gone too"
WAYS = {
    "words": ("delete my data", "yes"),
    "other words": ("please forget everything i told you", "yes, delete it"),
    "button": ("erase all you have on me", "yes remove it all"),
}


@dataclass
class Stored:
    """Everything that the assistant keeps: its database, and every file beside it."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "assistant.db"

    def rows(self, words: str) -> list[str]:
        """The tables with a row that holds the words."""
        with closing(sqlite3.connect(self.database, timeout=5)) as connection:
            tables = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
            return [it for it in tables if any(words in str(row) for row in connection.execute(f"select * from {it}"))]

    def files(self, words: str) -> list[str]:
        """The files that hold the words, in whatever part of them."""
        found = [it for it in self.folder.rglob("*") if it.is_file() and words.encode() in it.read_bytes()]
        return [it.name for it in found]

    def conversation(self, words: str) -> str:
        """In whose conversation the words were said."""
        with closing(sqlite3.connect(self.database, timeout=5)) as connection:
            found = connection.execute("select sender_id from events where data like ?", (f"%{words}%",)).fetchone()
        return str(found[0])

    def messages(self, conversation: str) -> int:
        """How many messages of a person's stand in the database."""
        query = "select count(*) from events where type_name = 'user' and sender_id = ?"
        with closing(sqlite3.connect(self.database, timeout=5)) as connection:
            return int(connection.execute(query, (conversation,)).fetchone()[0])

    def holds(self, *words: str) -> bool:
        return any(self.rows(it) or self.files(it) for it in words)

    def add(self, table: str, **values: Any) -> None:
        """A row that another part of the assistant would write."""
        with closing(sqlite3.connect(self.database, timeout=5)) as connection, connection:
            places = ", ".join(f":{it}" for it in values)
            connection.execute(f"insert into {table} ({', '.join(values)}) values ({places})", values)


def wait_until_gone(stored: Stored, *words: str) -> None:
    """Looks now and then: who reads all the time keeps SQLite from emptying its log."""
    deadline = time.monotonic() + 15
    while stored.holds(*words):
        assert time.monotonic() < deadline, {it: (stored.rows(it), stored.files(it)) for it in words}
        time.sleep(0.5)


@pytest.fixture
def stored(channels: Channels) -> Stored:
    return Stored(Path(channels.settings.database_url.removeprefix("sqlite:///")).parent)


@pytest.fixture
def person(channels: Channels) -> Callable[[str], Say]:
    return Faulty(channels.assistant, channels.telegram, channels.slack).person


@pytest.fixture
def marker() -> str:
    return f"zebrafinch{next(NUMBERS)}x"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("channel", CHANNELS)
def test_nothing_is_left_anywhere(
    stored: Stored, person: Callable[[str], Say], marker: str, channel: str, way: str
) -> None:
    say = person(channel)
    say(f"my friend {marker} says it is purging, how long will it last")
    # As long as a page lets people write; elsewhere longer than is read.
    say(f"{marker} " + "I have told you about my day. " * (60 if channel == "web" else 80))
    say(f"{marker} there is yellow pus and i have a fever")
    conversation = stored.conversation(marker)
    for status in ("draft", "open"):
        stored.add(
            "handovers",
            conversation=conversation,
            channel=channel,
            status=status,
            begun_at="2026-11-25 10:00:00.000000",
            name=marker,
        )
    asks, yes = WAYS[way]
    assert ASKS in say(asks)
    assert sorted(stored.rows(marker)) == ["events", "handovers"] and stored.rows(conversation) != []
    receipt = say(yes)
    assert RECEIPT.search(receipt) and f"Your messages: {6 if channel == 'web' else 5}" in receipt
    assert "Warning signs: 1" in receipt and "Requests to the clinic: 1" in receipt
    assert HANDED_OVER in receipt
    wait_until_gone(stored, marker, conversation)


@pytest.mark.parametrize("channel", CHANNELS)
def test_others_keep_theirs_and_the_next_word_begins_anew(
    stored: Stored, person: Callable[[str], Say], marker: str, channel: str
) -> None:
    say, other = person(channel), person(channel)
    say("i had it 3 days ago")
    other(f"{marker} i had it 3 days ago")
    say("delete my data")
    assert RECEIPT.search(say("yes"))
    assert stored.rows(marker) == ["events"]
    assert "3 days" not in say("how long will it last")
    assert "3 days" in other("how long will it last")


@pytest.mark.parametrize("answer", ["no", "no, keep it", "no don't delete it"])
def test_nothing_is_removed_without_a_yes(
    stored: Stored, person: Callable[[str], Say], marker: str, answer: str
) -> None:
    say = person("rest")
    say(f"i had it 3 days ago {marker}")
    assert ASKS in say("delete my data")
    assert "nothing is removed" in say(answer)
    assert stored.rows(marker) == ["events"]
    assert "3 days" in say("how long will it last")


@pytest.mark.parametrize("between", ["how long will it last", "hello"])
def test_a_yes_to_something_else_removes_nothing(
    stored: Stored, person: Callable[[str], Say], marker: str, between: str
) -> None:
    say = person("rest")
    say(f"hello {marker}")
    say("delete my data")
    say(between)
    assert not RECEIPT.search(say("yes"))
    assert ASKS in say("/delete_data")
    assert stored.rows(marker) == ["events"]


@pytest.mark.parametrize(
    "question", ["what happens if you delete it?", "how do i delete my data", "can you delete my data?"]
)
def test_a_question_about_it_is_no_yes(person: Callable[[str], Say], question: str) -> None:
    say = person("rest")
    say("delete my data")
    assert not RECEIPT.search(say(question))


def test_a_payload_that_no_button_offered_removes_nothing(person: Callable[[str], Say]) -> None:
    say = person("rest")
    assert not RECEIPT.search(say("/utter_erase"))


def test_the_buttons_do_as_they_say(stored: Stored, channels: Channels, marker: str) -> None:
    talk = channels.assistant.conversation()
    talk.say(f"hello {marker}")
    yes, no = talk.say("delete my data")[0]["buttons"]
    assert "nothing is removed" in talk.text(no["payload"])
    talk.say("delete my data")
    assert RECEIPT.search(talk.text(yes["payload"]))
    wait_until_gone(stored, marker, talk.sender)


@pytest.mark.parametrize("channel", CHANNELS)
def test_it_works_in_the_middle_of_a_request_to_be_called(
    stored: Stored, person: Callable[[str], Say], marker: str, channel: str
) -> None:
    say = person(channel)
    say(f"hello {marker}")
    conversation = stored.conversation(marker)
    say("can someone call me back")
    say("yes please")
    say(marker)
    say("07911 246801")
    assert "Requests to the clinic: 0 open, 0 done" in say("what have you stored about me")
    assert ASKS in say("delete my data")
    assert RECEIPT.search(say("yes"))
    wait_until_gone(stored, marker, conversation, "07911 246801", "911246801")


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_warning_sign_comes_first(person: Callable[[str], Say], channel: str) -> None:
    say = person(channel)
    reply = say("my lips are swelling and i can't breathe, delete my data")
    assert reply.index("Call 999 now") < reply.index(ASKS)
    assert RECEIPT.search(say("yes"))


def test_other_questions_are_answered_beside_it(person: Callable[[str], Say]) -> None:
    say = person("rest")
    reply = say("how do i wash my face? and please delete my data")
    assert "Wash gently" in reply and ASKS in reply
    assert RECEIPT.search(say("yes"))


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_stored_is_listed(stored: Stored, person: Callable[[str], Say], marker: str, channel: str) -> None:
    say = person(channel)
    assert "Time since your treatment: not told" in say("what do you know about me")
    say(f"i had it 3 days ago {marker}")
    say("there is yellow pus and i have a fever")
    thumb = Feedback(stored.conversation(marker), channel, 1, "ask_how_long", helpful=True)
    FeedbackStore(Database(f"sqlite:///{stored.database}")).give(thumb)
    reply = say("what have you stored about me")
    for line in ("Your messages: 5,", "treatment: 3 days", "warning sign: 1", "answers: 1", "clinic: 0 open, 0 done"):
        assert line in reply
    assert "30 days" in reply and "delete my data" in reply


def test_only_the_persons_own_part_of_a_group_is_removed(channels: Channels, stored: Stored, marker: str) -> None:
    chat = -300_000 - next(NUMBERS)
    ada, ben = (TelegramPerson(channels.settings, channels.telegram, chat_type="supergroup", chat=chat) for _ in "ab")
    ada.say(f"@clinic_bot {marker}a how long will it last", count=2)
    ben.say(f"@clinic_bot {marker}b how long will it last", count=2)
    ada.say("@clinic_bot delete my data")
    (receipt, *_) = ada.say("@clinic_bot yes")
    assert RECEIPT.search(receipt["text"])
    wait_until_gone(stored, f"{marker}a")
    assert stored.rows(f"{marker}b") == ["events"]


def test_the_receipt_reaches_a_platform_that_is_down_and_is_then_forgotten(
    channels: Channels, telegram: Any, stored: Stored, marker: str
) -> None:
    ada = TelegramPerson(channels.settings, channels.telegram)
    ada.say(f"hello {marker}")
    ada.say("delete my data")
    telegram.answer = lambda method, parameters: (502, {"ok": False, "error_code": 502}, {})
    yes = ada.message("yes")
    ada.deliver(yes)
    wait_until_gone(stored, marker)
    assert stored.rows(f"telegram-{ada.id}") == ["deliveries"]
    before = len(ada.answers())
    telegram.answer = lambda method, parameters: None
    assert RECEIPT.search(ada.wait_for(before + 1)[-1]["text"])
    wait_until_gone(stored, f"telegram-{ada.id}")
    said = len(ada.answers())
    assert ada.deliver(yes).status_code == 200
    ada.say("hello")
    assert len(ada.answers()) == said + 1
    assert stored.rows(marker) == []


def test_a_page_that_sends_its_yes_again_gets_the_receipt_again(channels: Channels, stored: Stored) -> None:
    client = Client.of(channels.settings)
    client.say("delete my data")
    first = client.say("yes", "the-same-message")
    assert first[0]["forgotten"] and RECEIPT.search(first[0]["text"])
    assert client.say("yes", "the-same-message") == first
    assert client.history() == []


@pytest.fixture
def locked(stored: Stored) -> Callable[[], Any]:
    def lock() -> Any:
        other = sqlite3.connect(stored.database, isolation_level=None)
        other.execute("begin exclusive")
        return closing(other)

    return lock


@pytest.mark.parametrize("channel", CHANNELS)
def test_without_the_database_it_says_so_and_it_works_afterwards(
    stored: Stored, person: Callable[[str], Say], marker: str, channel: str, locked: Callable[[], Any]
) -> None:
    say = person(channel)
    say(f"hello {marker}")
    conversation = stored.conversation(marker)
    assert ASKS in say("delete my data")
    with locked():
        assert NOT_NOW in say("yes")
    wait_until(lambda: stored.messages(conversation) == 4)
    assert ASKS in say("delete my data")
    assert RECEIPT.search(say("yes"))
    wait_until_gone(stored, marker)


def test_contact_details_are_heard_and_not_stored(stored: Stored, channels: Channels, marker: str) -> None:
    talk = channels.assistant.conversation()
    talk.say(f"{marker} call me on 07700 900123 or mail me at ada@{marker}.com, card 4111 1111 1111 1111")
    (event,) = talk.events("user")
    said = (
        f"{marker} call me on [phone number removed] or mail me at [e-mail address removed], card [card number removed]"
    )
    assert event["text"] == event["parse_data"]["text"] == said
    assert not stored.holds("900123", f"ada@{marker}", "4111 1111")


@pytest.fixture(autouse=True)
def _granted(channels: Channels) -> Iterator[None]:
    """No test leaves a platform broken behind."""
    yield
    channels.telegram.answer = channels.slack.answer = lambda method, parameters: None
