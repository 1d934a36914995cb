"""In a group: who is answered, and in which conversation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.replies import SHARED_NOTICE, TOLD, WHY
from tests.channels.telegram.people import heard, texts
from tests.platforms import BOT_ID, TelegramPerson


@pytest.mark.parametrize(
    "content", [{"text": "why am i breaking out"}, {"photo": [{}]}, {"photo": [{}], "caption": "hi"}]
)
def test_in_a_group_others_are_left_alone(member: TelegramPerson, content: dict[str, Any]) -> None:
    member.say("/start")
    assert member.deliver(member.message(**content)).status_code == 200
    assert heard(member) == []


@pytest.mark.parametrize(
    "more",
    [
        {"text": "@clinic_bot why am i breaking out"},
        {"text": "why am i breaking out @Clinic_Bot"},
        {
            "text": "why am i breaking out",
            "reply_to_message": {
                "message_id": 1,
                "from": {"id": BOT_ID, "is_bot": True},
                "chat": {"id": -1, "type": "group"},
            },
        },
    ],
    ids=["name", "name at the end", "reply"],
)
def test_in_a_group_it_answers_if_addressed(member: TelegramPerson, more: dict[str, Any]) -> None:
    update = member.message(**more)
    assert member.deliver(update).status_code == 200
    notice, answer = member.wait_for(2)
    assert SHARED_NOTICE in notice["text"] and WHY in answer["text"]
    assert notice["reply_parameters"]["message_id"] == update["message"]["message_id"]


def test_in_a_group_a_reply_to_a_person_is_none_to_the_bot(member: TelegramPerson) -> None:
    member.say("/start")
    replied = {"message_id": 1, "from": {"id": 5, "is_bot": False}, "chat": {"id": -1, "type": "group"}}
    member.deliver(member.message("why am i breaking out", reply_to_message=replied))
    assert heard(member) == []


def test_in_a_group_each_has_a_conversation(member: TelegramPerson) -> None:
    other = TelegramPerson(member.settings, member.api, chat_type="supergroup", chat=member.chat)
    member.say("@clinic_bot i had it 3 days ago")
    before = len(heard(member))
    other.deliver(other.message("@clinic_bot how long will it last"))
    notice, answer = heard(other)[before + 1 :]
    assert SHARED_NOTICE in notice and TOLD not in answer
    assert TOLD in texts(member.say("@clinic_bot how long will it last"))
