"""What is read of conversations that Rasa's own store has kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Optional
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.analytics.events import Answered, Heard, Question, read_events
from bot.analytics.period import Period
from bot.store.database import database
from bot.tracker_store import SteadyTrackerStore

PERIOD = Period(date(2026, 11, 1), date(2026, 11, 30), ZoneInfo("Europe/London"))
BEGIN, END = PERIOD.begin.timestamp(), PERIOD.end.timestamp()
NOON = BEGIN + 12 * 3600
FORM = "handover_form"


class Kept:
    """A database with conversations."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.store = SteadyTrackerStore(Domain.empty(), host=url)

    def add(self, *events: Event, conversation: str = "c1") -> None:
        tracker = DialogueStateTracker.from_events(conversation, list(events), [])
        asyncio.run(self.store.save(tracker))

    def read(self, channel: Optional[str] = None) -> list[Heard | Answered]:
        with sa.create_engine(self.url).connect() as connection:
            return list(read_events(connection, PERIOD, channel))

    def questions(self) -> list[str]:
        return [question.text for it in self.read() if isinstance(it, Heard) for question in it.questions]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    yield Kept(f"sqlite:///{tmp_path / 'a.db'}")
    database.cache_clear()


def heard(text: str, at: float = NOON, channel: str = "web", **parsed: Any) -> UserUttered:
    asked = [{"text": text, "intent": "undocumented", "confidence": 0.7}]
    parse_data: Any = {"intent": {"name": "undocumented"}, "entities": [], "questions": asked, **parsed}
    return UserUttered(text, parse_data["intent"], [], parse_data, at, channel, "m1")


def answer(name: str, at: float = NOON) -> BotUttered:
    return BotUttered("text", {}, {"answer": name, "facts": ["A1"]}, at)


def test_messages_and_answers_are_read_with_what_a_report_needs(kept: Kept) -> None:
    several = [{"text": "how long", "intent": "ask_how_long"}, {"text": "can i swim", "intent": "undocumented"}]
    kept.add(
        heard("how long and can i swim", questions=several),
        answer("ask_how_long"),
        BotUttered("My guide does not cover that", {}, {"utter_action": "utter_undocumented"}, NOON),
    )
    assert kept.read() == [
        Heard(
            conversation="c1",
            channel="web",
            timestamp=NOON,
            questions=(Question("how long", "ask_how_long"), Question("can i swim", "undocumented")),
            may_be_quoted=True,
        ),
        Answered("web", "ask_how_long"),
    ]


def test_the_tap_of_a_button_is_a_message_without_questions(kept: Kept) -> None:
    kept.add(heard("/ask_purge"))
    (only,) = kept.read()
    assert isinstance(only, Heard) and only.questions == () and not only.may_be_quoted


@pytest.mark.parametrize("end", [ActiveLoop(None, timestamp=NOON), SessionStarted(timestamp=NOON)])
def test_nothing_that_is_told_a_form_is_a_question(kept: Kept, end: Event) -> None:
    kept.add(heard("one"), ActiveLoop(FORM, timestamp=NOON), heard("Ann Smith"), answer("ask_purge"), end, heard("two"))
    assert kept.questions() == ["one", "two"]
    assert len(kept.read()) == 4  # what is said in a form is a message all the same


def test_a_form_of_one_person_keeps_no_other_from_being_heard(kept: Kept) -> None:
    kept.add(heard("one"), ActiveLoop(FORM, timestamp=NOON))
    kept.add(heard("two"), conversation="c2")
    assert kept.questions() == ["one", "two"]


def test_a_form_that_was_begun_before_the_period_still_counts(kept: Kept) -> None:
    kept.add(heard("one", BEGIN - 60), ActiveLoop(FORM, timestamp=BEGIN - 50), heard("Ann Smith", BEGIN + 5))
    assert kept.questions() == [] and len(kept.read()) == 1


def test_only_what_was_said_in_the_period_is_read(kept: Kept) -> None:
    for number, moment in enumerate((BEGIN - 0.001, BEGIN, END - 0.001, END)):
        kept.add(heard(f"number {number}", moment), answer(str(number), moment), conversation=f"c{number}")
    assert kept.questions() == ["number 1", "number 2"]
    assert [it.answer for it in kept.read() if isinstance(it, Answered)] == ["1", "2"]


def test_one_channel_alone_can_be_read(kept: Kept) -> None:
    kept.add(heard("one"), answer("ask_purge"))
    kept.add(heard("two", channel="slack"), answer("ask_oil"), conversation="c2")
    slack = kept.read("slack")
    assert [type(it) for it in slack] == [Heard, Answered]
    assert {it.channel for it in slack} == {"slack"}


def test_a_part_of_a_message_that_tells_who_wrote_is_not_to_be_quoted(kept: Kept) -> None:
    kept.add(heard("can i swim, ring me on [phone number removed]", questions=[{"text": "can i swim", "intent": "x"}]))
    (only,) = kept.read()
    assert isinstance(only, Heard) and not only.may_be_quoted


def test_a_message_that_was_never_parsed_has_no_questions(kept: Kept) -> None:
    kept.add(UserUttered("hello", None, None, None, NOON, "web"))
    assert kept.questions() == []
