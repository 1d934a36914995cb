"""Replies: how they are sent, in which order, and what happens if Telegram does not take them."""

from __future__ import annotations

import time

import pytest

from bot.channels.telegram_messages import MOST_UNITS, calls_for, units
from tests.channels.conftest import Failing
from tests.channels.replies import HELP, WARNING, WHY
from tests.channels.telegram.people import BLOCKED, BROKEN, TOO_MANY, heard
from tests.platforms import Api, TelegramPerson


def test_a_long_reply_is_split() -> None:
    words = " ".join(f"{number}😀" for number in range(3000))
    button = {"title": "More", "payload": "/more"}
    calls = calls_for([{"text": words, "buttons": [button], "sources": ["Overview: One"]}], 1, 7, None)
    sent = [call["parameters"] for call in calls]
    assert len(sent) > 1 and all(units(it["text"]) <= MOST_UNITS == 4096 for it in sent)
    assert " ".join(it["text"] for it in sent).split() == [*words.split(), "Source:", "Overview", "(One)"]
    assert ["reply_markup" in it for it in sent] == [False] * (len(sent) - 1) + [True]
    assert ["reply_parameters" in it for it in sent] == [True] + [False] * (len(sent) - 1)


def test_typing_is_shown(person: TelegramPerson, telegram: Api) -> None:
    assert {"chat_id": person.chat, "action": "typing"} in telegram.sent("sendChatAction")


def test_quick_messages_are_answered_in_order(person: TelegramPerson) -> None:
    for text in ("why am i breaking out", "/help", "i cant breathe"):
        assert person.deliver(person.message(text)).status_code == 200
    first, second, third = heard(person)
    assert WHY in first and HELP in second and WARNING in third


def test_the_platform_may_ask_to_wait(person: TelegramPerson, telegram: Api) -> None:
    telegram.answer = failing = Failing(person.chat, "sendMessage", [TOO_MANY, TOO_MANY])
    person.say("why am i breaking out", count=3)
    first, second, third = failing.times
    assert all(2 <= it < 3.5 for it in (second - first, third - second))
    assert len(heard(person)) == 3


def test_one_chat_that_waits_keeps_no_other_back(person: TelegramPerson, telegram: Api) -> None:
    telegram.answer = Failing(person.chat, "sendMessage", [TOO_MANY])
    person.say("/help")
    start = time.monotonic()
    assert TelegramPerson(person.settings, telegram).say("hello")
    assert time.monotonic() - start < 1.5
    assert [HELP in it for it in heard(person)] == [True, True]


def test_a_failure_of_the_platform_passes(person: TelegramPerson, telegram: Api) -> None:
    telegram.answer = failing = Failing(person.chat, "sendMessage", [BROKEN])
    person.say("why am i breaking out", count=2)
    assert failing.times[1] - failing.times[0] >= 1
    assert [WHY in it for it in heard(person)] == [True, True]


@pytest.mark.parametrize("status", [400, 403])
def test_what_the_platform_refuses_is_given_up(person: TelegramPerson, telegram: Api, status: int) -> None:
    telegram.answer = Failing(person.chat, "sendMessage", [(status, BLOCKED[1], {})])
    person.say("why am i breaking out")
    start = time.monotonic()
    assert [WHY in it for it in heard(person)] == [True]
    assert time.monotonic() - start < 1.5


@pytest.mark.parametrize(
    "text", ["<b>why</b> am i <i>breaking out", "*why* am _i breaking out_", "why am i breaking out [](tg://user?id=1)"]
)
def test_markup_is_harmless(person: TelegramPerson, telegram: Api, text: str) -> None:
    person.say(text)
    assert len(heard(person)) == 1
    assert not any("parse_mode" in parameters for _, parameters in list(telegram.calls))
