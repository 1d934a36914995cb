"""Thumbs below the answers: what is kept of a tap, what is shown, and what is forged."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import Any, Optional

import pytest

from bot.channels.rate import OF_SENDER
from bot.settings import Settings
from bot.store.database import SECONDS_OF_REST
from tests.assistant import Conversation
from tests.channels.conftest import Failing, wait_until
from tests.channels.replies import ASKED_WHY, DID_NOT_HELP, HELPED, NOT_KEPT, REASONS, THANKS, WHY
from tests.channels.telegram.people import conversation, events, heard
from tests.platforms import NUMBERS, Api, TelegramPerson

Shown = dict[str, Any]
WHY_BREAKOUT, HOW_LONG = "ask_why_breakout", "ask_how_long"


@pytest.fixture
def answer(person: TelegramPerson) -> Shown:
    (answer,) = person.say("why am i breaking out")
    return answer


def rows(shown: Shown) -> list[list[str]]:
    return [[it["text"] for it in row] for row in shown.get("reply_markup", {}).get("inline_keyboard", [])]


def data_of(shown: Shown, title: str) -> str:
    buttons = [it for row in shown["reply_markup"]["inline_keyboard"] for it in row]
    return str(next(it["callback_data"] for it in buttons if title in it["text"]))


def tapped(person: TelegramPerson, shown: Shown, title: str) -> Shown:
    """Taps a button by its title, and returns the message as it is shown then."""
    update = person.tap(shown, data_of(shown, title))
    before = len(edits(person))
    assert person.deliver(update).status_code == 200
    wait_until(lambda: len(edits(person)) > before)
    return {**shown, "reply_markup": edits(person)[-1]["reply_markup"]}


def edits(person: TelegramPerson) -> list[dict[str, Any]]:
    return [it for it in person.api.sent("editMessageReplyMarkup") if it["chat_id"] == person.chat]


def told(telegram: Api, update: dict[str, Any]) -> list[Optional[str]]:
    """What was said in passing to a tap."""
    query = update["callback_query"]["id"]
    return [it.get("text") for it in telegram.sent("answerCallbackQuery") if it["callback_query_id"] == query]


def test_each_answer_has_thumbs_of_its_own(person: TelegramPerson) -> None:
    first, second = person.say("why am i breaking out and how long will it last", count=2)
    assert rows(first) == [["👍 Helped", "👎 Did not help"]]
    assert len(rows(second)) > 1 and rows(second)[-1] == rows(first)[-1]
    tapped(person, second, "👎")
    tapped(person, first, "👍")
    assert sorted(conversation(person).feedback()) == [(HOW_LONG, False, None), (WHY_BREAKOUT, True, None)]


@pytest.mark.parametrize("text", ["hello", "/help", "can i use retinol", "i cant breathe", "what is the weather"])
def test_nothing_else_has_thumbs(person: TelegramPerson, text: str) -> None:
    assert person.say(text) and heard(person)
    assert "👍" not in str([rows(it) for it in person.answers()])


def test_a_tap_is_kept_without_a_turn_and_the_topics_stay(person: TelegramPerson, telegram: Api, answer: Shown) -> None:
    before, answers, works = events(person), len(person.answers()), len(telegram.sent("sendChatAction"))
    update = person.tap(answer, data_of(answer, "👍"))
    assert [person.deliver(update).status_code for _ in range(3)] == [200] * 3
    wait_until(lambda: bool(edits(person)))
    assert conversation(person).feedback() == [(WHY_BREAKOUT, True, None)]
    assert told(telegram, update) == [THANKS]
    (edit,) = edits(person)
    assert edit["message_id"] == update["callback_query"]["message"]["message_id"]
    assert rows(edit) == [*rows(answer)[:-1], HELPED]
    assert (events(person), len(person.answers())) == (before, answers)
    assert len(telegram.sent("sendChatAction")) == works


def test_a_thumb_down_may_say_why(person: TelegramPerson, telegram: Api, answer: Shown) -> None:
    topics = rows(answer)[:-1]
    asked_why = tapped(person, answer, "👎")
    assert rows(asked_why) == [*topics, DID_NOT_HELP, *([it] for it in REASONS)]
    assert telegram.sent("answerCallbackQuery")[-1]["text"] == ASKED_WHY
    explained = tapped(person, asked_why, "Hard to understand")
    assert rows(explained) == [*topics, DID_NOT_HELP]
    assert telegram.sent("answerCallbackQuery")[-1]["text"] == THANKS
    assert conversation(person).feedback() == [(WHY_BREAKOUT, False, "unclear")]


def test_second_thoughts_replace_the_first(person: TelegramPerson, answer: Shown) -> None:
    explained = tapped(person, tapped(person, answer, "👎"), "Something is missing")
    assert rows(tapped(person, explained, "👍")) == [*rows(answer)[:-1], HELPED]
    assert conversation(person).feedback() == [(WHY_BREAKOUT, True, None)]


def test_the_same_thumb_again_changes_nothing(person: TelegramPerson, telegram: Api, answer: Shown) -> None:
    shown = tapped(person, answer, "👍")
    update = person.tap(shown, data_of(shown, "👍"))
    assert person.deliver(update).status_code == 200
    wait_until(lambda: told(telegram, update) == [THANKS])
    assert len(edits(person)) == 1 and conversation(person).feedback() == [(WHY_BREAKOUT, True, None)]


def test_a_choice_of_a_topic_leaves_the_thumbs(person: TelegramPerson, answer: Shown) -> None:
    rated = tapped(person, answer, "👎")
    assert rows(tapped(person, rated, rows(answer)[0][0])) == [DID_NOT_HELP, *([it] for it in REASONS)]


def test_a_thumb_of_a_message_that_is_too_old_to_be_shown_is_kept(person: TelegramPerson, answer: Shown) -> None:
    update = person.tap(answer, data_of(answer, "👍"))
    chat = {"id": person.chat, "type": "private"}
    update["callback_query"]["message"] = {"chat": chat, "message_id": next(NUMBERS), "date": 0}
    assert person.deliver(update).status_code == 200
    heard(person)
    assert conversation(person).feedback() == [(WHY_BREAKOUT, True, None)]
    assert edits(person) == []


def assert_no_effect(person: TelegramPerson, telegram: Api, update: dict[str, Any]) -> None:
    before = events(person)
    assert person.deliver(update).status_code == 200
    wait_until(lambda: told(telegram, update) == [None])
    assert (edits(person), events(person)) == ([], before)
    assert conversation(person).feedback() == []


def test_a_thumb_that_is_forged_has_no_effect(person: TelegramPerson, telegram: Api, answer: Shown) -> None:
    number = int(data_of(answer, "👍").split(":")[1])
    for forged in (0, number + 1, number - 1, 10**18 - 1):
        assert_no_effect(person, telegram, person.tap(answer, f"feedback:{forged}:yes"))


def test_a_thumb_of_another_person_has_no_effect(
    settings: Settings, telegram: Api, person: TelegramPerson, answer: Shown
) -> None:
    other = TelegramPerson(settings, telegram)
    other.say("how long will it last", count=2)
    assert_no_effect(other, telegram, other.tap(answer, data_of(answer, "👍")))
    assert conversation(person).feedback() == []


def test_a_warning_takes_no_thumb(person: TelegramPerson, telegram: Api) -> None:
    person.say("i cant breathe")
    said = conversation(person).events("bot")[-1]
    data = f"feedback:{round(said['timestamp'] * 1_000_000)}:no"
    shown = {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "👎", "callback_data": data}]]}}
    assert_no_effect(person, telegram, person.tap(shown))


def test_in_a_group_the_thumb_of_who_asked_counts(member: TelegramPerson, telegram: Api) -> None:
    answer = member.say("@clinic_bot why am i breaking out", count=2)[1]
    other = TelegramPerson(member.settings, telegram, chat_type="supergroup", chat=member.chat)
    update = other.tap(answer, data_of(answer, "👎"))
    assert other.deliver(update).status_code == 200
    wait_until(lambda: told(telegram, update) == [None])
    tapped(member, answer, "👍")
    assert len(edits(member)) == 1
    feedback = [Conversation(it.settings, f"telegram-{it.chat}-{it.id}").feedback() for it in (member, other)]
    assert feedback == [[(WHY_BREAKOUT, True, None)], []]


@pytest.mark.parametrize("method", ["answerCallbackQuery", "editMessageReplyMarkup"])
def test_a_tap_is_kept_whatever_the_platform_does(
    person: TelegramPerson, telegram: Api, answer: Shown, method: str
) -> None:
    def refuse(asked: str, parameters: dict[str, Any]) -> Any:
        return (500, {"ok": False}, {}) if asked == method else None

    telegram.answer = refuse
    assert person.deliver(person.tap(answer, data_of(answer, "👍"))).status_code == 200
    assert any(WHY in it for it in heard(person))
    assert conversation(person).feedback() == [(WHY_BREAKOUT, True, None)]


def test_while_the_platform_refuses_messages_a_tap_waits_its_turn(
    person: TelegramPerson, telegram: Api, answer: Shown
) -> None:
    telegram.answer = Failing(person.chat, "sendMessage", [(502, {"ok": False}, {})])
    person.deliver(person.message("/help"))
    update = person.tap(answer, data_of(answer, "👍"))
    assert person.deliver(update).status_code == 200
    wait_until(lambda: told(telegram, update) == [THANKS])


def test_without_the_database_it_says_so(
    settings: Settings, person: TelegramPerson, telegram: Api, answer: Shown
) -> None:
    update = person.tap(answer, data_of(answer, "👍"))
    file = settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin exclusive")
        assert person.deliver(update).status_code == 200
        wait_until(lambda: told(telegram, update) == [NOT_KEPT])
    assert edits(person) == []
    time.sleep(SECONDS_OF_REST)  # then it is asked again
    tapped(person, answer, "👍")
    assert conversation(person).feedback() == [(WHY_BREAKOUT, True, None)]


def test_whoever_taps_too_fast_may_go_on_asking(person: TelegramPerson, telegram: Api, answer: Shown) -> None:
    most = int(OF_SENDER["telegram"].split("/")[0])
    updates = [person.tap(answer, data_of(answer, "👍")) for _ in range(most + 1)]
    assert [person.deliver(it).status_code for it in updates] == [200] * (most + 1)
    wait_until(lambda: told(telegram, updates[-1]) == [NOT_KEPT])
    assert person.say("why am i breaking out")
