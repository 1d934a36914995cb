from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer
from actions.red_flag import ActionNoteWarning
from tests.actions.conftest import MakeTracker


def test_offers_are_withdrawn_and_nothing_is_said(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    tracker = make_tracker("red_flag", last_answer="ask_purge", offered=["ask_how_long"])
    events = ActionNoteWarning().run(dispatcher, tracker, {})
    assert {event["name"]: event["value"] for event in events} == {"warned": True, "last_answer": None, "offered": []}
    assert dispatcher.messages == []


@pytest.mark.parametrize("topic", ["ask_is_normal", "ask_how_long", "ask_purge", "ask_oil", "ask_manage"])
def test_comfort_gives_way_to_the_doctor(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, topic: str
) -> None:
    ActionAnswer().run(dispatcher, make_tracker(topic, warned=True), {})
    assert dispatcher.messages[0]["response"] == "utter_warned"
    assert dispatcher.messages[-1]["answer"] == "ask_see_doctor"


@pytest.mark.parametrize(("subject", "expected"), [("swelling", ["utter_warning_signs", None]), ("makeup", [None])])
def test_a_sign_in_the_question_is_warned_of_first(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, subject: str, expected: list[str | None]
) -> None:
    ActionAnswer().run(dispatcher, make_tracker("ask_moisturize", {"subject": subject}), {})
    assert [message["response"] for message in dispatcher.messages] == expected


def test_other_answers_remind_of_the_sign(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ActionAnswer().run(dispatcher, make_tracker("ask_cleanse", warned=True), {})
    reminder, answer = dispatcher.messages
    assert (reminder["response"], answer["answer"]) == ("utter_warned", "ask_cleanse")
