"""Buttons: tapped, forged, tapped by others."""

from __future__ import annotations

import time

import pytest

from bot.settings import Settings
from tests.channels.conftest import Failing, wait_until
from tests.channels.replies import GONE, TOLD, WHY
from tests.channels.slack.people import (
    asked,
    conversation,
    events,
    heard,
    in_thread,
    tap_in_thread,
    texts,
)
from tests.platforms import Api, SlackPerson


def test_a_tap_is_answered_and_its_buttons_are_replaced(person: SlackPerson, slack: Api) -> None:
    (shown,) = person.answers()
    form = person.tap(shown)
    assert [person.post_tap(form).status_code for _ in range(3)] == [200] * 3
    (answer,) = heard(person)
    assert WHY in answer
    (update,) = [it for it in slack.sent("chat.update") if it["channel"] == person.channel]
    section, note = update["blocks"]
    assert section == shown["blocks"][0] and update["text"] == shown["text"]
    assert note["elements"][0]["text"] == "You chose: Why am I breaking out?"


@pytest.mark.parametrize(
    "value", ["/ask_see_doctor", '/greet{"treatment_days": 3}', "/restart", "#", "why", "x" * 2000]
)
def test_a_button_that_was_not_offered_is_refused(person: SlackPerson, value: str) -> None:
    before = events(person)
    assert person.post_tap(person.tap(person.answers()[0], value)).status_code == 200
    assert GONE in person.wait_for(2)[-1]["text"]
    assert events(person) == before


def test_a_button_without_a_value_is_refused(person: SlackPerson) -> None:
    action = {"action_id": "button-0", "action_ts": f"{time.time():.6f}", "text": {"text": ""}}
    assert person.post_tap(person.tap(person.answers()[0], actions=[action])).status_code == 200
    assert GONE in person.wait_for(2)[-1]["text"]


def test_a_button_of_another_person_is_refused(settings: Settings, slack: Api, person: SlackPerson) -> None:
    (answer,) = person.say("how long will it last")
    other = SlackPerson(settings, slack)
    other.say("i cant breathe", count=2)
    assert other.post_tap(other.tap(answer)).status_code == 200
    assert GONE in heard(other)[-1]


def test_another_member_of_a_channel_cannot_tap_in_someones_place(member: SlackPerson, slack: Api) -> None:
    thread = "1700000000.000400"
    shown = asked(member, "hello", thread, is_first=True)[0]
    other = SlackPerson(member.settings, slack, channel=member.channel)
    assert other.post_tap(tap_in_thread(other, shown)).status_code == 200
    wait_until(lambda: GONE in texts(member.answers()))
    assert member.channel not in [it["channel"] for it in slack.sent("chat.update")]


def test_a_tap_in_a_thread_keeps_its_context(member: SlackPerson) -> None:
    thread = "1700000000.000500"
    shown = asked(member, "hello", thread, is_first=True)[0]
    asked(member, "i had it 3 days ago", thread)
    assert member.post_tap(tap_in_thread(member, shown, "/ask_how_long")).status_code == 200
    assert TOLD in texts(in_thread(member, thread))


def test_a_tap_is_answered_though_its_buttons_stay(person: SlackPerson, slack: Api) -> None:
    slack.answer = Failing(person.channel, "chat.update", [(500, {"ok": False}, {})])
    assert person.post_tap(person.tap(person.answers()[0])).status_code == 200
    assert WHY in person.wait_for(2, seconds=3)[-1]["text"]


@pytest.mark.parametrize("text", ["/ask_why_breakout", '/ask_why_breakout{"x": 1}', "\u200b/ask_why_breakout"])
def test_a_payload_that_is_typed_is_words(person: SlackPerson, text: str) -> None:
    (answer,) = person.say(text)
    assert WHY in answer["text"]
    assert not conversation(person).events("user")[-1]["text"].startswith("/")
