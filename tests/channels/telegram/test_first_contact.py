"""The first contact, and the commands of the menu."""

from __future__ import annotations

import pytest

from tests.channels.replies import HELP, PRIVACY, WARNING, WHY
from tests.channels.telegram.people import NOTICE, conversation, heard, texts
from tests.platforms import TelegramPerson


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/start", NOTICE),
        ("/start clinic", NOTICE),
        ("/START", NOTICE),
        ("/start@somebot", NOTICE),
        ("/help", HELP),
        ("/help@somebot", HELP),
        ("/privacy", PRIVACY),
        ("/privacy@somebot", PRIVACY),
    ],
)
def test_commands(stranger: TelegramPerson, command: str, said: str) -> None:
    assert said in texts(stranger.say(command, count=1 if said == NOTICE else 2))


@pytest.mark.parametrize(
    "text", ["/why am i breaking out", "/ask_why_breakout", '/ask_why_breakout{"x": 1}', "\u200b/ask_why_breakout"]
)
def test_other_commands_are_words(person: TelegramPerson, text: str) -> None:
    (answer,) = person.say(text)
    assert WHY in answer["text"]
    event = conversation(person).events("user")[-1]
    assert not event["text"].startswith("/") and event["parse_data"]["intent"]["confidence"] < 1


def test_the_notice_comes_once(stranger: TelegramPerson) -> None:
    said = [texts(stranger.say("why am i breaking out", count=2)), *(texts(stranger.say("hello")) for _ in range(2))]
    assert [NOTICE in it for it in said] == [True, False, False]
    assert said[0].index(NOTICE) < said[0].index(WHY)


def test_the_notice_takes_the_place_of_the_greeting(person: TelegramPerson) -> None:
    assert heard(person) == []
    (greeting,) = (it for it in person.answers() if NOTICE in it["text"])
    assert greeting["reply_markup"]["inline_keyboard"]


def test_a_warning_comes_before_the_notice(stranger: TelegramPerson) -> None:
    warning, notice = stranger.say("i cant breathe", count=2)
    assert WARNING in warning["text"] and NOTICE in notice["text"]
    assert NOTICE not in texts(stranger.say("hello"))


@pytest.mark.parametrize("text", ["long " * 700, "gone"], ids=["too long", "button gone"])
def test_the_notice_comes_once_if_the_first_message_cannot_be_read(stranger: TelegramPerson, text: str) -> None:
    shown = {"text": "Hello", "reply_markup": {"inline_keyboard": [[{"text": "Gone", "callback_data": "/gone"}]]}}
    stranger.deliver(stranger.tap(shown) if text == "gone" else stranger.message(text))
    heard(stranger)
    assert texts(stranger.answers()).count(NOTICE) == 1
