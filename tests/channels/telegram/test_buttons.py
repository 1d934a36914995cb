"""Buttons: tapped, forged, tapped by others."""

from __future__ import annotations

from typing import Any

import pytest

from bot.settings import Settings
from tests.channels.replies import GONE, WHY
from tests.channels.telegram.people import events, heard, texts
from tests.platforms import NUMBERS, Api, TelegramPerson


def test_a_tap_is_answered_and_its_buttons_go(person: TelegramPerson, telegram: Api) -> None:
    update = person.tap(person.answers()[0])
    assert [person.deliver(update).status_code for _ in range(2)] == [200] * 2
    (answer,) = heard(person)
    assert WHY in answer
    query = update["callback_query"]
    assert telegram.sent("answerCallbackQuery").count({"callback_query_id": query["id"]}) == 1
    cleared = [it for it in telegram.sent("editMessageReplyMarkup") if it["chat_id"] == person.chat]
    message = query["message"]["message_id"]
    assert cleared == [{"chat_id": person.chat, "message_id": message, "reply_markup": {"inline_keyboard": []}}]


@pytest.mark.parametrize(
    "data", ["/ask_see_doctor", '/greet{"treatment_days": 3}', "/session_start", "/restart", "#", "why", "/" + "x" * 63]
)
def test_a_button_that_was_not_offered_is_refused(person: TelegramPerson, telegram: Api, data: str) -> None:
    before = events(person)
    update = person.tap(person.answers()[0], data)
    assert person.deliver(update).status_code == 200
    assert GONE in person.wait_for(2)[-1]["text"]
    assert {"callback_query_id": update["callback_query"]["id"]} in telegram.sent("answerCallbackQuery")
    assert events(person) == before


def test_a_button_of_a_message_that_is_too_old_to_be_shown_works(person: TelegramPerson) -> None:
    update = person.tap(person.answers()[0])
    chat = {"id": person.chat, "type": "private"}
    update["callback_query"]["message"] = {"chat": chat, "message_id": next(NUMBERS), "date": 0}
    assert person.deliver(update).status_code == 200
    (answer,) = heard(person)
    assert WHY in answer


def test_a_tap_without_data_is_refused(person: TelegramPerson) -> None:
    update = person.tap(person.answers()[0])
    del update["callback_query"]["data"]
    update["callback_query"]["game_short_name"] = "game"
    assert person.deliver(update).status_code == 200
    (text,) = heard(person)
    assert GONE in text


def test_a_button_of_another_person_is_refused(settings: Settings, telegram: Api, person: TelegramPerson) -> None:
    (answer,) = person.say("how long will it last")
    other = TelegramPerson(settings, telegram)
    other.say("i cant breathe", count=2)
    assert other.deliver(other.tap(answer)).status_code == 200
    assert GONE in heard(other)[-1]


def test_another_member_of_a_group_cannot_tap_in_someones_place(member: TelegramPerson, telegram: Api) -> None:
    answer = member.say("/start")[0]
    other = TelegramPerson(member.settings, member.api, chat_type="supergroup", chat=member.chat)
    before = len(member.answers())
    assert other.deliver(other.tap(answer)).status_code == 200
    assert GONE in texts(member.wait_for(before + 1)[before:])
    assert member.chat not in [it["chat_id"] for it in telegram.sent("editMessageReplyMarkup")]


@pytest.mark.parametrize("method", ["answerCallbackQuery", "editMessageReplyMarkup"])
def test_a_tap_is_answered_though_its_buttons_stay(person: TelegramPerson, telegram: Api, method: str) -> None:
    def refuse(asked: str, parameters: dict[str, Any]) -> Any:
        return (500, {"ok": False}, {}) if asked == method else None

    telegram.answer = refuse
    assert person.deliver(person.tap(person.answers()[0])).status_code == 200
    assert WHY in person.wait_for(2, seconds=3)[-1]["text"]
