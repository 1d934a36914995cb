"""Thumbs below the answers: what is kept of a tap, what is shown, and what is forged."""

from __future__ import annotations

from typing import Any

import pytest

from bot.settings import Settings
from tests.assistant import Conversation
from tests.channels.conftest import Failing, wait_until
from tests.channels.replies import REASONS, WHY
from tests.channels.slack.people import asked, conversation, events, heard, tap_in_thread
from tests.platforms import Api, SlackPerson

Shown = dict[str, Any]
WHY_BREAKOUT, HOW_LONG = "ask_why_breakout", "ask_how_long"
THUMBS, HELPED, DID_NOT_HELP = ["👍", "👎"], ["✓ 👍", "👎"], ["👍", "✓ 👎"]


@pytest.fixture
def answer(person: SlackPerson) -> Shown:
    (answer,) = person.say("why am i breaking out")
    return answer


def elements(shown: Shown) -> list[dict[str, Any]]:
    """The buttons of the last block."""
    return list(shown["blocks"][-1]["elements"])


def titles(shown: Shown) -> list[str]:
    return [it["text"]["text"] for it in elements(shown)]


def value_of(shown: Shown, title: str) -> str:
    return str(next(it["value"] for it in elements(shown) if title in it["text"]["text"]))


def updates(person: SlackPerson) -> list[dict[str, Any]]:
    return [it for it in person.api.sent("chat.update") if it["channel"] == person.channel]


def tapped(person: SlackPerson, shown: Shown, title: str) -> Shown:
    """Taps a button by its title, and returns the message as it is shown then."""
    before = len(updates(person))
    assert person.post_tap(person.tap(shown, value_of(shown, title))).status_code == 200
    wait_until(lambda: len(updates(person)) > before)
    return updates(person)[-1]


def test_each_answer_has_thumbs_of_its_own(person: SlackPerson) -> None:
    first, second = person.say("why am i breaking out and how long will it last", count=2)
    assert titles(first) == titles(second) == THUMBS
    assert [it["accessibility_label"] for it in elements(first)] == ["Helped", "Did not help"]
    tapped(person, second, "👎")
    tapped(person, first, "👍")
    assert sorted(conversation(person).feedback()) == [(HOW_LONG, False, None), (WHY_BREAKOUT, True, None)]


@pytest.mark.parametrize("text", ["hello", "help", "can i use retinol", "i cant breathe", "what is the weather"])
def test_nothing_else_has_thumbs(person: SlackPerson, text: str) -> None:
    assert person.say(text) and heard(person)
    assert "👍" not in str([it["blocks"] for it in person.answers()])


def test_a_tap_is_kept_without_a_turn_and_the_topics_stay(person: SlackPerson, answer: Shown) -> None:
    before, answers = events(person), len(person.answers())
    form = person.tap(answer, value_of(answer, "👍"))
    assert [person.post_tap(form).status_code for _ in range(3)] == [200] * 3
    wait_until(lambda: bool(updates(person)))
    assert conversation(person).feedback() == [(WHY_BREAKOUT, True, None)]
    (update,) = updates(person)
    assert update["blocks"][:-1] == answer["blocks"][:-1] and update["text"] == answer["text"]
    assert titles(update) == HELPED
    assert elements(update)[0]["accessibility_label"] == "You chose: Helped"
    assert (events(person), len(person.answers())) == (before, answers)


def test_a_thumb_down_may_say_why_and_second_thoughts_replace_the_first(person: SlackPerson, answer: Shown) -> None:
    asked_why = tapped(person, answer, "👎")
    assert titles(asked_why) == [*DID_NOT_HELP, *REASONS]
    explained = tapped(person, asked_why, "Not what I asked")
    assert titles(explained) == DID_NOT_HELP
    assert conversation(person).feedback() == [(WHY_BREAKOUT, False, "off_topic")]
    assert titles(tapped(person, explained, "👍")) == HELPED
    assert conversation(person).feedback() == [(WHY_BREAKOUT, True, None)]


def test_a_choice_of_a_topic_leaves_the_thumbs(person: SlackPerson, answer: Shown) -> None:
    rated = tapped(person, answer, "👍")
    before = len(updates(person))
    assert person.post_tap(person.tap(rated)).status_code == 200
    wait_until(lambda: len(updates(person)) > before)
    update = updates(person)[-1]
    assert titles(update) == HELPED
    assert [it["type"] for it in update["blocks"]] == ["section", "context", "context", "actions"]


def assert_no_effect(person: SlackPerson, form: str) -> None:
    before, answers = events(person), len(person.answers())
    assert person.post_tap(form).status_code == 200
    assert heard(person)  # what came after it is answered
    assert [it for it in events(person) if it in before] == before and len(person.answers()) == answers + 1
    assert (updates(person), conversation(person).feedback()) == ([], [])


@pytest.mark.parametrize("offset", [1, -1, -(10**16)])
def test_a_thumb_that_is_forged_has_no_effect(person: SlackPerson, answer: Shown, offset: int) -> None:
    number = abs(int(value_of(answer, "👍").split(":")[1]) + offset)
    assert_no_effect(person, person.tap(answer, f"feedback:{number}:yes"))


def test_a_thumb_of_another_person_has_no_effect(
    settings: Settings, slack: Api, person: SlackPerson, answer: Shown
) -> None:
    other = SlackPerson(settings, slack)
    other.say("how long will it last", count=2)
    assert_no_effect(other, other.tap(answer, value_of(answer, "👍")))
    assert conversation(person).feedback() == []


def test_in_a_thread_the_thumb_of_who_asked_counts(member: SlackPerson, slack: Api) -> None:
    thread = "1700000000.000700"
    answer = next(it for it in asked(member, "why am i breaking out", thread, is_first=True) if WHY in it["text"])
    other = SlackPerson(member.settings, slack, channel=member.channel)
    assert other.post_tap(tap_in_thread(other, answer, value_of(answer, "👎"))).status_code == 200
    assert member.post_tap(tap_in_thread(member, answer, value_of(answer, "👍"))).status_code == 200
    wait_until(lambda: bool(updates(member)))
    own, others = (f"slack-{member.channel}-{it.user}-{thread}" for it in (member, other))
    assert Conversation(member.settings, own).feedback() == [(WHY_BREAKOUT, True, None)]
    assert Conversation(member.settings, others).feedback() == [] and len(updates(member)) == 1


def test_a_tap_is_kept_though_its_message_cannot_be_changed(person: SlackPerson, slack: Api, answer: Shown) -> None:
    slack.answer = Failing(person.channel, "chat.update", [(500, {"ok": False}, {})])
    assert person.post_tap(person.tap(answer, value_of(answer, "👍"))).status_code == 200
    assert heard(person)
    assert conversation(person).feedback() == [(WHY_BREAKOUT, True, None)]
